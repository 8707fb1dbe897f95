package score

import (
	"fmt"
	"math"
	"strings"

	"assay/metrics/text"
)

func numeric(s *Settings) (Metric, error) {
	tolerance, relative := s.Tolerance, s.RelativeTolerance
	exact := tolerance == 0 && relative == 0
	return Metric{Metric: share("Right number"), Of: func(a *Answer) ([]float64, string) {
		answer := bare(a.Text)
		said, ok := text.ParseNumber(answer)
		right, some := false, false
		for _, r := range a.References {
			if strings.TrimSpace(r) == "" {
				continue
			}
			wanted, isNumber := text.ParseNumber(bare(r))
			if !isNumber {
				return nil, fmt.Sprintf("the reference %.40q is no number", r)
			}
			some = true
			if exact {
				right = right || ok && same(answer, bare(r))
			} else {
				right = right || ok && math.Abs(said-wanted) <= max(tolerance, relative*math.Abs(wanted))
			}
		}
		if !some {
			return nil, noReference
		}
		return []float64{oneIf(right)}, ""
	}}, nil
}

// same compares two numbers in all of their digits, of which a float64 has 15 to 17.
func same(a, b string) bool {
	x, ok := text.ExactNumber(a)
	y, too := text.ExactNumber(b)
	return ok && too && x == y
}

// bare drops what may stand around a number: white space, a currency's sign, a percent sign, a
// period at the end.
func bare(s string) string {
	s = strings.TrimSuffix(strings.TrimSpace(s), ".")
	sign := ""
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		sign, s = "-", rest
	}
	return sign + strings.TrimSpace(strings.TrimRight(strings.TrimLeft(s, "$€£¥ "), "%$€£¥ "))
}
