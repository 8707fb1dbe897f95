package stats

import (
	"math"
	"math/rand/v2"
	"testing"

	"assay/harness/leaf/approx"
	"assay/harness/leaf/logistic"
)

// withinCoverage asserts that a simulated coverage is within 3.5 Monte Carlo
// standard errors of the nominal one.
func withinCoverage(t *testing.T, name string, got, nominal float64, trials int) {
	t.Helper()
	if bound := 3.5 * math.Sqrt(nominal*(1-nominal)/float64(trials)); !approx.Equal(got, nominal, bound) {
		t.Errorf("%s: covers %.4f, want %.2f +- %.4f", name, got, nominal, bound)
	}
}

// coverage is the share of trials whose interval contains the true value.
func coverage(trials int, seed uint64, truth float64, trial func(r *rand.Rand) (lo, hi float64)) float64 {
	r := rand.New(rand.NewPCG(seed, 1))
	hits := 0
	for range trials {
		if lo, hi := trial(r); lo <= truth && truth <= hi {
			hits++
		}
	}
	return float64(hits) / float64(trials)
}

// meanCoverage is how often StudentBounds with tail alpha on both sides contain
// the mean of 8 normal values.
func meanCoverage(alpha float64) float64 {
	x := make([]float64, 8)
	return coverage(20000, 11, 3, func(r *rand.Rand) (float64, float64) {
		for i := range x {
			x[i] = 3 + 2*r.NormFloat64()
		}
		mean, se := MeanSE(x)
		return StudentBounds(mean, se, 7, alpha)
	})
}

// The normal quantile covers too little with 8 values, and the simulation detects
// it.
func TestCoverageSeesNormalQuantileOnSmallSample(t *testing.T) {
	x := make([]float64, 8)
	got := coverage(20000, 11, 3, func(r *rand.Rand) (float64, float64) {
		for i := range x {
			x[i] = 3 + 2*r.NormFloat64()
		}
		mean, se := MeanSE(x)
		return StudentBounds(mean, se, math.Inf(1), 0.025)
	})
	if got > 0.93 {
		t.Errorf("z on 8 values covers %v; the exact figure is 0.909", got)
	}
}

// Fifty clusters of 1 to 12 values, with a shared effect as large as the noise.
func TestClusteredOneWayCoverage(t *testing.T) {
	const trials, groups = 4000, 50
	var naive int
	got := coverage(trials, 12, 0.4, func(r *rand.Rand) (float64, float64) {
		sums, counts := make([]float64, groups), make([]float64, groups)
		var all []float64
		for g := range groups {
			effect := r.NormFloat64()
			for range 1 + g%12 {
				v := 0.4 + effect + r.NormFloat64()
				sums[g] += v
				counts[g]++
				all = append(all, v)
			}
		}
		mean, se := MeanSE(all)
		if lo, hi := StudentBounds(mean, se, float64(len(all)-1), 0.025); lo <= 0.4 && 0.4 <= hi {
			naive++
		}
		mean, se = ClusteredOneWay(sums, counts)
		return StudentBounds(mean, se, groups-1, 0.025)
	})
	withinCoverage(t, "clustered", got, 0.95, trials)
	if share := float64(naive) / trials; share > 0.8 {
		t.Errorf("the interval that ignores clusters covers %v: this simulation could not fail", share)
	}
}

// Forty prompts by twenty labelers, with an effect of each prompt and each
// labeler.
func TestClusteredTwoWayCoverage(t *testing.T) {
	const trials, prompts, labelers = 2000, 40, 20
	values := make([]float64, prompts*labelers)
	a, b := make([]uint32, len(values)), make([]uint32, len(values))
	var oneWay int
	got := coverage(trials, 13, -1, func(r *rand.Rand) (float64, float64) {
		var byLabeler [labelers]float64
		for l := range byLabeler {
			byLabeler[l] = r.NormFloat64()
		}
		sums, counts := make([]float64, prompts), make([]float64, prompts)
		for p := range prompts {
			effect := r.NormFloat64()
			for l := range labelers {
				i := p*labelers + l
				values[i] = -1 + effect + byLabeler[l] + r.NormFloat64()
				a[i], b[i] = uint32(p), uint32(l)
				sums[p] += values[i]
				counts[p]++
			}
		}
		mean, se := ClusteredOneWay(sums, counts)
		if lo, hi := StudentBounds(mean, se, prompts-1, 0.025); lo <= -1 && -1 <= hi {
			oneWay++
		}
		mean, se, _ = ClusteredTwoWay(values, a, b)
		return StudentBounds(mean, se, labelers-1, 0.025)
	})
	// min(G_a, G_b)-1 degrees of freedom are conservative when both ways matter.
	if got < 0.935 || got > 0.97 {
		t.Errorf("two-way interval covers %v, want 0.95 to 0.96", got)
	}
	if share := float64(oneWay) / trials; share > 0.85 {
		t.Errorf("clustering by prompt alone covers %v: this simulation could not fail", share)
	}
}

// Four players over 60 prompts. Within a prompt every pair meets twice with the
// same outcome, so a prompt's matches are far from independent.
func TestBradleyTerryCoverage(t *testing.T) {
	truth := []float64{0.6, 0.1, -0.2, -0.5}
	const trials, prompts = 1000, 60
	r := rand.New(rand.NewPCG(14, 1))
	hits, naive := make([]int, len(truth)), make([]int, len(truth))
	differences := 0
	for range trials {
		var matches, apart []Match
		for c := range prompts {
			for i := range truth {
				for j := range i {
					m := Match{First: i, Second: j, Cluster: uint32(c)}
					if r.Float64() < logistic.Of(truth[i]-truth[j]) {
						m.Score = 1
					}
					matches = append(matches, m, m)
					for range 2 {
						m.Cluster = uint32(len(apart))
						apart = append(apart, m)
					}
				}
			}
		}
		fit, err := BradleyTerry(len(truth), matches)
		if err != nil {
			t.Fatal(err)
		}
		independent, err := BradleyTerry(len(truth), apart)
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range truth {
			if fit.Lo[i] <= s && s <= fit.Hi[i] {
				hits[i]++
			}
			if independent.Lo[i] <= s && s <= independent.Hi[i] {
				naive[i]++
			}
		}
		d, se := difference(&fit, 0, 3)
		if lo, hi := StudentBounds(d, se, float64(fit.Clusters-1), 0.025); lo <= 1.1 && 1.1 <= hi {
			differences++
		}
	}
	for i := range truth {
		withinCoverage(t, "strength", float64(hits[i])/trials, 0.95, trials)
		if share := float64(naive[i]) / trials; share > 0.9 {
			t.Errorf("player %d: matches treated as independent cover %v: this simulation could not fail", i, share)
		}
	}
	withinCoverage(t, "difference", float64(differences)/trials, 0.95, trials)
}
