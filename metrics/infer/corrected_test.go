package infer_test

import (
	"strings"
	"testing"

	"assay/harness/leaf/approx"
	"assay/metrics"
	"assay/metrics/infer"
)

var flag = &metrics.Metric{Name: "joined_flag", Kind: metrics.Proportion, Hi: 1}

// flagged are the 240 units of TestRoganGladen in package stats, without labelers.
func flagged(people, judge *metrics.Metric) (labels, values *infer.Column) {
	labels, values = infer.NewColumn(people), infer.NewColumn(judge)
	passages := make([]uint32, 240)
	for i := range 240 {
		y := map[bool]float64{true: 1}[(7*i*i+3*i)%11 < 4]
		f := y
		if (5*i*i+i)%13 < 2 {
			f = 1 - y
		}
		passages[i] = uint32(i / 3)
		values.Add(uint32(i), 0, []float64{f})
		if i%5 == 1 || i%5 == 2 {
			labels.Add(uint32(i), 0, []float64{y})
			labels.Of(0, 1/(2+float64(i%3)/2))
		}
	}
	labels.Group(passages)
	values.Group(passages)
	return labels, values
}

// A joined share has the corrected one beside it, with the numbers of TestRoganGladen, and its own are those
// of PPI++ still.
func TestCorrected(t *testing.T) {
	people, judge := flagged(flag, flag)
	e := infer.Estimate(people.With(judge, flag), infer.Defaults(1))
	c := e.Corrected
	if c == nil || !approx.Equal(c.Point, 0.514921030756442, 1e-9) || !approx.Equal(c.Lo, 0.4117191108710663, 1e-9) || !approx.Equal(c.Hi, 0.6118858830616039, 1e-9) ||
		!approx.Equal(c.Sensitivity, 0.8692307692307693, 1e-9) || !approx.Equal(c.Specificity, 0.8318181818181818, 1e-9) {
		t.Errorf("corrected %+v", c)
	}
	if e.Interval == nil || e.Point == c.Point || !strings.HasPrefix(e.Method, infer.MethodJoined) || len(e.Warnings) != 0 {
		t.Errorf("estimate %+v, %+v", e, e.Interval)
	}
}

// What isn't yes or no on both sides has no such number, and neither has a cell whose answers all have labels.
// A judge that can't be corrected has a warning instead.
func TestNotCorrected(t *testing.T) {
	add := func(col *infer.Column, value float64) {
		col.Add(3, 0, []float64{value})
		col.Of(0, .5)
	}
	for name, c := range map[string]struct {
		people, judge *metrics.Metric
		change        func(people, judge *infer.Column)
		want          string
	}{
		"grades of a judge":   {flag, likert, func(_, _ *infer.Column) {}, ""},
		"grades of people":    {likert, flag, func(_, _ *infer.Column) {}, ""},
		"a half of a judge":   {flag, flag, func(_, judge *infer.Column) { add(judge, .5) }, ""},
		"a half of a label":   {flag, flag, func(people, _ *infer.Column) { add(people, .5) }, ""},
		"a judge of one word": {flag, flag, func(_, judge *infer.Column) { *judge = *constant(1) }, "not corrected by Rogan-Gladen: with labels of 64 clusters, sensitivity 1.00 + specificity 0.00 - 1 is not clearly above 0"},
	} {
		people, judge := flagged(c.people, c.judge)
		c.change(people, judge)
		e := infer.Estimate(people.With(judge, c.people), infer.Defaults(1))
		said := strings.Join(e.Warnings, "\n")
		if e.Interval == nil || e.Corrected != nil || strings.Contains(said, "Rogan") != (c.want != "") || !strings.Contains(said, c.want) {
			t.Errorf("%s: corrected %+v, interval %+v, warnings %q", name, e.Corrected, e.Interval, said)
		}
	}
	people, judge := infer.NewColumn(flag), infer.NewColumn(flag)
	for i := range uint32(60) {
		people.Add(i, 0, []float64{float64(i % 2)})
		judge.Add(i, 0, []float64{float64(i % 2)})
	}
	if e := infer.Estimate(people.With(judge, flag), infer.Defaults(1)); e.Interval == nil || e.Corrected != nil {
		t.Errorf("all labelled: corrected %+v, interval %+v", e.Corrected, e.Interval)
	}
}

// constant is a judge that always says the same of the 240 answers.
func constant(value float64) *infer.Column {
	judge := infer.NewColumn(flag)
	for i := range uint32(240) {
		judge.Add(i, 0, []float64{value})
	}
	return judge
}
