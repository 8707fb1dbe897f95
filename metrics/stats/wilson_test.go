package stats

import (
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"assay/harness/leaf/approx"
)

func TestWilson(t *testing.T) {
	// statsmodels 0.15: proportion_confint(k, n, alpha=1-c, method="wilson")
	for _, test := range []struct {
		k, n       int
		confidence float64
		lo, hi     float64
	}{
		{0, 1, 0.95, 0, 0.7934506856227626},
		{1, 1, 0.95, 0.20654931437723745, 1},
		{0, 10, 0.95, 0, 0.2775327998628892},
		{10, 10, 0.95, 0.7224672001371107, 1},
		{3, 10, 0.95, 0.10779126740630099, 0.6032218525388546},
		{5, 10, 0.99, 0.1842255182472355, 0.8157744817527646},
		{81, 263, 0.95, 0.2552885198782742, 0.36620957698280004},
		{1, 1000, 0.9, 0.00022312384391207085, 0.004469722909368932},
		{500000, 1000000, 0.95, 0.4990200198900048, 0.5009799801099952},
		{999999, 1000000, 0.95, 0.9999943350881957, 0.9999998234754233},
	} {
		lo, hi := Wilson(test.k, test.n, test.confidence)
		if !near(lo, test.lo, 1e-13) || !near(hi, test.hi, 1e-13) {
			t.Errorf("Wilson(%d, %d, %v) = %v, %v; want %v, %v", test.k, test.n, test.confidence, lo, hi, test.lo, test.hi)
		}
	}
}

func TestWilsonIsExactAtTheEnds(t *testing.T) {
	for n := 1; n <= 3000; n++ {
		if lo, hi := Wilson(0, n, 0.95); lo != 0 || !(hi > 0 && hi < 1) {
			t.Fatalf("Wilson(0, %d) = %v, %v", n, lo, hi)
		}
		if lo, hi := Wilson(n, n, 0.95); hi != 1 || !(lo > 0 && lo < 1) {
			t.Fatalf("Wilson(%d, %d) = %v, %v", n, n, lo, hi)
		}
	}
}

// The exact probability that the interval covers p, by summing over all outcomes.
func TestWilsonCoverage(t *testing.T) {
	// scipy 1.17, statsmodels 0.15: k = arange(n+1);
	// lo, hi = proportion_confint(k, n, method="wilson");
	// binom.pmf(k, n, p)[(lo <= p) & (p <= hi)].sum()
	for _, test := range []struct {
		p    float64
		n    int
		want float64
	}{
		{0.5, 20, 0.9586105346679689},
		{0.1, 50, 0.9703082890880887},
		{0.9, 50, 0.9703082890880886},
		{0.02, 100, 0.9491695546304996},
		{0.3, 1000, 0.9508568663002297},
		// Where the method itself covers too little: p about 0.18/n.
		{0.0177, 10, 0.8364528022725545},
	} {
		if got := wilsonCoverage(test.p, test.n); !near(got, test.want, 1e-9) {
			t.Errorf("coverage at p %v, n %d is %v, want %v", test.p, test.n, got, test.want)
		}
	}
	for _, n := range []int{10, 50, 300} {
		var sum float64
		for i := 1; i < 200; i++ {
			sum += wilsonCoverage(float64(i)/200, n) / 199
		}
		if !approx.Equal(sum, 0.95, 0.006) {
			t.Errorf("coverage averaged over p at n %d is %v, want about 0.95", n, sum)
		}
	}
}

func wilsonCoverage(p float64, n int) float64 {
	var sum float64
	binomial := distuv.Binomial{N: float64(n), P: p}
	for k := 0; k <= n; k++ {
		if lo, hi := Wilson(k, n, 0.95); lo <= p && p <= hi {
			sum += binomial.Prob(float64(k))
		}
	}
	return sum
}
