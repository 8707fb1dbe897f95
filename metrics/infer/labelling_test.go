package infer_test

import (
	"math/rand/v2"
	"testing"

	"assay/harness/leaf/approx"
	"assay/metrics"
	"assay/metrics/infer"
)

// The values are scipy's:
//
//	def power(n, N, sd, r, effect):
//	    v, df = (sd**2/n, n-1) if N == 0 else (sd**2*((1-r*r)/n*(n-1)/(n-2) + r*r/N), n-2)
//	    return nct.sf(t.ppf(.95, df), df, effect/sqrt(v))
//	power(40, 0, 1.5, .8, .5), power(40, 400, 1.5, .8, .5), power(40, 55, 1.5, .8, .4)
//	next(n for n in range(3, 9999) if power(n, 0, 1.5, .8, .5) >= .8), and with N = 400, 90
//	min((3*n + .25*N, n, N) for n in range(3, 60) for N in range(n, 1500) if power(n, N, 1.5, .8, .5) >= .8)
func TestLabelling(t *testing.T) {
	s := infer.Labelling{SD: 1.5, Correlation: .8, Margin: .5, Power: .8}
	for _, c := range []struct {
		labels, judged int
		truth, want    float64
	}{{40, 0, 0, 0.6651412803969774}, {40, 400, 0, 0.9331123028811937}, {40, 55, -.1, 0.5666671320687504}} {
		s.True = c.truth
		if got := s.PowerAt(c.labels, c.judged); !approx.Equal(got, c.want, 1e-9) {
			t.Errorf("%d labels, %d judged: power %v, want %v", c.labels, c.judged, got, c.want)
		}
	}
	s.True = 0
	for judged, want := range map[int]int{0: 58, 400: 25, 90: 37} {
		if got, ok := s.Labels(judged); !ok || got != want {
			t.Errorf("%d judged: %d labels, want %d", judged, got, want)
		}
	}
	if n, ok := s.Labels(20); ok {
		t.Errorf("20 judged prompts are enough with %d labels", n)
	}
	if n, judged, ok := s.Cheapest(3, .25); !ok || n != 30 || judged != 137 {
		t.Errorf("cheapest %d labels, %d judged", n, judged)
	}
	if n, judged, ok := s.Cheapest(3, 100); !ok || n != 58 || judged != 0 {
		t.Errorf("with a dear judge %d labels, %d judged", n, judged)
	}
	if s.True = -.5; s.PowerAt(400, 4000) > .051 {
		t.Errorf("at a true loss of the margin the power is %v", s.PowerAt(400, 4000))
	}
	if _, _, ok := s.Cheapest(1, 1); ok {
		t.Error("a plan for a true loss of the margin")
	}
	s.True, s.Equivalent = 0, true
	if p, one := s.PowerAt(60, 600), (&infer.Labelling{SD: 1.5, Correlation: .8, Margin: .5, Power: .8}).PowerAt(60, 600); !approx.Equal(p, 2*one-1, 1e-12) {
		t.Errorf("equivalence %v, one side %v", p, one)
	}
}

// A gate passes as often as the plan of its own pilot says.
func TestPlannedLabels(t *testing.T) {
	draw := func(seed uint64, labels, judged int) infer.Paired {
		r := rand.New(rand.NewPCG(seed, 5))
		column := func() *infer.Column {
			people, judge := infer.NewColumn(likert), infer.NewColumn(likert)
			for i := range uint32(judged) {
				z := r.NormFloat64()
				judge.Add(i, 0, []float64{z})
				if int(i) < labels {
					people.Add(i, 0, []float64{.8*z + .6*r.NormFloat64()})
					people.Of(0, float64(labels)/float64(judged))
				}
			}
			return people.With(judge, likert)
		}
		return infer.Compare(column(), column(), infer.Defaults(1))
	}
	pilot := draw(1, 4000, 20000)
	s, ok := pilot.Labelling()
	if !ok || !approx.Equal(s.SD, 1.414, .05) || !approx.Equal(s.Correlation, .8, .02) || s.Labelled != 4000 || s.Judged != 20000 {
		t.Fatalf("%+v", s)
	}
	s.Margin, s.Power = .4, .8
	n, ok := s.Labels(400)
	if !ok {
		t.Fatal("no number of labels")
	}
	const samples = 400
	passed := 0
	for i := range uint64(samples) {
		p := draw(100+i, n, 400)
		if infer.Decide([]infer.Gate{{Gate: metrics.Gate{Margin: s.Margin}, Paired: p}})[0].Verdict == metrics.Pass {
			passed++
		}
	}
	if passed < samples*73/100 || passed > samples*87/100 {
		t.Errorf("with %d labels %d of %d gates pass, want four of five", n, passed, samples)
	}
}
