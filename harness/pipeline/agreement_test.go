package pipeline_test

import (
	"cmp"
	"fmt"
	"strings"
	"testing"

	"assay/harness/leaf/approx"
	"assay/harness/pipeline"
	"assay/harness/runstore"
	"assay/metrics"
	"assay/reports"
	"assay/suites"
)

// labelled is a catalog of one suite, with judgements of four people in two groups and a judge: a
// grade by the person's row of digits, a preference for m over n, and the judge's view of grades.
func labelled(t *testing.T) (pipeline.Runs, []metrics.Judgement) {
	mean := func(name string, lo, hi float64) metrics.Metric {
		return metrics.Metric{Name: name, Title: name, Kind: metrics.Mean, Lo: lo, Hi: hi}
	}
	all := []metrics.Metric{mean("grade", 1, 7), mean("win", 0, 1), mean("judged_grade", 1, 7), mean("alone", 0, 1)}
	all[1].Even = new(0.5)
	catalog := []suites.Suite{{Name: "answers", Title: "Answers", Metrics: all}}
	var js []metrics.Judgement
	add := func(metric string, item int, judge, labeler string, value float64) {
		j := judgement("answers", metric, fmt.Sprint("prompt ", item), "", "m", value)
		j.Judge, j.Labeler = judge, labeler
		if metric == "win" {
			j.Baseline = "n"
			if labeler == "cy" { // said from the other side
				j.Model, j.Baseline, j.Value = "n", "m", []float64{1 - value}
			}
		}
		js = append(js, j)
	}
	for item := range 40 {
		grade := float64(1 + item*3%7)
		for k, who := range []string{"ann", "bob", "cy", "di"} {
			group := "people: training"
			if k > 1 {
				group = "people: held-out"
			}
			given := grade
			if (item+3*k)%5 == 0 {
				given = max(1, grade-1-float64(k%2))
			}
			add("grade", item, group, who, given)
			if k < 3 {
				add("win", item, group, who, []float64{1, 0, 0.5, 1}[(item+item/7*k)%4])
			}
		}
		add("judged_grade", item, "robot", "", grade)
		add("alone", item, "robot", "", 1)
	}
	runs, err := pipeline.Open([]pipeline.Source{source(t, []string{"m", "n"}, js...)}, catalog)
	if err != nil {
		t.Fatal(err)
	}
	return runs, js
}

func TestAgreements(t *testing.T) {
	runs, js := labelled(t)
	got, err := runs.Agreements(pipeline.AgreementOptions{Pairs: true})
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]reports.Agreement{}
	for _, a := range got.Rows {
		by[a.Metric+": "+a.Who] = a
	}
	for _, want := range []string{"grade: all labelers", "grade: within training", "grade: held-out and training", "grade: robot and labelers", "grade: bob and cy", "win: all labelers"} {
		if a, ok := by[want]; !ok || !a.Raw.Defined() {
			t.Errorf("no row %q", want)
		}
	}
	if a := by["grade: all labelers"]; a.Scale != "ordinal" || a.Raw.Items != 40 || a.Raw.Raters != 4 || a.Raw.Ratings != 160 {
		t.Errorf("all labelers: %+v, %+v", a, a.Raw)
	}
	if _, ok := by["grade: all judges"]; ok || len(got.Alone) != 1 {
		t.Errorf("one judge agrees with itself; alone %v", got.Alone)
	}
	same, n := 0.0, 0.0
	value := map[[2]string]float64{}
	for _, j := range js {
		if j.Metric == "win" {
			v := j.Value[0]
			if j.Model == "n" {
				v = 1 - v
			}
			value[[2]string{j.Labeler, j.Example}] = v
		}
	}
	for key, v := range value {
		for _, other := range []string{"bob", "cy"} {
			w, ok := value[[2]string{other, key[1]}]
			if !ok || other <= key[0] || v == 0.5 || w == 0.5 {
				continue
			}
			n++
			if v == w {
				same++
			}
		}
	}
	if order := by["win: all labelers"].Order; !approx.Equal(order.Point, same/n, 1e-12) || same == n || same == 0 {
		t.Errorf("same order %v, want %v of %v", order.Point, same, n)
	}
	if len(got.Replacements) != 1 || !got.Replacements[0].Passed || len(got.Replacements[0].People) != 4 || got.Replacements[0].Judge != "robot" {
		t.Errorf("alternative annotator test: %+v", got.Replacements)
	}
}

// A report on runs with labelers has the section; one without has none.
func TestAgreementSection(t *testing.T) {
	has := func(runs pipeline.Runs) bool {
		for _, src := range runs.Sources {
			if err := cmp.Or(runstore.Examples().WriteAll(src.Store, nil), runstore.Completions().WriteAll(src.Store, nil)); err != nil {
				t.Fatal(err)
			}
		}
		judged, err := runs.Collect()
		if err != nil {
			t.Fatal(err)
		}
		r, _, err := pipeline.Report(judged, pipeline.ReportInput{Sources: runs.Sources})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range r.Sections {
			if s.ID == "agreement" {
				return len(s.Tables) == 2 && len(s.Figures) == 1
			}
		}
		return false
	}
	runs, _ := labelled(t)
	if !has(runs) {
		t.Error("the report has no section on agreement with a figure and two tables")
	}
	if has(open(t, source(t, []string{"m"}, toxicity("m", 5, 0.2)...))) {
		t.Error("a report without labelers has a section on agreement")
	}
}

// One person who gave an answer two grades is refused by name, file and line.
func TestAgreementRefusesTwoValues(t *testing.T) {
	runs, js := labelled(t)
	twice := js[4]
	twice.Value = []float64{twice.Value[0] + 1}
	runs.Sources = []pipeline.Source{runs.Sources[0], source(t, []string{"m", "n"}, twice)}
	again, err := pipeline.Open(runs.Sources, runs.Suites)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := again.Agreements(pipeline.AgreementOptions{}); err == nil || !strings.Contains(err.Error(), ":2: ") || !strings.Contains(err.Error(), twice.Labeler+" gave "+twice.Metric) {
		t.Errorf("two values of one person: %v", err)
	}
}
