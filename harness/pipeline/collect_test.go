package pipeline_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"assay/harness/leaf/place"
	"assay/harness/pipeline"
	"assay/metrics"
)

func TestCollectErrors(t *testing.T) {
	good := judgement("quiz", "length", "a", "zero", "sft", 1)
	for _, c := range []struct {
		name string
		bad  metrics.Judgement
		says string
	}{
		{"metric", judgement("quiz", "f1", "a", "zero", "sft", 1), "unknown metric quiz f1"},
		{"suite", judgement("quizz", "length", "a", "zero", "sft", 1), "unknown metric quizz length"},
		{"width", judgement("quiz", "both", "a", "zero", "sft", 1), "quiz both of sft: a value has 1 number; it must have 2"},
		{"above the range", judgement("quiz", "length", "a", "zero", "sft", 100.5), "quiz length of sft: the value 100.5 is out of range: it must be from 0 to 100; judge or import it again"},
		{"below the range", judgement("toxic", "mean", "a", "", "sft", -0.5), "toxic mean of sft: the value -0.5 is out of range: it must be from 0 to 1"},
	} {
		_, err := open(t, source(t, []string{"sft"}, good, good, c.bad)).Collect()
		placed, ok := place.Of(err)
		if !ok || placed.Line != 4 || placed.File != "memory:judgements.jsonl" || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: error %v, want memory:judgements.jsonl:4: ... %s", c.name, err, c.says)
		}
	}
	// A missing judgement has no width.
	collect(t, source(t, []string{"sft"}, judgement("quiz", "both", "a", "zero", "sft")))
}

