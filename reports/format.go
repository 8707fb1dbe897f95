package reports

import (
	"math"
	"strconv"

	"assay/metrics"
)

// Decimals is how many digits a metric's numbers show: 3 where the range is about
// 1, 2 where it is about 100.
func Decimals(m metrics.Metric) int {
	if m.Bounded() && m.Hi-m.Lo > 10 {
		return 2
	}
	return 3
}

// Within is an interval as it is drawn, cut at the ends of the metric's scale. Only the method
// reaches beyond them, not the metric. cut reports whether anything was cut off.
func Within(m metrics.Metric, i *metrics.Interval) (lo, hi float64, cut bool) {
	lo, hi = max(i.Lo, min(m.Lo, i.Point)), min(i.Hi, max(m.Hi, i.Point))
	return lo, hi, lo != i.Lo || hi != i.Hi
}

// CutNote is what a caption says where intervals were cut.
const CutNote = "Intervals are cut at the ends of the scale."

func number(x float64, digits int) string {
	s := strconv.FormatFloat(x, 'f', digits, 64)
	if x < 0 && math.Abs(x) < math.Pow(10, -float64(digits))/2 {
		return s[1:] // no "-0.000"
	}
	return s
}

func signed(x float64, digits int) string {
	s := number(x, digits)
	if x > 0 {
		return "+" + s
	}
	return s
}

// IntervalCell is a point with its interval: "0.239 [0.193, 0.285]".
func IntervalCell(i *metrics.Interval, digits int) Cell {
	return Cell{
		Text: number(i.Point, digits) + " [" + number(i.Lo, digits) + ", " + number(i.Hi, digits) + "]",
		Raw:  rawInterval(i.Point, i.Lo, i.Hi),
	}
}

// ChangeCell is a difference with its interval: "+0.330 [+0.226, +0.435]".
func ChangeCell(x, lo, hi float64, digits int) Cell {
	return Cell{
		Text: signed(x, digits) + " [" + signed(lo, digits) + ", " + signed(hi, digits) + "]",
		Raw:  rawInterval(x, lo, hi),
	}
}

func rawInterval(x, lo, hi float64) string { return raw(x) + " [" + raw(lo) + ", " + raw(hi) + "]" }

// raw is a number as machine formats write it: the shortest text that reads back
// as the same number.
func raw(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// pvalue is a p-value for readers.
func pvalue(p float64) string {
	if p < 0.001 {
		return "<0.001"
	}
	return strconv.FormatFloat(p, 'f', 3, 64)
}
