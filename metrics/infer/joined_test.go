package infer_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"assay/harness/leaf/approx"
	"assay/metrics"
	"assay/metrics/infer"
)

var likert = &metrics.Metric{Name: "joined_likert", Kind: metrics.Mean, Lo: -10, Hi: 20}

// judgedAnswers are 20 examples of two samples each, of which the first 12 answers are labelled
// with what base gives plus their label.
func judgedAnswers(m *metrics.Metric, base func(i int) (label, judge float64), probability float64) (people, judge *infer.Column) {
	people, judge = infer.NewColumn(m), infer.NewColumn(&metrics.Metric{Name: "judged", Kind: metrics.Mean, Lo: math.Inf(-1), Hi: math.Inf(1)})
	for i := range 40 {
		f := float64((7*i*i+3*i)%23) / 5
		y, g := base(i)
		judge.Add(uint32(i/2), 0, []float64{f + g})
		judge.Of(i%2, 0)
		if i < 12 {
			people.Add(uint32(i/2), 0, []float64{f*.8 + float64((5*i*i+i)%7)/4 + y})
			people.Of(i%2, probability)
		}
	}
	return people, judge
}

func zero(int) (float64, float64) { return 0, 0 }

// TestJoined pairs each label with the judge's value of the same sample. The mean is statsmodels',
// with the call in TestPredictionPowered of package stats.
func TestJoined(t *testing.T) {
	people, judge := judgedAnswers(likert, zero, .3)
	e := infer.Estimate(people.With(judge, likert), infer.Defaults(1))
	if e.Interval == nil || !approx.Equal(e.Point, 2.2717478705281104, 1e-9) {
		t.Fatalf("estimate %+v", e)
	}
	if e.N != 12 || e.Judged != 40 || e.Clusters != 6 || e.Method != "PPI++ with 40 judged, t corrected for skewness" || e.Metric != "joined_likert" {
		t.Errorf("n %d, judged %d, clusters %d, method %s, metric %s", e.N, e.Judged, e.Clusters, e.Method, e.Metric)
	}
	if len(e.Warnings) != 1 || !strings.Contains(e.Warnings[0], "only 6 labelled examples") {
		t.Errorf("warnings %q", e.Warnings)
	}
}

// The difference of two cells has the same numbers if the second has them on top of the first.
func TestJoinedPair(t *testing.T) {
	column := func(second bool, probability float64) *infer.Column {
		base := func(i int) (float64, float64) {
			return float64(i%5) - (float64((7*i*i+3*i)%23)/5*.8 + float64((5*i*i+i)%7)/4), float64(i%3) - float64((7*i*i+3*i)%23)/5
		}
		if second {
			base = func(i int) (float64, float64) { return float64(i % 5), float64(i % 3) }
		}
		people, judge := infer.NewColumn(likert), infer.NewColumn(likert)
		for i := range 40 {
			f := float64((7*i*i+3*i)%23) / 5
			y, g := base(i)
			judge.Add(uint32(i), 0, []float64{f + g})
			if i < 12 {
				people.Add(uint32(i), 0, []float64{f*.8 + float64((5*i*i+i)%7)/4 + y})
				people.Of(0, probability)
			}
		}
		return people.With(judge, likert)
	}
	p := infer.Compare(column(false, .3), column(true, .3), infer.Defaults(1))
	if p.Interval == nil || !approx.Equal(p.Point, 2.2717478705281104, 1e-9) || p.N != 12 || p.Judged != 40 {
		t.Fatalf("%+v", p.Comparison)
	}
	if !approx.Equal(p.Second-p.First, p.Point, 1e-12) || p.First == 0 || p.P > .05 || p.Lo <= 0 || p.Hi < p.Point {
		t.Errorf("%+v", p.Comparison)
	}
	p = infer.Compare(column(false, .3), column(true, .2), infer.Defaults(1))
	if p.Interval != nil || !strings.Contains(p.Without(), "different probabilities") {
		t.Errorf("two draws: %+v", p.Comparison)
	}
}

// A preference is compared with its value for equal models, from either side.
func TestJoinedEven(t *testing.T) {
	even := 2.0
	m := *likert
	m.Even = &even
	people, judge := judgedAnswers(&m, zero, .3)
	joined := people.With(judge, &m)
	p := infer.CompareEven(joined, infer.SecondAgainstFirst, infer.Defaults(1))
	q := infer.CompareEven(joined, infer.FirstAgainstSecond, infer.Defaults(1))
	if p.Interval == nil || !approx.Equal(p.Point, .2717478705281104, 1e-9) || p.First != 2 || !p.Even {
		t.Fatalf("%+v", p.Comparison)
	}
	if !approx.Equal(q.Point, -p.Point, 1e-12) || !approx.Equal(q.Lo, -p.Hi, 1e-12) || !approx.Equal(q.P, p.P, 1e-9) {
		t.Errorf("mirrored %+v, not %+v", q.Comparison, p.Comparison)
	}
}

func TestJoinRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		probability float64
		change      func(people, judge *infer.Column)
		want        string
	}{
		"no draw":     {0, nil, "don't record how their answers were drawn"},
		"all drawn":   {1, nil, "probability 1"},
		"two draws":   {.3, func(people, _ *infer.Column) { people.Add(2, 0, []float64{1}); people.Of(1, .4) }, "different probabilities"},
		"learned":     {.3, func(_, judge *infer.Column) { judge.Add(2, 0, []float64{1}); judge.Of(1, 0); judge.Learned() }, "trained on 1 of the labelled answers"},
		"one undrawn": {.3, func(people, _ *infer.Column) { people.Add(15, 0, []float64{1}); people.Of(1, 0) }, "don't record how"},
	} {
		people, judge := judgedAnswers(likert, zero, c.probability)
		if c.change != nil {
			c.change(people, judge)
		}
		e := infer.Estimate(people.With(judge, likert), infer.Defaults(1))
		if e.Interval != nil || len(e.Warnings) != 1 || !strings.HasPrefix(e.Warnings[0], "not joined: ") || !strings.Contains(e.Warnings[0], c.want) {
			t.Errorf("%s: %q", name, e.Warnings)
		}
	}
}

// A judge may have been trained on answers without a label here, and on labelled ones if all are.
func TestJoinWithLearned(t *testing.T) {
	people, judge := judgedAnswers(likert, zero, .3)
	judge.Add(9, 0, []float64{1})
	judge.Of(1, 0)
	judge.Learned()
	judge.Renumber([]uint32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19})
	if e := infer.Estimate(people.With(judge, likert), infer.Defaults(1)); e.Interval == nil {
		t.Errorf("trained on an answer without a label: %q", e.Warnings)
	}
	people, judge = infer.NewColumn(likert), infer.NewColumn(likert)
	for i := range uint32(12) {
		people.Add(i, 0, []float64{float64(i)})
		judge.Add(i, 0, []float64{float64(i * i)})
		judge.Learned()
	}
	if e := infer.Estimate(people.With(judge, likert), infer.Defaults(1)); e.Interval == nil || e.Point != 5.5 {
		t.Errorf("all labelled: %q", e.Warnings)
	}
}

// A gate doesn't pass while labels that were drawn have no value, unless it ignores them.
func TestJoinedGate(t *testing.T) {
	column := func(shift float64, missing bool) *infer.Column {
		r, own := rand.New(rand.NewPCG(1, 2)), rand.New(rand.NewPCG(uint64(100*shift), 2))
		people, judge := infer.NewColumn(likert), infer.NewColumn(likert)
		for i := range uint32(600) {
			y := r.NormFloat64() + .2*own.NormFloat64()
			judge.Add(i, 0, []float64{y + shift + .1*own.NormFloat64()})
			switch {
			case missing && i == 6:
				people.AddMissing(i)
			case i%6 == 0:
				people.Add(i, 0, []float64{y + shift})
				people.Of(0, 1./6)
			}
		}
		return people.With(judge, likert)
	}
	for _, c := range []struct {
		missing  bool
		unscored string
		want     metrics.Verdict
	}{{false, "", metrics.Pass}, {true, "", metrics.Inconclusive}, {true, metrics.UnscoredIgnored, metrics.Pass}} {
		p := infer.Compare(column(0, false), column(.1, c.missing), infer.Defaults(1))
		r := infer.Decide([]infer.Gate{{Gate: metrics.Gate{Margin: .2, Unscored: c.unscored}, Paired: p}})[0]
		if r.Verdict != c.want || c.want == metrics.Inconclusive && !strings.Contains(r.Reason, "labels without a value: 1") {
			t.Errorf("%+v: verdict %s, reason %s", c, r.Verdict, r.Reason)
		}
	}
}

// TestJoinedCoverage is a small case of the study "joined" of fixtures/peers/simulate: 60 labels
// of 600 answers, and a judge that nearly always agrees, so that some samples show no
// disagreement.
func TestJoinedCoverage(t *testing.T) {
	for _, correlation := range []float64{.8, .95} {
		const samples = 300
		covered, ratio := 0, 0.0
		for s := range uint64(samples) {
			r := rand.New(rand.NewPCG(s, 7))
			m := &metrics.Metric{Name: "right", Kind: metrics.Proportion, Hi: 1}
			people, judge := infer.NewColumn(m), infer.NewColumn(m)
			draw := func() float64 {
				if r.Float64() < .85 {
					return 1
				}
				return 0
			}
			for i := range uint32(600) {
				y := draw()
				f := y
				if r.Float64() > correlation {
					f = draw()
				}
				judge.Add(i, 0, []float64{f})
				if i%10 == 3 {
					people.Add(i, 0, []float64{y})
					people.Of(0, .1)
				}
			}
			e, alone := infer.Estimate(people.With(judge, m), infer.Defaults(1)), infer.Estimate(people, infer.Defaults(1))
			if e.Lo <= .85 && .85 <= e.Hi {
				covered++
			}
			ratio += (e.Hi - e.Lo) / (alone.Hi - alone.Lo) / samples
		}
		if covered < samples*91/100 || ratio > .72 {
			t.Errorf("correlation %v: %d of %d intervals hold the truth, at %.2f of the labels' width", correlation, covered, samples, ratio)
		}
	}
}
