package infer_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"assay/metrics"
	"assay/metrics/infer"
	"assay/metrics/stats"
)

// TestDrawsThatNeverDiffer count as one: the interval is Wilson's of the prompts.
func TestDrawsThatNeverDiffer(t *testing.T) {
	for _, k := range []int{2, 5, 20} {
		for _, right := range []int{0, 1, 3, 20, 39, 40} {
			s := infer.NewColumn(proportion())
			for i := range 40 {
				for range k {
					s.Add(uint32(i), 0, []float64{float64(indicator(i < right))})
				}
			}
			e := infer.Estimate(s, options())
			lo, hi := stats.Wilson(right, 40, 0.95)
			near(t, fmt.Sprintf("lo of %d of 40, %d draws", right, k), e.Lo, lo, 1e-12)
			near(t, fmt.Sprintf("hi of %d of 40, %d draws", right, k), e.Hi, hi, 1e-12)
			if e.Clusters != 40 || e.N != 40*k {
				t.Errorf("n %d, clusters %d", e.N, e.Clusters)
			}
		}
	}
}

func indicator(b bool) int {
	if b {
		return 1
	}
	return 0
}

// betaDraws are k draws of each of n prompts whose rates have a beta distribution
// with the given mean and intraclass correlation of .5, drawn from Polya's urn.
func betaDraws(r *rand.Rand, m *metrics.Metric, n, k int, rate float64) *infer.Column {
	s := infer.NewColumn(m)
	for i := range n {
		a, b := rate, 1-rate // icc = 1/(a+b+1)
		for range k {
			x := below(r, a/(a+b))
			a, b = a+x, b+1-x
			s.Add(uint32(i), 0, []float64{x})
		}
	}
	return s
}

// TestCoverageNearTheEnds: a clustered t interval covers .82, .82, .86, .87 and .91
// of these, and its misses are on one side.
func TestCoverageNearTheEnds(t *testing.T) {
	for _, c := range []struct {
		n, k  int
		rate  float64
		least float64 // minus four standard errors
	}{{20, 10, .05, .93}, {50, 10, .02, .93}, {100, 4, .02, .93}, {500, 10, .005, .93}} {
		const trials = 1000
		for _, turned := range []bool{false, true} {
			rate := c.rate
			if turned {
				rate = 1 - rate
			}
			r := rand.New(rand.NewPCG(23, uint64(c.n)))
			covered, width, one := 0, 0.0, 0.0
			for range trials {
				e := infer.Estimate(betaDraws(r, proportion(), c.n, c.k, rate), options())
				if e.Lo <= rate && rate <= e.Hi {
					covered++
				}
				width += e.Hi - e.Lo
				e = infer.Estimate(betaDraws(r, proportion(), c.n, 1, rate), options())
				one += e.Hi - e.Lo
			}
			got := float64(covered) / trials
			t.Logf("n %d, %d draws, rate %v: covers %.3f, width %.4f, of one draw %.4f", c.n, c.k, rate, got, width/trials, one/trials)
			if got < c.least-0.01 {
				t.Errorf("n %d, %d draws, rate %v covers %.3f, want %.2f", c.n, c.k, rate, got, c.least)
			}
			if width > 1.02*one {
				t.Errorf("n %d, %d draws, rate %v: width %.4f, of one draw %.4f", c.n, c.k, rate, width/trials, one/trials)
			}
		}
	}
}

// TestCoverageOfWins: a win rate of .93 with ties, and its mirror, on a scale from 1
// to 3. A t interval covers .905.
func TestCoverageOfWins(t *testing.T) {
	const trials = 2000
	scale := &metrics.Metric{Name: "scale", Kind: metrics.Mean, Lo: 1, Hi: 3}
	for _, turned := range []bool{false, true} {
		r := rand.New(rand.NewPCG(29, 1))
		covered := 0
		for range trials {
			s := infer.NewColumn(scale)
			for i := range uint32(100) {
				x := 3.0
				switch u := r.Float64(); {
				case u < .06:
					x = 1
				case u < .08:
					x = 2
				}
				if turned {
					x = 4 - x
				}
				s.Add(i, 0, []float64{x})
			}
			truth := 3 - 2*.07
			if turned {
				truth = 4 - truth
			}
			if e := infer.Estimate(s, options()); e.Lo <= truth && truth <= e.Hi {
				covered++
			}
		}
		if got := float64(covered) / trials; got < .93 || got > .98 {
			t.Errorf("turned %v: covers %.3f, want about .95", turned, got)
		}
	}
}

