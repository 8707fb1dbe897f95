package plan

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"assay/metrics"
	"assay/suites"
)

var gateFields = []string{"suite", "metric", "condition", "margin", "unscored"}

const gatesRemedy = "write gates: and under it one - {suite: ..., metric: ..., margin: ...} a line"

// ReadGates reads a gates file and checks its names against the catalog.
func ReadGates(path string, catalog []suites.Suite) ([]metrics.Gate, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, fmt.Errorf("the gates file can't be read: %w", err)
	}
	return parseGates(path, data, catalog)
}

// parseGates reads the content of a gates file; path is for messages.
func parseGates(path string, data []byte, catalog []suites.Suite) ([]metrics.Gate, error) {
	root, err := parseDocument(path, data, gatesRemedy)
	if err != nil {
		return nil, err
	}
	r := &reader{path: path}
	top := r.section(root, "a gates file", []string{"gates", "unscored"})
	unscored := top.unscored()
	var gates []metrics.Gate
	if top.present("gates") {
		for _, v := range top.list("gates") {
			g := r.gate(v, catalog, gates)
			g.Unscored = cmp.Or(g.Unscored, unscored)
			gates = append(gates, g)
		}
	}
	if len(gates) == 0 {
		r.fail(1, "no gates; %s", gatesRemedy)
	}
	if r.err != nil {
		return nil, r.err
	}
	return gates, nil
}

// gate reads a gate and checks it against the catalog and the gates before it.
func (r *reader) gate(v value, catalog []suites.Suite, before []metrics.Gate) metrics.Gate {
	s := r.section(v, "a gate", gateFields)
	g := metrics.Gate{Suite: s.text("suite"), Metric: s.text("metric"), Condition: s.text("condition"), Unscored: s.unscored()}
	m, err := findMetric(g, catalog)
	if err != nil {
		r.fail(v.line, "%w", err)
		return g
	}
	if g.Margin, err = s.margin(m); err != nil {
		r.fail(s.line("margin"), "%w", err)
	}
	if slices.ContainsFunc(before, func(o metrics.Gate) bool {
		return o.Suite == g.Suite && o.Metric == g.Metric && (o.Condition == g.Condition || o.Condition == "" || g.Condition == "")
	}) {
		r.fail(v.line, "a second gate on %s %s; keep one of the two", g.Suite, g.Metric)
	}
	return g
}

// unscored reads what becomes of pairs without a value, of one gate or of a file's.
func (s *section) unscored() string {
	v := s.text("unscored")
	if v != "" && v != metrics.UnscoredIgnored {
		s.reader.fail(s.line("unscored"), "unscored: %s; write unscored: %s to leave pairs without a value out, or remove the line to count them at their worst", v, metrics.UnscoredIgnored)
	}
	return v
}

// findMetric finds what a gate is on.
func findMetric(g metrics.Gate, catalog []suites.Suite) (*metrics.Metric, error) {
	if g.Suite == "" {
		return nil, errors.New("a gate without a suite; name suite, metric and margin")
	}
	i := slices.IndexFunc(catalog, func(s suites.Suite) bool { return s.Name == g.Suite })
	if i < 0 {
		var names []string
		for _, s := range catalog {
			names = append(names, s.Name)
		}
		return nil, fmt.Errorf("no suite %q; there are %s", g.Suite, strings.Join(names, ", "))
	}
	m, ok := catalog[i].Metric(g.Metric)
	if !ok {
		var names []string
		for _, m := range catalog[i].Metrics {
			names = append(names, m.Name)
		}
		return nil, fmt.Errorf("no metric %q; suite %s has %s", g.Metric, g.Suite, strings.Join(names, ", "))
	}
	if m.Direction == metrics.NeitherIsBetter {
		return nil, fmt.Errorf("a gate on %s %s, of which neither way is better; gate another metric of the suite", g.Suite, g.Metric)
	}
	return m, nil
}

// margin reads by how much a metric may be worse.
func (s *section) margin(m *metrics.Metric) (float64, error) {
	if !s.present("margin") {
		return 0, fmt.Errorf("no margin; say by how much %s may be worse, in its own units", m.Name)
	}
	v, _ := s.field("margin")
	margin, err := v.number()
	if err != nil {
		return 0, errors.New("wrong type; margin is a number, as in 0.05")
	}
	if width := m.Hi - m.Lo; !(margin > 0 && margin < width) {
		return 0, fmt.Errorf("margin %v; it must be above 0 and below %v, the range of %s", margin, width, m.Name)
	}
	if m.Even != nil && margin >= *m.Even-m.Lo { // below even, with which the baseline itself is compared
		return 0, fmt.Errorf("margin %v; it must be below %v: a model that loses every time is no further below an even %s", margin, *m.Even-m.Lo, m.Name)
	}
	return margin, nil
}
