package plan

import (
	"slices"
	"strings"

	"assay/harness/leaf/place"
	"assay/harness/yamlstruct"
	"assay/suites"
	"assay/suites/judge"
)

// runChecker finds faults across a plan's fields, and sets what depends on other fields.
type runChecker struct {
	*yamlstruct.File
	*Run
	catalog []suites.Suite // its own copy; judges add their metrics to the suites
}

func (c *runChecker) check() {
	for i := range c.Models {
		c.model(&c.Models[i], c.Models[:i])
	}
	for i := range c.Judges {
		c.judge(&c.Judges[i], c.Judges[:i])
	}
	if c.Err() != nil {
		return
	}
	if _, ok := c.Model(c.Baseline); c.Baseline != "" && !ok {
		c.Fail(c.Line("baseline"), "baseline: no model %q in the plan; %s", c.Baseline, place.Choose(c.Baseline, names(c.Models)))
	}
	for i := range c.Suites {
		c.suite(&c.Suites[i], c.Suites[:i])
	}
	if c.Err() != nil {
		return
	}
	for i := range c.Models {
		c.askedAs(&c.Models[i])
		c.suitesOf(&c.Models[i])
	}
	for i := range c.Gates {
		c.gate(&c.Gates[i], c.Gates[:i])
	}
}

func names(models []Model) []string {
	var names []string
	for i := range models {
		names = append(names, models[i].Name)
	}
	return names
}

// asks says whether the plan runs a suite.
func (r *Run) asks(suite string) bool {
	return slices.ContainsFunc(r.Suites, func(s Suite) bool { return s.Suite == suite })
}

// askedAs checks that a model's asked_as are conditions of one suite of the plan.
func (c *runChecker) askedAs(m *Model) {
	for condition, other := range m.AskedAs {
		known := slices.ContainsFunc(c.catalog, func(s suites.Suite) bool {
			return c.asks(s.Name) && slices.Contains(s.Conditions, condition) && slices.Contains(s.Conditions, other)
		})
		if !known {
			c.Fail(m.Line("asked_as"), "asked_as: no suite of model %s has both conditions %q and %q; change or remove them", m.Name, condition, other)
		}
	}
}

// suitesOf checks that a model's own suites are the plan's, and that the baseline is run on
// all of them.
func (c *runChecker) suitesOf(m *Model) {
	for _, name := range m.Suites {
		if !c.asks(name) {
			c.Fail(m.Line("suites"), "model %s is run on suite %s, which the plan doesn't have; add it to suites: or remove it here", m.Name, name)
		}
	}
	if m.Suites != nil && m.Name == c.Baseline {
		c.Fail(m.Line("suites"), "the baseline %s must run on all suites, because the others are compared with it; remove its suites:", m.Name)
	}
}

// gate checks a gate as a gates file's, and that the plan can decide it.
func (c *runChecker) gate(g *Gate, before []Gate) {
	if name := c.unnamedJudge(g); name != "" {
		c.Fail(g.Line(""), "gate on %s, the metric of judge %s, which suite %s doesn't name; write judge: %s under the suite", g.Metric, name, g.Suite, name)
		return
	}
	g.check(c.File, c.catalog, before)
	if c.Err() != nil {
		return
	}
	line := g.Line("")
	i := slices.IndexFunc(c.Suites, func(s Suite) bool { return s.Suite == g.Suite })
	switch {
	case c.Baseline == "":
		c.Fail(line, "gates need a baseline; write baseline: and the model that the others are compared with")
	case len(c.Models) < 2:
		c.Fail(line, "gates need a second model; add the model to compare with the baseline")
	case i < 0:
		c.Fail(line, "gate on suite %s, but the plan doesn't run it; add it to suites: or remove the gate", g.Suite)
	default:
		c.gateOf(line, &c.Suites[i], g)
	}
}

// unnamedJudge is the judge of a gate's metric, if the gate's suite has no such metric because it
// doesn't name the judge.
func (c *runChecker) unnamedJudge(g *Gate) string {
	known, ok := c.find(g.Suite)
	if !ok {
		return ""
	}
	if _, ok := known.Metric(g.Metric); ok {
		return ""
	}
	for i := range c.Judges {
		if _, made := c.Judges[i].made(); slices.Contains(made.Metrics(), g.Metric) {
			return c.Judges[i].Name
		}
	}
	return ""
}

// gateOf checks a gate's condition and metric against the suite's conditions and judges.
func (c *runChecker) gateOf(line int, s *Suite, g *Gate) {
	known, _ := c.find(s.Suite)
	var judged []string
	if known.Judge != nil {
		judged = known.Judge.Metrics()
	}
	judged = slices.Concat(judged, known.Live.Brings) // whether the data bring it is seen when they are read
	for _, name := range s.Judges {
		if j, ok := c.Run.Judge(name); ok {
			_, made := j.made()
			judged = append(judged, made.Metrics()...)
		}
	}
	gathered := known.Gather != nil && s.Samples > 1 && len(judged) > 0
	if !slices.Contains(judged, g.Metric) && !gathered {
		c.Fail(line, "gate on %s/%s, but no judge produces that metric; give the suite a judge of kind %s", s.Suite, g.Metric, judge.Names(judge.For(known)))
	}
	conditions := s.ConditionsOf(known)
	switch {
	case g.Condition == "" || slices.Contains(conditions, g.Condition):
	case strings.Join(conditions, "") == "":
		c.Fail(line, "gate on condition %q, but %s has no conditions; remove condition: from the gate", g.Condition, s.Suite)
	default:
		c.Fail(line, "gate on condition %q, but the plan doesn't run it; %s runs under %s", g.Condition, s.Suite, strings.Join(conditions, ", "))
	}
}

// find looks a suite up in the catalog.
func (c *runChecker) find(name string) (*suites.Suite, bool) {
	i := slices.IndexFunc(c.catalog, func(s suites.Suite) bool { return s.Name == name })
	if i < 0 {
		return nil, false
	}
	return &c.catalog[i], true
}