// TestMeansInTheMiddleStayT: where a mean is not skewed its interval is Student's.
func TestMeansInTheMiddleStayT(t *testing.T) {
	// scipy 1.17: ttest_1samp(x, 0).confidence_interval(0.95), x of tenScores
	e := infer.Estimate(of(mean(), tenScores()...), options())
	near(t, "lo", e.Lo, 0.2320751040180618, 1e-12)
	near(t, "hi", e.Hi, 0.6339248959819381, 1e-12)
	if e.Method != infer.MethodT {
		t.Errorf("method %q", e.Method)
	}
	var x []float64
	for i := range 200 {
		x = append(x, float64(indicator(i < 15)))
	}
	if e := infer.Estimate(of(mean(), x...), options()); e.Method != infer.MethodWilsonEffective {
		t.Errorf("15 of 200: method %q", e.Method)
	}
	for i := 15; i < 50; i++ {
		x[i] = 1
	}
	if e := infer.Estimate(of(mean(), x...), options()); e.Method != infer.MethodT {
		t.Errorf("50 of 200: method %q", e.Method)
	}
}

// TestFewEventsWarn: if very few prompts saw the rarer outcome, there is a warning.
func TestFewEventsWarn(t *testing.T) {
	for events, want := range map[int]bool{0: true, 2: true, 3: false, 38: true} {
		s := infer.NewColumn(proportion())
		for i := range 40 {
			for k := range 3 {
				s.Add(uint32(i), 0, []float64{float64(indicator(i < events && (k > 0 || events > 20)))})
			}
		}
		e := infer.Estimate(s, options())
		if got := strings.Contains(strings.Join(e.Warnings, ";"), "fewer than 3 examples"); got != want {
			t.Errorf("%d prompts with an event: warnings %q", events, e.Warnings)
		}
	}
}

// TestPairedScoreOfDraws: draws that never differ within a prompt count as one, so the
// bounds are Tango's for the prompts.
func TestPairedScoreOfDraws(t *testing.T) {
	a, b := pairs(3, 9, 20, 18)
	several := func(first bool) *infer.Column {
		s := infer.NewColumn(proportion())
		for i := range uint32(50) {
			x, y := 0.0, 0.0
			switch {
			case i < 3:
				x = 1
			case i < 12:
				y = 1
			case i < 32:
				x, y = 1, 1
			}
			if !first {
				x = y
			}
			for range 4 {
				s.Add(i, 0, []float64{x})
			}
		}
		return s
	}
	one, four := infer.Compare(a, b, options()), infer.Compare(several(true), several(false), options())
	near(t, "lo", four.Lo, one.Lo, 1e-12)
	near(t, "hi", four.Hi, one.Hi, 1e-12)
	near(t, "se", four.SE, one.SE, 1e-12)
	if four.Method != infer.MethodPairedScoreClustered || four.Test != infer.TestScore {
		t.Errorf("by %q, test %q", four.Method, four.Test)
	}
	// scipy 1.17: 2*norm.sf(6/sqrt(12)), Tango's test of no difference
	near(t, "p", four.P, 0.08326451666355039, 0.006)
}

// TestPairedDrawsNearTheEnds: rates .95 and .99 of correlated draws. The clustered t
// interval covers .88 to .92.
func TestPairedDrawsNearTheEnds(t *testing.T) {
	const trials = 700
	r := rand.New(rand.NewPCG(31, 7))
	covered, rejects := 0, 0
	for range trials {
		a, b := betaDraws(r, proportion(), 60, 8, .95), betaDraws(r, proportion(), 60, 8, .99)
		p := infer.Compare(a, b, options())
		if p.Lo <= .04 && .04 <= p.Hi {
			covered++
		}
		if (p.P <= .05) != (p.Lo > 0 || p.Hi < 0) {
			t.Fatalf("p %v, interval [%v, %v]", p.P, p.Lo, p.Hi)
		}
		if q := infer.Compare(a, betaDraws(r, proportion(), 60, 8, .95), options()); q.P <= .05 {
			rejects++
		}
	}
	if got := float64(covered) / trials; got < .93-.015 || math.IsNaN(got) {
		t.Errorf("covers %.3f, want .93 or more", got)
	}
	if got := float64(rejects) / trials; got > .05+.033 {
		t.Errorf("equal models differ in %.3f of samples", got)
	}
}
