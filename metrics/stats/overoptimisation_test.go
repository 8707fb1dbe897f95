package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestFitLaw(t *testing.T) {
	d, gold := []float64{0, 0.3, 0.7, 1.2, 1.8, 2.5, 3.1}, []float64{0.41, 0.55, 0.66, 0.71, 0.69, 0.6, 0.47}
	// scipy 1.17, on these points:
	//
	//	curve_fit(lambda d, s, a, b: s + where(d > 0, d*(a - b*log(d)), 0), d, gold)
	//	curve_fit(lambda d, s, a, b: s + d*(a - b*d), d, gold)
	for _, test := range []struct {
		name                string
		fit                 func(d, gold []float64) (Law, error)
		start, alpha, beta  float64
		peak, gain, further float64 // and the gold score at d = 2
	}{
		{"policy", FitPolicyLaw, 0.395402811248605, 0.2999019154780359, 0.2408532537531125,
			math.Exp(0.2999019154780359/0.2408532537531125 - 1), 0.2408532537531125 * math.Exp(0.2999019154780359/0.2408532537531125-1),
			0.395402811248605 + 2*(0.2999019154780359-0.2408532537531125*math.Log(2))},
		{"best of n", FitBestOfNLaw, 0.43820089021121456, 0.3553659616548431, 0.1131117170127444,
			0.3553659616548431 / 2 / 0.1131117170127444, 0.3553659616548431 * 0.3553659616548431 / 4 / 0.1131117170127444,
			0.43820089021121456 + 2*(0.3553659616548431-2*0.1131117170127444)},
	} {
		l, err := test.fit(d, gold)
		if err != nil {
			t.Fatal(err)
		}
		at, gain, ok := l.Peak()
		for name, pair := range map[string][2]float64{"start": {l.Start, test.start}, "alpha": {l.Alpha, test.alpha}, "beta": {l.Beta, test.beta},
			"distance of the peak": {at, test.peak}, "gain": {gain, test.gain}, "gold at 2": {l.Gold(2), test.further}} {
			if !ok || !near(pair[0], pair[1], 1e-7) {
				t.Errorf("%s: %s %v, want %v", test.name, name, pair[0], pair[1])
			}
		}
		// Nothing along the law is above its peak.
		for x := 0.0; x < 6; x += 0.01 {
			if l.Gold(x)-l.Start > gain+1e-12 {
				t.Fatalf("%s: at %v the law gains %v, more than at its peak", test.name, x, l.Gold(x)-l.Start)
			}
		}
		if _, err := test.fit(d[:3], gold[:3]); err == nil {
			t.Errorf("%s: three points are fitted", test.name)
		}
	}
	rising := Law{Alpha: 1, Beta: -0.1}
	if _, _, ok := rising.Peak(); ok {
		t.Error("a law that rises without end has a peak")
	}
}

// Over seeds whose laws vary, Student's interval of the fitted alpha and beta covers the true
// means in about 95% of studies.
func TestFitLawCoverage(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	const studies, seeds, alpha, beta = 2000, 6, 0.4, 0.15
	covered := [2]int{}
	for range studies {
		var fitted [2][]float64
		for range seeds {
			own := Law{Start: 0.4, Alpha: alpha + 0.1*random.NormFloat64(), Beta: beta + 0.03*random.NormFloat64()}
			var d, gold []float64
			for i := range 40 {
				at := 2.5 * math.Sqrt(float64(i)/40)
				d, gold = append(d, at), append(gold, own.Gold(at)+0.04*random.NormFloat64())
			}
			l, err := FitPolicyLaw(d, gold)
			if err != nil {
				t.Fatal(err)
			}
			fitted[0], fitted[1] = append(fitted[0], l.Alpha), append(fitted[1], l.Beta)
		}
		for i, want := range []float64{alpha, beta} {
			mean, se := MeanSE(fitted[i])
			if lo, hi := StudentBounds(mean, se, seeds-1, 0.025); lo < want && want < hi {
				covered[i]++
			}
		}
	}
	for i, name := range []string{"alpha", "beta"} {
		if share := float64(covered[i]) / studies; share < 0.935 || share > 0.965 {
			t.Errorf("%s: covered in %.3f of studies, want about 0.95", name, share)
		}
	}
}

func TestBestOfN(t *testing.T) {
	reward, gold := []float64{0.3, -1, 2, 0.3, 0.9, -0.2, 0.3}, []float64{1, 0, -0.5, 0.2, 0.7, 0.1, 0.4}
	// Python: the mean over itertools.combinations(range(7), n) of the gold score of the highest
	// reward, the mean of those that tie for it.
	for n, want := range map[int]float64{1: 0.2714285714285714, 2: 0.25714285714285723, 3: 0.13809523809523813, 5: -0.16507936507936505, 7: -0.5} {
		if got := BestOfN(reward, gold, n); !near(got, want, 1e-12) {
			t.Errorf("best of %d: %v, want %v", n, got, want)
		}
	}
	// log(4) - 3/4 nats
	if got := BestOfNDistance(4); !near(got*got, 0.6362943611198906, 1e-12) || BestOfNDistance(1) != 0 {
		t.Errorf("the best of 4 is at %v, the best of 1 at %v", got, BestOfNDistance(1))
	}
}
