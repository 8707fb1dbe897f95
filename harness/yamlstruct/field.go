package yamlstruct

import (
	"encoding"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/interval"
)

// field is what the tags say about one field of a struct.
type field struct {
	key      string
	owner    reflect.Type // the struct that declares it
	name     string       // in Go
	index    []int        // for reflect.Value.FieldByIndex
	typ      reflect.Type
	need     string // remedy; "" is optional
	fallback string // its default as text; "" is none
	bounds   interval.Interval
	oneof    []string // texts, or one "@list"
	text     string   // "", "lines" or "path"
	single   string
	without  []string
	with     []string
	variants []string
	was      []string
	what     string
	like     string
	repeats  bool              // a list may have an entry twice
	docs     reflect.StructTag // descriptions of variants, as doc-VARIANT
}

// fieldsOf lists the fields of a struct in their order, embedded ones in their place.
func fieldsOf(t reflect.Type) []field {
	var all []field
	for i := range t.NumField() {
		f := t.Field(i)
		key := f.Tag.Get("yaml")
		if key == "" {
			key, _, _ = strings.Cut(f.Tag.Get("json"), ",")
		}
		inline := f.Anonymous && f.Type.Kind() == reflect.Struct && f.Type != placeType && f.Tag.Get("yaml") == "" && (key == "" || key == "-")
		switch {
		case inline:
			less := strings.Split(f.Tag.Get("less"), "|")
			for _, inner := range fieldsOf(f.Type) {
				if slices.Contains(less, inner.key) {
					continue
				}
				inner.index = slices.Concat([]int{i}, inner.index)
				all = append(all, inner)
			}
		case key != "" && key != "-" && f.IsExported():
			all = append(all, fieldOf(t, &f, i, key))
		}
	}
	return all
}

func fieldOf(owner reflect.Type, f *reflect.StructField, index int, key string) field {
	split := func(tag string) []string {
		if text := f.Tag.Get(tag); text != "" {
			return strings.Split(text, "|")
		}
		return nil
	}
	out := field{
		key: key, owner: owner, name: f.Name, index: []int{index}, typ: f.Type,
		need: f.Tag.Get("need"), fallback: f.Tag.Get("default"), oneof: split("oneof"), text: f.Tag.Get("text"), single: f.Tag.Get("single"),
		without: split("without"), with: split("with"), variants: split("for"), was: split("was"),
		what: f.Tag.Get("what"), like: f.Tag.Get("like"), repeats: f.Tag.Get("repeats") != "",
	}
	if out.what == "" {
		out.what = key
	}
	out.bounds, out.docs = interval.Parse(f.Tag.Get("range")), f.Tag
	return out
}

// in says whether a variant has the field.
func (f *field) in(variant string) bool {
	return f.variants == nil || variant == "" || slices.Contains(f.variants, variant)
}

// others is what a list says about texts beside its own; "" if it says nothing.
func (f *field) others(lists map[string]string) string {
	if len(f.oneof) == 1 && strings.HasPrefix(f.oneof[0], "@") && lists[f.oneof[0][1:]] != "" {
		return "; " + lists[f.oneof[0][1:]]
	}
	return ""
}

// choices are the texts that the field may be, nil for any.
func (f *field) choices(lists map[string][]string) []string {
	if len(f.oneof) == 1 && strings.HasPrefix(f.oneof[0], "@") {
		return lists[f.oneof[0][1:]]
	}
	return f.oneof
}

// shownFor is the bounds to show for a number outside them: all of them if it is beyond one that
// is there to catch slips alone, else only the readable ones.
func shownFor(in interval.Interval, x float64) interval.Interval {
	if r := readable(in); !r.Holds(x) {
		return r
	}
	return in
}

// wholeBounds are the bounds of a whole number, inclusive.
func wholeBounds(in interval.Interval, t reflect.Type) (lo, hi uint64) {
	hi = math.MaxInt64
	if t.Kind() == reflect.Uint64 {
		hi = math.MaxUint64
	}
	if !math.IsInf(in.Lo, -1) {
		lo = uint64(in.Lo)
	}
	if !math.IsInf(in.Hi, 1) {
		hi = uint64(in.Hi)
	}
	return lo, hi
}

// Decoder is a value with a form of its own. If it is no "string or mapping", its method
// FormYAML() string says what it is, for lists of fields.
type Decoder interface {
	DecodeYAML(n Node)
	// SchemaYAML describes the form for editors.
	SchemaYAML(w SchemaWriter) *Schema
}

// Node is what a [Decoder] reads: a value under a name.
type Node struct {
	Value
	Name string

	f *field
	d *decoder
}

// Fail reports a fault; the message says the remedy.
func (n Node) Fail(line int, format string, args ...any) { n.d.Fail(line, format, args...) }

// Word is the node as a text; "" is after a fault.
func (n Node) Word() string { return n.d.text(n.f, n.Name, n.Value) }

// Into reads a mapping into what a pointer to a struct points to.
func (n Node) Into(into any) {
	n.d.structure(n.Value, reflect.ValueOf(into).Elem(), n.Name, nil)
}

// shape is how a type is read.
type shape int

const (
	unknown shape = iota
	custom
	textual // encoding.TextUnmarshaler
	text
	float
	whole
	boolean
	duration
	anything // jsontext.Value
	structure
	list
	mapping
)

var (
	decoderType  = reflect.TypeFor[Decoder]()
	textualType  = reflect.TypeFor[encoding.TextUnmarshaler]()
	durationType = reflect.TypeFor[time.Duration]()
	anythingType = reflect.TypeFor[jsontext.Value]()
)

func shapeOf(t reflect.Type) shape {
	switch {
	case reflect.PointerTo(t).Implements(decoderType):
		return custom
	case t == durationType:
		return duration
	case t == anythingType:
		return anything
	case reflect.PointerTo(t).Implements(textualType):
		return textual
	}
	switch t.Kind() {
	case reflect.String:
		return text
	case reflect.Float64:
		return float
	case reflect.Int, reflect.Uint64:
		return whole
	case reflect.Bool:
		return boolean
	case reflect.Struct:
		return structure
	case reflect.Slice:
		return list
	case reflect.Map:
		return mapping
	}
	return unknown
}
