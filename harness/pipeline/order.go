package pipeline

import (
	"cmp"
	"slices"
	"strings"
)

// ranks orders cells as reports show them.
type ranks struct {
	suites, models map[string]int
	metrics        map[[2]string]int
	conditions     map[[2]string]int
}

func (j *Judged) ranks() ranks {
	r := ranks{map[string]int{}, map[string]int{}, map[[2]string]int{}, map[[2]string]int{}}
	for i, s := range j.suites {
		r.suites[s.Name] = i
		for k, m := range s.Metrics {
			r.metrics[[2]string{s.Name, m.Name}] = k
		}
		for k, c := range s.Conditions {
			r.conditions[[2]string{s.Name, c}] = k - len(s.Conditions) // known ones first
		}
	}
	for i, m := range j.Models {
		r.models[m] = i
	}
	return r
}

func (r ranks) suite(a, b Cell) int { return cmp.Compare(r.suites[a.Suite], r.suites[b.Suite]) }

func (r ranks) metric(a, b Cell) int {
	return cmp.Compare(r.metrics[[2]string{a.Suite, a.Metric}], r.metrics[[2]string{b.Suite, b.Metric}])
}

func (r ranks) condition(a, b Cell) int {
	return cmp.Or(
		cmp.Compare(r.conditions[[2]string{a.Suite, a.Condition}], r.conditions[[2]string{b.Suite, b.Condition}]),
		strings.Compare(a.Condition, b.Condition),
	)
}

func (r ranks) model(a, b Cell) int { return cmp.Compare(r.models[a.Model], r.models[b.Model]) }

// conditionsOf lists a suite's conditions in report order.
func (j *Judged) conditionsOf(suite string) []string {
	var out []string
	for _, c := range j.cells {
		if c.Suite == suite && !slices.Contains(out, c.Condition) {
			out = append(out, c.Condition)
		}
	}
	return out
}
