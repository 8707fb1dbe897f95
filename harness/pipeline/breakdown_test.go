package pipeline_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"assay/harness"
	"assay/harness/pipeline"
	"assay/harness/runstore"
	"assay/metrics"
	"assay/metrics/infer"
	"assay/suites"
)

// questions are 60 examples of the suite toxic, where those of one passage share a topic
// and every seventh has none, and 10 examples of pref without topics.
func questions() (examples []suites.Example, js []metrics.Judgement) {
	for i := range 60 {
		text := fmt.Sprint("question ", i)
		ex := suites.NewExample("toxic", text, nil, []string{"odd", "even"}[i/4%2])
		ex.Cluster = fmt.Sprint("passage ", i/4)
		if i%7 != 0 {
			ex.Fields = map[string]string{"topic": []string{"sea", "hills"}[i/4%2]}
		}
		examples = append(examples, ex)
		for k, model := range []string{"a", "b"} {
			level := 0.1 + float64(i/4%5)/10 + float64(i%4)/100
			if i/4%2 == 1 {
				level += 0.3 * float64(k) * (1 + float64(i%3)/10)
			}
			js = append(js, judgement("toxic", "mean", text, "basic", model, level))
		}
	}
	for i := range 10 {
		examples = append(examples, suites.NewExample("pref", fmt.Sprint(i), nil, ""))
		js = append(js, against(judgement("pref", "win_rate", fmt.Sprint(i), "", "b", float64(i%2)), "a"))
	}
	return examples, js
}

func asked(t *testing.T) pipeline.Source {
	t.Helper()
	examples, js := questions()
	src := source(t, []string{"a", "b"}, js...)
	if err := runstore.Examples().WriteAll(src.Store, examples); err != nil {
		t.Fatal(err)
	}
	if err := runstore.Completions().WriteAll(src.Store, nil); err != nil {
		t.Fatal(err)
	}
	return src
}

// Errors are clustered by what examples share, and the records name it. In statsmodels
// 0.14, with to = arange(60)//4 and x the values of a:
//
//	r = OLS(x, ones(60)).fit(cov_type="cluster", cov_kwds={"groups": to}, use_t=True); r.bse
func TestClustersOfExamples(t *testing.T) {
	j := collect(t, asked(t))
	e := find(t, pipeline.Estimate(j, pipeline.Options{}), "toxic", "mean", "basic", "a")
	if e.N != 60 || e.Clusters != 15 || e.Method != "t, clustered by passage" {
		t.Errorf("n %d, clusters %d by %q", e.N, e.Clusters, e.Method)
	}
	if want := 0.037796447300922742; e.SE < want-1e-12 || e.SE > want+1e-12 {
		t.Errorf("se %.17g, want %.17g", e.SE, want)
	}
	if text := strings.Join(e.Warnings, ";"); !strings.Contains(text, "only 15 passages; this method needs about 30") {
		t.Errorf("warnings %q", text)
	}
	family := pipeline.Compare(j, "a", "b", infer.Holm, pipeline.Options{})
	if p := family[1]; p.Suite != "toxic" || p.N != 60 || p.Clusters != 15 || p.Method != "paired t, clustered by passage" {
		t.Errorf("n %d, clusters %d by %q", p.N, p.Clusters, p.Method)
	}
	// The other suite has no clusters.
	if e := find(t, pipeline.Estimate(j, pipeline.Options{}), "pref", "win_rate", "", "b"); e.Clusters != 10 || strings.Contains(e.Method, "cluster") {
		t.Errorf("clusters %d by %q", e.Clusters, e.Method)
	}
}

// Each value of a field is a condition. Examples without a value are a condition of their
// own, and a suite without the field is left out.
func TestDivideBy(t *testing.T) {
	for _, tt := range []struct {
		field string
		want  []string
	}{
		{"category", []string{"basic, category: even 28 undecided", "basic, category: odd 32 undecided"}},
		{"topic", []string{"basic, topic: hills 24 undecided", "basic, topic: none 9 undecided", "basic, topic: sea 27 undecided"}},
	} {
		divided, err := open(t, asked(t)).DivideBy(tt.field)
		if err != nil {
			t.Fatal(err)
		}
		j, err := divided.Collect()
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		family := pipeline.Compare(j, "a", "b", infer.Holm, pipeline.Options{})
		for _, p := range family {
			got = append(got, fmt.Sprintf("%s %d %s", p.Condition, p.N, p.Verdict))
			if p.Suite != "toxic" || p.Family != len(tt.want) {
				t.Errorf("%s: %s of a family of %d", tt.field, p.Suite, p.Family)
			}
		}
		want := slices.Clone(tt.want)
		for i, w := range want { // the second model is worse on the half of the passages that are even and on hills
			if strings.Contains(w, "even") || strings.Contains(w, "hills") {
				want[i] = strings.Replace(w, "undecided", "worse", 1)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", tt.field, got, want)
		}
		if n := len(pipeline.Estimate(j, pipeline.Options{})); n != 2*len(tt.want) {
			t.Errorf("%s: %d estimates", tt.field, n)
		}
	}
	for field, want := range map[string]string{"article": "no example has this field; the fields are category, topic", "": "no example has this field"} {
		if _, err := open(t, asked(t)).DivideBy(field); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("field %q: %v", field, err)
		}
	}
	if _, err := open(t, source(t, []string{"a"})).DivideBy("topic"); err == nil || !strings.Contains(err.Error(), "no example has a field") {
		t.Errorf("without examples: %v", err)
	}
}

