package stats

import (
	"math"
	"testing"
)

func TestOneSidedPOfStudent(t *testing.T) {
	for _, test := range []struct{ estimate, se, df, threshold, want float64 }{
		{2.5, 1, 9, 0, 0.016930913841492867}, // scipy 1.17: t.sf(2.5, 9)
		{-1.2, 1, 9, 0, 0.8696134013047693},  // scipy 1.17: t.sf(-1.2, 9)
		{0.01, 0.02, 9, -0.04, 0.016930913841492867},
		{0, 1, 9, 0, 0.5},
		{3, 1, 50000, 0, 0.00135056289597701}, // scipy 1.17: t.sf(3, 50000)
	} {
		lower := func(alpha float64) float64 {
			l, _ := StudentBounds(test.estimate, test.se, test.df, alpha)
			return l
		}
		p := OneSidedP(lower, test.threshold)
		if !relative(p, test.want, 1e-9) {
			t.Errorf("%+v: p = %v", test, p)
		}
		if !(lower(p) > test.threshold) {
			t.Errorf("%+v: lower(p) = %v is not above the threshold", test, lower(p))
		}
	}
}

func TestOneSidedPOfSteps(t *testing.T) {
	// A bound with flat steps of 1/8 in alpha, as from eight resamples.
	steps := func(alpha float64) float64 { return math.Floor(8 * alpha) }
	calls := 0
	for threshold, want := range map[float64]float64{
		0: 0.125, 0.5: 0.125, 1: 0.25, 6: 0.875, // where the step over the threshold is
		-1: 1e-12,    // every bound is above
		7:  1, 99: 1, // no bound is above
	} {
		got := OneSidedP(func(alpha float64) float64 { calls++; return steps(alpha) }, threshold)
		if !relative(got, want, 1e-10) || got < want {
			t.Errorf("threshold %v: p = %v, want %v", threshold, got, want)
		}
	}
	if calls > 7*60 {
		t.Errorf("%d calls for 7 p-values, want about 50 each", calls)
	}
	flat := func(float64) float64 { return 2 }
	if got := OneSidedP(flat, 2); got != 1 {
		t.Errorf("a bound that is equal to the threshold throughout gives p = %v, want 1", got)
	}
}
