package pipeline_test

import (
	"strings"
	"testing"

	"assay/harness"
	"assay/harness/pipeline"
	"assay/metrics"
	"assay/metrics/infer"
	"assay/suites"
)

// definedBy gives a source's manifest a changed copy of the small catalog's definition of a
// suite, and its counts.
func definedBy(src pipeline.Source, suite string, change func(*suites.Definition)) pipeline.Source {
	for _, s := range small() {
		if s.Name == suite {
			d := s.Definition()
			change(&d)
			src.Manifest.Suites = append(src.Manifest.Suites, d)
		}
	}
	return src
}

// A run may hold suites that the catalog doesn't know. They come after the catalog's.
func TestSuiteOfTheManifestAlone(t *testing.T) {
	var js []metrics.Judgement
	for _, j := range toxicity("a", 40, 0.3) {
		j.Suite, j.Metric = "rudeness", "score"
		js = append(js, j)
	}
	js = append(js, judgement("pref", "flips", "x", "", "a", 1))
	src := definedBy(source(t, []string{"a"}, js...), "toxic", func(d *suites.Definition) {
		d.Name, d.Title, d.Metrics[0].Name = "rudeness", "Rudeness", "score"
	})
	runs := open(t, src)
	if last := runs.Suites[len(runs.Suites)-1]; len(runs.Suites) != len(small())+1 || last.Name != "rudeness" {
		t.Fatalf("%d suites, the last %s", len(runs.Suites), last.Name)
	}
	judged, err := runs.Collect()
	if err != nil {
		t.Fatal(err)
	}
	own := find(t, pipeline.Estimate(judged, pipeline.Options{}), "rudeness", "score", "", "a")
	usual := find(t, pipeline.Estimate(collect(t, source(t, []string{"a"}, toxicity("a", 40, 0.3)...)), pipeline.Options{}), "toxic", "mean", "", "a")
	if *own.Interval != *usual.Interval || own.Method != usual.Method || own.N != 36 || *own.WorstCase != *usual.WorstCase {
		t.Errorf("estimate %+v, want the numbers of %+v", own, usual)
	}
	if cells := judged.Cells(); cells[len(cells)-1].Suite != "rudeness" {
		t.Errorf("cells %v", cells)
	}
}

// If the catalog defines a metric differently, the run is read by its own manifest.
func TestManifestGoesBeforeTheCatalog(t *testing.T) {
	src := definedBy(source(t, []string{"a", "b"}, append(toxicity("a", 40, 0.3), toxicity("b", 40, 0.6)...)...), "toxic", func(d *suites.Definition) {
		d.Metrics[0].Direction, d.Metrics[0].Range.Hi = metrics.HigherIsBetter, new(10.0)
	})
	judged := collect(t, src)
	if p := pipeline.Compare(judged, "a", "b", infer.Holm, pipeline.Options{})[0]; p.Verdict != metrics.Better {
		t.Errorf("verdict %s, want better", p.Verdict)
	}
	if e := find(t, pipeline.Estimate(judged, pipeline.Options{}), "toxic", "mean", "", "a"); e.WorstCase.Hi <= 1 {
		t.Errorf("worst case %+v, want the manifest's range of 10", e.WorstCase)
	}
	if m := small()[3].Metrics[0]; m.Hi != 1 {
		t.Errorf("the catalog's range became %v", m.Hi)
	}
}

// Two runs that define a metric differently are refused, and the error names both. A run
// without definitions is read by the catalog's. Metrics that only one run has are added.
func TestDefinitionsThatDiffer(t *testing.T) {
	one := func(change func(*suites.Definition)) pipeline.Source {
		return definedBy(source(t, []string{"a"}), "toxic", change)
	}
	old := source(t, []string{"b"})
	old.Manifest.Counts = []harness.Count{{Suite: "toxic"}}
	same := one(func(*suites.Definition) {})
	wide := one(func(d *suites.Definition) { d.Metrics[0].Range.Hi = new(100.0) })
	silent := one(func(d *suites.Definition) { d.Silent = true })
	more := one(func(d *suites.Definition) {
		m := d.Metrics[0]
		m.Name = "max"
		d.Metrics = append([]suites.MetricDefinition{m}, d.Metrics...)
		d.Conditions, d.Title = []string{"polite"}, "another title"
	})
	for _, c := range []struct {
		first, second pipeline.Source
		want          string
	}{
		{same, old, ""}, {old, same, ""}, {same, more, ""},
		{same, wide, "memory:manifest.json and memory:manifest.json define toxic mean differently (range 0 to 1 and 0 to 100)"},
		{wide, old, "define toxic mean differently (range 0 to 100 and 0 to 1)"},
		{same, silent, "define suite toxic differently"},
	} {
		_, err := pipeline.Open([]pipeline.Source{c.first, c.second}, small())
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
	joined := open(t, same, more).Suites[3]
	if len(joined.Metrics) != 2 || joined.Metrics[1].Name != "max" || joined.Title != "Toxicity" || len(joined.Conditions) != 1 {
		t.Errorf("joined %+v", joined.Definition())
	}
}

// A run doesn't borrow the definition of a metric from a run that it is read with.
func TestNoBorrowedDefinitions(t *testing.T) {
	rude := func(model string) (js []metrics.Judgement) {
		for _, j := range toxicity(model, 40, 0.3) {
			j.Suite, j.Metric = "rudeness", "score"
			js = append(js, j)
		}
		return js
	}
	named := func(suite, metric string) func(*suites.Definition) {
		return func(d *suites.Definition) { d.Name, d.Metrics[0].Name = suite, metric }
	}
	defined := definedBy(source(t, []string{"a"}, rude("a")...), "toxic", named("rudeness", "score"))
	for name, bare := range map[string]pipeline.Source{
		"no such suite":  source(t, []string{"b"}, rude("b")...),
		"no such metric": definedBy(source(t, []string{"b"}, rude("b")...), "toxic", named("rudeness", "other")),
	} {
		for _, both := range [][]pipeline.Source{{defined, bare}, {bare, defined}} {
			_, err := open(t, both...).Collect()
			if err == nil || !strings.Contains(err.Error(), "judgements.jsonl:2: unknown metric rudeness score: neither the run's own manifest nor this assay defines it") {
				t.Errorf("%s: error %v", name, err)
			}
		}
	}
	collect(t, defined, definedBy(source(t, []string{"b"}, rude("b")...), "toxic", named("rudeness", "score")))
}
