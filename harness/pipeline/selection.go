package pipeline

import (
	"fmt"
	"slices"
	"strings"

	"assay/metrics/names"
)

// Selection selects the cells that have one of its suites, one of its metrics and one of its
// conditions. An empty list selects all.
type Selection struct{ Suites, Metrics, Conditions []string }

// Has reports whether a cell is selected. The first part of a condition that was broken
// down, or split by opponent, also selects it.
func (s *Selection) Has(suite, metric, condition string) bool {
	under := s.Conditions == nil || slices.ContainsFunc(s.Conditions, func(name string) bool {
		return condition == name || strings.HasPrefix(condition, name+", ")
	})
	return under && (s.Suites == nil || slices.Contains(s.Suites, suite)) && (s.Metrics == nil || slices.Contains(s.Metrics, metric))
}

// withControlled adds length-controlled win rates to a selection of win rates, if they are wanted.
func (s Selection) withControlled(how LengthControl) Selection {
	if how != (LengthControl{}) && slices.Contains(s.Metrics, names.WinRate) && !slices.Contains(s.Metrics, names.LengthControlled) {
		s.Metrics = append(slices.Clone(s.Metrics), names.LengthControlled)
	}
	return s
}

// Flips are the options of a list of flips with at most so many examples in each direction.
// The selected metrics are listed; without a selection, each suite's plotted one.
func (s *Selection) Flips(most int) FlipOptions {
	o := FlipOptions{Only: s.Has, Most: most}
	if s.Metrics != nil {
		o.Listed = func(_, metric string) bool { return slices.Contains(s.Metrics, metric) }
	}
	return o
}

// Check refuses a name that no cell has, and a combination that selects nothing. Its errors
// name the flags --suite, --metric and --condition.
func (s *Selection) Check(cells []Cell) error { return s.checkOf("the run", cells) }

// checkOf is Check for the cells of a run or a plan.
func (s *Selection) checkOf(whose string, cells []Cell) error {
	for _, choice := range []struct {
		flag  string
		names []string
		of    func(Cell) string
		one   func(name string) Selection
	}{
		{"suite", s.Suites, func(c Cell) string { return c.Suite }, func(n string) Selection { return Selection{Suites: []string{n}} }},
		{"metric", s.Metrics, func(c Cell) string { return c.Metric }, func(n string) Selection { return Selection{Suites: s.Suites, Metrics: []string{n}} }},
		{"condition", s.Conditions, func(c Cell) string { return c.Condition }, func(n string) Selection {
			return Selection{Suites: s.Suites, Metrics: s.Metrics, Conditions: []string{n}}
		}},
	} {
		for _, name := range choice.names {
			one := choice.one(name)
			if slices.ContainsFunc(cells, func(c Cell) bool { return one.Has(c.Suite, c.Metric, c.Condition) }) {
				continue
			}
			one.Metrics, one.Conditions = nil, nil
			if choice.flag == "suite" {
				one.Suites = nil
			}
			var have []string
			for _, c := range cells {
				if one.Has(c.Suite, c.Metric, c.Condition) {
					have = append(have, choice.of(c))
				}
			}
			slices.Sort(have)
			where := whose + " has"
			if n := len(s.Suites); choice.flag != "suite" && n > 0 {
				where = strings.Join(s.Suites, ", ") + map[bool]string{true: " has", false: " have"}[n == 1]
			}
			if have = slices.Compact(have); choice.flag == "condition" && slices.Equal(have, []string{""}) {
				return fmt.Errorf("--condition %s: %s no conditions; remove --condition", name, where)
			}
			return fmt.Errorf("--%s %s: no such %s; %s %s", choice.flag, name, choice.flag, where, listedNames(have))
		}
	}
	return nil
}

// listedNames joins names, with a word for an empty one.
func listedNames(names []string) string {
	out := slices.Clone(names)
	for i, n := range out {
		if n == "" {
			out[i] = `"" (no condition)`
		}
	}
	if len(out) == 0 {
		return "none"
	}
	return strings.Join(out, ", ")
}
