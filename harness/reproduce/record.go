package reproduce

import (
	"cmp"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/outfile"
	"assay/metrics"
	"assay/reports"
	"assay/reports/csv"
	"assay/reports/study"
)

// findingRecord is a finding as findings.json has it.
type findingRecord struct {
	ID      string        `json:"id"`
	Claim   string        `json:"claim"`
	Source  string        `json:"source"`
	Verdict study.Verdict `json:"verdict"`
	Tests   []testRecord  `json:"tests"`
}

type testRecord struct {
	Name     string            `json:"name"`
	Rule     string            `json:"rule"`
	Verdict  study.Verdict     `json:"verdict"`
	Interval *metrics.Interval `json:"interval,omitempty"`
	PerSeed  []float64         `json:"per_seed,omitempty"`
	Missing  string            `json:"missing,omitempty"`
}

// Write writes what a reproduction found into a folder: findings.json, and cells.csv with
// every number of every seed.
func (r *Result) Write(folder string) error {
	var records []findingRecord
	for _, f := range r.Study.Findings {
		record := findingRecord{ID: f.ID, Claim: f.Claim, Source: f.Source, Verdict: f.Verdict}
		for _, t := range f.Tests {
			record.Tests = append(record.Tests, testRecord{t.Name, t.Rule, t.Verdict, t.Interval, t.PerSeed, t.Missing})
		}
		records = append(records, record)
	}
	err := outfile.Write(filepath.Join(folder, "findings.json"), func(w io.Writer) error {
		return json.MarshalWrite(w, records, jsontext.WithIndent("  "), json.Deterministic(true))
	})
	if err != nil {
		return err
	}
	return outfile.Write(filepath.Join(folder, "cells.csv"), r.writeCells)
}

// writeCells writes every number of every seed.
func (r *Result) writeCells(w io.Writer) error {
	t := reports.Table{ID: "cells"}
	for _, name := range []string{"seed", "run", "suite", "metric", "condition", "model", "point", "se", "lo", "hi", "method", "n", "unscored"} {
		t.Columns = append(t.Columns, reports.Column{Name: name})
	}
	number := func(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
	for i, cells := range r.Cells {
		for _, k := range slices.SortedFunc(maps.Keys(cells), func(a, b Key) int {
			return cmp.Or(cmp.Compare(a.Run, b.Run), cmp.Compare(a.Suite, b.Suite), cmp.Compare(a.Metric, b.Metric), cmp.Compare(a.Condition, b.Condition), cmp.Compare(a.Model, b.Model))
		}) {
			e := cells[k]
			row := []string{strconv.FormatUint(r.Seeds[i], 10), k.Run, k.Suite, k.Metric, k.Condition, k.Model, "", "", "", "", e.Method, strconv.Itoa(e.N), strconv.Itoa(e.Unscored)}
			if e.Interval != nil {
				copy(row[6:], []string{number(e.Point), number(e.SE), number(e.Lo), number(e.Hi)})
			}
			var out []reports.Cell
			for _, text := range row {
				out = append(out, reports.Cell{Text: text})
			}
			t.Rows = append(t.Rows, out)
		}
	}
	return csv.Write(w, t)
}
