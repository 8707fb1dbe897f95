package bootstrap

import (
	"math"
	"testing"

	"assay/harness/leaf/approx"
)

// The reference enumerates all 2^n swaps.
func TestRandomiseAgainstEnumeration(t *testing.T) {
	first := []float64{3, 1, 4, 2, 1, 5, 0.5, 2, 6, 3, 2, 7, 1, 8, 2, 8, 1, 8, 2, 8}
	second := []float64{2, 1, 6, 2, 2, 5, 3, 2, 6, 3, 4, 7, 0.5, 8, 3, 8, 2, 8, 2.5, 8}
	ratio := func(s []float64) float64 { return s[0] / s[1] }
	n := len(first) / 2
	distance := func(pattern int) float64 {
		var a, b [2]float64
		for i := range n {
			x, y := first[2*i:2*i+2], second[2*i:2*i+2]
			if pattern>>i&1 == 1 {
				x, y = y, x
			}
			for j := range 2 {
				a[j] += x[j]
				b[j] += y[j]
			}
		}
		return math.Abs(ratio(a[:]) - ratio(b[:]))
	}
	hits := 0
	for pattern := range 1 << n {
		if distance(pattern) >= distance(0)-1e-12 {
			hits++
		}
	}
	want := float64(hits) / float64(int(1)<<n)
	const resamples = 40_000
	got := Randomise(first, second, 2, ratio, Options{Resamples: resamples, Seed: 7})
	if !approx.Equal(got, want, 4*math.Sqrt(want*(1-want)/resamples)) || want < 0.01 || want > 0.5 {
		t.Errorf("p = %v, of all swaps %v", got, want)
	}
	for _, workers := range []int{1, 2, 5} {
		if again := Randomise(first, second, 2, ratio, Options{Resamples: resamples, Seed: 7, Workers: workers}); again != got {
			t.Errorf("%d workers: p = %v, want %v", workers, again, got)
		}
	}
}

func TestRandomiseEnds(t *testing.T) {
	mean := func(s []float64) float64 { return s[0] }
	far, near := make([]float64, 70), make([]float64, 70)
	for i := range far {
		far[i] = 1 + float64(i%3)
	}
	if p := Randomise(near, far, 1, mean, Options{Resamples: 999, Seed: 1}); p != 1./1000 {
		t.Errorf("70 differences of one sign: p = %v, want (1+0)/(1+999)", p)
	}
	if p := Randomise(far, far, 1, mean, Options{Resamples: 999, Seed: 1}); p != 1 {
		t.Errorf("equal systems: p = %v, want 1", p)
	}
	if p := Randomise(near, far, 1, func(s []float64) float64 { return math.Log(s[0] - 1) }, Options{Resamples: 99, Seed: 1}); p != 1 {
		t.Errorf("undefined point: p = %v, want 1", p)
	}
}

// Columns that need no drawing have the same bits as if they were drawn.
func TestSpareColumns(t *testing.T) {
	var rows []float64
	for i := range 5000 {
		x, y := math.Sin(float64(i)), float64(i%7)
		rows = append(rows, x, 1, y, x, 0.1, -3)
	}
	spared, all := newBlocked(rows, 6), newBlocked(rows, 6)
	if len(spared.drawn) != 3 || len(spared.same) != 1 {
		t.Fatalf("drawn %v, same %v; want x, y and .1 drawn, whose sum rounds", spared.drawn, spared.same)
	}
	all.drawn, all.same, all.isFixed = []int{0, 1, 2, 3, 4, 5}, nil, make([]bool, 6)
	for b := range 20 {
		var sums [2][6]float64
		for k, s := range []*blocked{spared, all} {
			r := newStream(9, b)
			s.resample(&r, s.scratch(), sums[k][:])
		}
		if sums[0] != sums[1] {
			t.Fatalf("resample %d: %v, drawn %v", b, sums[0], sums[1])
		}
	}
}
