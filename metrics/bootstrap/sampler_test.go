package bootstrap

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"assay/harness/leaf/approx"
)

// chiSquareLimit is the value that a chi-square variable exceeds once in 10^5.
// Seeds are fixed, so the tests are deterministic.
func chiSquareLimit(degrees int) float64 {
	return distuv.ChiSquared{K: float64(degrees)}.Quantile(1 - 1e-5)
}

func TestBinomialHasTheExactDistribution(t *testing.T) {
	const draws = 40_000
	for _, c := range []struct{ m, a, b int }{
		{1, 1, 3}, {10, 1, 2}, {10, 1, 3}, {63, 5, 7}, {64, 1, 2}, {65, 999, 1000}, {200, 3, 7}, {5000, 1, 1000}, {3000, 4096, 5000},
	} {
		t.Run(fmt.Sprintf("m=%d,p=%d:%d", c.m, c.a, c.b), func(t *testing.T) {
			r := newStream(11, c.m)
			seen := make([]int, c.m+1)
			for range draws {
				seen[r.binomial(c.m, c.a, c.b)]++
			}
			exact := distuv.Binomial{N: float64(c.m), P: float64(c.a) / float64(c.b)}
			var chi, expected, observed float64
			cells := 0
			for k := range seen {
				expected += draws * exact.Prob(float64(k))
				observed += float64(seen[k])
				if rest := draws * exact.Survival(float64(k)); expected >= 5 && (rest >= 5 || k == c.m) {
					chi += (observed - expected) * (observed - expected) / expected
					expected, observed = 0, 0
					cells++
				}
			}
			if expected > 0 { // the tail, whose expectation never reached 5
				chi += (observed - expected) * (observed - expected) / expected
				cells++
			}
			if limit := chiSquareLimit(cells - 1); cells < 2 || chi > limit {
				t.Errorf("chi-square = %.1f over %d cells, want at most %.1f", chi, cells, limit)
			}
		})
	}
}

// oneHot is the identity matrix: the sums of a resample are its index counts.
func oneHot(n int) []float64 {
	rows := make([]float64, n*n)
	for i := range n {
		rows[i*n+i] = 1
	}
	return rows
}

// TestIndexCountsAreMultinomial: in every resample the counts sum to n. Their
// totals are uniform by chi-square, their variances 1-1/n and their covariances
// -1/n. A cluster is left out with probability (1-1/n)^n.
func TestIndexCountsAreMultinomial(t *testing.T) {
	const n, resamples = 37, 20_000 // blocks of 32, 4 and 1
	rows := oneHot(n)
	for name, s := range map[string]sampler{
		"blocked": newBlocked(rows, n),
		"grouped": newGrouped(rows, n, n),
	} {
		t.Run(name, func(t *testing.T) {
			w, counts := s.scratch(), make([]float64, n)
			totals := make([]float64, n)
			var squares, products, absent float64
			for b := range resamples {
				r := newStream(5, b)
				s.resample(&r, w, counts)
				sum := 0.0
				for i, c := range counts {
					sum += c
					totals[i] += c
					squares += (c - 1) * (c - 1)
					products += (c - 1) * (counts[(i+1)%n] - 1)
					if c == 0 {
						absent++
					}
				}
				if sum != n {
					t.Fatalf("resample %d draws %v clusters, want %d", b, sum, n)
				}
			}
			chi := 0.0
			for _, total := range totals {
				chi += (total - resamples) * (total - resamples) / resamples
			}
			if limit := chiSquareLimit(n - 1); chi > limit {
				t.Errorf("chi-square of the totals = %.1f, want at most %.1f", chi, limit)
			}
			for _, c := range []struct {
				what             string
				got, want, error float64
			}{
				{"variance of a count", squares / (n * resamples), 1 - 1.0/n, 0.01},
				{"covariance of neighbours", products / (n * resamples), -1.0 / n, 0.006},
				{"share of clusters left out", absent / (n * resamples), math.Pow(1-1.0/n, n), 0.003},
			} {
				if !approx.Equal(c.got, c.want, c.error) {
					t.Errorf("%s = %.4f, want %.4f +- %.4f", c.what, c.got, c.want, c.error)
				}
			}
		})
	}
}

