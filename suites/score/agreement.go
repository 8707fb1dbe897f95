package score

import (
	"fmt"

	"assay/metrics/text"
)

// agreementKinds are the metrics of QuAC (Choi et al. 2018, arXiv 1808.07036, section 5, and its
// scorer): several people answered each question, and an answer is measured as one of theirs would be.
func agreementKinds() []kind {
	takes := []string{"no_answer", "agreement"}
	return []kind{
		{"human_f1", "F1 as people are measured against each other: one reference is left out at a time, and the highest F1 over the others is averaged", takes, humanF1},
		{"human_equivalence", "1 if that F1 is at least the average of the references among themselves", takes, humanEquivalence},
	}
}

// among is the mean over references of the highest F1 that an answer has with the others; if there
// is one reference, with that. If answer is "", each reference is compared with the others.
func among(answer []string, references [][]string, own bool) float64 {
	if len(references) == 1 {
		if own {
			return 1
		}
		return text.BagF1(answer, references[0])
	}
	sum := 0.0
	for i := range references {
		if own {
			answer = references[i]
		}
		best := 0.0
		for j, r := range references {
			if j != i {
				best = max(best, text.BagF1(answer, r))
			}
		}
		sum += best
	}
	return sum / float64(len(references))
}

// people scores an answer and the references among themselves.
func (s *Settings) people(value func(answer, references float64) float64) func(*Answer) ([]float64, string) {
	nothing := text.SQuADNormalize(s.NoAnswer)
	words := func(t string) []string {
		if t = text.SQuADNormalize(t); t == nothing && nothing != "" {
			return []string{"\x00"} // equal to itself alone
		}
		return text.Words(t)
	}
	return func(a *Answer) ([]float64, string) {
		var references [][]string
		for _, r := range a.References {
			if w := words(r); len(w) > 0 {
				references = append(references, w)
			}
		}
		if references == nil {
			return nil, noReference
		}
		agreed := among(nil, references, true)
		if agreed < s.Agreement {
			return nil, fmt.Sprintf("the references agree by %.2f, less than %v", agreed, s.Agreement)
		}
		return []float64{value(among(words(a.Text), references, false), agreed)}, ""
	}
}

func humanF1(s *Settings) (Metric, error) {
	return Metric{Metric: degree("F1"), Of: s.people(func(answer, _ float64) float64 { return answer })}, nil
}

func humanEquivalence(s *Settings) (Metric, error) {
	return Metric{Metric: share("Human equivalence"), Of: s.people(func(answer, references float64) float64 { return oneIf(answer >= references) })}, nil
}
