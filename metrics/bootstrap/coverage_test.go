package bootstrap_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"assay/metrics/bootstrap"
)

// TestCoverage draws many samples of a known population and counts how often the
// 95% interval contains the true value. With few clusters of a skewed population
// BCa is known to cover less than 95%, because the sample doesn't contain the tail
// (DiCiccio and Efron, "Bootstrap confidence intervals", Statistical Science 11,
// 1996). The ranges allow for about 4 Monte Carlo standard errors (0.004 each)
// around 94%, or 95% for the ratio, which has little skew. Each range excludes the
// coverage of a 5% to 95% range, which the test computes as well.
func TestCoverage(t *testing.T) {
	const trials, resamples = 3000, 999
	exponential := func(rng *rand.Rand, row []float64) { row[0] = rng.ExpFloat64() }
	lognormal := func(rng *rand.Rand, row []float64) { row[0] = math.Exp(0.5 * rng.NormFloat64()) }
	// Wins of a prompt's 1 to 4 draws; prompts with more draws are harder.
	ratio := func(rng *rand.Rand, row []float64) {
		row[0], row[1] = 0, float64(1+rng.IntN(4))
		for range int(row[1]) {
			if rng.Float64() < 0.8-0.1*row[1] {
				row[0]++
			}
		}
	}
	for _, c := range []struct {
		name   string
		n, dim int
		truth  float64
		sample func(*rand.Rand, []float64)
		lo, hi float64
	}{
		{"mean of exponential, n=60", 60, 1, 1, exponential, 0.922, 0.955},
		{"mean of lognormal(0.5), n=60", 60, 1, math.Exp(0.125), lognormal, 0.922, 0.955},
		// E[d(0.8-0.1d)] = 0.8*2.5 - 0.1*7.5 over E[d] = 2.5
		{"ratio of sums, n=80", 80, 2, 0.5, ratio, 0.930, 0.965},
	} {
		t.Run(c.name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(77, uint64(c.n)))
			point := func(s []float64) float64 { return s[0] / s[1] }
			if c.dim == 1 {
				point = meanOf(c.n)
			}
			covered, narrow := 0, 0
			rows := make([]float64, c.n*c.dim)
			for trial := range trials {
				for i := 0; i < len(rows); i += c.dim {
					c.sample(rng, rows[i:i+c.dim])
				}
				r := bootstrap.Run(rows, c.dim, point, bootstrap.Options{Resamples: resamples, Seed: uint64(trial)})
				if r.Bound(0.025) <= c.truth && c.truth <= r.Bound(0.975) {
					covered++
				}
				if r.Bound(0.05) <= c.truth && c.truth <= r.Bound(0.95) {
					narrow++
				}
			}
			got, defect := float64(covered)/trials, float64(narrow)/trials
			t.Logf("95%% interval covers %.3f, 5%% to 95%% covers %.3f", got, defect)
			if got < c.lo || got > c.hi {
				t.Errorf("95%% interval covers %.3f, want %.3f to %.3f", got, c.lo, c.hi)
			}
			if defect >= c.lo {
				t.Errorf("5%% to 95%% covers %.3f: the asserted range would not catch it", defect)
			}
		})
	}
}
