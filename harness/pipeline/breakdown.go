package pipeline

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"assay/harness"
	"assay/harness/runstore"
	"assay/metrics"
	"assay/suites"
	"assay/suites/labels"
)

// groupField is the field of judgements by people: the group of their labeler. The other fields
// are those of examples.
const groupField = "labeler group"

// DivideBy returns the runs with their judgements broken down by a field of their examples,
// "category" or one of [suites.Example.Fields], the column that a suite file takes such a field from, or
// by the group of their labeler. Each value
// becomes part of the condition. Suites in which nothing has the field are left out. In the other
// suites, examples or labelers without it are under "none". If nothing has the field, the error
// names the fields that exist.
func (r Runs) DivideBy(field string) (Runs, error) {
	value, there, err := r.divider(field)
	switch {
	case err != nil:
		return Runs{}, err
	case value == nil && field == groupField:
		return Runs{}, fmt.Errorf("--by %s: no judgement has a labeler with a group; remove --by, or choose a field of the examples (%s)", field, cmp.Or(strings.Join(there, ", "), "they have none"))
	case len(there) == 0:
		return Runs{}, fmt.Errorf("--by %s: no example has a field to break down by", field)
	case value == nil:
		return Runs{}, fmt.Errorf("--by %s: no example has this field; the fields are %s", field, strings.Join(there, ", "))
	}
	return r.divide(func(j *metrics.Judgement) (string, bool) {
		of, ok := value(j)
		return joinConditions(j.Condition, field+": "+of), ok
	}), nil
}

// divider returns what gives a judgement's value of a field, or that the judgement's suite
// has none; nil if nothing has the field. there are the names of all fields.
func (r Runs) divider(field string) (value func(j *metrics.Judgement) (string, bool), there []string, err error) {
	values, there, err := r.valuesOf(field)
	if err != nil {
		return nil, nil, err
	}
	if len(values) > 0 && field != groupField {
		return func(j *metrics.Judgement) (string, bool) {
			of, ok := values[j.Suite]
			return cmp.Or(of[j.Example], noValue), ok
		}, there, nil
	}
	grouped, err := r.grouped()
	if err != nil {
		return nil, nil, err
	}
	if len(grouped) > 0 {
		there = append(there, groupField)
	}
	if field != groupField || len(grouped) == 0 {
		return nil, there, nil
	}
	return func(j *metrics.Judgement) (string, bool) {
		group, people := labels.GroupOf(j.Judge)
		return cmp.Or(group, noValue), people && grouped[j.Suite]
	}, there, nil
}

// noValue is the value of what doesn't have a field.
const noValue = "none"

// grouped are the suites with judgements of labelers who have a group.
func (r Runs) grouped() (map[string]bool, error) {
	found := map[string]bool{}
	for i := range r.Sources {
		if r.Sources[i].isTraining() {
			continue
		}
		for j, err := range runstore.Judgements().Read(r.Sources[i].Store) {
			if err != nil {
				return nil, err
			}
			if group, _ := labels.GroupOf(j.Judge); group != "" {
				r.Sources[i].joined.judgement(j)
				found[j.Suite] = true
			}
		}
	}
	return found, nil
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

// fieldsOf are the fields that suite files take from a column, by suite. A suite without one is left out.
func (s *Source) fieldsOf(column string) map[string]string {
	of := map[string]string{}
	for _, set := range s.Manifest.Settings {
		name, ok := strings.CutPrefix(set.Name, harness.SuiteFileSetting)
		if name, ok = fieldOf(name), ok && set.Value == column; ok && name != "" && (of[set.Suite] == "" || name < of[set.Suite]) {
			of[set.Suite] = name
		}
	}
	return of
}

// fieldOf is the field of examples that a setting of a suite file fills; "" for none.
func fieldOf(setting string) string {
	if name, ok := strings.CutPrefix(setting, "fields."); ok {
		return name
	}
	if setting == suites.CategoryField || setting == suites.IDField {
		return setting
	}
	return ""
}

// valuesOf returns the values of a field by suite and example id, and the names of all fields
// that examples have. A field may also be called by the column that a suite file takes it from.
func (r Runs) valuesOf(field string) (values map[string]map[string]string, there []string, err error) {
	values, names := map[string]map[string]string{}, map[string]bool{}
	for i := range r.Sources {
		columns := r.Sources[i].fieldsOf(field)
		for ex, err := range r.Sources[i].examples(r.Suites) {
			if err != nil {
				return nil, nil, err
			}
			as := columns[ex.Suite]
			r.Sources[i].joined.example(ex)
			for _, name := range ex.FieldNames() {
				names[name] = true
			}
			value, ok := ex.Field(field)
			if !ok && as != "" {
				value, ok = ex.Field(as)
			}
			if ok {
				if values[ex.Suite] == nil {
					values[ex.Suite] = map[string]string{}
				}
				values[ex.Suite][ex.ID] = value
			}
		}
	}
	return values, slices.Sorted(maps.Keys(names)), nil
}
