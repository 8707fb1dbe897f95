package export

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"assay/metrics"
	"assay/suites"
)

// readBack are the arguments of the assay command that reads what was exported into a new run
// beside it: complete, so that it works as it stands.
func (r *run) readBack(out string, f Format) []string {
	run := filepath.Clean(out) + "-run"
	for n := 2; ; n++ {
		if _, err := os.Lstat(run); err != nil {
			break
		}
		run = fmt.Sprintf("%s-run-%d", filepath.Clean(out), n)
	}
	args := []string{"import", cmp.Or(f.reader, f.Name), filepath.Join(out, f.file), "-o", run}
	if f.reader == "" {
		return args
	}
	if m := r.source.Manifest; m.Baseline != "" {
		args = append(args, "--baseline", m.Baseline)
	}
	if m := r.source.Manifest; m.Seed != 1 {
		args = append(args, "--seed", strconv.FormatUint(m.Seed, 10))
	}
	return append(args, r.tableFlags()...)
}

// written is a metric of a suite as far as a table of scores shows it to a reader.
type written struct {
	suite, metric string
	scored        int
	other         bool // some value is neither 0 nor 1
	baseline      bool
	lo, hi        float64
}

// wrote notes a row of a table.
func (r *run) wrote(row *score) {
	i := slices.IndexFunc(r.tabled, func(w written) bool { return w.suite == row.Suite && w.metric == row.Metric })
	if i < 0 {
		i = len(r.tabled)
		r.tabled = append(r.tabled, written{suite: row.Suite, metric: row.Metric})
	}
	w := &r.tabled[i]
	w.baseline = row.Baseline != ""
	if row.Value == nil {
		return
	}
	x := *row.Value
	if w.scored == 0 {
		w.lo, w.hi = x, x
	}
	w.scored++
	w.lo, w.hi = min(w.lo, x), max(w.hi, x)
	w.other = w.other || x != 0 && x != 1
}

// tableFlags are the flags with which 'assay import scores' gives the metrics of a table their kinds,
// ranges and directions, where the values alone would give others. A metric whose suites need one
// value is named alone, others as SUITE/METRIC.
func (r *run) tableFlags() (args []string) {
	var names []string
	for _, w := range r.tabled {
		if !slices.Contains(names, w.metric) {
			names = append(names, w.metric)
		}
	}
	for _, flag := range []struct {
		name string
		of   func(*written, *suites.MetricDefinition) string
	}{{"--kind", kindFlag}, {"--range", rangeFlag}, {"--direction", directionFlag}} {
		for _, name := range names {
			var has []*written
			var values []string
			for i := range r.tabled {
				if w := &r.tabled[i]; w.metric == name {
					has, values = append(has, w), append(values, flag.of(w, r.metric(w.suite, name)))
				}
			}
			if same := len(slices.Compact(slices.Clone(values))) == 1; same && values[0] != "" {
				args = append(args, flag.name, name+"="+values[0])
				continue
			}
			for i, w := range has {
				if values[i] != "" {
					args = append(args, flag.name, w.suite+"/"+name+"="+values[i])
				}
			}
		}
	}
	return args
}

// isUnit reports whether a range is from 0 to 1.
func isUnit(r suites.Range) bool { return r.Lo != nil && r.Hi != nil && *r.Lo == 0 && *r.Hi == 1 }

func kindFlag(w *written, d *suites.MetricDefinition) string {
	read := metrics.Mean
	if w.scored > 0 && !w.other && (rangeFlag(w, d) == "" || isUnit(d.Range)) {
		read = metrics.Proportion
	}
	if d.Kind == read {
		return ""
	}
	return d.Kind.String()
}

func rangeFlag(w *written, d *suites.MetricDefinition) string {
	if d.Kind == metrics.Proportion || d.Range.Lo == nil && d.Range.Hi == nil {
		return ""
	}
	if isUnit(d.Range) && w.baseline && w.scored > 0 && w.lo >= 0 && w.hi <= 1 {
		return ""
	}
	end := func(x *float64) string {
		if x == nil {
			return ""
		}
		return strconv.FormatFloat(*x, 'g', -1, 64)
	}
	return end(d.Range.Lo) + ":" + end(d.Range.Hi)
}

func directionFlag(_ *written, d *suites.MetricDefinition) string {
	switch d.Direction {
	case metrics.LowerIsBetter:
		return "lower"
	case metrics.NeitherIsBetter:
		return "none"
	}
	return ""
}
