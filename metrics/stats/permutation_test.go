package stats

import (
	"math"
	"math/rand/v2"
	"testing"

	"assay/harness/leaf/approx"
)

func TestSignFlipExact(t *testing.T) {
	// scipy 1.17: permutation_test((d,), lambda a, axis: np.mean(a, axis=axis),
	// permutation_type="samples", n_resamples=np.inf, vectorized=True).pvalue
	for _, test := range []struct {
		d    []float64
		want float64
	}{
		{[]float64{0.2, -0.1, 0.4, 0.3, 0.0, 0.5, -0.2, 0.1}, 0.171875},
		{[]float64{3, -1, 2, 5, 1}, 0.1875},
		{[]float64{1, 2, 3, 0, 0, -1}, 0.375},
		{[]float64{1, 1, 1, 1, 1, 1, 1, 1, -1, -1}, 0.109375},
		{[]float64{.1, .2, .3, -.4, .5, -.6, .7, .8, .9, 1.0, -1.1, 1.2, 1.3, 1.4, 1.5}, 0.02557373046875},
		{[]float64{0, 0}, 1},
		{[]float64{2}, 1},
		{[]float64{1, -1}, 1},
	} {
		if got := SignFlip(test.d, 1, 1); got != test.want {
			t.Errorf("SignFlip(%v) = %v, want %v", test.d, got, test.want)
		}
	}
}

// With differences of one size the test is McNemar's exact test.
func TestSignFlipOfUnitsIsMcNemar(t *testing.T) {
	for b := 0; b <= exactFlips; b++ {
		d := make([]float64, exactFlips+5) // five ties
		for i := range exactFlips {
			d[i] = 0.1
			if i < b {
				d[i] = -0.1
			}
		}
		if got, want := SignFlip(d, 1, 1), McNemarExact(b, exactFlips-b); !relative(got, want, 1e-12) {
			t.Errorf("%d of %d negative: %v, want %v", b, exactFlips, got, want)
		}
	}
}

func TestSignFlipMonteCarlo(t *testing.T) {
	d := make([]float64, 60)
	for i := range d {
		d[i] = math.Sin(float64(i+1)) + 0.2
	}
	// scipy 1.17: permutation_test as above with n_resamples=400000, rng=1: its own
	// standard error is 0.0002
	const want, resamples = 0.017374956562608592, 100000
	got := SignFlip(d, resamples, 5)
	if bound := 4 * math.Sqrt(want*(1-want)*(1./resamples+1./400000)); !approx.Equal(got, want, bound) {
		t.Errorf("p = %v, want %v +- %v", got, want, bound)
	}
	if again := SignFlip(d, resamples, 5); again != got {
		t.Errorf("the same seed gives %v and %v", got, again)
	}
	if other := SignFlip(d, resamples, 6); other == got {
		t.Errorf("seeds 5 and 6 both give %v", got)
	}
	for i := range d {
		d[i] = 1
	}
	if got := SignFlip(d, 999, 5); got != 1./1000 {
		t.Errorf("p = %v on 60 equal differences, want (1+0)/(1+999)", got)
	}
}

// Under the hypothesis p is below 0.05 in 5% of samples, both enumerated and
// sampled.
func TestSignFlipSize(t *testing.T) {
	for _, n := range []int{12, 70} {
		d := make([]float64, n)
		const trials = 2000
		got := coverage(trials, 21, 0, func(r *rand.Rand) (float64, float64) {
			for i := range d {
				d[i] = r.NormFloat64() * (1 + float64(i%3))
			}
			if SignFlip(d, 199, r.Uint64()) <= 0.05 {
				return 1, 1
			}
			return 0, 0
		})
		withinCoverage(t, "sign flip", got, 0.95, trials)
	}
}

func BenchmarkSignFlip(b *testing.B) {
	d := make([]float64, 1000)
	for i := range d {
		d[i] = math.Sin(float64(i))
	}
	b.Run("n=1000", func(b *testing.B) {
		for b.Loop() {
			SignFlip(d, 10000, 1)
		}
	})
}
