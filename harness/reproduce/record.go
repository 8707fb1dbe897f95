package reproduce

import (
	"cmp"
	"errors"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/outfile"
	"assay/harness/leaf/place"
	"assay/harness/leaf/rows"
	"assay/metrics"
	"assay/reports"
	"assay/reports/csv"
	"assay/reports/study"
)

// findingRecord is a finding as findings.json has it.
type findingRecord struct {
	ID          string        `json:"id"`
	Claim       string        `json:"claim"`
	Source      string        `json:"source"`
	Paper       string        `json:"paper,omitempty"`
	Extra       bool          `json:"extra,omitempty"`
	Verdict     study.Verdict `json:"verdict"`
	P           float64       `json:"p"`
	Adjusted    float64       `json:"p_holm"`
	Holm        study.Verdict `json:"verdict_holm,omitempty"`
	SeedsNeeded int           `json:"seeds_needed,omitempty"`
	Tests       []testRecord  `json:"tests"`
}

type testRecord struct {
	Name     string            `json:"name"`
	Rule     string            `json:"rule"`
	Verdict  study.Verdict     `json:"verdict"`
	Interval *metrics.Interval `json:"interval,omitempty"`
	PerSeed  []float64         `json:"per_seed,omitempty"`
	Missing  string            `json:"missing,omitempty"`
	// One-sided p-values, the detectable distance from the rule's edge, and the seeds that would
	// decide the test.
	Holding     float64 `json:"p_holding"`
	Failing     float64 `json:"p_failing"`
	Detectable  float64 `json:"detectable,omitempty"`
	SeedsNeeded int     `json:"seeds_needed,omitempty"`
}

// Write writes what a reproduction found into a folder: findings.json, and cells.csv with
// every number of every seed.
func (r *Result) Write(folder string) error { return r.write(folder, "findings.json", "cells.csv") }

func (r *Result) write(folder, findings, cells string) error {
	var records []findingRecord
	for _, f := range r.Study.Findings {
		record := findingRecord{f.ID, f.Claim, f.Source, f.Paper, f.Extra, f.Verdict, f.P, f.Adjusted, f.Holm, f.SeedsNeeded, nil}
		for _, t := range f.Tests {
			record.Tests = append(record.Tests, testRecord{t.Name, t.Rule, t.Verdict, t.Interval, t.PerSeed, t.Missing, t.Holding, t.Failing, t.Detectable, t.SeedsNeeded})
		}
		records = append(records, record)
	}
	err := outfile.Write(filepath.Join(folder, findings), func(w io.Writer) error {
		return json.MarshalWrite(w, records, jsontext.WithIndent("  "), json.Deterministic(true))
	})
	if err != nil {
		return err
	}
	return writeCells(filepath.Join(folder, cells), r.Seeds, r.Cells)
}

// cellColumns are the columns of a file of cells.
var cellColumns = []string{"seed", "run", "suite", "metric", "condition", "model", "point", "se", "lo", "hi", "method", "n", "unscored"}

// writeCells writes every number of some seeds.
func writeCells(path string, seeds []uint64, all []Cells) error {
	t := reports.Table{ID: "cells"}
	for _, name := range cellColumns {
		t.Columns = append(t.Columns, reports.Column{Name: name})
	}
	number := func(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
	for i, cells := range all {
		for _, k := range slices.SortedFunc(maps.Keys(cells), func(a, b Key) int {
			return cmp.Or(cmp.Compare(a.Run, b.Run), cmp.Compare(a.Suite, b.Suite), cmp.Compare(a.Metric, b.Metric), cmp.Compare(a.Condition, b.Condition), cmp.Compare(a.Model, b.Model))
		}) {
			e := cells[k]
			row := []string{strconv.FormatUint(seeds[i], 10), k.Run, k.Suite, k.Metric, k.Condition, k.Model, "", "", "", "", e.Method, strconv.Itoa(e.N), strconv.Itoa(e.Unscored)}
			switch {
			case e.Interval != nil:
				copy(row[6:], []string{number(e.Point), number(e.SE), number(e.Lo), number(e.Hi)})
			case e.Alone != nil:
				row[6] = number(*e.Alone)
			}
			var out []reports.Cell
			for _, text := range row {
				out = append(out, reports.Cell{Text: text})
			}
			t.Rows = append(t.Rows, out)
		}
	}
	return outfile.Write(path, func(w io.Writer) error { return csv.Write(w, t) })
}

// LoadCells reads a file of cells, as [Result.Write] writes it: each seed's numbers.
func LoadCells(path string) (map[uint64]Cells, error) {
	text, err := rows.Open(path)
	if err != nil {
		return nil, err
	}
	defer text.Close()
	table, err := rows.NewCSV(path, text, cellColumns)
	if err != nil {
		return nil, err
	}
	out := map[uint64]Cells{}
	for {
		if err := table.Next(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		bad := func(name string) error {
			return place.Errorf(path, table.FieldLine(name), "%s %q; name a cells.csv of 'assay reproduce'", name, table.Get(name))
		}
		seed, err := strconv.ParseUint(table.Get("seed"), 10, 64)
		if err != nil {
			return nil, bad("seed")
		}
		k := Key{table.Get("run"), table.Get("suite"), table.Get("metric"), table.Get("condition"), table.Get("model")}
		e := metrics.Estimate{Suite: k.Suite, Metric: k.Metric, Condition: k.Condition, Model: k.Model, Confidence: metrics.Confidence, Method: table.Get("method")}
		for name, to := range map[string]*int{"n": &e.N, "unscored": &e.Unscored} {
			if *to, err = strconv.Atoi(table.Get(name)); err != nil {
				return nil, bad(name)
			}
		}
		numbers := map[string]*float64{}
		if table.Get("point") != "" {
			e.Alone = new(float64)
			numbers["point"] = e.Alone
		}
		if table.Get("se")+table.Get("lo")+table.Get("hi") != "" {
			e.Interval, e.Alone = &metrics.Interval{}, nil
			numbers = map[string]*float64{"point": &e.Interval.Point, "se": &e.SE, "lo": &e.Lo, "hi": &e.Hi}
		}
		for name, to := range numbers {
			if *to, err = strconv.ParseFloat(table.Get(name), 64); err != nil {
				return nil, bad(name)
			}
		}
		if out[seed] == nil {
			out[seed] = Cells{}
		}
		if _, twice := out[seed][k]; twice {
			return nil, place.Errorf(path, table.Line(), "the cell %s of seed %d occurs twice; remove one of the rows", k, seed)
		}
		out[seed][k] = e
	}
	return out, nil
}
