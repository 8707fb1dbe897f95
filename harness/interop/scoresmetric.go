package interop

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"assay/metrics"
	"assay/metrics/statistic"
	"assay/suites"
)

// Table says what a table doesn't say of itself. All are flags, as users write them.
type Table struct {
	Columns []string // FIELD=NAME: the table's name for a column
	// A metric is METRIC, in all suites, or SUITE/METRIC, which counts more.
	Ranges     []string // METRIC=LO:HI; an end may be left out
	Directions []string // METRIC=higher, lower or none
	Kinds      []string // METRIC=proportion or mean
}

func (t *Table) empty() bool {
	return t.Columns == nil && t.Ranges == nil && t.Directions == nil && t.Kinds == nil
}

// tableOptions is a Table that was read.
type tableOptions struct {
	columns    map[string]string // by field
	ranges     map[string]suites.Range
	directions map[string]metrics.Direction
	kinds      map[string]metrics.Kind
}

// column is the table's name of a column.
func (o *tableOptions) column(i int) string {
	if name, ok := o.columns[scoreColumns[i]]; ok {
		return name
	}
	return scoreColumns[i]
}

func (t *Table) parse() (o tableOptions, err error) {
	o = tableOptions{map[string]string{}, map[string]suites.Range{}, map[string]metrics.Direction{}, map[string]metrics.Kind{}}
	if err := each("--column", t.Columns, "example=id", o.columns, func(text string) (string, error) { return text, nil }); err != nil {
		return o, err
	}
	for field := range o.columns {
		if name := o.columns[field]; !slices.Contains(scoreColumns[:], field) && slices.Contains(scoreColumns[:], name) {
			return o, fmt.Errorf("--column %s=%s: no field %q; write it the other way round, --column %[2]s=%[1]s, to read %[2]s from the table's column %[1]s", field, name, field)
		}
		if !slices.Contains(scoreColumns[:], field) {
			return o, fmt.Errorf("--column %s=%s: no field %q; the fields are %s", field, o.columns[field], field, strings.Join(scoreColumns[:], ", "))
		}
	}
	read := map[string]string{}
	for i := range scoreColumns {
		if other, twice := read[o.column(i)]; twice {
			return o, fmt.Errorf("--column: %s and %s are both read from %q; name another column for one of them", other, scoreColumns[i], o.column(i))
		}
		read[o.column(i)] = scoreColumns[i]
	}
	if err := each("--range", t.Ranges, "f1=0:1", o.ranges, parseRange); err != nil {
		return o, err
	}
	if err := each("--direction", t.Directions, "loss=lower", o.directions, func(text string) (metrics.Direction, error) {
		switch text {
		case "higher":
			return metrics.HigherIsBetter, nil
		case "lower":
			return metrics.LowerIsBetter, nil
		case "none":
			return metrics.NeitherIsBetter, nil
		}
		return 0, errors.New("write higher, lower or none")
	}); err != nil {
		return o, err
	}
	return o, each("--kind", t.Kinds, "f1=mean", o.kinds, func(text string) (metrics.Kind, error) {
		switch text {
		case metrics.Proportion.String():
			return metrics.Proportion, nil
		case metrics.Mean.String():
			return metrics.Mean, nil
		}
		return 0, errors.New("write proportion or mean")
	})
}

// each reads a flag's entries NAME=TEXT.
func each[T any](flag string, entries []string, like string, into map[string]T, read func(string) (T, error)) error {
	for _, entry := range entries {
		i := strings.LastIndexByte(entry, '=')
		if i <= 0 || i == len(entry)-1 {
			return fmt.Errorf("%s %q: write it like %s", flag, entry, like)
		}
		name := entry[:i]
		if _, twice := into[name]; twice {
			return fmt.Errorf("%s names %s twice; remove one of the two", flag, name)
		}
		v, err := read(entry[i+1:])
		if err != nil {
			return fmt.Errorf("%s %s: %w", flag, entry, err)
		}
		into[name] = v
	}
	return nil
}

func parseRange(text string) (r suites.Range, err error) {
	malformed := errors.New("write LOWEST:HIGHEST, such as 0:1 or 1:7, or LOWEST: if there is no highest value")
	lo, hi, ok := strings.Cut(text, ":")
	if !ok || lo == "" && hi == "" {
		return r, malformed
	}
	for _, end := range []struct {
		text string
		to   **float64
	}{{lo, &r.Lo}, {hi, &r.Hi}} {
		if end.text == "" {
			continue
		}
		x, err := strconv.ParseFloat(end.text, 64)
		if err != nil || math.IsInf(x, 0) || math.IsNaN(x) {
			return r, malformed
		}
		*end.to = &x
	}
	if r.Lo != nil && r.Hi != nil && *r.Lo >= *r.Hi {
		return r, errors.New("the first number must be below the second")
	}
	return r, nil
}

