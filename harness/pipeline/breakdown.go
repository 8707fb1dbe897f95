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
	values, there, err := r.valuesOf(field)
	switch {
	case err != nil:
		return Runs{}, err
	case len(there) == 0:
		return Runs{}, fmt.Errorf("--by %s: no example has a field to break down by", field)
	case len(values) == 0:
		return Runs{}, fmt.Errorf("--by %s: no example has this field; the fields are %s", field, strings.Join(there, ", "))
	}
	return r.divide(func(j *metrics.Judgement) (string, bool) {
		of, ok := values[j.Suite]
		if !ok {
			return "", false
		}
		value, ok := of[j.Example]
		if !ok {
			value = "none"
		}
		return joinConditions(j.Condition, field+": "+value), true
	}), nil
}

// divide returns the runs with their judgements under other conditions: see [Source.Divide].
func (r Runs) divide(by func(*metrics.Judgement) (string, bool)) Runs {
	sources := slices.Clone(r.Sources)
	for i := range sources {
		sources[i].Divide = by
	}
	r.Sources = sources
	return r
}

// valuesOf returns the values of a field by suite and example id, and the names of all fields
// that examples have.
func (r Runs) valuesOf(field string) (values map[string]map[string]string, there []string, err error) {
	values, names := map[string]map[string]string{}, map[string]bool{}
	for i := range r.Sources {
		for ex, err := range r.Sources[i].examples(r.Suites) {
			if err != nil {
				return nil, nil, err
			}
			r.Sources[i].joined.example(ex)
			for _, name := range ex.FieldNames() {
				names[name] = true
			}
			if value, ok := ex.Field(field); ok {
				if values[ex.Suite] == nil {
					values[ex.Suite] = map[string]string{}
				}
				values[ex.Suite][ex.ID] = value
			}
		}
	}
	return values, slices.Sorted(maps.Keys(names)), nil
}
