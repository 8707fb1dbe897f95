package yamlstruct

import (
	"math"
	"reflect"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/interval"
)

// Schema is a JSON Schema, draft 2020-12, with its keywords in a readable order.
type Schema struct {
	Schema               string              `json:"$schema,omitempty"`
	Title                string              `json:"title,omitempty"`
	Description          string              `json:"description,omitempty"`
	Type                 string              `json:"type,omitempty"`
	Enum                 []string            `json:"enum,omitempty"`
	Const                jsontext.Value      `json:"const,omitzero"`
	Default              jsontext.Value      `json:"default,omitzero"`
	Pattern              string              `json:"pattern,omitempty"`
	Minimum              *float64            `json:"minimum,omitempty"`
	ExclusiveMinimum     *float64            `json:"exclusiveMinimum,omitempty"`
	Maximum              *float64            `json:"maximum,omitempty"`
	ExclusiveMaximum     *float64            `json:"exclusiveMaximum,omitempty"`
	Items                *Schema             `json:"items,omitempty"`
	MinItems             int                 `json:"minItems,omitzero"`
	UniqueItems          bool                `json:"uniqueItems,omitzero"`
	Properties           Properties          `json:"properties,omitempty"`
	MinProperties        int                 `json:"minProperties,omitzero"`
	AdditionalProperties any                 `json:"additionalProperties,omitempty"` // false, or a *Schema
	Required             []string            `json:"required,omitempty"`
	DependentRequired    map[string][]string `json:"dependentRequired,omitempty"`
	AnyOf                []*Schema           `json:"anyOf,omitempty"`
	AllOf                []*Schema           `json:"allOf,omitempty"`
	Not                  *Schema             `json:"not,omitempty"`
}

// Properties are a mapping's fields in their order.
type Properties []Property

// Property is a field of a mapping.
type Property struct {
	Name   string
	Schema *Schema
}

// MarshalJSONTo writes the properties as one object.
func (p Properties) MarshalJSONTo(e *jsontext.Encoder) error {
	if err := e.WriteToken(jsontext.BeginObject); err != nil {
		return err
	}
	for _, one := range p {
		if err := e.WriteToken(jsontext.String(one.Name)); err != nil {
			return err
		}
		if err := json.MarshalEncode(e, one.Schema); err != nil {
			return err
		}
	}
	return e.WriteToken(jsontext.EndObject)
}

// SchemaOf is the schema of files that [File.Decode] reads into the same value with the same
// options: what one refuses for its form the other does too, faults across fields aside.
func SchemaOf(into any, title string, o Options, docs Docs) *Schema {
	v := reflect.ValueOf(into).Elem()
	w, t := SchemaWriter{&o, docs}, v.Type()
	s := w.schema(&field{typ: t}, v)
	s.Schema, s.Title = "https://json-schema.org/draft/2020-12/schema", title
	return s
}

// SchemaWriter writes the parts of one schema.
type SchemaWriter struct {
	o    *Options
	docs Docs
}

// Struct is the schema of what a pointer to a struct points to.
func (w SchemaWriter) Struct(into any) *Schema { return w.object(reflect.ValueOf(into).Elem()) }

