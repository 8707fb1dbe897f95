package bootstrap_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"assay/harness/leaf/approx"
	"assay/metrics/bootstrap"
)

// The tests of this file are named for defects found in public harnesses.

// TestDefectStandardErrorDividedByRootB: the SD of the replicates is the standard
// error. It doesn't shrink as replicates are added.
func TestDefectStandardErrorDividedByRootB(t *testing.T) {
	const n = 500
	rows := normals(n, 8)
	mean, squares := 0.0, 0.0
	for _, x := range rows {
		mean += x / n
	}
	for _, x := range rows {
		squares += (x - mean) * (x - mean)
	}
	want := math.Sqrt(squares) / n
	for _, resamples := range []int{1000, 10_000, 40_000} {
		r := bootstrap.Run(rows, 1, meanOf(n), bootstrap.Options{Resamples: resamples, Seed: 2})
		if !approx.Equal(r.SE/want, 1, 4/math.Sqrt(2*float64(resamples))) {
			t.Errorf("B = %d: SE = %.5f, want %.5f", resamples, r.SE, want)
		}
	}
}

// TestDefectHalfOfTheClustersWithoutReplacement: a resample has n clusters, some
// of them twice. (For a mean, half samples happen to have nearly the right
// variance, so the test looks at the counts.)
func TestDefectHalfOfTheClustersWithoutReplacement(t *testing.T) {
	const n = 40
	rows := make([]float64, n*n)
	for i := range n {
		rows[i*n+i] = 1
	}
	drawn := func(sums []float64) (total float64) {
		for _, c := range sums {
			total += c
		}
		return total
	}
	distinct := func(sums []float64) (count float64) {
		for _, c := range sums {
			count += min(math.Round(c), 1)
		}
		return count
	}
	opt := bootstrap.Options{Resamples: 4000, Seed: 1, Workers: 1}
	if r := bootstrap.Run(rows, n, drawn, opt); r.Percentile(0) != n || r.Percentile(1) != n {
		t.Errorf("clusters in a resample: %v to %v, want %d", r.Percentile(0), r.Percentile(1), n)
	}
	want := n * (1 - math.Pow(1-1.0/n, n)) // 25.47
	if r := bootstrap.Run(rows, n, distinct, opt); !approx.Equal(r.Percentile(0.5), want, 1) {
		t.Errorf("median of distinct clusters = %v, want about %.1f", r.Percentile(0.5), want)
	}
}

// TestDefectFiveToNinetyFiveAsNinetyFive: a 95% interval of a near-normal mean is
// 2 x 1.96 standard errors wide, while 5% to 95% is 2 x 1.64.
func TestDefectFiveToNinetyFiveAsNinetyFive(t *testing.T) {
	const n = 2000
	r := bootstrap.Run(normals(n, 4), 1, meanOf(n), bootstrap.Options{Resamples: 40_000, Seed: 6})
	if width := (r.Bound(0.975) - r.Bound(0.025)) / (2 * r.SE); !approx.Equal(width, 1.95996, 0.04) {
		t.Errorf("half width = %.3f standard errors, want 1.960", width)
	}
	if width := (r.Bound(0.95) - r.Bound(0.05)) / (2 * r.SE); !approx.Equal(width, 1.64485, 0.04) {
		t.Errorf("half width of the 90%% interval = %.3f standard errors, want 1.645", width)
	}
}

// TestDefectVerdictsResampledInsteadOfPrompts: 60 prompts of unequal difficulty
// with 20 verdicts each. Resampling prompts gives the SE of the clustered formula.
// Resampling verdicts, as if there were 1200 prompts, gives one that is far too
// small.
func TestDefectVerdictsResampledInsteadOfPrompts(t *testing.T) {
	const prompts, draws = 60, 20
	rng := rand.New(rand.NewPCG(21, 0))
	var clusters, rows []float64
	for range prompts {
		p, wins := rng.Float64(), 0.0
		for range draws {
			win := 0.0
			if rng.Float64() < p {
				win = 1
			}
			rows = append(rows, win, 1)
			wins += win
		}
		clusters = append(clusters, wins, draws)
	}
	rate := func(s []float64) float64 { return s[0] / s[1] }
	opt := bootstrap.Options{Resamples: 10_000, Seed: 1}
	byPrompt, byVerdict := bootstrap.Run(clusters, 2, rate, opt), bootstrap.Run(rows, 2, rate, opt)

	squares := 0.0 // the clustered variance of a ratio, with divisor n
	for i := 0; i < len(clusters); i += 2 {
		residual := clusters[i] - byPrompt.Point*clusters[i+1]
		squares += residual * residual
	}
	want := math.Sqrt(squares) / (prompts * draws)
	if !approx.Equal(byPrompt.SE/want, 1, 0.03) {
		t.Errorf("SE over prompts = %.5f, want %.5f", byPrompt.SE, want)
	}
	// A uniform p within each prompt has correlation 1/3: a design effect of about 7.
	if ratio := byVerdict.SE / byPrompt.SE; ratio > 0.6 {
		t.Errorf("SE over verdicts is %.2f of that over prompts: the fixture has no clusters", ratio)
	}
	if byPrompt.Clusters != prompts {
		t.Errorf("Clusters = %d, want %d", byPrompt.Clusters, prompts)
	}
}

// TestDefectUnseeded: the result depends only on the data, the seed and B.
func TestDefectUnseeded(t *testing.T) {
	const n = 300
	rows := normals(n, 5)
	run := func(seed uint64) uint64 {
		return fingerprint(bootstrap.Run(rows, 1, meanOf(n), bootstrap.Options{Resamples: 500, Seed: seed}))
	}
	if first, again := run(1), run(1); first != again {
		t.Errorf("two runs with one seed differ")
	}
	seen := map[uint64]uint64{}
	for _, seed := range []uint64{0, 1, 2, 3, 1 << 32, 1 << 63, math.MaxUint64} {
		f := run(seed)
		if other, ok := seen[f]; ok {
			t.Errorf("seeds %d and %d give the same replicates", seed, other)
		}
		seen[f] = seed
	}
}
