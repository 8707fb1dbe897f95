package plan

import (
	"cmp"
	"fmt"
	"slices"

	"assay/harness/leaf/place"
	"assay/harness/yamlstruct"
	"assay/metrics"
	"assay/suites"
)

// Gates is a gates file.
type Gates struct {
	// Gates that a release must pass.
	Gates []Gate `json:"gates" what:"a gate" need:"write gates: and below it a line '- {suite: ..., metric: ..., margin: ...}' for each"`
	// How gates treat unscored pairs, unless a gate sets its own.
	Unscored string `json:"unscored,omitempty" oneof:"ignore" like:"write unscored: ignore to leave out pairs without a value, or remove the line to count them at their worst"`
}

// Gate is a gate as files have it: see [metrics.Gate].
type Gate struct {
	yamlstruct.Place `json:"-"`

	// Suite of the metric, by its name: one that assay has, or the name that a suite file, a task of lm-evaluation-harness or an import gives its suite.
	Suite string `json:"suite" need:"name suite, metric and margin" oneof:"@gated"`
	// Metric that may be worse than the baseline's by at most the margin.
	Metric string `json:"metric" need:"name suite, metric and margin"`
	// Condition of the suite; by default, every condition.
	Condition string `json:"condition"`
	// How much worse the metric may be, in its own units.
	Margin float64 `json:"margin" need:"write how much worse the metric may be, in its own units"`
	// Whether the gate asks for equivalence: the metric must be neither worse nor better by the margin or more.
	Equivalent bool `json:"equivalent,omitempty"`
	// How to treat unscored pairs: ignore leaves them out; by default, each counts with its worst possible score.
	Unscored string `json:"unscored,omitempty" oneof:"ignore" like:"write unscored: ignore to leave out pairs without a value, or remove the line to count them at their worst"`
}

// MetricGates are the gates of a file.
func MetricGates(file string, gates []Gate) []metrics.Gate {
	var all []metrics.Gate
	for i := range gates {
		g := &gates[i]
		all = append(all, metrics.Gate{Suite: g.Suite, Metric: g.Metric, Condition: g.Condition, Margin: g.Margin, Equivalent: g.Equivalent, Unscored: g.Unscored,
			File: file, Line: g.Line("")})
	}
	return all
}

const gatesRemedy = "write gates: and below it a line '- {suite: ..., metric: ..., margin: ...}' for each"

// ReadGates reads a gates file and checks its names against the catalog.
func ReadGates(path string, catalog []suites.Suite) ([]metrics.Gate, error) {
	return readFile(path, gatesRemedy, func(f *yamlstruct.File) ([]metrics.Gate, error) { return readGates(f, catalog) })
}

func readGates(f *yamlstruct.File, catalog []suites.Suite) ([]metrics.Gate, error) {
	var file Gates
	o := runOptions("a gates file", suiteNames(catalog, false))
	o.Else = map[string]string{"gated": "suites of suite files, of lm-eval: task files and of imports are known by their names if the runs have them"}
	f.Decode(&file, o)
	if f.Err() != nil {
		return nil, f.Err()
	}
	for i := range file.Gates {
		g := &file.Gates[i]
		g.check(f, catalog, file.Gates[:i])
		g.Unscored = cmp.Or(g.Unscored, file.Unscored)
	}
	return MetricGates(f.Path, file.Gates), f.Err()
}

// check checks a gate against the catalog and the gates before it.
func (g *Gate) check(f *yamlstruct.File, catalog []suites.Suite, before []Gate) {
	m, err := g.find(catalog)
	if err != nil {
		f.Fail(g.Line(""), "%w", err)
		return
	}
	if err := CheckMargin(g.Margin, m); err != nil {
		f.Fail(g.Line("margin"), "%w", err)
	}
	if slices.ContainsFunc(before, func(o Gate) bool {
		return o.Suite == g.Suite && o.Metric == g.Metric && (o.Condition == g.Condition || o.Condition == "" || g.Condition == "")
	}) {
		f.Fail(g.Line(""), "two gates on %s %s; keep one of them", g.Suite, g.Metric)
	}
}

// find finds the metric of the gate; its suite is in the catalog.
func (g *Gate) find(catalog []suites.Suite) (*metrics.Metric, error) {
	i := slices.IndexFunc(catalog, func(s suites.Suite) bool { return s.Name == g.Suite })
	m, ok := catalog[i].Metric(g.Metric)
	if !ok {
		var names []string
		for _, m := range catalog[i].Metrics {
			names = append(names, m.Name)
		}
		return nil, fmt.Errorf("no metric %q in suite %s; %s", g.Metric, g.Suite, place.Choose(g.Metric, names))
	}
	if m.Direction == metrics.NeitherIsBetter && !g.Equivalent {
		return nil, fmt.Errorf("%s %s can't be gated, because neither direction is better; gate another metric of the suite, or add equivalent: true to rule out a difference either way", g.Suite, g.Metric)
	}
	return m, nil
}

// CheckMargin checks a margin against the metric's range.
func CheckMargin(margin float64, m *metrics.Metric) error {
	if width := m.Hi - m.Lo; !(margin > 0 && margin < width) {
		return fmt.Errorf("margin is %v; it must be above 0 and below %v, the width of %s's range", margin, width, m.Name)
	}
	if m.Even != nil && margin >= *m.Even-m.Lo { // below even, with which the baseline itself is compared
		return fmt.Errorf("margin is %v; it must be below %v: even a model that loses every time is only that far below an even %s", margin, *m.Even-m.Lo, m.Name)
	}
	return nil
}
