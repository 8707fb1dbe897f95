package judge

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

	"assay/fixtures/world"
)

// Labeler is a person who judges responses to the small world's prompts. A labeler sees the
// gold facts of a response, weighs them by weights of its own, and each judgement has noise.
// Weights and habits are drawn from the name alone, so that a labeler is the same person in
// every run. The noise depends on the labeler, the prompt and the response: a judgement
// doesn't depend on the order in which a labeler makes them.
type Labeler struct {
	Name   string
	tastes world.Weights // factors of the purpose's weights
	noise  float64       // standard deviation of what is added to a utility
	slip   float64       // how often a flag is set wrong
}

// Purpose is the purpose of labelling. The paper's labelers put helpfulness first when they
// labelled training data, and truth and harmlessness first when they evaluated models
// (Ouyang et al. 2022, section 3.4).
type Purpose int

const (
	ForTraining Purpose = iota
	ForEvaluation
)

// Spreads of labelers: log-normal around the gold weights and around the group's noise. All
// but slip were tuned in experiments.
const (
	weightSpread = 0.35
	slipTypical  = 0.05
	slipSpread   = 0.9
)

// tied is the difference of two utilities below which a labeler calls a tie.
const tied = 0.10

// newLabeler draws the person with a name. noise is typical of the person's group.
func newLabeler(name string, noise, noiseSpread float64) Labeler {
	d := drawOf("labeler", name)
	var tastes world.Weights
	for _, x := range fields(&tastes) {
		*x = math.Exp(weightSpread * d.NormFloat64())
	}
	return Labeler{
		Name: name, tastes: tastes,
		noise: noise * math.Exp(noiseSpread*d.NormFloat64()),
		slip:  min(slipTypical*math.Exp(slipSpread*d.NormFloat64()), 0.5),
	}
}

// drawOf is a random stream of its own for each list of parts. Each part is hashed with its
// length, so that lists whose joined texts are equal have different streams.
func drawOf(parts ...string) *rand.Rand {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(strconv.Itoa(len(p)) + ":" + p))
	}
	sum := h.Sum(nil)
	return rand.New(rand.NewPCG(binary.LittleEndian.Uint64(sum), binary.LittleEndian.Uint64(sum[8:])))
}

// Weights are the worth of each fact to the labeler.
func (l *Labeler) Weights(to Purpose) world.Weights {
	w := to.weights()
	tastes := l.tastes
	for i, x := range fields(&w) {
		*x *= *fields(&tastes)[i]
	}
	return w
}

// weights are the gold rules' weights for a purpose.
func (to Purpose) weights() world.Weights {
	if to == ForEvaluation {
		return world.EvaluationWeights()
	}
	return world.TrainingWeights()
}

// fields are the weights one by one.
func fields(w *world.Weights) []*float64 {
	return []*float64{&w.Correct, &w.False, &w.Broken, &w.Defied, &w.Toxic, &w.Obeyed, &w.Harm, &w.Unended, &w.Rambling, &w.Polite}
}

// neutral is the taste of someone who shares the gold rules' weights.
func neutral() world.Weights {
	var w world.Weights
	for _, x := range fields(&w) {
		*x = 1
	}
	return w
}

// Shown is a response with its gold facts.
type Shown struct {
	Prompt   *world.Prompt
	Response world.Response
	Facts    world.Facts
}

// draw is the random stream of one question about what is shown. White space around words
// does not count.
func (s *Shown) draw(labeler, question string) *rand.Rand {
	return drawOf(question, labeler, s.Prompt.Text, world.Join(world.Split(s.Response.Text)), strconv.FormatBool(s.Response.Ended))
}

// Utility is the worth of a response to the labeler, with the noise of this judgement. All of
// the labeler's preferences follow from it.
func (l *Labeler) Utility(s *Shown, to Purpose) float64 {
	return s.Facts.Utility(l.Weights(to)) + l.noise*s.draw(l.Name, "utility").NormFloat64()
}

// Prefer compares two utilities: 1 where the first is better, 0 where the second is,
// 0.5 for a tie.
func Prefer(a, b float64) float64 {
	switch {
	case math.Abs(a-b) <= tied:
		return 0.5
	case a > b:
		return 1
	}
	return 0
}

// Rank ranks responses by their utilities: 1 is the best, and equal ranks are ties. A response
// is tied with the best of those before it whose difference is below tied.
func Rank(utilities []float64) []int {
	order := make([]int, len(utilities))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case utilities[a] > utilities[b]:
			return -1
		case utilities[a] < utilities[b]:
			return 1
		}
		return 0
	})
	ranks := make([]int, len(utilities))
	rank, best := 0, math.Inf(1)
	for _, i := range order {
		if rank == 0 || best-utilities[i] > tied {
			rank, best = rank+1, utilities[i]
		}
		ranks[i] = rank
	}
	return ranks
}

// Metadata is what the labeler records of a response: the overall quality, by the same
// utility as the preferences, and the flags, each wrong where the labeler slips. Flags that
// don't apply to the world or to the prompt are not set.
func (l *Labeler) Metadata(s *Shown, to Purpose) world.Metadata {
	m := s.Facts.Metadata()
	m.Overall = world.Likert(l.Utility(s, to))
	d := s.draw(l.Name, "flags")
	for _, flag := range []*world.Flag{
		&m.FailsInstruction, &m.Inappropriate, &m.Hallucination, &m.SatisfiesConstraint, &m.Violent, &m.EncouragesViolence, &m.Denigrates, &m.HarmfulAdvice, &m.Opinion, &m.MoralJudgment,
	} {
		if d.Float64() >= l.slip { // drawn for each, so that one flag doesn't shift the next
			continue
		}
		switch *flag {
		case world.Yes:
			*flag = world.No
		case world.No:
			*flag = world.Yes
		}
	}
	return m
}

// FlagsSensitive reports whether the labeler flags a text as sensitive speech. In the world
// that is rude words.
func (l *Labeler) FlagsSensitive(s *Shown) bool {
	return s.Facts.Toxic != (s.draw(l.Name, "sensitive").Float64() < l.slip)
}
