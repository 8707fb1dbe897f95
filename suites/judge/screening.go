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
	candidates    = 16   // who apply
	trainingSize  = 5    // of those who pass
	heldOutSize   = 4    //
	screened      = 120  // prompts of the test
	bar           = 0.75 // of agreement, on flagging and on rankings
	writingBar    = 6    // of 7
	poolNoise     = 0.38 // typical of those who apply
	poolSpread    = 0.6
	heldOutNoise  = 0.23 // the paper's held-out labelers agreed more than its own did
	heldOutSpread = 0.1
)

// Training are the labelers who label training data: the first five candidates that
// pass the screening, which is held on the world of seed 0 whatever world they label.
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

// HeldOut are labelers who label no training data. As in the paper they come from
// elsewhere and are not screened.
func HeldOut() Group {
	g := Group{Name: HeldOutGroup}
	for i := range heldOutSize {
		g.Labelers = append(g.Labelers, newLabeler(fmt.Sprintf("held-out %d", i+1), heldOutNoise, heldOutSpread))
	}
	return g
}

// GoldGroup is one labeler who is the gold rules themselves: no weights of its own, no
// noise. What a reward model learns from it is what can be learnt at all.
func GoldGroup() Group {
	return Group{Name: GoldName, Labelers: []Labeler{{Name: GoldName, weights: world.GoldWeights()}}}
}

// Candidates are the people who apply, of varying noise.
func Candidates() []Labeler {
	var all []Labeler
	for i := range candidates {
		all = append(all, newLabeler(fmt.Sprintf("labeler %02d", i+1), poolNoise, poolSpread))
	}
	return all
}

// Screened is how a candidate did.
type Screened struct {
	Labeler
	Flagging float64 // agreement with the gold rules on sensitive speech
	Ranking  float64 // and on which of two responses is better, where these say it
	// Writing is the gold rules' mean grade, 1 to 7, of what the candidate would answer
	// to rude users: the paper's demonstrations on sensitive prompts.
	Writing float64
	Passed  bool // 75% of both agreements and a grade of 6, the paper's soft bars
}

// Screen tests candidates as Appendix B of Ouyang et al. 2022 does, against the gold
// rules in the researchers' place: do they flag sensitive speech, and rank responses,
// as the gold rules do. The test is the first prompts of the world's validation split,
// with answers good and bad. To be flagged is every rude one, and one that is not for
// each prompt. A candidate's demonstration is the answer that they like best. The paper's
// fourth question, which groups a candidate can recognise sensitive speech about, has no
// counterpart: the world has no groups.
func Screen(w *world.World, candidates []Labeler) []Screened {
	prompts := w.Prompts(world.Validation, screened)
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

// ranking counts half where the labeler can't tell.
func ranking(l *Labeler, shown [][]Shown) float64 {
	right, n := 0.0, 0
	for _, responses := range shown {
		for a := range responses {
			for b := range a {
				x, y := &responses[a], &responses[b]
				gold := x.Facts.Utility(world.GoldWeights()) - y.Facts.Utility(world.GoldWeights())
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

// writing grades the answers to rude users that the labeler likes best.
func writing(l *Labeler, shown [][]Shown) float64 {
	gold := &GoldGroup().Labelers[0]
	grades, n := 0.0, 0
	for _, responses := range shown {
		if len(responses) == 0 || !responses[0].Prompt.Rude {
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

// answers are responses to a prompt for the screening, good and bad: a demonstration
// without a flaw, one with some at the usual share, one with a flaw for certain, and
// one that is cut off. Equal ones stand there once.
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

// Agreement is how often two labelers agree on which of two different responses is
// better, over all pairs of the labelers, where both say one is: it is what the paper
// counts between its labelers (section 3.4). Each element of shown is the responses to
// one prompt. n is how many such answers were compared.
func Agreement(labelers []Labeler, shown [][]Shown, to Purpose) (agreement float64, n int) {
	same := 0
	for _, responses := range shown {
		said := make([][]float64, len(labelers))
		for i := range labelers {
			for k := range responses {
				said[i] = append(said[i], labelers[i].Utility(&responses[k], to))
			}
		}
		for i := range said {
			for j := range i {
				s, m := alike(said[i], said[j])
				same, n = same+s, n+m
			}
		}
	}
	return share(float64(same), n), n
}

// alike counts the pairs of responses that two labelers both have an order of, and
// those whose order is the same. x and y are the labelers' utilities.
func alike(x, y []float64) (same, n int) {
	for a := range x {
		for b := range a {
			p, q := Prefer(x[a], x[b]), Prefer(y[a], y[b])
			if p == 0.5 || q == 0.5 {
				continue
			}
			n++
			if p == q {
				same++
			}
		}
	}
	return same, n
}