// scoreSuite is a suite of the table, as far as it was read.
type scoreSuite struct {
	name       string
	conditions []string // in order of appearance
	clustered  bool     // some example has a cluster
	metrics    []*scoreMetric
	given      *suites.Definition // as assay itself defined it, without metrics; nil otherwise
}

func (s *scoreTable) suite(name string) *scoreSuite {
	for _, suite := range s.suites {
		if suite.name == name {
			return suite
		}
	}
	s.suites = append(s.suites, &scoreSuite{name: name})
	return s.suites[len(s.suites)-1]
}

// under notes a condition.
func (s *scoreSuite) under(condition string) {
	if condition != "" && !slices.Contains(s.conditions, condition) {
		s.conditions = append(s.conditions, condition)
	}
}

// definition is the suite's definition. Each metric of it is passed on.
func (s *scoreSuite) definition(each func(*scoreMetric, *suites.MetricDefinition)) (suites.Definition, error) {
	d := suites.Definition{Name: s.name, Title: s.name, Conditions: s.conditions}
	if s.clustered {
		d.Clusters = scoreColumns[clusterColumn]
	}
	if s.given != nil {
		d = *s.given
	}
	for _, m := range s.metrics {
		md, err := m.definition()
		if err != nil {
			return d, err
		}
		each(m, &md)
		d.Metrics = append(d.Metrics, md)
	}
	if len(d.Metrics) > 0 && s.given == nil {
		d.Plot = suites.Plot{Group: s.name, Metric: d.Metrics[0].Name, Mark: suites.Bars}
	}
	return d, nil
}

// flagOf is what a flag says about a suite's metric, nil for nothing.
func flagOf[T any](of map[string]T, suite, metric string) *T {
	for _, name := range []string{flagName(suite, metric), metric} {
		if v, ok := of[name]; ok {
			return &v
		}
	}
	return nil
}

// flagName is how flags and notices name one suite's metric.
func flagName(suite, metric string) string { return suite + "/" + metric }

// unknown refuses flags for metrics that no suite has, or for one of two metrics.
func (o *tableOptions) unknown(all []*scoreSuite) error {
	have, names, whose := map[string]bool{}, map[string]bool{}, map[string]string{}
	for _, suite := range all {
		for _, m := range suite.metrics {
			names[m.name], have[m.name], whose[flagName(suite.name, m.name)] = true, true, fmt.Sprintf("%s of the suite %s", m.name, suite.name)
		}
	}
	for name := range whose {
		have[name] = true
	}
	for _, flag := range []struct {
		name    string
		metrics []string
	}{
		{"range", slices.Sorted(maps.Keys(o.ranges))}, {"direction", slices.Sorted(maps.Keys(o.directions))}, {"kind", slices.Sorted(maps.Keys(o.kinds))},
	} {
		for _, name := range flag.metrics {
			switch {
			case !have[name]:
				return fmt.Errorf("--%s %s: no metric %[2]s in the files; they have %s (or SUITE/METRIC for one suite's)", flag.name, name, strings.Join(slices.Sorted(maps.Keys(names)), ", "))
			case names[name] && whose[name] != "":
				return fmt.Errorf("--%s %s: the files have a metric %[2]s and a metric %s; rename one of them in the files", flag.name, name, whose[name])
			}
		}
	}
	return nil
}

// scoreMetric is a metric of a suite, as far as it was read.
type scoreMetric struct {
	name string

	declared  *suites.Range      // from --range; nil without
	kind      *metrics.Kind      // from --kind; nil without
	direction *metrics.Direction // from --direction; nil without

	// What a tool says of its metric beyond that; see [form].
	title     string
	usual     *metrics.Kind // a proportion only while its values are 0 and 1
	exact     bool          // the kind holds whatever the values are
	even      *float64
	statistic metrics.Statistic
	width     int
	sums      statistic.Sums // of the statistic, if known
	known     bool

	rows, scored int
	lo, hi       float64 // of the values
	other        error   // at the first value that is neither 0 nor 1; nil if there is none
	baseline     bool    // the rows have a baseline
}

func (s *scoreSuite) metric(name string, o *tableOptions) *scoreMetric {
	for _, m := range s.metrics {
		if m.name == name {
			return m
		}
	}
	m := &scoreMetric{name: name, lo: math.Inf(1), hi: math.Inf(-1)}
	m.declared, m.kind, m.direction = flagOf(o.ranges, s.name, name), flagOf(o.kinds, s.name, name), flagOf(o.directions, s.name, name)
	s.metrics = append(s.metrics, m)
	return m
}

// inRange refuses a value that --range, or the tool's own range, excludes.
func (m *scoreMetric) inRange(value ...float64) error {
	if m.declared == nil {
		return nil
	}
	d := suites.MetricDefinition{Name: m.name, Range: *m.declared, Width: m.width, Statistic: m.statistic.Name, Threshold: m.statistic.Threshold, Labels: m.statistic.Labels, Bins: m.statistic.Bins}
	if m.usual != nil {
		d.Kind = *m.usual
	}
	metric := d.Metric()
	if err := statistic.Check(&metric, value); err != nil {
		return fmt.Errorf("%w; correct it, or --range", err)
	}
	return nil
}

