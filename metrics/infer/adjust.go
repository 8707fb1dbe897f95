package infer

import (
	"fmt"

	"assay/metrics"
	"assay/metrics/stats"
)

// Adjustment names how p-values are adjusted over a family.
type Adjustment string

const (
	Holm              Adjustment = "holm" // family-wise error
	BenjaminiHochberg Adjustment = "bh"   // false discovery rate
)

// ParseAdjustment reads an adjustment's name.
func ParseAdjustment(s string) (Adjustment, error) {
	switch a := Adjustment(s); a {
	case Holm, BenjaminiHochberg:
		return a, nil
	}
	return "", fmt.Errorf("%s: must be %s or %s", s, Holm, BenjaminiHochberg)
}

// Alpha is the level of verdicts (two-sided) and of gates (one-sided), over the
// family.
const Alpha = 0.05

// Adjust fills in adjusted p-values and verdicts over a family of comparisons.
// Comparisons without any pairs are not tests and are not part of the family.
func Adjust(family []Paired, how Adjustment) {
	var p []float64
	for i := range family {
		if family[i].Interval != nil {
			p = append(p, family[i].P)
		}
	}
	adjusted := stats.Holm(p)
	if how == BenjaminiHochberg {
		adjusted = stats.BenjaminiHochberg(p)
	}
	for i := range family {
		c := &family[i].Comparison
		c.Adjustment, c.Family, c.PAdjusted, c.Verdict = string(how), len(p), 1, metrics.Undecided
		if c.Interval == nil {
			continue
		}
		c.PAdjusted, adjusted = adjusted[0], adjusted[1:]
		if family[i].detectable != nil {
			c.DetectableFamily = family[i].detectable(Alpha / float64(len(p)))
		}
		switch d := family[i].metric.Turn(c.Point); {
		case c.PAdjusted > Alpha:
		case family[i].metric.Direction == metrics.NeitherIsBetter:
			c.Verdict = metrics.Differs
		case d > 0:
			c.Verdict = metrics.Better
		case d < 0:
			c.Verdict = metrics.Worse
		}
	}
}
