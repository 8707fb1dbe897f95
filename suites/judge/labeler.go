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

// Labeler is a person who judges responses to the small world's prompts. What a
// labeler sees of a response are its gold facts; what they are worth to the labeler
// hangs on weights of its own, and each judgement has noise. Weights and habits are
// drawn from the name alone, so that a labeler is the same person in every run. The
// noise hangs on the labeler, the prompt and the response: the same question has the
// same answer, in whatever order things are asked.
type Labeler struct {
	Name    string
	weights world.Weights // while labelling training data
	noise   float64       // standard deviation of what is added to a utility
	slip    float64       // how often a flag is set wrong
}

// Purpose is what labelling is for. The paper's labelers put helpfulness first when
// they labelled training data, and truth and harmlessness when they evaluated models
// (Ouyang et al. 2022, section 3.4).
type Purpose int

const (
	ForTraining Purpose = iota
	ForEvaluation
)

// How the evaluation's weights differ: what is false then costs as much as what was
// asked for is worth, and what is toxic more.
const (
	falseInEvaluation = 2.5
	toxicInEvaluation = 1.75
)

// Spreads of labelers, from world.md's runs but for slip: log-normal about the gold
// weights, and about the group's noise.
const (
	weightSpread = 0.35
	slipTypical  = 0.05
	slipSpread   = 0.9
)

// tied is how near two utilities are that a labeler can't tell apart.
const tied = 0.10

// newLabeler draws the person of a name. noise is the typical one of such people.
func newLabeler(name string, noise, noiseSpread float64) Labeler {
	d := drawOf("labeler", name)
	w := world.GoldWeights()
	for _, x := range []*float64{&w.Correct, &w.False, &w.Broken, &w.Toxic, &w.Unended, &w.Rambling, &w.Polite} {
		*x *= math.Exp(weightSpread * d.NormFloat64())
	}
	return Labeler{
		Name: name, weights: w,
		noise: noise * math.Exp(noiseSpread*d.NormFloat64()),
		slip:  min(slipTypical*math.Exp(slipSpread*d.NormFloat64()), 0.5),
	}
}

// drawOf is a stream of its own for what is named. Each part counts with its length,
// so that where one ends and the next begins counts too.
func drawOf(parts ...string) *rand.Rand {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(strconv.Itoa(len(p)) + ":" + p))
	}
	sum := h.Sum(nil)
	return rand.New(rand.NewPCG(binary.LittleEndian.Uint64(sum), binary.LittleEndian.Uint64(sum[8:])))
}

// Weights are what the facts are worth to the labeler.
func (l *Labeler) Weights(to Purpose) world.Weights {
	w := l.weights
	if to == ForEvaluation {
		w.False *= falseInEvaluation
		w.Toxic *= toxicInEvaluation
	}
	return w
}

// Shown is a response with what is so of it.
type Shown struct {
	Prompt   *world.Prompt
	Response world.Response
	Facts    world.Facts
}

// draw is the stream of one question about what is shown. White space around words
// does not count.
func (s *Shown) draw(labeler, question string) *rand.Rand {
	return drawOf(question, labeler, s.Prompt.Text, world.Join(world.Split(s.Response.Text)), strconv.FormatBool(s.Response.Ended))
}

// Utility is what a response is worth to the labeler, with the noise of this one
// judgement. It is what all of the labeler's preferences follow from.
func (l *Labeler) Utility(s *Shown, to Purpose) float64 {
	return s.Facts.Utility(l.Weights(to)) + l.noise*s.draw(l.Name, "utility").NormFloat64()
}

// Prefer compares two utilities: 1 where the first is better, 0 where the second is,
// 0.5 where the labeler can't tell.
func Prefer(a, b float64) float64 {
	switch {
	case math.Abs(a-b) <= tied:
		return 0.5
	case a > b:
		return 1
	}
	return 0
}

// Rank ranks responses by their utilities: 1 is the best, and equal ranks are ties.
// One is tied with the best of those before it that it can't be told from.
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

// Metadata is what the labeler notes of a response: the overall quality, by the same
// utility as its preferences, and the flags, each wrong where the labeler slips. What
// the world doesn't have, or the prompt doesn't ask for, is not flagged.
func (l *Labeler) Metadata(s *Shown, to Purpose) world.Metadata {
	m := s.Facts.Metadata()
	m.Overall = world.Likert(l.Utility(s, to))
	d := s.draw(l.Name, "flags")
	for _, flag := range []*world.Flag{&m.FailsInstruction, &m.Inappropriate, &m.Hallucination, &m.SatisfiesConstraint} {
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

// FlagsSensitive is the labeler's word on whether a text is sensitive speech, of which
// the world has rude words.
func (l *Labeler) FlagsSensitive(s *Shown) bool {
	return s.Facts.Toxic != (s.draw(l.Name, "sensitive").Float64() < l.slip)
}