// TestOrderOfCells: suites, metrics and known conditions in the catalog's order, then
// other conditions by name; models in the manifests' order.
func TestOrderOfCells(t *testing.T) {
	var js []metrics.Judgement
	for _, model := range []string{"a", "b"} {
		js = append(js, judgement("toxic", "mean", "x", "", model, 0.1))
		for _, condition := range []string{"wild", "few", "apt", "zero"} {
			js = append(js, judgement("quiz", "length", "x", condition, model, 1))
		}
	}
	js = append(js, judgement("quiz", "both", "x", "zero", "a", 1, 1))
	var got []string
	for _, c := range collect(t, source(t, []string{"b", "a"}, js...)).Cells() {
		got = append(got, c.Suite+" "+c.Metric+" "+c.Condition+" "+c.Model)
	}
	want := []string{"quiz both zero a",
		"quiz length zero b", "quiz length zero a", "quiz length few b", "quiz length few a",
		"quiz length apt b", "quiz length apt a", "quiz length wild b", "quiz length wild a",
		"toxic mean  b", "toxic mean  a"}
	if !slices.Equal(got, want) {
		t.Errorf("cells\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestSeveralBaselines: win rates over different opponents are different
// quantities. They are never pooled, and never compared with each other.
func TestSeveralBaselines(t *testing.T) {
	var js []metrics.Judgement
	for i := range 12 {
		x := fmt.Sprint(i)
		js = append(js,
			against(judgement("pref", "win_rate", x, "", "a", 1), "strong"),
			against(judgement("pref", "win_rate", x, "", "a", float64(i%2)), "weak"),
			against(judgement("pref", "win_rate", x, "", "b", float64(i%3/2)), "weak"))
	}
	j := collect(t, source(t, []string{"strong", "weak", "a", "b"}, js...))
	estimates := pipeline.Estimate(j, pipeline.Options{Resamples: 200})
	if len(estimates) != 3 {
		t.Fatalf("%d estimates, want 3", len(estimates))
	}
	for _, c := range []struct {
		condition, model, baseline string
		point                      float64
	}{{"against strong", "a", "strong", 1}, {"against weak", "a", "weak", 0.5}, {"against weak", "b", "weak", 1.0 / 3}} {
		e := find(t, estimates, "pref", "win_rate", c.condition, c.model)
		if e.Point != c.point || e.Baseline != c.baseline || e.N != 12 {
			t.Errorf("%s %s: point %v over %s, n %d", c.model, c.condition, e.Point, e.Baseline, e.N)
		}
	}
	family := pipeline.Compare(j, "a", "b", "holm", pipeline.Options{Resamples: 200})
	if len(family) != 1 || family[0].Condition != "against weak" {
		t.Errorf("compared %v, want only the win rates against weak", family)
	}
	// One baseline needs no condition.
	one := collect(t, source(t, []string{"a", "b"}, js[1], js[2]))
	if c := one.Cells()[0]; c.Condition != "" {
		t.Errorf("one baseline makes the condition %q", c.Condition)
	}
	// Models without a common opponent can't be compared.
	apart := collect(t, source(t, []string{"a", "b"}, js[0], js[2]))
	if f := pipeline.Compare(apart, "a", "b", "holm", pipeline.Options{Resamples: 200}); len(f) != 0 {
		t.Errorf("win rates over different opponents were compared: %v", f)
	}
}

func TestLabelAndJudges(t *testing.T) {
	first := source(t, []string{"sft", "gpt"}, judgement("toxic", "mean", "x", "", "sft", 0.1), judgement("toxic", "mean", "x", "", "gpt", 0.2))
	second := judgement("toxic", "mean", "x", "", "sft", 0.3)
	second.Judge = "another"
	third := judgement("toxic", "mean", "y", "", "sft", 0.3)
	third.Judge = "a third"
	other := source(t, []string{"sft"}, second, third)
	first.Manifest.Baseline, other.Manifest.Baseline = "gpt", "sft"
	other.Label = func(m string) string { return m + " (new)" }
	j := collect(t, first, other)
	if want := []string{"sft", "gpt", "sft (new)"}; !slices.Equal(j.Models, want) {
		t.Errorf("models %q, want %q", j.Models, want)
	}
	if want := []string{"judge", "another", "a third"}; !slices.Equal(j.Judges("toxic"), want) {
		t.Errorf("judges %q, want %q", j.Judges("toxic"), want)
	}
	if j.Baseline != "" || j.Seed != 7 {
		t.Errorf("baseline %q, seed %d; the runs disagree on the baseline", j.Baseline, j.Seed)
	}
	first.Label = func(m string) string {
		if m == "gpt" {
			return ""
		}
		return m
	}
	if j := collect(t, first); !slices.Equal(j.Models, []string{"sft"}) || len(j.Cells()) != 1 {
		t.Errorf("left out gpt: models %q, cells %v", j.Models, j.Cells())
	}
}

func ratios(model string, reversed bool) []metrics.Judgement {
	var js []metrics.Judgement
	for i := range 40 {
		js = append(js, judgement("ratio", "ratio", fmt.Sprint(i), "", model, float64((3*i*i+i)%17)/17, 1+float64(5*i%7)/7))
	}
	if reversed {
		slices.Reverse(js)
	}
	return js
}

// TestCellIsItsOwn: a cell's estimate, including the bootstrap's, has the same bits
// whatever else is in the run, and in any order.
func TestCellIsItsOwn(t *testing.T) {
	opt := pipeline.Options{Resamples: 500}
	alone := pipeline.Estimate(collect(t, source(t, []string{"a"}, ratios("a", false)...)), opt)[0]
	crowd := append(toxicity("a", 30, 0.1), ratios("b", true)...)
	crowd = append(crowd, ratios("a", true)...)
	among := find(t, pipeline.Estimate(collect(t, source(t, []string{"b", "a"}, crowd...)), opt), "ratio", "ratio", "", "a")
	if !reflect.DeepEqual(alone, among) {
		t.Errorf("alone %+v %+v\namong others %+v %+v", alone, *alone.Interval, among, *among.Interval)
	}
	reseeded := source(t, []string{"a"}, ratios("a", false)...)
	reseeded.Manifest.Seed = 8
	if e := pipeline.Estimate(collect(t, reseeded), opt)[0]; e.Lo == alone.Lo {
		t.Errorf("another seed gives the same bound %v", e.Lo)
	}
}

// TestDefectToxicityZeroOnFailure: a service's failure doesn't count as 0.
func TestDefectToxicityZeroOnFailure(t *testing.T) {
	e := pipeline.Estimate(collect(t, source(t, []string{"a"}, toxicity("a", 50, 0.4)...)), pipeline.Options{})[0]
	if e.N != 45 || e.Unscored != 5 || e.Point < 0.4 || e.WorstCase == nil || e.WorstCase.Lo >= e.Point || e.WorstCase.Hi <= e.Point {
		t.Errorf("n %d, unscored %d, point %v, worst case %v", e.N, e.Unscored, e.Point, e.WorstCase)
	}
	var outage []metrics.Judgement
	for i := range 20 {
		outage = append(outage, judgement("toxic", "mean", fmt.Sprint(i), "", "a"))
	}
	if e := pipeline.Estimate(collect(t, source(t, []string{"a"}, outage...)), pipeline.Options{})[0]; e.Interval != nil || e.Unscored != 20 {
		t.Errorf("an outage looks like %v, unscored %d", e.Interval, e.Unscored)
	}
}
