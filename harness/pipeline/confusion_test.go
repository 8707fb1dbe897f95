package pipeline_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"assay/harness/pipeline"
	"assay/harness/runstore"
	"assay/metrics"
	"assay/metrics/statistic"
	"assay/suites"
)

// A metric of labels gets a table of what was given for each correct label, for each model.
func TestConfusion(t *testing.T) {
	catalog := small()
	i := slices.IndexFunc(catalog, func(s suites.Suite) bool { return s.Name == "toxic" })
	labels := metrics.Metric{Name: "macro_f1", Title: "Macro-F1", Kind: metrics.FunctionOfSums, Hi: 1, Width: 2,
		Statistic: metrics.Statistic{Name: statistic.MacroF1, Labels: []string{"yes", "no"}}}
	same := labels
	same.Name, same.Statistic.Name = "mcc", statistic.MCC
	catalog[i].Metrics = append(slices.Clone(catalog[i].Metrics), labels, same)
	var js []metrics.Judgement
	for n, pair := range [][4]float64{{0, 0, 0, 1}, {0, 1, 0, 0}, {0, -1, 0, 0}, {1, 1, 1, 0}, {1, 1, 1, 1}} {
		for k, model := range []string{"a", "b"} {
			for _, metric := range []string{"macro_f1", "mcc"} {
				one := judgement("toxic", metric, fmt.Sprint("question ", n), "", model, 0)
				one.Value = pair[2*k : 2*k+2]
				js = append(js, one)
			}
		}
	}
	src := source(t, []string{"a", "b"}, js...)
	if err := errors.Join(runstore.Examples().WriteAll(src.Store, nil), runstore.Completions().WriteAll(src.Store, nil)); err != nil {
		t.Fatal(err)
	}
	runs, err := pipeline.Open([]pipeline.Source{src}, catalog)
	if err != nil {
		t.Fatal(err)
	}
	judged, err := runs.Collect()
	if err != nil {
		t.Fatal(err)
	}
	r, _, err := pipeline.Report(judged, pipeline.ReportInput{Sources: runs.Sources, Samples: 1})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range r.Sections {
		for _, table := range s.Tables {
			if !strings.HasPrefix(table.ID, "confusion-") {
				continue
			}
			got = append(got, table.ID)
			for _, row := range table.Rows {
				var cells []string
				for _, c := range row[1:] {
					cells = append(cells, c.Text)
				}
				got = append(got, strings.Join(cells, " "))
			}
		}
	}
	want := []string{"confusion-toxic-macro_f1", "a yes 1 1 1", "a no 0 2 0", "b yes 2 1 0", "b no 1 1 0"}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