// schema is the form of a value under a field's tags.
func (w SchemaWriter) schema(f *field, v reflect.Value) *Schema {
	t := v.Type()
	element := func() reflect.Value {
		one := reflect.New(t.Elem()).Elem()
		if shapeOf(one.Type()) == structure {
			defaults(one)
		}
		return one
	}
	switch shapeOf(t) {
	case custom:
		return reflect.New(t).Interface().(Decoder).SchemaYAML(w)
	case structure:
		return w.object(v)
	case list:
		s := &Schema{Type: "array", Items: w.schema(f, element())}
		if shapeOf(t.Elem()) != structure {
			s.UniqueItems, s.MinItems = !f.repeats, 1
		} else if f.need != "" {
			s.MinItems = 1
		}
		return s
	case mapping:
		return &Schema{Type: "object", AdditionalProperties: w.schema(f, element()), MinProperties: 1}
	case float:
		s := &Schema{Type: "number"}
		s.bound(f.bounds)
		return s
	case whole:
		lo, _ := wholeBounds(f.bounds, t)
		s := &Schema{Type: "integer"}
		s.bound(interval.Interval{Lo: float64(lo), Hi: f.bounds.Hi})
		return s
	case boolean:
		return &Schema{Type: "boolean"}
	case duration:
		return &Schema{Type: "string", Pattern: `^([0-9]+(\.[0-9]*)?(ns|us|µs|ms|s|m|h))+$`}
	case anything:
		return &Schema{}
	}
	s := &Schema{Type: "string", Enum: f.choices(w.o.Lists)}
	if s.Enum == nil {
		s.Pattern = `\S`
	}
	if i := slices.Index(s.Enum, Others); i >= 0 {
		known := &Schema{Enum: slices.Delete(slices.Clone(s.Enum), i, i+1)}
		return &Schema{AnyOf: []*Schema{known, {Type: "string", Pattern: `\S`}}}
	}
	return s
}

func (s *Schema) bound(in interval.Interval) {
	set := func(at **float64, x float64) {
		if !math.IsInf(x, 0) {
			*at = &x
		}
	}
	if in.LoOpen {
		set(&s.ExclusiveMinimum, in.Lo)
	} else {
		set(&s.Minimum, in.Lo)
	}
	if in.HiOpen {
		set(&s.ExclusiveMaximum, in.Hi)
	} else {
		set(&s.Maximum, in.Hi)
	}
}

// object is the schema of a struct's mapping. Defaults are what the struct has in it.
func (w SchemaWriter) object(v reflect.Value) *Schema {
	s := &Schema{Type: "object", AdditionalProperties: false}
	fields := fieldsOf(v.Type())
	for i := range fields {
		f := &fields[i]
		if !f.in(w.o.Variant) {
			continue
		}
		at := v.FieldByIndex(f.index)
		if at.Kind() == reflect.Pointer {
			at = fresh(at)
		}
		one := w.schema(f, at)
		if own := w.docs.of(f, w.o.Variant); own != "" {
			one.Description = own
		}
		one.Default = defaultJSON(f, at)
		s.Properties = append(s.Properties, Property{f.key, one})
		if f.single != "" {
			s.Properties = append(s.Properties, Property{f.single, &Schema{Type: "string", Description: f.onlyOne()}})
			s.exclude(f.single, f.key)
		}
		if f.need != "" {
			s.Required = append(s.Required, f.key)
		}
		if f.with != nil {
			if s.DependentRequired == nil {
				s.DependentRequired = map[string][]string{}
			}
			s.DependentRequired[f.key] = f.with
		}
		for _, other := range f.without {
			if slices.ContainsFunc(fields, func(o field) bool { return o.key == other && o.in(w.o.Variant) }) {
				s.exclude(f.key, other)
			}
		}
	}
	return s
}

// exclude says that only one of two fields may be there.
func (s *Schema) exclude(one, other string) {
	s.AllOf = append(s.AllOf, &Schema{Not: &Schema{Required: []string{one, other}}})
}

// fresh is what a pointer points to, or a new value where it is nil.
func fresh(p reflect.Value) reflect.Value {
	if !p.IsNil() {
		return p.Elem()
	}
	one := reflect.New(p.Type().Elem()).Elem()
	if shapeOf(one.Type()) == structure {
		defaults(one)
	}
	return one
}

// defaultJSON is a scalar's value as the default in JSON, nil where it is zero and no tag
// says that it is the default.
func defaultJSON(f *field, v reflect.Value) jsontext.Value {
	switch shapeOf(v.Type()) {
	case text, float, whole, boolean:
	default:
		return nil
	}
	if v.IsZero() && f.fallback == "" {
		return nil
	}
	data, err := json.Marshal(v.Interface())
	if err != nil { // it is a text, a finite number or a boolean
		panic("yamlstruct: " + err.Error())
	}
	return data
}