// paired refuses a metric with a baseline in some rows only: a preference and a score are two
// metrics.
func (m *scoreMetric) paired(j *metrics.Judgement) error {
	if m.rows == 0 || m.baseline == (j.Baseline != "") {
		return nil
	}
	return fmt.Errorf("metric %s has a baseline in some rows and none in others; fill in the column, or give the two kinds of rows two names of metrics", m.name)
}

// took notes an accepted score.
func (m *scoreMetric) took(j *metrics.Judgement, path string, line int) {
	m.rows++
	m.baseline = j.Baseline != ""
	if !j.Scored() {
		return
	}
	x := j.Value[0]
	m.scored++
	m.lo, m.hi = min(m.lo, x), max(m.hi, x)
	if x != 0 && x != 1 && m.other == nil {
		m.other = placed(path, line, "--kind %s=proportion: a proportion's values are 0 and 1, and this one is %v; correct it, or remove the flag", m.name, x)
	}
}

// definition derives the metric's definition from its values and the flags.
func (m *scoreMetric) definition() (suites.MetricDefinition, error) {
	d := suites.MetricDefinition{Name: m.name, Title: cmp.Or(m.title, m.name), Kind: metrics.Mean, Width: m.width, Statistic: cmp.Or(m.statistic.Name, statistic.Mean), Threshold: m.statistic.Threshold, Labels: m.statistic.Labels, Bins: m.statistic.Bins}
	unit := suites.Range{Lo: new(0.0), Hi: new(1.0)}
	if m.declared != nil {
		d.Range = *m.declared
	}
	shares := m.declared == nil || d.Range.String() == unit.String()
	switch {
	case m.kind != nil && *m.kind == metrics.Proportion && m.other != nil:
		return d, m.other
	case m.kind != nil && *m.kind == metrics.Proportion && !shares:
		return d, fmt.Errorf("--kind %s=proportion and --range %s: a proportion's range is 0:1; remove one of the flags", m.name, m.name)
	case m.kind != nil:
		d.Kind = *m.kind
	case m.exact:
		d.Kind, d.Even, d.Direction = *m.usual, m.even, *m.direction
		return d, nil
	case m.usual != nil && (*m.usual != metrics.Proportion || m.other == nil):
		d.Kind = *m.usual
	case m.usual == nil && m.scored > 0 && m.other == nil && shares:
		d.Kind = metrics.Proportion
	}
	if d.Kind == metrics.Proportion || m.declared == nil && m.baseline && m.scored > 0 && m.lo >= 0 && m.hi <= 1 {
		d.Range = unit
	}
	if m.direction != nil {
		d.Direction = *m.direction
	}
	if m.even != nil {
		d.Even = m.even
	} else if m.baseline && d.Range.Lo != nil && d.Range.Hi != nil {
		d.Even = new((*d.Range.Lo + *d.Range.Hi) / 2)
	}
	return d, nil
}

// statement is what users should know of metrics: what was taken from their values, and which flag
// changes it.
type statement struct {
	text    string   // with METRIC for the metric
	metrics []string // SUITE/METRIC
	beside  []string // what is known of each, in brackets; "" for nothing
}

// state adds a metric to the statement that is true of it.
func state(all []statement, suite string, m *scoreMetric, d *suites.MetricDefinition) []statement {
	metric := d.Metric()
	text, beside := "mean of numbers", ""
	if d.Kind == metrics.Proportion {
		text = "proportion (each value is 0 or 1)"
	}
	if d.Range.Lo == nil && d.Range.Hi == nil {
		text += ", without a range; --range METRIC=LO:HI sets one"
		if m.scored > 0 {
			beside = fmt.Sprintf(" (values from %v to %v)", m.lo, m.hi)
		}
	} else {
		text += ", in a range " + metric.Span()
	}
	text += "; " + d.Direction.String()
	if m.direction == nil {
		text += " (assumed; --direction METRIC=lower or METRIC=none changes it)"
	}
	if m.baseline && d.Even != nil {
		text += fmt.Sprintf("; a preference over the baseline, %v for equal models", *d.Even)
	}
	i := slices.IndexFunc(all, func(s statement) bool { return s.text == text })
	if i < 0 {
		i = len(all)
		all = append(all, statement{text: text})
	}
	all[i].metrics, all[i].beside = append(all[i].metrics, flagName(suite, m.name)), append(all[i].beside, beside)
	return all
}

// String is the statement as one line. One metric is named in the flags too.
func (s *statement) String() string {
	var names []string
	for i, name := range s.metrics {
		names = append(names, name+s.beside[i])
	}
	text := s.text
	if len(s.metrics) == 1 {
		text = strings.ReplaceAll(text, "METRIC", s.metrics[0])
	}
	return strings.Join(names, ", ") + ": " + text
}
