package yamlstruct

import (
	"math"
	"reflect"
	"slices"
	"strings"
)

// Entry describes a field for a list of fields.
type Entry struct {
	Key     string // with those of the mappings that it is in: "data.text", "models[].name"
	Depth   int    // mappings that it is in
	Form    string // "number from 0 to 1", "truncate, drop or error"
	Default string // "" for none
	Doc     string
	Needed  bool
}

// Entries lists the fields of files that [File.Decode] reads into the same value with the
// same options, those of mappings within it after the mapping's own.
func Entries(into any, o Options, docs Docs) []Entry {
	l := lister{&o, docs, nil}
	l.structure(reflect.ValueOf(into).Elem(), "", 0)
	return l.all
}

type lister struct {
	o    *Options
	docs Docs
	all  []Entry
}

func (l *lister) structure(v reflect.Value, prefix string, depth int) {
	fields := fieldsOf(v.Type())
	for i := range fields {
		f := &fields[i]
		if !f.in(l.o.Variant) {
			continue
		}
		at := v.FieldByIndex(f.index)
		if at.Kind() == reflect.Pointer {
			if f.typ.Elem().Kind() != reflect.Struct && !at.IsNil() {
				at = at.Elem()
			} else {
				at = fresh(at)
			}
		}
		e := Entry{Key: prefix + f.key, Depth: depth, Form: l.form(f, at.Type()), Doc: l.docs.of(f, l.o.Variant), Needed: f.need != ""}
		if data := defaultJSON(f, at); data != nil {
			e.Default = strings.Trim(string(data), `"`)
		}
		l.all = append(l.all, e)
		if f.single != "" {
			l.all = append(l.all, Entry{Key: prefix + f.single, Depth: depth, Form: "string", Doc: f.onlyOne()})
		}
		switch shapeOf(at.Type()) {
		case structure:
			l.structure(at, prefix+f.key+".", depth+1)
		case list:
			if shapeOf(at.Type().Elem()) == structure {
				one := reflect.New(at.Type().Elem()).Elem()
				defaults(one)
				l.structure(one, prefix+f.key+"[].", depth+1)
			}
		}
	}
}

// onlyOne describes the key under which a list is one text.
func (f *field) onlyOne() string { return "Instead of " + f.key + ", if there is only one." }

// form says in words what a field may be.
func (l *lister) form(f *field, t reflect.Type) string {
	all := slices.Clone(f.choices(l.o.Lists))
	if all = slices.DeleteFunc(all, func(one string) bool { return one == Others }); len(all) > 0 && shapeOf(t) != list {
		return orList(all)
	}
	switch shapeOf(t) {
	case custom:
		if named, ok := reflect.New(t).Interface().(interface{ FormYAML() string }); ok {
			return named.FormYAML()
		}
		return "string or mapping"
	case structure:
		return "mapping"
	case list:
		if shapeOf(t.Elem()) == structure {
			return "list of mappings"
		}
		return "list of strings"
	case mapping:
		if f.like != "" {
			return "mapping like " + f.like
		}
		return "mapping"
	case float:
		return strings.TrimSuffix("number "+readable(f.bounds).String(), " finite")
	case whole:
		in := f.bounds
		in.lo = max(in.lo, 0)
		return "whole number " + readable(in).String()
	case boolean:
		return "true or false"
	case duration:
		return "time, such as 60s"
	case anything:
		return "any value"
	}
	return "string"
}

// readable drops an upper bound that is there to catch slips alone.
func readable(in interval) interval {
	if in.hi >= 1e5 {
		in.hi = math.Inf(1)
	}
	if in.lo <= -1e5 {
		in.lo = math.Inf(-1)
	}
	return in
}

// orList writes "a", "a or b", or "a, b or c".
func orList(all []string) string {
	if len(all) < 2 {
		return strings.Join(all, "")
	}
	return strings.Join(all[:len(all)-1], ", ") + " or " + all[len(all)-1]
}