// A field may be called by the column that the suite file takes it from. An example's own field goes
// first, and the columns of another suite's file don't count.
func TestDivideByColumn(t *testing.T) {
	src := asked(t)
	for _, set := range [][3]string{{"toxic", "category", "parity"}, {"toxic", "fields.topic", "place"}, {"toxic", "fields.topic", "category"}, {"pref", "category", "place"}, {"toxic", "prompt", "question"}, {"toxic", "cluster", "passage"}} {
		src.Manifest.Settings = append(src.Manifest.Settings, harness.Setting{Suite: set[0], Name: harness.SuiteFileSetting + set[1], Value: set[2]})
	}
	for column, field := range map[string]string{"parity": "category", "place": "topic", "category": "category"} {
		var conditions [2][]string
		for i, name := range []string{column, field} {
			divided, err := open(t, src).DivideBy(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range pipeline.Estimate(collect(t, divided.Sources...), pipeline.Options{}) {
				conditions[i] = append(conditions[i], fmt.Sprintln(e.Model, strings.Replace(e.Condition, name+": ", field+": ", 1), e.N, e.SE))
			}
		}
		if len(conditions[0]) < 4 || !slices.Equal(conditions[0], conditions[1]) {
			t.Errorf("%s: %q, want those of %s: %q", column, conditions[0], field, conditions[1])
		}
	}
	for _, column := range []string{"question", "passage"} {
		if _, err := open(t, src).DivideBy(column); err == nil {
			t.Errorf("%s is no column of a field", column)
		}
	}
}

// Examples in a run by an earlier version have no clusters; the suite derives them from the
// inputs.
func TestClustersOfAnEarlierRun(t *testing.T) {
	_, js := questions()
	src := source(t, []string{"a", "b"}, js...)
	var old []suites.Example
	for i := range 60 {
		old = append(old, suites.NewExample("toxic", fmt.Sprint("question ", i), nil, ""))
	}
	if err := runstore.Examples().WriteAll(src.Store, old); err != nil {
		t.Fatal(err)
	}
	known := small()
	known[slices.IndexFunc(known, func(s suites.Suite) bool { return s.Name == "toxic" })].Describe = func(ex *suites.Example) {
		ex.Cluster = ex.Input[:len("question 1")]
	}
	runs, err := pipeline.Open([]pipeline.Source{src}, known)
	if err != nil {
		t.Fatal(err)
	}
	j, err := runs.Collect()
	if err != nil {
		t.Fatal(err)
	}
	if e := find(t, pipeline.Estimate(j, pipeline.Options{}), "toxic", "mean", "basic", "a"); e.Clusters != 10 {
		t.Errorf("%d clusters, want one for each first digit", e.Clusters)
	}
}

// A report's breakdown is an additional section.
func TestReportBy(t *testing.T) {
	src := asked(t)
	divided, err := open(t, src).DivideBy("topic")
	if err != nil {
		t.Fatal(err)
	}
	plain, _ := build(t, pipeline.ReportInput{Sources: []pipeline.Source{src}, Baseline: "a", Adjustment: infer.Holm})
	r, tables := build(t, pipeline.ReportInput{Sources: []pipeline.Source{src}, Baseline: "a", Adjustment: infer.Holm, By: "topic", Divided: collect(t, divided.Sources...)})
	if got, want := sectionIDs(r), append(sectionIDs(plain), "by-topic"); !slices.Equal(got, want) {
		t.Errorf("sections %q, want %q", got, want)
	}
	last := r.Sections[len(r.Sections)-1]
	var ids []string
	for _, table := range append(last.Tables, tables...) {
		ids = append(ids, table.ID)
	}
	want := []string{"by-topic-estimates-toxic", "by-topic-comparisons", "estimates", "comparisons", "by-topic-estimates", "by-topic-comparisons"}
	if !slices.Equal(ids, want) {
		t.Errorf("tables %q, want %q", ids, want)
	}
	if n := len(last.Tables[1].Rows); n != 3 {
		t.Errorf("%d comparisons by topic", n)
	}
}
