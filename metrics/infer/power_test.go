package infer_test

import (
	"math/rand/v2"
	"testing"

	"assay/harness/leaf/approx"
	"assay/metrics/infer"
)

// TestDetectable: the t test's noncentrality times the standard error of the design at
// hand, including clusters and pairing. The power solved for is .80 plus a correction
// for the estimated standard error:
//
//	scipy 1.17: z, b = norm.isf(.025), norm.ppf(.8); e = z + b; cv2 = 1/(2*df)
//	p = min(.8 + norm.pdf(b)*e*(b*e + 1)/2*cv2, .87)
//	brentq(lambda d: nct.sf(t.isf(.025, df), df, d) - p, 0, 99)
func TestDetectable(t *testing.T) {
	near(t, "clustered", infer.Compare(draws(0), draws(1), options()).Detectable, 3.3422052791758783*0.0620435442489851, 1e-7)
	near(t, "two-way", infer.Compare(labelled(0), labelled(1), options()).Detectable, 4.170737882549194*0.013997918946052334, 1e-7)
	x, y := fortyScores()
	near(t, "t", infer.Compare(of(wide(), x...), of(wide(), y...), options()).Detectable, 2.936520992535963*0.027410664918641633, 1e-7)
	if p := infer.Compare(counts(50, 50), counts(50, 50), options()); !(p.Detectable > 0.07 && p.Detectable < 0.08) {
		t.Errorf("100 pairs that agree: detectable %v; six of 100 must change one way, which a true 7.8%% gives in 80%% of studies", p.Detectable)
	}
	three, others := infer.NewColumn(mean()), infer.NewColumn(mean())
	for i := range uint32(6) { // two draws of each of three examples: t with two degrees of freedom
		three.Add(i/2, 0, []float64{float64(i % 3 / 2)})
		others.Add(i/2, 0, []float64{float64(i / 2 % 2)})
	}
	for name, p := range map[string]infer.Paired{
		"more than the range": infer.Compare(three, others, options()),
		"one pair":            infer.Compare(of(mean(), 0.1), of(mean(), 0.3), options()),
		"five verdicts":       infer.Compare(counts(2, 3), counts(3, 2), options()), // 2/2^5 > .05
		"five scores":         infer.Compare(of(mean(), tenScores()[:5]...), of(mean(), tenOthers()[:5]...), options()),
		"three scores":        infer.Compare(of(mean(), 0, 1, 0), of(mean(), 1, 0, 1), options()),
		"nothing in common":   infer.Compare(of(mean(), 0.1), infer.NewColumn(mean()), options()),
		"fewer than 20 draws": infer.Compare(ratios([]float64{1, 2, 1, 3, 2, 1}, ones(6)), ratios([]float64{2, 2, 1, 1, 2, 2}, ones(6)), infer.Options{Seed: 1, Resamples: 9}),
	} {
		if p.Detectable != 0 {
			t.Errorf("%s: detectable %v, want 0 for unknown", name, p.Detectable)
		}
	}
}

func ones(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = 1
	}
	return x
}

// TestDetectableOfTheFamily is larger than that of one comparison, and unknown where
// the test cannot reach the family's level.
func TestDetectableOfTheFamily(t *testing.T) {
	a, b := pairs(3, 14, 50, 33)
	p := infer.Compare(a, b, options())
	family := []infer.Paired{p, p, p, infer.Compare(infer.NewColumn(mean()), of(mean(), 1), options())}
	infer.Adjust(family, infer.Holm)
	for _, c := range family[:3] {
		if c.Family != 3 || !(c.DetectableFamily > 1.1*c.Detectable && c.DetectableFamily < 1.4*c.Detectable) {
			t.Errorf("family of %d: detectable %v, of the family %v", c.Family, c.Detectable, c.DetectableFamily)
		}
	}
	if family[3].DetectableFamily != 0 {
		t.Errorf("of nothing: %v", family[3].DetectableFamily)
	}
	x, y := of(wide(), tenScores()[:8]...), of(wide(), tenOthers()[:8]...)
	small := []infer.Paired{infer.Compare(x, y, options()), p, p, p, p, p, p, p}
	infer.Adjust(small, infer.Holm) // 2/2^8 = .0078 is above .05/8
	if small[0].Detectable == 0 || small[0].DetectableFamily != 0 {
		t.Errorf("eight scores in a family of eight: %v, %v", small[0].Detectable, small[0].DetectableFamily)
	}
}

// TestDetectablePower: a study of equal models prints what it can detect. A
// difference of that size is detected in 80% of studies. The former (z + z) standard
// errors were detected in .69 (n 50) and .74 (n 100) of these.
func TestDetectablePower(t *testing.T) {
	const trials = 1500
	for _, n := range []int{50, 100} {
		for _, rate := range []float64{.4, .65} {
			r := rand.New(rand.NewPCG(47, uint64(n)))
			found := 0
			study := func(d float64) infer.Paired {
				if rate > .5 {
					d = -d
				}
				a, b := infer.NewColumn(proportion()), infer.NewColumn(proportion())
				for i := range uint32(n) {
					a.Add(i, 0, []float64{below(r, rate)})
					b.Add(i, 0, []float64{below(r, rate+d)})
				}
				return infer.Compare(a, b, options())
			}
			for range trials {
				if study(study(0).Detectable).P <= .05 {
					found++
				}
			}
			got := float64(found) / trials
			t.Logf("n %d, rate %v: %.3f", n, rate, got)
			if !approx.Equal(got, infer.Power, .03+.011) {
				t.Errorf("n %d, rate %v: a difference as printed is detected in %.3f of studies, want .80", n, rate, got)
			}
		}
	}
}

// TestDetectableOfClusters: the same for passages and draws.
func TestDetectableOfClusters(t *testing.T) {
	const trials = 700
	r := rand.New(rand.NewPCG(53, 1))
	found := 0
	for range trials {
		a, b := passageStudy(r, 60, .6, 0, .1)
		d := infer.Compare(a, b, options()).Detectable
		a, b = passageStudy(r, 60, .6, -d, .1)
		if infer.Compare(a, b, options()).P <= .05 {
			found++
		}
	}
	if got := float64(found) / trials; !approx.Equal(got, infer.Power, .03+.03) {
		t.Errorf("a difference as printed is detected in %.3f of studies, want .80", got)
	}
}

func BenchmarkAdjust(b *testing.B) {
	var family []infer.Paired
	for i := range 500 {
		x, y := pairs(100+i%40, 120, 500, 280)
		family = append(family, infer.Compare(x, y, infer.Defaults(1)))
	}
	b.Run("comparisons=500", func(b *testing.B) {
		for b.Loop() {
			infer.Adjust(family, infer.Holm)
		}
	})
}
