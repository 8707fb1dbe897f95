package stats

import (
	"math"
	"testing"
)

func TestDetectableT(t *testing.T) {
	// scipy 1.17: brentq(lambda d: nct.sf(t.isf(alpha/2, df), df, d) - power, 0, 99, xtol=1e-13)
	for _, test := range []struct{ df, alpha, power, want float64 }{
		{1, 0.05, 0.8, 16.334008869921053},
		{2, 0.05, 0.8, 5.653489266405568},
		{5, 0.05, 0.8, 3.513904105562924},
		{19, 0.05, 0.8, 2.9535882471565817},
		{49, 0.05, 0.8, 2.85800888188116},
		{49, 0.0019230769230769232, 0.8, 4.148128328461075},
		{99, 0.01, 0.9, 3.9234579127529305},
		{1000, 0.05, 0.8, 2.804279330693356},
		{29, 0.0001, 0.8, 5.442643584587208},
		{math.Inf(1), 0.05, 0.8, 2.801585218112969}, // norm.isf(0.025) + norm.ppf(0.8)
		{9, 0.05, 0.02, 0},
	} {
		if got := DetectableT(test.df, test.alpha, test.power); !near(got, test.want, 1e-7*max(1, test.want)) {
			t.Errorf("DetectableT(%v, %v, %v) = %v, want %v", test.df, test.alpha, test.power, got, test.want)
		}
	}
}

func TestPowerT(t *testing.T) {
	// scipy 1.17: nct.sf(t.isf(alpha/2, df), df, delta)
	for _, test := range []struct{ df, alpha, delta, want float64 }{
		{1, 0.05, 2, 0.12522349749828918},
		{4, 0.05, 1.5, 0.21262123338527442},
		{9, 0.05, 3.2, 0.812159392275988},
		{9, 0.05, -0.7, 0.004773499179538295},
		{9, 0.001, 6, 0.8174525879535137},
		{49, 0.01, 2, 0.2600798419257924},
		{200, 0.05, 0, 0.025},
		{9, 0.05, math.Inf(1), 1},
		{9, 0.05, math.Inf(-1), 0},
		{math.Inf(1), 0.05, 2.801585218112969, 0.8}, // norm.sf(norm.isf(.025) - 2.801585...)
	} {
		if got := PowerT(test.df, test.alpha, test.delta); !near(got, test.want, 1e-9) {
			t.Errorf("PowerT(%v, %v, %v) = %v, want %v", test.df, test.alpha, test.delta, got, test.want)
		}
	}
}

func TestMcNemarCritical(t *testing.T) {
	for _, alpha := range []float64{0.05, 0.01, 0.3, 0.05 / 500} {
		critical := mcnemarCritical(3000, alpha)
		for m, k := range critical {
			if k >= 0 && McNemarExact(k, m-k) > alpha || 2*(k+1) < m && McNemarExact(k+1, m-k-1) <= alpha {
				t.Fatalf("alpha %v, %d discordant: critical %d", alpha, m, k)
			}
		}
	}
}

func TestDetectablePairs(t *testing.T) {
	// scipy 1.17, of n pairs that are discordant with probability s(d):
	//
	//   m = arange(n+1); c = max k with 2*binom.cdf(k, m, .5) <= alpha, else -1
	//   power(d) = sum(binom.pmf(m, n, s(d)) * binom.cdf(c, m, (s(d)-d)/(2*s(d))))
	//   brentq(lambda d: power(d) - .8, 1e-9, 1)
	constant := func(share float64) func(float64) float64 {
		return func(d float64) float64 { return max(share, d) }
	}
	rising := func(d float64) float64 { return min(1, max(d, 0.3+0.4*d)) }
	for _, test := range []struct {
		name       string
		n          int
		discordant func(float64) float64
		alpha      float64
		want       float64
	}{
		{"20", 20, constant(0.4), 0.05, 0.38261212254925403},
		{"50", 50, constant(0.3), 0.05, 0.21883082450711763},
		{"100", 100, rising, 0.05, 0.17537230398533327},
		{"none differ", 100, constant(0), 0.05, 0.07791107495026083},
		{"family of 26", 300, constant(0.2), 0.05 / 26, 0.1015609357484617},
		{"1500", 1500, constant(0.35), 0.05, 0.0433793556321872},
		{"five pairs", 5, constant(0.3), 0.05, 0},                  // 2*2^-5 > .05
		{"six pairs", 6, constant(0.3), 0.05, math.Pow(0.8, 1./6)}, // all six favour one side, or there is no detection
	} {
		if got := DetectablePairs(test.n, test.discordant, test.alpha, 0.8); !near(got, test.want, 1e-8) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func BenchmarkDetectablePairs(b *testing.B) {
	for b.Loop() {
		DetectablePairs(2000, func(d float64) float64 { return max(d, 0.3) }, 0.05, 0.8)
	}
}

func BenchmarkDetectableT(b *testing.B) {
	for b.Loop() {
		DetectableT(499, 0.05, 0.8)
	}
}
