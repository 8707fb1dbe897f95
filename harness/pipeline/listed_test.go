package pipeline_test

import (
	"slices"
	"strings"
	"testing"

	"assay/harness/pipeline"
	"assay/harness/runstore"
	"assay/metrics"
	"assay/models"
	"assay/suites"
)

// A suite whose answers are read side by side gets a table of all of them, those to one prompt
// together, however few items the sample browser shows, and none of other suites.
func TestListedAnswers(t *testing.T) {
	catalog := small()
	i := slices.IndexFunc(catalog, func(s suites.Suite) bool { return s.Name == "toxic" })
	catalog[i].SideBySide = true
	names := []string{"a", "b"}
	var examples []suites.Example
	var completions []models.Completion
	var js []metrics.Judgement
	for _, text := range []string{"first", "second\nline", "third"} {
		examples = append(examples, suites.NewExample("toxic", text, nil, "kind"))
	}
	examples = append(examples, suites.NewExample("quiz", "another", nil, ""))
	for _, name := range names { // as runs are published: all of a model's together
		for _, ex := range examples {
			c := completion(ex.Suite, ex.Input, "", name, name+" on "+ex.Input)
			if name == "b" && ex.Input == "third" {
				c.Text, c.Missing = "", "filtered"
			}
			completions = append(completions, c)
			js = append(js, judgement("toxic", "mean", ex.Input, "", name, 0.5))
		}
	}
	cut := completion("toxic", "first", "", "a", "a second draw")
	cut.ID, cut.Sample = "x", 1
	completions = append(completions, cut)
	src := source(t, names, js...)
	if err := runstore.Examples().WriteAll(src.Store, examples); err != nil {
		t.Fatal(err)
	}
	if err := runstore.Completions().WriteAll(src.Store, completions); err != nil {
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
			if table.ID != "answers-toxic" {
				continue
			}
			for _, row := range table.Rows {
				got = append(got, row[0].Text+"|"+row[1].Text+"|"+row[2].Text)
			}
		}
	}
	want := []string{
		"kind: first|a|a on first", "kind: first|b|b on first", "kind: second\nline|a|a on second\nline", "kind: second\nline|b|b on second\nline",
		"kind: third|a|a on third", "kind: third|b|(no answer: filtered)",
	}
	if !slices.Equal(got, want) {
		t.Errorf("rows\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
