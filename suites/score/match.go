package score

import (
	"math"
	"strings"

	"assay/metrics"
	"assay/metrics/names"
	"assay/metrics/text"
)

// Reasons why an answer has no score.
const (
	noReference    = "the example has no reference"
	emptyReference = "normalising leaves nothing of the reference"
	unspaced       = "the reference's script has no spaces between words; write unit: characters"
)

func matchKinds() []kind {
	return []kind{
		{"exact_match", "1 if the normalised answer equals a normalised reference", []string{"normalise", "ignore"}, exactMatch},
		{"contains", "1 if the normalised answer contains a normalised reference", []string{"normalise", "ignore"}, contains},
		{"numeric", "1 if the answer is a reference's number, within a tolerance", []string{"tolerance", "relative_tolerance"}, numeric},
		{names.F1, "F1 of the words that answer and reference share, the best over references; SQuAD's normalisation by default", []string{"normalise", "ignore", "unit"}, f1},
	}
}

// share is the definition of a metric whose values are 0 and 1.
func share(title string) metrics.Metric {
	return metrics.Metric{Title: title, Kind: metrics.Proportion, Lo: 0, Hi: 1}
}

// degree is the definition of a metric whose values run from 0 to 1.
func degree(title string) metrics.Metric {
	return metrics.Metric{Title: title, Kind: metrics.Mean, Lo: 0, Hi: 1}
}

// best scores an answer against each of its references, normalised, and takes the highest.
// References that normalising leaves nothing of count only if they are meant as blank.
func (s *Settings) best(normalise func(string) string, compare func(answer, reference string) float64) func(*Answer) ([]float64, string) {
	blank := s.Blank
	return func(a *Answer) ([]float64, string) {
		missing, value := noReference, math.Inf(-1)
		answer := normalise(a.Text)
		for _, r := range a.References {
			reference := normalise(r)
			if reference == "" && !blank {
				if strings.TrimSpace(r) != "" {
					missing = emptyReference
				}
				continue
			}
			value = max(value, compare(answer, reference))
		}
		if math.IsInf(value, -1) {
			return nil, missing
		}
		return []float64{value}, ""
	}
}

func exactMatch(s *Settings) (Metric, error) {
	normalise, err := s.normaliser("space")
	return Metric{Metric: share("Exact match"), Of: s.best(normalise, func(answer, reference string) float64 {
		return oneIf(answer == reference)
	})}, err
}

func contains(s *Settings) (Metric, error) {
	normalise, err := s.normaliser("space")
	return Metric{Metric: share("Contains a reference"), Of: s.best(normalise, func(answer, reference string) float64 {
		return oneIf(strings.Contains(answer, reference))
	})}, err
}

func f1(s *Settings) (Metric, error) {
	normalise, err := s.normaliser("squad")
	split := s.Unit.split()
	of := s.best(normalise, func(answer, reference string) float64 { return text.BagF1(split(answer), split(reference)) })
	return Metric{Metric: degree("F1"), Of: s.spaced(of)}, err
}

// split is the function that splits a text into units.
func (u Unit) split() func(string) []string {
	if u == ByCharacter {
		return text.Characters
	}
	return text.Words
}

// spaced refuses references in a script without spaces between words, if words are compared.
func (s *Settings) spaced(of func(*Answer) ([]float64, string)) func(*Answer) ([]float64, string) {
	if s.Unit == ByCharacter {
		return of
	}
	return func(a *Answer) ([]float64, string) {
		for _, r := range a.References {
			if !text.Spaced(r) {
				return nil, unspaced
			}
		}
		return of(a)
	}
}

func oneIf(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
