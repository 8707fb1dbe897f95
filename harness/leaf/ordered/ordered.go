// Package ordered holds the mapping of names to values that rows of data and templates share:
// it keeps the order in which names were first set, as JSON files and Python's dict do.
package ordered

import "iter"

// Dict is a mapping that keeps the order of its names. The zero value is empty. A value is a
// string, a bool, an int64, a float64, nil, a []any of such values, or a *Dict.
type Dict struct {
	names  []string
	values map[string]any
}

// Of makes a mapping of pairs: name, value, name, value.
func Of(pairs ...any) *Dict {
	d := &Dict{}
	for i := 0; i < len(pairs); i += 2 {
		d.Set(pairs[i].(string), pairs[i+1])
	}
	return d
}

// Set sets a value. A new name comes last; a name that is there keeps its place.
func (d *Dict) Set(name string, value any) {
	if d.values == nil {
		d.values = map[string]any{}
	}
	if _, ok := d.values[name]; !ok {
		d.names = append(d.names, name)
	}
	d.values[name] = value
}

// Get is a name's value; false if the mapping doesn't have the name.
func (d *Dict) Get(name string) (any, bool) {
	v, ok := d.values[name]
	return v, ok
}

// Len is the number of names.
func (d *Dict) Len() int { return len(d.names) }

// Names are the names in their order. The caller must not change them.
func (d *Dict) Names() []string { return d.names }

// All yields names and values in order.
func (d *Dict) All() iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		for _, name := range d.names {
			if !yield(name, d.values[name]) {
				return
			}
		}
	}
}
