package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"assay/harness/pipeline"
)

// selection is a part of what was judged: all that has one of the names of each kind;
// without a name of a kind, all of it.
type selection struct{ suites, metrics, conditions []string }

func (s *selection) add(cmd *cobra.Command) {
	cmd.Flags().StringSliceVar(&s.suites, "suite", nil, "only these suites")
	cmd.Flags().StringSliceVar(&s.metrics, "metric", nil, "only these metrics")
	cmd.Flags().StringArrayVar(&s.conditions, "condition", nil, "only this condition (repeatable)")
}

// has reports whether something is of the part. A condition that was broken down, or
// split by opponent, goes by its first part too.
func (s *selection) has(suite, metric, condition string) bool {
	under := s.conditions == nil || slices.ContainsFunc(s.conditions, func(name string) bool {
		return condition == name || strings.HasPrefix(condition, name+", ")
	})
	return under && (s.suites == nil || slices.Contains(s.suites, suite)) && (s.metrics == nil || slices.Contains(s.metrics, metric))
}

// check refuses a name that nothing has, and a choice that together leaves nothing.
func (s *selection) check(cells []pipeline.Cell) error {
	for _, choice := range []struct {
		flag  string
		names []string
		of    func(pipeline.Cell) string
		one   func(name string) selection
	}{
		{"suite", s.suites, func(c pipeline.Cell) string { return c.Suite }, func(n string) selection { return selection{suites: []string{n}} }},
		{"metric", s.metrics, func(c pipeline.Cell) string { return c.Metric }, func(n string) selection { return selection{suites: s.suites, metrics: []string{n}} }},
		{"condition", s.conditions, func(c pipeline.Cell) string { return c.Condition }, func(n string) selection {
			return selection{suites: s.suites, metrics: s.metrics, conditions: []string{n}}
		}},
	} {
		for _, name := range choice.names {
			one := choice.one(name)
			if slices.ContainsFunc(cells, func(c pipeline.Cell) bool { return one.has(c.Suite, c.Metric, c.Condition) }) {
				continue
			}
			one.metrics, one.conditions = nil, nil
			if choice.flag == "suite" {
				one.suites = nil
			}
			var have []string
			for _, c := range cells {
				if one.has(c.Suite, c.Metric, c.Condition) {
					have = append(have, choice.of(c))
				}
			}
			slices.Sort(have)
			where := "the run has"
			if choice.flag != "suite" && s.suites != nil {
				where = strings.Join(s.suites, ", ") + " has"
			}
			return fmt.Errorf("--%s %s: %s %s", choice.flag, name, where, listedNames(slices.Compact(have)))
		}
	}
	return nil
}

// listedNames joins names; one that is empty has a word.
func listedNames(names []string) string {
	out := slices.Clone(names)
	for i, n := range out {
		if n == "" {
			out[i] = "none"
		}
	}
	if len(out) == 0 {
		return "none"
	}
	return strings.Join(out, ", ")
}
