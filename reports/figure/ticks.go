package figure

import (
	"math"
	"strconv"
	"strings"

	"assay/reports"
)

// axis is a value axis with its ticks.
type axis struct {
	min, max float64
	ticks    []tick
}

type tick struct {
	at   float64
	text string
}

// fraction is how far along the axis v is, 0 at its start.
func (a axis) fraction(v float64) float64 { return (v - a.min) / (a.max - a.min) }

// extent is the range that p's marks, intervals, ends of bands and reference line cover. Bars
// cover zero. A panel without points covers 0 to 1.
func extent(p reports.Panel) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	cover := func(v float64) { lo, hi = math.Min(lo, v), math.Max(hi, v) }
	for _, pt := range p.Points {
		for q := &pt; q != nil; q = q.Under {
			cover(q.Y)
			if hasInterval(*q) {
				cover(q.Lo)
				cover(q.Hi)
			}
		}
	}
	for _, c := range p.Curves {
		for _, y := range c.Y {
			cover(y)
		}
	}
	for _, b := range p.Bands {
		for _, end := range []*float64{b.Lo, b.Hi} {
			if end != nil {
				cover(*end)
			}
		}
	}
	if p.Reference != nil {
		cover(*p.Reference)
	}
	if p.Mark == reports.Bars && lo <= hi {
		cover(0)
	}
	if lo > hi {
		return 0, 1
	}
	return lo, hi
}

// hasInterval is false for a value reported without one.
func hasInterval(pt reports.Point) bool { return pt.Lo < pt.Hi }

// newAxis fits an axis of about n ticks to p. The ends are p's own where it fixes
// them and they contain the data, and otherwise a tick.
func newAxis(p reports.Panel, n int) axis {
	lo, hi := extent(p)
	a := axis{min: lo, max: hi}
	fixed := p.YMin < p.YMax
	switch {
	case fixed && len(p.Points)+len(p.Curves) == 0 && p.Reference == nil:
		lo, hi = p.YMin, p.YMax
		a.min, a.max = lo, hi
	case fixed:
		a.min, a.max = math.Min(lo, p.YMin), math.Max(hi, p.YMax)
	case hi-lo <= math.Max(1e-9*math.Max(math.Abs(lo), math.Abs(hi)), tiny):
		a.min, a.max = widen(lo, hi)
	case p.Mark != reports.Bars:
		a.min, a.max = withMargin(lo, hi)
	}
	step := niceStep((a.max - a.min) / float64(n))
	if !fixed || lo < p.YMin {
		a.min = math.Floor(a.min/step+1e-9) * step
	}
	if !fixed || hi > p.YMax {
		a.max = math.Ceil(a.max/step-1e-9) * step
	}
	a.ticks = ticks(a.min, a.max, step)
	return a
}

// withMargin keeps glyphs off the ends of the axis, but doesn't extend past 0 and
// 1, which shares can't pass.
func withMargin(lo, hi float64) (float64, float64) {
	gap := 0.03 * (hi - lo)
	from, to := lo-gap, hi+gap
	if from < 0 && lo >= 0 {
		from = 0
	}
	if to > 1 && hi <= 1 {
		to = 1
	}
	return from, to
}

// tiny is a span too small to divide: values closer than this are drawn as one.
const tiny = 1e-290

// widen makes room around a single value.
func widen(lo, hi float64) (float64, float64) {
	v := math.Max(math.Abs(lo), math.Abs(hi))
	if v <= tiny {
		return 0, 1
	}
	return lo - v/4, hi + v/4
}

// niceStep is the smallest of 1, 2, 2.5, 5 times a power of ten that is at least
// rough.
func niceStep(rough float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(rough)))
	for _, m := range []float64{1, 2, 2.5, 5} {
		if m*power >= rough*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// ticks are the multiples of step between from and to.
func ticks(from, to, step float64) []tick {
	var out []tick
	first := math.Ceil(from/step - 1e-9)
	n := int(math.Floor(to/step+1e-9) - first)
	for i := 0; i <= n; i++ {
		at := (first + float64(i)) * step
		out = append(out, tick{at, number(at, step, math.Max(math.Abs(from), math.Abs(to)))})
	}
	return out
}

// number writes v with the decimals that step needs. It uses powers of ten where
// the axis' largest value would otherwise take more than six digits.
func number(v, step, largest float64) string {
	var s string
	if largest >= 1e6 || step < 1e-5 {
		s = strconv.FormatFloat(v, 'g', 4, 64)
	} else {
		s = strconv.FormatFloat(v, 'f', decimals(step), 64)
	}
	if strings.Trim(s, "-0.") == "" {
		s = strings.TrimPrefix(s, "-")
	}
	return strings.ReplaceAll(s, "-", "−")
}

// decimals is how many digits after the point step needs, at most five.
func decimals(step float64) int {
	for d := range 5 {
		scaled := step * math.Pow(10, float64(d))
		if math.Abs(scaled-math.Round(scaled)) < 1e-6 {
			return d
		}
	}
	return 5
}
