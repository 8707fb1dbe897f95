package pipeline

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"assay/metrics"
)

// DivideBy returns the runs with their judgements broken down by a field of their examples,
// "category" or one of [suites.Example.Fields]. Each value becomes part of the condition.
// Suites in which no example has the field are left out. In the other suites, examples
// without the field are under "none". If no example has the field, the error names the
// fields that exist.
func (r Runs) DivideBy(field string) (Runs, error) {
	sources := slices.Clone(r.Sources)
	values := map[string]map[string]string{} // by suite and id
	there := map[string]bool{}
	for i := range sources {
		for ex, err := range sources[i].examples(r.Suites) {
			if err != nil {
				return Runs{}, err
			}
			for _, name := range ex.FieldNames() {
				there[name] = true
			}
			if value, ok := ex.Field(field); ok {
				if values[ex.Suite] == nil {
					values[ex.Suite] = map[string]string{}
				}
				values[ex.Suite][ex.ID] = value
			}
		}
	}
	switch {
	case len(there) == 0:
		return Runs{}, fmt.Errorf("--by %s: no example has a field to break down by", field)
	case len(values) == 0:
		return Runs{}, fmt.Errorf("--by %s: no example has this field; the fields are %s", field, strings.Join(slices.Sorted(maps.Keys(there)), ", "))
	}
	for i := range sources {
		sources[i].Divide = func(j *metrics.Judgement) (string, bool) {
			of, ok := values[j.Suite]
			if !ok {
				return "", false
			}
			value, ok := of[j.Example]
			if !ok {
				value = "none"
			}
			return joinConditions(j.Condition, field+": "+value), true
		}
	}
	return Runs{sources, r.Suites}, nil
}
