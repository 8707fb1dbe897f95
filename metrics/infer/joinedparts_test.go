package infer_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"assay/harness/leaf/approx"
	"assay/metrics"
	"assay/metrics/infer"
)

// labelledHalf are n answers to n examples, each with a judge's value, and labels of every second one with the
// probability 1/2. The label is near the judge's value.
func labelledHalf(m *metrics.Metric, n int) (people, judge *infer.Column) {
	people, judge = infer.NewColumn(m), infer.NewColumn(likert)
	for i := range uint32(n) {
		f := float64((7*i*i+3*i)%23) / 5
		judge.Add(i, 0, []float64{f})
		if i%2 == 1 {
			people.Add(i, 0, []float64{f + float64(i*i%5)/4})
			people.Of(0, .5)
		}
	}
	return people, judge
}

// What a join leaves out is counted by name.
func TestJoinLeavesOut(t *testing.T) {
	people, judge := labelledHalf(likert, 120)
	whole := infer.Estimate(people.With(judge, likert), infer.Defaults(1))
	if whole.Interval == nil || len(whole.Warnings) != 0 || whole.N != 60 || whole.Judged != 120 || whole.Unscored != 0 {
		t.Fatalf("%+v", whole)
	}
	for i := range uint32(7) {
		people.Add(130+i, 0, []float64{19})
		people.Of(0, .5)
	}
	for i := range uint32(4) {
		people.AddMissing(2 * i)
	}
	e := infer.Estimate(people.With(judge, likert), infer.Defaults(1))
	if e.Interval == nil || e.Point != whole.Point || e.N != 60 || e.Judged != 120 || e.Unscored != 4 {
		t.Errorf("%+v, want the point %v", e, whole.Point)
	}
	text := strings.Join(e.Warnings, "\n")
	for _, want := range []string{"labelled, but without a judge's value: 7", "labels without a value: 4"} {
		if !strings.Contains(text, want) {
			t.Errorf("no warning %q in %q", want, text)
		}
	}
}

// A pair is labelled if both sides are, and judged if both sides are. What only one side has is left out.
func TestJoinPairLeavesOut(t *testing.T) {
	column := func(shift float64, change func(people, judge *infer.Column)) *infer.Column {
		people, judge := infer.NewColumn(likert), infer.NewColumn(likert)
		for i := range uint32(120) {
			f := float64((7*i*i+3*i)%23) / 5
			judge.Add(i, 0, []float64{f + shift*float64(i%3)})
			if i%2 == 1 {
				people.Add(i, 0, []float64{f + float64(i*i%5)/4 + shift*(float64(i%3)+float64(i%7)/9)})
				people.Of(0, .5)
			}
		}
		change(people, judge)
		return people.With(judge, likert)
	}
	add := func(col *infer.Column, example uint32, probability float64) {
		col.Add(example, 0, []float64{3})
		col.Of(0, probability)
	}
	none := func(_, _ *infer.Column) {}
	whole := infer.Compare(column(0, none), column(1, none), infer.Defaults(1))
	if whole.Interval == nil || whole.N != 60 || whole.Judged != 120 || len(whole.Warnings) != 0 || whole.Unscored != [2]int{} {
		t.Fatalf("%+v", whole.Comparison)
	}
	for name, c := range map[string]struct {
		first, second func(people, judge *infer.Column)
		unjudged      bool
		unscored      [2]int
	}{
		"a label of the first":   {func(p, _ *infer.Column) { add(p, 8, .5) }, none, false, [2]int{}},
		"a label of the second":  {none, func(p, _ *infer.Column) { add(p, 8, .5) }, false, [2]int{}},
		"a value of the first":   {func(_, j *infer.Column) { add(j, 130, 0) }, none, false, [2]int{}},
		"a value of the second":  {none, func(_, j *infer.Column) { add(j, 130, 0) }, false, [2]int{}},
		"labels without a value": {func(p, j *infer.Column) { add(p, 130, .5); add(j, 130, 0) }, func(p, _ *infer.Column) { add(p, 130, .5) }, true, [2]int{}},
		"labels without another": {func(p, _ *infer.Column) { add(p, 130, .5) }, func(p, j *infer.Column) { add(p, 130, .5); add(j, 130, 0) }, true, [2]int{}},
		"labels without both":    {func(p, _ *infer.Column) { add(p, 130, .5) }, func(p, _ *infer.Column) { add(p, 130, .5) }, true, [2]int{}},
		"missing in the first":   {func(p, _ *infer.Column) { p.AddMissing(8) }, none, false, [2]int{1, 0}},
		"missing in the second":  {none, func(p, _ *infer.Column) { p.AddMissing(8); p.AddMissing(10) }, false, [2]int{0, 2}},
	} {
		p := infer.Compare(column(0, c.first), column(1, c.second), infer.Defaults(1))
		if p.Interval == nil || !approx.Equal(p.Point, whole.Point, 1e-12) || p.N != 60 || p.Judged != 120 || p.Unscored != c.unscored {
			t.Errorf("%s: %+v, want the point %v", name, p.Comparison, whole.Point)
		}
		said := strings.Join(p.Warnings, "\n")
		if strings.Contains(said, "without a judge's value: 1") != c.unjudged || strings.Contains(said, "labels without a value") != (c.unscored != [2]int{}) {
			t.Errorf("%s: warnings %q", name, said)
		}
	}
	// the same answer with two probabilities, on either side
	for name, c := range map[string][2]func(p, _ *infer.Column){
		"first":  {func(p, _ *infer.Column) { add(p, 7, .4) }, none},
		"second": {none, func(p, _ *infer.Column) { add(p, 7, .4) }},
	} {
		p := infer.Compare(column(0, c[0]), column(1, c[1]), infer.Defaults(1))
		if p.Interval != nil || !strings.Contains(p.Without(), "different probabilities") {
			t.Errorf("two probabilities in the %s: %+v", name, p.Comparison)
		}
	}
}

