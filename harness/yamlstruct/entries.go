package yamlstruct

import (
	"math"
	"reflect"
	"slices"
	"strings"

	"assay/harness/leaf/interval"
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
		switch shape := shapeOf(at.Type()); {
		case shape == structure:
			l.structure(at, prefix+f.key+".", depth+1)
		case shape == list && shapeOf(at.Type().Elem()) == structure:
			one := reflect.New(at.Type().Elem()).Elem()
			defaults(one)
			l.structure(one, prefix+f.key+"[].", depth+1)
		default:
			l.written(SchemaWriter{l.o, l.docs}.schema(f, at), prefix+f.key, depth+1)
		}
	}
}

// written lists the fields of the mappings that a value with its own form may be, by its schema. key is the value's.
func (l *lister) written(s *Schema, key string, depth int) {
	for _, p := range s.Properties {
		e := Entry{Key: key + "." + p.Name, Depth: depth, Form: p.Schema.words(), Doc: p.Schema.Description, Needed: slices.Contains(s.Required, p.Name)}
		if p.Schema.Default != nil {
			e.Default = strings.Trim(string(p.Schema.Default), `"`)
		}
		if slices.ContainsFunc(l.all, func(known Entry) bool { return known.Key == e.Key }) { // one value or a list of them
			continue
		}
		l.all = append(l.all, e)
		l.written(p.Schema, e.Key, depth+1)
	}
	for _, one := range s.AnyOf {
		if !slices.ContainsFunc(s.AnyOf, func(list *Schema) bool { return list.Items == one }) { // its list shows it
			l.written(one, key, depth)
		}
	}
	if s.Items != nil {
		l.written(s.Items, key+"[]", depth)
	}
	if one, ok := s.AdditionalProperties.(*Schema); ok {
		l.written(one, key+".NAME", depth)
	}
}

// words say what a value of a schema may be, as [lister.form] does.
func (s *Schema) words() string {
	in := interval.Interval{Lo: math.Inf(-1), Hi: math.Inf(1)}
	for _, b := range []struct {
		from *float64
		to   *float64
		open *bool
	}{{s.Minimum, &in.Lo, nil}, {s.ExclusiveMinimum, &in.Lo, &in.LoOpen}, {s.Maximum, &in.Hi, nil}, {s.ExclusiveMaximum, &in.Hi, &in.HiOpen}} {
		if b.from == nil {
			continue
		}
		if *b.to = *b.from; b.open != nil {
			*b.open = true
		}
	}
	switch {
	case s.Enum != nil:
		return orList(s.Enum)
	case s.AnyOf != nil:
		var all []string
		for _, one := range s.AnyOf {
			if one.Enum != nil {
				all = append(all, one.Enum...)
			} else if w := one.words(); !slices.Contains(all, w) {
				all = append(all, w)
			}
		}
		return orList(all)
	case s.Type == "array" && s.Items != nil:
		return listOf(s.Items)
	case s.Type == "object":
		return "mapping"
	case s.Type == "number":
		return strings.TrimSuffix("number "+readable(in).String(), " finite")
	case s.Type == "integer":
		return "whole number " + readable(in).String()
	case s.Type == "boolean":
		return "true or false"
	case s.Type == "string":
		return "string"
	}
	return "any value"
}

// listOf says what a list of some items is.
func listOf(items *Schema) string {
	switch {
	case items.Enum != nil:
		return "list of " + orList(items.Enum)
	case items.Type == "object":
		return "list of mappings"
	case items.Type == "integer":
		return "list of whole numbers"
	case items.Type == "number":
		return "list of numbers"
	}
	return "list of strings"
}

// manyOf names the entries of a list of scalars.
var manyOf = map[shape]string{text: "strings", whole: "whole numbers", float: "numbers"}

// onlyOne describes the key under which a list is one text.
func (f *field) onlyOne() string { return "Instead of " + f.key + ", if there is only one." }

// form says in words what a field may be.
func (l *lister) form(f *field, t reflect.Type) string {
	all := slices.Clone(f.choices(l.o.Lists))
	if all = slices.DeleteFunc(all, func(one string) bool { return one == Others }); len(all) > 0 {
		if shapeOf(t) == list && shapeOf(t.Elem()) != structure {
			return "list of " + orList(all)
		}
		return orList(all)
	}
	switch shapeOf(t) {
	case custom:
		if named, ok := reflect.New(t).Interface().(interface{ FormYAML() string }); ok {
			return named.FormYAML()
		}
		return reflect.New(t).Interface().(Decoder).SchemaYAML(SchemaWriter{l.o, l.docs}).words()
	case structure:
		return "mapping"
	case list:
		if shapeOf(t.Elem()) == structure {
			return "list of mappings"
		}
		return "list of " + manyOf[shapeOf(t.Elem())]
	case mapping:
		if f.like != "" {
			return "mapping like " + f.like
		}
		return "mapping"
	case float:
		return strings.TrimSuffix("number "+readable(f.bounds).String(), " finite")
	case whole:
		in := f.bounds
		in.Lo = max(in.Lo, 0)
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
func readable(in interval.Interval) interval.Interval {
	if in.Hi >= 1e5 {
		in.Hi = math.Inf(1)
	}
	if in.Lo <= -1e5 {
		in.Lo = math.Inf(-1)
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
