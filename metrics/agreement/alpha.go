package agreement

import "math"

// Scale says which differences of two values matter to Krippendorff's alpha.
type Scale int

const (
	Nominal  Scale = iota // equal or not
	Ordinal               // by how many ratings are between them
	Interval              // their difference
	Ratio                 // their difference, as a part of their sum
)

// String is the name in tables.
func (s Scale) String() string { return [...]string{"nominal", "ordinal", "interval", "ratio"}[s] }

// Alpha is Krippendorff's alpha (2011, "Computing Krippendorff's alpha-reliability"): 1 minus
// the observed disagreement over that by chance. Items with one rating are left out. On the
// ratio scale no value may be below 0.
func (t *Table) Alpha(scale Scale) Result {
	if scale == Ratio && len(t.Values) > 0 && t.Values[0] < 0 {
		return Result{Undefined: "the ratio scale has no values below 0"}
	}
	if scale == Interval {
		return t.intervalAlpha()
	}
	if scale == Ordinal {
		return t.ordinalAlpha()
	}
	distance := func(x, y float64) float64 {
		if x == y {
			return 0
		}
		if scale == Nominal {
			return 1
		}
		d := (x - y) / (x + y)
		return d * d
	}
	// The sums are the observed disagreement, and the ratings of each category.
	s := sums{dim: 1 + len(t.Values), lowest: unlimited, point: func(s []float64) (float64, string) {
		n, expected := 0.0, 0.0
		for i, x := range s[1:] {
			n += x
			if x == 0 {
				continue
			}
			for k := range i {
				expected += 2 * x * s[1+k] * distance(t.Values[i], t.Values[k])
			}
		}
		return alpha(s[0], expected, n)
	}}
	return s.result(t.gather(&s, t.pairable(func(k []float64, n float64, row []float64) {
		copy(row[1:], k)
		for i, x := range k {
			if x == 0 {
				continue
			}
			for l := range i {
				row[0] += 2 * x * k[l] * distance(t.Values[i], t.Values[l]) / (n - 1)
			}
		}
	})))
}

// alpha puts the sums together. expected is over all ordered pairs of n ratings.
func alpha(observed, expected, n float64) (float64, string) {
	if n <= 1 {
		return 0, "no item has two ratings to compare"
	}
	if expected <= 0 {
		return 0, onlyOne
	}
	return 1 - (n-1)*observed/expected, ""
}

// pairable adds the counts of items with two ratings or more.
func (t *Table) pairable(add func(k []float64, n float64, row []float64)) func(it *item, row []float64) ([]rating, bool) {
	k := make([]float64, len(t.Values))
	return func(it *item, row []float64) ([]rating, bool) {
		n := it.counts(nil, k)
		if n < 2 {
			return nil, false
		}
		add(k, n, row)
		return it.ratings, true
	}
}

// intervalAlpha needs only moments, so values may be all different.
func (t *Table) intervalAlpha() Result {
	mean := 0.0 // keeps squares small
	for _, v := range t.Values {
		mean += v / float64(len(t.Values))
	}
	s := sums{dim: 4, lowest: unlimited, point: func(s []float64) (float64, string) {
		expected := 2 * (s[1]*s[3] - s[2]*s[2])
		if expected <= 1e-13*s[1]*s[3] {
			expected = 0
		}
		return alpha(s[0], expected, s[1])
	}}
	return s.result(t.gather(&s, t.pairable(func(k []float64, n float64, row []float64) {
		row[1] = n
		for i, x := range k {
			v := t.Values[i] - mean
			row[2] += x * v
			row[3] += x * v * v
		}
		row[0] = 2 * (n*row[3] - row[2]*row[2]) / (n - 1)
	})))
}

// ordinalAlpha sums the matrix of coincidences, since distances depend on all ratings.
func (t *Table) ordinalAlpha() Result {
	size := len(t.Values)
	at := func(i, k int) int { return i*(i+1)/2 + k } // k <= i
	s := sums{dim: size * (size + 1) / 2, lowest: unlimited, point: func(s []float64) (float64, string) {
		counts := make([]float64, size)
		n := 0.0
		for i := range size {
			for k := range i + 1 {
				counts[i] += s[at(i, k)]
				counts[k] += s[at(i, k)]
				n += 2 * s[at(i, k)]
			}
		}
		observed, expected := 0.0, 0.0
		for i := range size {
			between := 0.0
			for k := i - 1; k >= 0; k-- {
				d := between + (counts[i]+counts[k])/2
				between += counts[k]
				observed += 2 * s[at(i, k)] * d * d
				expected += 2 * counts[i] * counts[k] * d * d
			}
		}
		return alpha(observed, max(expected, 0), math.Round(n))
	}}
	return s.result(t.gather(&s, t.pairable(func(k []float64, n float64, row []float64) {
		for i, x := range k {
			if x == 0 {
				continue
			}
			for l := range i {
				row[at(i, l)] = x * k[l] / (n - 1)
			}
			row[at(i, i)] = x * (x - 1) / (n - 1) / 2 // half: at adds both ends
		}
	})))
}
