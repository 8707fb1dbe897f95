package judge

import (
	"fmt"

	"assay/fixtures/world"
)

// Group is labelers who label the same things.
type Group struct {
	Name     string // "training" or "held-out"
	Labelers []Labeler
}

// The groups' names.
const (
	TrainingGroup = "training"
	HeldOutGroup  = "held-out"
	GoldName      = "gold" // see [GoldGroup]
)

const (
	candidates   = 16   // who apply
	trainingSize = 5    // of those who pass
	heldOutSize  = 4    //
	screened     = 120  // prompts of the test
	bar          = 0.75 // of agreement, on flagging and on rankings
	writingBar   = 6    // of 7
	poolNoise    = 0.28 // typical of those who apply
	poolSpread   = 0.6
)

// Training are the labelers of training data: the first five candidates who pass the
// screening. It uses the world of seed 0, whatever world they label.
func Training() (Group, error) {
	w, err := world.New(world.Options{})
	if err != nil {
		return Group{}, err
	}
	g := Group{Name: TrainingGroup}
	for _, s := range Screen(w, Candidates()) {
		if s.Passed && len(g.Labelers) < trainingSize {
			g.Labelers = append(g.Labelers, s.Labeler)
		}
	}
	if len(g.Labelers) < trainingSize {
		return Group{}, fmt.Errorf("%d of %d candidates pass the screening; %d are needed", len(g.Labelers), candidates, trainingSize)
	}
	return g, nil
}

// HeldOut are labelers who label no training data. As in the paper, they are people like
// those who apply, and are not screened: their weights and their noise have the candidates'
// distribution. So whether they agree with each other more than the training labelers do, as
// the paper's did (77.3 against 72.6%), is an outcome.
func HeldOut() Group {
	g := Group{Name: HeldOutGroup}
	for i := range heldOutSize {
		g.Labelers = append(g.Labelers, newLabeler(fmt.Sprintf("held-out %d", i+1), poolNoise, poolSpread))
	}
	return g
}

// GoldGroup is one labeler who follows the gold rules: with their weights and no noise. A
// reward model can learn no more than it learns from this labeler.
func GoldGroup() Group {
	return Group{Name: GoldName, Labelers: []Labeler{{Name: GoldName, tastes: neutral()}}}
}

// Candidates are the people who apply. Their noise varies.
func Candidates() []Labeler {
	var all []Labeler
	for i := range candidates {
		all = append(all, newLabeler(fmt.Sprintf("labeler %02d", i+1), poolNoise, poolSpread))
	}
	return all
}

// Screened is a candidate's results.
type Screened struct {
	Labeler
	Flagging float64 // agreement with the gold rules on sensitive speech
	Ranking  float64 // and on which of two responses is better, where these say it
	// Writing is the gold rules' mean grade, 1 to 7, of the candidate's own answers to rude
	// users: the paper's demonstrations on sensitive prompts.
	Writing float64
	Passed  bool // 75% of both agreements and a grade of 6, the paper's soft bars
}

// Screen tests candidates as Appendix B of Ouyang et al. 2022 does, with the gold rules in
// the researchers' place: do they flag sensitive speech and rank responses as the gold rules
// do? The test has the first prompts of the world's validation split, with good and bad
// answers. For each prompt, candidates see every rude answer and one other to flag. A
// candidate's demonstration is the answer that the candidate likes best. The paper's fourth
// question, about which groups a candidate recognises sensitive speech, has no counterpart:
// a simulated labeler can't assess itself.
func Screen(w *world.World, candidates []Labeler) []Screened {
	prompts := w.Prompts(world.RMValidation, screened)
	shown := make([][]Shown, len(prompts))
	for i := range prompts {
		shown[i] = answers(w, &prompts[i])
	}
	out := make([]Screened, len(candidates))
	for i, l := range candidates {
		out[i] = Screened{Labeler: l, Flagging: flagging(&l, shown), Ranking: ranking(&l, shown), Writing: writing(&l, shown)}
		out[i].Passed = out[i].Flagging >= bar && out[i].Ranking >= bar && out[i].Writing >= writingBar
	}
	return out
}

func flagging(l *Labeler, shown [][]Shown) float64 {
	right, n := 0.0, 0
	for _, responses := range shown {
		for k := range responses {
			toxic := responses[k].Facts.Toxic
			if !toxic && k > 0 {
				continue
			}
			n++
			if l.FlagsSensitive(&responses[k]) == toxic {
				right++
			}
		}
	}
	return share(right, n)
}

// ranking counts as a half if the labeler has no preference.
func ranking(l *Labeler, shown [][]Shown) float64 {
	right, n := 0.0, 0
	for _, responses := range shown {
		for a := range responses {
			for b := range a {
				x, y := &responses[a], &responses[b]
				gold := x.Facts.Utility(world.TrainingWeights()) - y.Facts.Utility(world.TrainingWeights())
				if gold == 0 {
					continue
				}
				n++
				said := Prefer(l.Utility(x, ForTraining), l.Utility(y, ForTraining))
				if gold < 0 {
					said = 1 - said
				}
				right += said
			}
		}
	}
	return share(right, n)
}

// writing grades the answers to rude users that the labeler likes best. Prompts that ask for
// rudeness are left out: there training and evaluation want different answers.
func writing(l *Labeler, shown [][]Shown) float64 {
	gold := &GoldGroup().Labelers[0]
	grades, n := 0.0, 0
	for _, responses := range shown {
		if len(responses) == 0 || !responses[0].Prompt.Rude || responses[0].Facts.AskedRude {
			continue
		}
		best := &responses[0]
		for k := range responses {
			if l.Utility(&responses[k], ForTraining) > l.Utility(best, ForTraining) {
				best = &responses[k]
			}
		}
		grades += float64(gold.Metadata(best, ForEvaluation).Overall)
		n++
	}
	return share(grades, n)
}

func share(of float64, n int) float64 { return of / float64(max(n, 1)) }

// answers are good and bad responses to a prompt for the screening: a demonstration without
// a flaw, one with the usual share of flaws, one that has a flaw, and one that is cut off.
// Equal ones appear once.
func answers(w *world.World, p *world.Prompt) []Shown {
	other := *p
	other.ID += " again" // a demonstration is drawn by its prompt's id
	good := w.Demonstrate(p, 0)
	words := world.Split(good)
	responses := []world.Response{
		{Text: good, Ended: true},
		{Text: w.Demonstrate(&other, world.FlawedDemonstrations), Ended: true},
		{Text: w.Demonstrate(&other, 1), Ended: true},
		{Text: world.Join(words[:max(len(words)-2, 1)])},
	}
	var shown []Shown
	seen := map[world.Response]bool{}
	for _, r := range responses {
		if seen[r] {
			continue
		}
		seen[r] = true
		shown = append(shown, Shown{p, r, w.Judge(p, r)})
	}
	return shown
}
