package infer_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"assay/harness/leaf/approx"
	"assay/metrics"
	"assay/metrics/infer"
	"assay/metrics/statistic"
	"assay/metrics/text"
)

func bleu() *metrics.Metric {
	return &metrics.Metric{Name: "bleu", Kind: metrics.FunctionOfSums, Hi: 100, Width: text.BLEUSize,
		Statistic: metrics.Statistic{Name: statistic.CorpusBLEU}}
}

// translations are n sentences of two systems.
func translations(n int) (first, second *infer.Column) {
	first, second = infer.NewColumn(bleu()), infer.NewColumn(bleu())
	for i := range n {
		var reference, a, b []string
		for j := range 9 + i%8 {
			word := fmt.Sprintf("w%d", (7*i+3*j+(i*j)%5)%23)
			reference = append(reference, word)
			a, b = append(a, word), append(b, word)
			if (5*i+3*j+i*j)%7 == 0 {
				a[j] = "x"
			}
			if (4*i+5*j+i*j)%9 == 0 {
				b[j] = "x"
			}
		}
		if i%6 == 0 {
			b = b[:len(b)-2]
		}
		if i%4 == 0 {
			a, b = b, a
		}
		for s, words := range map[*infer.Column][]string{first: a, second: b} {
			counts := text.BLEUStatistics(strings.Join(words, " "), []string{strings.Join(reference, " ")})
			s.Add(uint32(i), 0, counts[:])
		}
	}
	return first, second
}

// TestRandomisationReference: sacrebleu 2.6 on the same sentences,
//
//	PairedTest([("a", A), ("b", B)], {"BLEU": BLEU(references=[refs])}, references=[refs],
//	           test_type="ar", n_samples=50000)()[1]["BLEU"]
//
// whose own standard error is .001 and .0007; ours at 20,000 resamples is .0015 and
// .0011.
func TestRandomisationReference(t *testing.T) {
	for _, c := range []struct {
		n                int
		first, second, p float64
	}{{30, 70.02824345545686, 78.83246578729513, 0.048539}, {60, 70.06233816426662, 77.27504141594567, 0.0244995}} {
		a, b := translations(c.n)
		p := infer.Compare(a, b, infer.Options{Seed: 3, Resamples: 20_000})
		near(t, "first", p.First, c.first, 1e-10)
		near(t, "second", p.Second, c.second, 1e-10)
		if bound := 4 * math.Sqrt(c.p*(1-c.p)*(1./20_000+1./50_000)); !approx.Equal(p.P, c.p, bound) {
			t.Errorf("n %d: p = %v, sacrebleu's %v +- %v", c.n, p.P, c.p, bound)
		}
		if p.Test != infer.TestRandomisation {
			t.Errorf("test %q", p.Test)
		}
		turned := infer.Compare(b, a, infer.Options{Seed: 3, Resamples: 20_000})
		near(t, "turned p", turned.P, p.P, 0.006)
		if again := infer.Compare(a, b, infer.Options{Seed: 3, Resamples: 20_000}); again.P != p.P {
			t.Errorf("one seed, two p-values: %v and %v", p.P, again.P)
		}
	}
}

// TestRandomisationSize: for equal systems p is at most .05 in 5% of samples, and
// the 95% interval excludes 0 in as many. BCa's excludes it in 12% and 9%.
func TestRandomisationSize(t *testing.T) {
	for _, n := range []int{20, 50} {
		const trials = 900
		r := rand.New(rand.NewPCG(41, uint64(n)))
		rejects, misses := 0., 0.
		for range trials {
			a, b := equalSystems(r, n)
			p := infer.Compare(a, b, infer.Options{Seed: r.Uint64(), Resamples: 199})
			if p.P <= .05 {
				rejects++
			}
			if p.Lo > 0 || p.Hi < 0 {
				misses++
			}
		}
		t.Logf("n %d: %.3f, %.3f", n, rejects/trials, misses/trials)
		for what, share := range map[string]float64{"p <= .05": rejects / trials, "0 out of the interval": misses / trials} {
			if share < .025 || share > .075 {
				t.Errorf("n %d: %s in %.3f of samples, want .05", n, what, share)
			}
		}
	}
}

// equalSystems returns counts of sentences from which each system keeps its own
// share.
func equalSystems(r *rand.Rand, n int) (first, second *infer.Column) {
	first, second = infer.NewColumn(bleu()), infer.NewColumn(bleu())
	for i := range n {
		length, level := 5+r.IntN(30), r.Float64()
		for _, s := range []*infer.Column{first, second} {
			keep := math.Sqrt(level*r.Float64()) * .95
			words, reference := make([]string, length), make([]string, length)
			for k := range words {
				reference[k] = fmt.Sprintf("w%d", k)
				words[k] = reference[k]
				if r.Float64() > keep {
					words[k] = "x"
				}
			}
			counts := text.BLEUStatistics(strings.Join(words, " "), []string{strings.Join(reference, " ")})
			s.Add(uint32(i), 0, counts[:])
		}
	}
	return first, second
}

// TestRandomisationSwapsClusters: the sentences of one document are swapped
// together. With two documents there are two swaps, so p is 1/2 or 1.
func TestRandomisationSwapsClusters(t *testing.T) {
	a, b := translations(60)
	to := make([]uint32, 60)
	for i := range to {
		to[i] = uint32(i % 2)
	}
	a.Group(to)
	b.Group(to)
	if p := infer.Compare(a, b, infer.Options{Seed: 3, Resamples: 4000}); !approx.Equal(p.P, .5, .04) && p.P != 1 {
		t.Errorf("p = %v of two clusters, want 1/2 or 1", p.P)
	}
}

func BenchmarkCompareBLEU(b *testing.B) {
	first, second := translations(3000)
	b.Run("n=3000", func(b *testing.B) {
		for b.Loop() {
			infer.Compare(first, second, infer.Defaults(1))
		}
	})
}