func TestGatherAddsTheNamedEntries(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	words := make([]uint64, 40)
	for i := range words {
		words[i] = rng.Uint64()
	}
	for _, size := range []int{1, 2, 512, 2048, blockRows} {
		column := make([]float64, size)
		for i := range column {
			column[i] = float64(rng.IntN(1 << 30)) // integers: every order gives the same sum
		}
		for draws := range 5 * len(words) {
			want := 0.0
			for d := range draws {
				want += column[int(words[d/5]>>(12*(d%5))&4095)%size]
			}
			if got := gather(column, words, draws); got != want {
				t.Fatalf("size %d, %d draws: sum = %v, want %v", size, draws, got, want)
			}
		}
	}
}

// moments returns the mean and the sample SD.
func moments(xs []float64) (mean, sd float64) {
	for _, x := range xs {
		mean += x / float64(len(xs))
	}
	return mean, sampleSD(xs)
}

// TestReplicatesOfTheMeanHaveTheKnownMoments: the bootstrap distribution of a
// mean has the sample mean as mean and the population SD / sqrt(n) as SD.
func TestReplicatesOfTheMeanHaveTheKnownMoments(t *testing.T) {
	const resamples = 10_000
	rng := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{2, 7, 100, 4096, 5003} {
		rows := make([]float64, n)
		for i := range rows {
			rows[i] = rng.ExpFloat64()
		}
		mean, sd := moments(rows)
		want := sd * math.Sqrt(float64(n-1)) / float64(n)
		replicates := replicate(newBlocked(rows, 1), 1, func(s []float64) float64 { return s[0] / float64(n) },
			Options{Resamples: resamples, Seed: 9})
		gotMean, gotSD := moments(replicates)
		if !approx.Equal(gotMean, mean, 4*want/math.Sqrt(resamples)) {
			t.Errorf("n = %d: mean of replicates = %v, want %v", n, gotMean, mean)
		}
		if !approx.Equal(gotSD/want, 1, 0.03) { // 4 standard errors of an SD from 10,000
			t.Errorf("n = %d: SD of replicates = %v, want %v", n, gotSD, want)
		}
	}
}

// TestGroupedAndBlockedAgree compares the two samplers by a two-sample
// Kolmogorov-Smirnov statistic on the same rows, of which five are distinct.
func TestGroupedAndBlockedAgree(t *testing.T) {
	const n, resamples = 1000, 20_000
	rows := make([]float64, 0, 2*n)
	for i := range n {
		v := float64(i * i % 5) // 0, 1, 4 in unequal shares
		rows = append(rows, v, 1+float64(i%2))
	}
	ratio := func(s []float64) float64 { return s[0] / s[1] }
	a := replicate(newBlocked(rows, 2), 2, ratio, Options{Resamples: resamples, Seed: 1})
	b := replicate(newGrouped(rows, 2, 10), 2, ratio, Options{Resamples: resamples, Seed: 2})
	slices.Sort(a)
	slices.Sort(b)
	widest, j := 0.0, 0
	for i, x := range a {
		if i+1 < len(a) && a[i+1] == x {
			continue
		}
		for j < len(b) && b[j] <= x {
			j++
		}
		widest = max(widest, math.Abs(float64(i+1)-float64(j))/resamples)
	}
	// sqrt(-ln(alpha/2)/2) sqrt(2/B) at alpha = 10^-4
	if limit := math.Sqrt(-math.Log(1e-4/2)/2) * math.Sqrt(2.0/resamples); widest > limit {
		t.Errorf("Kolmogorov-Smirnov distance = %.4f, want at most %.4f", widest, limit)
	}
}

func TestSamplerIsChosenByDistinctRows(t *testing.T) {
	few, many := make([]float64, 640), make([]float64, 640)
	for i := range few {
		few[i], many[i] = float64(i%10), float64(i%11)
	}
	if _, ok := newSampler(few, 1).(*grouped); !ok {
		t.Errorf("10 distinct rows among 640 are not grouped")
	}
	if _, ok := newSampler(many, 1).(*blocked); !ok {
		t.Errorf("11 distinct rows among 640 are grouped")
	}
}
