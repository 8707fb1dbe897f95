package suites

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"assay/metrics"
	"assay/metrics/statistic"
)

// Definition is the part of a suite that a run's manifest carries: everything that estimates,
// comparisons, gates and reports need. With it, a run may hold suites and metrics that this
// assay doesn't know.
type Definition struct {
	Name       string             `json:"name"`
	Title      string             `json:"title"`
	Text       string             `json:"text,omitempty"`
	Metrics    []MetricDefinition `json:"metrics"`
	Conditions []string           `json:"conditions,omitempty"`
	Clusters   string             `json:"clusters,omitempty"`
	Silent     bool               `json:"silent,omitempty"`
	Plot       Plot               `json:"plot,omitzero"`
	Drawings   []Drawing          `json:"drawings,omitempty"`
}

// MetricDefinition is a [metrics.Metric] in a manifest's form.
type MetricDefinition struct {
	Name      string            `json:"name"`
	Title     string            `json:"title"`
	Kind      metrics.Kind      `json:"kind"`
	Range     Range             `json:"range,omitzero"`
	Direction metrics.Direction `json:"direction"`
	Even      *float64          `json:"even,omitempty"`
	Width     int               `json:"width,omitempty"` // 0 means 1
	Statistic string            `json:"statistic"`
	Threshold float64           `json:"threshold,omitempty"` // of the statistic
	Labels    []string          `json:"labels,omitempty"`    // of the statistic
	Bins      int               `json:"bins,omitempty"`      // of the statistic
}

// Range bounds a metric. An end without a bound is nil.
type Range struct {
	Lo *float64 `json:"lo,omitempty"`
	Hi *float64 `json:"hi,omitempty"`
}

// Definition returns the suite's definition for a manifest.
func (s *Suite) Definition() Definition {
	d := Definition{Name: s.Name, Title: s.Title, Text: s.Text, Conditions: s.Conditions, Clusters: s.Clusters, Silent: s.Silent, Plot: s.Plot, Drawings: s.Drawings}
	for _, m := range s.Metrics {
		d.Metrics = append(d.Metrics, DefinitionOf(m))
	}
	return d
}

// Define sets the fields that a definition holds. It keeps the others: how the suite is
// run, judged and shown.
func (s *Suite) Define(d Definition) {
	s.Name, s.Title, s.Text, s.Conditions, s.Clusters, s.Silent, s.Plot, s.Drawings = d.Name, d.Title, d.Text, d.Conditions, d.Clusters, d.Silent, d.Plot, d.Drawings
	s.Metrics = nil
	for _, m := range d.Metrics {
		s.Metrics = append(s.Metrics, m.Metric())
	}
}

// DefinitionOf returns a metric's definition for a manifest.
func DefinitionOf(m metrics.Metric) MetricDefinition {
	d := MetricDefinition{Name: m.Name, Title: m.Title, Kind: m.Kind, Direction: m.Direction, Even: m.Even, Width: m.Width,
		Statistic: m.Statistic.Name, Threshold: m.Statistic.Threshold, Labels: m.Statistic.Labels, Bins: m.Statistic.Bins}
	if d.Statistic == "" {
		d.Statistic = statistic.Mean
	}
	if !math.IsInf(m.Lo, 0) {
		d.Range.Lo = &m.Lo
	}
	if !math.IsInf(m.Hi, 0) {
		d.Range.Hi = &m.Hi
	}
	return d
}

// Metric returns the metric that is defined.
func (d *MetricDefinition) Metric() metrics.Metric {
	m := metrics.Metric{Name: d.Name, Title: d.Title, Kind: d.Kind, Direction: d.Direction, Even: d.Even, Width: d.Width,
		Lo: math.Inf(-1), Hi: math.Inf(1), Statistic: metrics.Statistic{Name: d.Statistic, Threshold: d.Threshold, Labels: d.Labels, Bins: d.Bins}}
	if d.Range.Lo != nil {
		m.Lo = *d.Range.Lo
	}
	if d.Range.Hi != nil {
		m.Hi = *d.Range.Hi
	}
	return m
}

// Validate refuses a definition that no estimate can use: a suite or metric without a name,
// a repeated metric, an empty range, or an unknown statistic.
func (d *Definition) Validate() error {
	if d.Name == "" {
		return errors.New("a suite without a name")
	}
	for i := range d.Metrics {
		if err := d.Metrics[i].validate(); err != nil {
			return fmt.Errorf("suite %s: %w", d.Name, err)
		}
		name := d.Metrics[i].Name
		if slices.ContainsFunc(d.Metrics[:i], func(m MetricDefinition) bool { return m.Name == name }) {
			return fmt.Errorf("suite %s: metric %s appears twice; remove one of the two", d.Name, name)
		}
	}
	return nil
}

func (d *MetricDefinition) validate() error {
	if d.Name == "" {
		return errors.New("a metric without a name")
	}
	m := d.Metric()
	switch {
	case d.Statistic == "":
		return fmt.Errorf("metric %s has no statistic; write one of %s", d.Name, strings.Join(statistic.Names(), ", "))
	case d.Width < 0:
		return fmt.Errorf("metric %s: width %d; it is the length of a value, at least 1", d.Name, d.Width)
	case !(m.Lo < m.Hi):
		return fmt.Errorf("metric %s: the range runs from %v to %v; lo must be below hi", d.Name, m.Lo, m.Hi)
	case d.Even != nil && !(*d.Even > m.Lo && *d.Even < m.Hi):
		return fmt.Errorf("metric %s: even is %v; it must be within the range", d.Name, *d.Even)
	}
	_, err := statistic.Of(&m)
	return err
}

// Differs says how two definitions of one metric differ in what its numbers mean; "" if
// numbers by one can be compared with numbers by the other. Titles may differ.
func (d *MetricDefinition) Differs(other *MetricDefinition) string {
	same := func(a, b *float64) bool { return a == b || a != nil && b != nil && *a == *b }
	switch {
	case d.Kind != other.Kind:
		return fmt.Sprintf("kind %s and %s", d.Kind, other.Kind)
	case d.Direction != other.Direction:
		return fmt.Sprintf("%s and %s", d.Direction, other.Direction)
	case !same(d.Range.Lo, other.Range.Lo) || !same(d.Range.Hi, other.Range.Hi):
		return fmt.Sprintf("range %s and %s", d.Range, other.Range)
	case !same(d.Even, other.Even):
		return "even"
	case max(d.Width, 1) != max(other.Width, 1):
		return fmt.Sprintf("width %d and %d", max(d.Width, 1), max(other.Width, 1))
	case d.Statistic != other.Statistic:
		return fmt.Sprintf("statistic %s and %s", d.Statistic, other.Statistic)
	case d.Threshold != other.Threshold:
		return fmt.Sprintf("threshold %v and %v", d.Threshold, other.Threshold)
	case !slices.Equal(d.Labels, other.Labels):
		return fmt.Sprintf("labels %q and %q", d.Labels, other.Labels)
	case d.Bins != other.Bins:
		return fmt.Sprintf("bins %d and %d", d.Bins, other.Bins)
	}
	return ""
}

func (r Range) String() string {
	end := func(x *float64, none string) string {
		if x == nil {
			return none
		}
		return fmt.Sprint(*x)
	}
	return end(r.Lo, "no bound") + " to " + end(r.Hi, "no bound")
}
