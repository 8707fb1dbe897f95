package stats

import (
	"math/rand/v2"
	"testing"
)

func TestAdjustedPValues(t *testing.T) {
	// statsmodels 0.15: multipletests(p, method="holm")[1], method="fdr_bh"
	for _, test := range []struct{ p, holm, bh []float64 }{
		{[]float64{.01, .04, .03, .005, .5}, []float64{.04, .09, .09, .025, .5}, []float64{.025, .05, .05, .025, .5}},
		{[]float64{.02, .02, .02}, []float64{.06, .06, .06}, []float64{.02, .02, .02}},
		{
			[]float64{0.001, 0.2, 0.9, 0.04, 0.0499, 0.011, 0.8},
			[]float64{0.007, 0.6, 1, 0.2, 0.2, 0.066, 1},
			[]float64{0.007, 0.28, 0.9, 0.087325, 0.087325, 0.0385, 0.9},
		},
		{[]float64{.6, .7, .9}, []float64{1, 1, 1}, []float64{.9, .9, .9}},
		{[]float64{.3}, []float64{.3}, []float64{.3}},
		{nil, nil, nil},
	} {
		compare(t, "Holm", Holm(test.p), test.holm)
		compare(t, "BenjaminiHochberg", BenjaminiHochberg(test.p), test.bh)
	}
}

func compare(t *testing.T, name string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s gives %v, want %v", name, got, want)
	}
	for i := range got {
		if !near(got[i], want[i], 1e-14) {
			t.Errorf("%s gives %v, want %v", name, got, want)
		}
	}
}

func TestHolmLevels(t *testing.T) {
	for _, test := range []struct{ p, want []float64 }{
		// .005 and .01 are rejected at .05/5 and .05/4; .03 fails at .05/3, which is the level of
		// the rest.
		{[]float64{.01, .04, .03, .005, .5}, []float64{.05 / 4, .05 / 3, .05 / 3, .05 / 5, .05 / 3}},
		{[]float64{.02, .02, .02}, []float64{.05 / 3, .05 / 3, .05 / 3}},
		{[]float64{.01, .02, .03}, []float64{.05 / 3, .05 / 2, .05}},
		{[]float64{.2}, []float64{.05}},
		{[]float64{.0125, .5, .5, .5}, []float64{.05 / 4, .05 / 3, .05 / 3, .05 / 3}}, // p at its level is rejected
		{nil, nil},
	} {
		compare(t, "HolmLevels", HolmLevels(test.p, 0.05), test.want)
	}
}

// p <= level holds for exactly the hypotheses that Holm rejects, on random families with
// ties.
func TestHolmLevelsAgreeWithHolm(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 1))
	rejected, kept := 0, 0
	for range 5000 {
		p := make([]float64, 1+r.IntN(8))
		for i := range p {
			p[i] = float64(r.IntN(60)) / 997
		}
		adjusted, levels := Holm(p), HolmLevels(p, 0.05)
		for i := range p {
			if (p[i] <= levels[i]) != (adjusted[i] <= 0.05) {
				t.Fatalf("p %v: level %v, adjusted %v", p, levels, adjusted)
			}
			if p[i] <= levels[i] {
				rejected++
			} else {
				kept++
			}
		}
	}
	if rejected < 1000 || kept < 1000 {
		t.Errorf("%d rejected, %d kept: the families test one side only", rejected, kept)
	}
}