// If every answer has a label, nothing was drawn: no probability is needed, the mean is that of the answers' mean
// labels, and the judge says nothing.
func TestJoinAllLabelled(t *testing.T) {
	people, judge := infer.NewColumn(likert), infer.NewColumn(likert)
	want := 0.0
	for i := range uint32(80) {
		f := float64((7*i*i+3*i)%23) / 5
		judge.Add(i/2, 0, []float64{f})
		judge.Of(int(i%2), 0)
		n := 1 + i%3 // labels
		for l := range n {
			x := f/2 + float64(l*(i%4))
			people.Add(i/2, l, []float64{x})
			people.Of(int(i%2), 0)
			want += x / float64(n) / 80
		}
	}
	e := infer.Estimate(people.With(judge, likert), infer.Defaults(1))
	if e.Interval == nil || !approx.Equal(e.Point, want, 1e-12) || e.Judged != 80 || e.N != people.N() || e.Clusters != 40 {
		t.Errorf("%+v, want the mean %v", e, want)
	}
	if !slices.ContainsFunc(e.Warnings, func(w string) bool { return strings.Contains(w, "every answer has a label") }) {
		t.Errorf("warnings %q", e.Warnings)
	}
}

// Refusals by name: metrics that are no means, in any of the columns, and labels of other answers only.
func TestJoinRefusesColumns(t *testing.T) {
	sums := &metrics.Metric{Name: "ratio", Kind: metrics.FunctionOfSums, Width: 1, Hi: 1}
	for k := range 4 {
		columns := [4]*infer.Column{infer.NewColumn(likert), infer.NewColumn(likert), infer.NewColumn(likert), infer.NewColumn(likert)}
		columns[k] = infer.NewColumn(sums)
		if _, err := infer.JoinPair([2]*infer.Column{columns[0], columns[1]}, [2]*infer.Column{columns[2], columns[3]}); err == nil || !strings.Contains(err.Error(), "ratio is a function of sums; only means can be joined") {
			t.Errorf("column %d: error %v", k, err)
		}
		if k%2 == 0 {
			if _, err := infer.Join(columns[0], columns[2]); err == nil || !strings.Contains(err.Error(), "ratio is a function of sums") {
				t.Errorf("column %d: error %v", k, err)
			}
		}
	}
	people, judge := infer.NewColumn(likert), infer.NewColumn(likert)
	for i := range uint32(9) {
		judge.Add(i, 0, []float64{1})
		people.Add(i+9, 0, []float64{1})
		people.Of(0, .5)
	}
	joined := people.With(judge, likert)
	e := infer.Estimate(joined, infer.Defaults(1))
	if e.Interval != nil || e.N != 9 || e.Judged != 9 || e.Method != infer.MethodNone || len(e.Warnings) != 1 || !strings.Contains(e.Warnings[0], "no answer has both a label and a judge's value") {
		t.Errorf("%+v", e)
	}
	p := infer.Compare(joined, joined, infer.Defaults(1))
	if p.Interval != nil || p.P != 1 || p.Metric != "joined_likert" || p.Confidence != metrics.Confidence || len(p.Warnings) != 1 || !strings.Contains(p.Without(), "no answer has both") {
		t.Errorf("%+v", p.Comparison)
	}
	even := *likert
	even.Even = new(2.0)
	if p := infer.CompareEven(people.With(judge, &even), infer.SecondAgainstFirst, infer.Defaults(1)); p.Interval != nil || !strings.Contains(p.Without(), "no answer has both") {
		t.Errorf("%+v", p.Comparison)
	}
}

