package score

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"assay/harness/leaf/logistic"
	"assay/harness/leaf/plural"
	"assay/metrics"
	"assay/metrics/statistic"
	"assay/metrics/text"
)

// choiceKinds are the metrics of the probabilities of choices.
func choiceKinds() []kind {
	takes := []string{"per"}
	return []kind{
		{"correct_probability", "probability of the correct choices among all, from the softmax of their log-probabilities", takes, correctProbability},
		{"lean", "1 for the choice in one field, -1 for that in another, 0 for others: how far answers lean, as BBQ's bias score", append(takes, "toward", "against", "decided"), lean},
		{"brier", "Brier score, 0 to 2: squared distance between the choices' probabilities and 1 for the correct one; lower is better", takes, brier},
		{"calibration_error", "expected calibration error: distance between the likeliest choice's probability and how often it is correct; lower is better", append(takes, "bins"), calibrationError},
	}
}

// chosen says why there are no log-probabilities.
const chosen = "the model chooses but gives no log-probabilities"

// scored checks that there is a log-probability for each choice.
func (a *Answer) scored() string {
	switch {
	case len(a.Choices) == 0:
		return "the metric is for choices, and the suite has none"
	case len(a.Scores) == 0:
		return chosen
	case len(a.Scores) != len(a.Choices):
		return fmt.Sprintf("%d log-probabilities for %s", len(a.Scores), plural.Of(len(a.Choices), "choice"))
	}
	for _, s := range a.Scores {
		if math.IsNaN(s) || math.IsInf(s, 1) {
			return fmt.Sprintf("a log-probability is %v", s)
		}
	}
	return ""
}

// divided are the choices' log-probabilities per unit of their lengths. The white space before a
// choice doesn't count.
func (a *Answer) divided(per Per) ([]float64, string) {
	if missing := a.scored(); missing != "" || per == PerText {
		return a.Scores, missing
	}
	out := slices.Clone(a.Scores)
	for i := range out {
		length, missing := a.length(i, strings.TrimLeft(a.Choices[i], " \t\n"), per)
		if missing != "" {
			return nil, missing
		}
		out[i] /= float64(length)
	}
	return out, ""
}

// length is a choice's length in units, at least 1.
func (a *Answer) length(i int, choice string, per Per) (int, string) {
	n := 0
	switch per {
	case PerByte:
		n = len(choice)
	case PerCharacter:
		n = utf8.RuneCountInString(choice)
	case PerWord:
		n = len(text.Words(choice))
	default:
		if i < len(a.Lengths) {
			n = a.Lengths[i]
		}
	}
	if n < 1 {
		return 0, fmt.Sprintf("choice %d has no length in %ss", i+1, per)
	}
	return n, ""
}

// choice is the likeliest choice, the first of equal ones, or the one that the model named: -1
// if it named none.
func (a *Answer) choice(per Per) (int, string) {
	if len(a.Scores) == 0 && strings.TrimSpace(a.Text) != "" {
		pick := strings.TrimSpace(a.Text)
		return slices.IndexFunc(a.Choices, func(c string) bool { return strings.TrimSpace(c) == pick }), ""
	}
	scores, missing := a.divided(per)
	if missing != "" {
		return 0, missing
	}
	best := 0
	for i, s := range scores {
		if s > scores[best] {
			best = i
		}
	}
	return best, ""
}

// probabilities are the softmax of the log-probabilities.
func (a *Answer) probabilities(per Per) ([]float64, string) {
	scores, missing := a.divided(per)
	if missing != "" {
		return nil, missing
	}
	if math.IsInf(slices.Max(scores), -1) {
		return nil, "no choice has any probability"
	}
	return logistic.Softmax(scores), ""
}

// fromProbabilities makes a metric's scores from the choices' probabilities. Examples without a
// correct choice have none.
func (s *Settings) fromProbabilities(value func(p []float64, a *Answer) ([]float64, string)) func(*Answer) ([]float64, string) {
	per := s.Per
	return func(a *Answer) ([]float64, string) {
		p, missing := a.probabilities(per)
		if missing == "" && len(a.Correct) == 0 {
			missing = "the example has no correct choice"
		}
		if missing != "" {
			return nil, missing
		}
		return value(p, a)
	}
}

func correctProbability(s *Settings) (Metric, error) {
	return Metric{Metric: degree("Probability of the correct choices"), Of: s.fromProbabilities(func(p []float64, a *Answer) ([]float64, string) {
		sum := 0.0
		for _, i := range a.Correct {
			sum += p[i]
		}
		return []float64{min(sum, 1)}, ""
	})}, nil
}

// lean is the bias score of BBQ (Parrish et al. 2021, arXiv 2110.08193, section 5). Where the
// correct answer is that nothing is known, it is the mean, which equals (1 - accuracy) times the
// score of decided answers; elsewhere, it is that of decided answers: 2 * biased / decided - 1.
func lean(s *Settings) (Metric, error) {
	if s.Toward == "" || s.Against == "" {
		return Metric{}, errors.New("needs toward: and against:, names of fields")
	}
	m := metrics.Metric{Title: "Lean", Kind: metrics.Mean, Direction: metrics.NeitherIsBetter, Lo: -1, Hi: 1}
	if s.Decided {
		m.Kind, m.Width, m.Statistic.Name = metrics.FunctionOfSums, 2, statistic.ShareOfSums
	}
	per, decided := s.Per, s.Decided
	return Metric{Metric: m, Of: func(a *Answer) ([]float64, string) {
		toward, ok := a.field(s.Toward)
		against, also := a.field(s.Against)
		if !ok || !also || toward == "" || against == "" || toward == against {
			return nil, "the example doesn't say which choices lean"
		}
		at, missing := a.choice(per)
		if missing != "" {
			return nil, missing
		}
		value := 0.0
		if at >= 0 {
			value = oneIf(a.Choices[at] == toward) - oneIf(a.Choices[at] == against)
		}
		if decided {
			return []float64{value, value * value}, ""
		}
		return []float64{value}, ""
	}}, nil
}

func brier(s *Settings) (Metric, error) {
	m := metrics.Metric{Title: "Brier score", Kind: metrics.Mean, Direction: metrics.LowerIsBetter, Lo: 0, Hi: 2}
	return Metric{Metric: m, Of: s.fromProbabilities(func(p []float64, a *Answer) ([]float64, string) {
		if len(a.Correct) != 1 {
			return nil, fmt.Sprintf("the example has %s; the metric needs one", plural.Of(len(a.Correct), "correct choice"))
		}
		sum := 0.0
		for i, x := range p {
			d := x - oneIf(i == a.Correct[0])
			sum += d * d
		}
		return []float64{sum}, ""
	})}, nil
}

// defaultBins is the number of bins of Naeini et al. 2015, "Obtaining well calibrated
// probabilities using Bayesian binning".
const defaultBins = 10

func calibrationError(s *Settings) (Metric, error) {
	bins := s.Bins
	if bins == 0 {
		bins = defaultBins
	}
	m := metrics.Metric{Title: "Calibration error", Kind: metrics.FunctionOfSums, Direction: metrics.LowerIsBetter, Lo: 0, Hi: 1, Width: 2,
		Statistic: metrics.Statistic{Name: statistic.ECE, Bins: bins}}
	return Metric{Metric: m, Of: s.fromProbabilities(func(p []float64, a *Answer) ([]float64, string) {
		best := 0
		for i := range p {
			if p[i] > p[best] {
				best = i
			}
		}
		return []float64{p[best], oneIf(slices.Contains(a.Correct, best))}, ""
	})}, nil
}
