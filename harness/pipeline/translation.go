package pipeline

import (
	"slices"

	"assay/metrics"
	"assay/models"
	"assay/suites"
)

// translation gives the records of a source the names of the runs that it is joined to. The
// keys are the source's own names. A nil translation changes nothing.
type translation struct {
	suites     map[string]string
	metrics    map[[2]string]string            // own suite and metric
	conditions map[[2]string]string            // own suite and condition
	ids        map[string]map[string]string    // own suite -> own id -> id
	texts      map[string]map[string]*variants // own suite -> kinds of texts, for the table of differences
}

// variants counts joined examples whose texts differ between two runs.
type variants struct {
	n             int
	first, second string // of the first such example
}

func (t *translation) suite(own string) string {
	if t == nil {
		return own
	}
	if to, ok := t.suites[own]; ok {
		return to
	}
	return own
}

func (t *translation) metric(suite, own string) string {
	if t == nil {
		return own
	}
	if to, ok := t.metrics[[2]string{suite, own}]; ok {
		return to
	}
	return own
}

func (t *translation) condition(suite, own string) string {
	if t == nil {
		return own
	}
	if to, ok := t.conditions[[2]string{suite, own}]; ok {
		return to
	}
	return own
}

func (t *translation) id(suite, own string) string {
	if t == nil {
		return own
	}
	if to, ok := t.ids[suite][own]; ok {
		return to
	}
	return own
}

// joins reports whether the examples of a suite have other ids than in their own run.
func (t *translation) joins(suite string) bool { return t != nil && t.ids[suite] != nil }

func (t *translation) judgement(j *metrics.Judgement) {
	if t == nil {
		return
	}
	own := j.Suite
	j.Suite, j.Metric, j.Condition, j.Example = t.suite(own), t.metric(own, j.Metric), t.condition(own, j.Condition), t.id(own, j.Example)
}

func (t *translation) completion(c *models.Completion) {
	if t == nil {
		return
	}
	own := c.Suite
	c.Suite, c.Condition, c.Example = t.suite(own), t.condition(own, c.Condition), t.id(own, c.Example)
}

func (t *translation) example(ex *suites.Example) {
	if t == nil {
		return
	}
	own := ex.Suite
	ex.Suite, ex.ID = t.suite(own), t.id(own, ex.ID)
}

// definition returns a suite's definition under the names that it is joined to.
func (t *translation) definition(d suites.Definition) suites.Definition {
	if t == nil {
		return d
	}
	own := d.Name
	d.Name = t.suite(own)
	d.Metrics, d.Conditions = slices.Clone(d.Metrics), slices.Clone(d.Conditions)
	for i := range d.Metrics {
		d.Metrics[i].Name = t.metric(own, d.Metrics[i].Name)
	}
	for i := range d.Conditions {
		d.Conditions[i] = t.condition(own, d.Conditions[i])
	}
	return d
}