// Errors are by cluster, whichever of two columns knows the clusters.
func TestJoinGroups(t *testing.T) {
	groups := make([]uint32, 120)
	for i := range groups {
		groups[i] = uint32(i*7%120) / 4
	}
	labelled := map[uint32]bool{}
	for i, g := range groups {
		if i%2 == 1 {
			labelled[g] = true
		}
	}
	people, judge := labelledHalf(likert, 120)
	alone := infer.Estimate(people.With(judge, likert), infer.Defaults(1))
	people.Group(groups)
	e := infer.Estimate(people.With(judge, likert), infer.Defaults(1))
	if e.Clusters != len(labelled) || alone.Clusters != 60 || e.Point != alone.Point || e.SE == alone.SE {
		t.Errorf("%d clusters with the error %v, and %d with %v", e.Clusters, e.SE, alone.Clusters, alone.SE)
	}
	for k := range 2 {
		var columns, judges [2]*infer.Column
		for i := range columns {
			columns[i], judges[i] = labelledHalf(likert, 120)
		}
		columns[1-k].Group(groups)
		j, err := infer.JoinPair(columns, judges)
		if err != nil {
			t.Fatal(err)
		}
		if p := j.Compare(); p.Clusters != len(labelled) {
			t.Errorf("with the groups of column %d: %d clusters, want %d", 1-k, p.Clusters, len(labelled))
		}
	}
}

// A judge that has nothing to do with the labels is said to add nothing.
func TestJoinWeakJudge(t *testing.T) {
	for weak, share := range map[bool]float64{true: 0, false: 1} {
		people, judge := infer.NewColumn(likert), infer.NewColumn(likert)
		for i := range uint32(240) {
			f := float64((7*i*i+3*i)%23) / 5
			judge.Add(i, 0, []float64{f})
			if i%2 == 0 {
				people.Add(i, 0, []float64{share*f + float64(i*i*i%7)})
				people.Of(0, .5)
			}
		}
		e := infer.Estimate(people.With(judge, likert), infer.Defaults(1))
		if got := strings.Contains(strings.Join(e.Warnings, "\n"), "the judge adds about nothing"); got != weak {
			t.Errorf("weak %v: warnings %q", weak, e.Warnings)
		}
	}
}

// Bounds stay in the metric's range, and are in order. The p-value is 0.05 where the interval ends.
func TestJoinedBounds(t *testing.T) {
	share := &metrics.Metric{Name: "share", Kind: metrics.Proportion, Lo: 0, Hi: 1}
	grade := &metrics.Metric{Name: "grade", Kind: metrics.Mean, Lo: 1, Hi: 7}
	column := func(m *metrics.Metric, value func(i uint32) (label, judge float64)) *infer.Column {
		people, judge := infer.NewColumn(m), infer.NewColumn(likert)
		for i := range uint32(240) {
			y, f := value(i)
			judge.Add(i, 0, []float64{f})
			if i%4 == 1 {
				people.Add(i, 0, []float64{y})
				people.Of(0, .25)
			}
		}
		return people.With(judge, m)
	}
	yes := func(b bool) float64 { return map[bool]float64{true: 1}[b] }
	for name, c := range map[string]struct {
		m      *metrics.Metric
		value  func(i uint32) (label, judge float64)
		method string
	}{
		"share":       {share, func(i uint32) (float64, float64) { return yes(i*i%11 < 5), yes(i*i%11 < 5) + float64(i%3)/2 }, "Wilson"},
		"few":         {share, func(i uint32) (float64, float64) { return yes(i%24 == 1), float64(i % 5) }, "Wilson"},
		"most":        {share, func(i uint32) (float64, float64) { return yes(i%24 != 1), float64(i % 5) }, "Wilson"},
		"low grades":  {grade, func(i uint32) (float64, float64) { return 1 + 5*yes(i%28 == 1), float64(i % 5) }, "Wilson"},
		"high grades": {grade, func(i uint32) (float64, float64) { return 7 - 5*yes(i%28 == 1), float64(i % 5) }, "Wilson"},
		"grades":      {grade, func(i uint32) (float64, float64) { return 1 + float64(i*i%7), float64(i * i % 7) }, ", t"},
		"equal":       {grade, func(i uint32) (float64, float64) { return 6, 2 }, ""},
		"all right":   {share, func(i uint32) (float64, float64) { return 1, 1 }, ""},
	} {
		e := infer.Estimate(column(c.m, c.value), infer.Defaults(1))
		if e.Interval == nil || !(c.m.Lo <= e.Lo && e.Lo <= e.Point && e.Point <= e.Hi && e.Hi <= c.m.Hi) || !(e.Lo < e.Hi) || !strings.Contains(e.Method, c.method) {
			t.Errorf("%s: %+v", name, e)
			continue
		}
		for _, end := range []float64{e.Lo, e.Hi} {
			if end <= c.m.Lo || end >= c.m.Hi || c.method == "" {
				continue
			}
			m := *c.m
			m.Even = &end
			joined := column(&m, c.value)
			p := infer.CompareEven(joined, infer.SecondAgainstFirst, infer.Defaults(1))
			if p.Interval == nil || !approx.Equal(p.P, 0.05, 1e-6) || !approx.Equal(min(math.Abs(p.Lo), math.Abs(p.Hi)), 0, 1e-9) || p.Test != infer.TestT || !(p.Detectable > 0) {
				t.Errorf("%s against its bound %v: p %v of %v to %v, test %s", name, end, p.P, p.Lo, p.Hi, p.Test)
			}
		}
	}
}
