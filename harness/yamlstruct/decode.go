package yamlstruct

import (
	"assay/harness/leaf/place"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"
)

type decoder struct {
	*File
	o    *Options
	root reflect.Type // the file's own struct; nil for a list
}

// marker is a place that is told of fields, with the key of the mapping that they are in.
type marker struct {
	place  *Place
	prefix string
}

// structure reads a mapping into a struct.
func (d *decoder) structure(v Value, into reflect.Value, what string, above []marker) {
	fields := fieldsOf(into.Type())
	if v.Kind != Mapping && v.Kind != Nothing {
		d.Fail(v.Line, "%s where a mapping is expected; %s has %s", v, what, strings.Join(d.keys(fields), ", "))
		return
	}
	marks := above
	if own := placeIn(into); own != nil {
		*own = Place{of: into.Type(), line: v.Line}
		marks = append(slices.Clip(above), marker{place: own})
	}
	present := map[string]int{}
	for i := range v.Members {
		m := &v.Members[i]
		for _, mark := range marks {
			mark.place.note(mark.prefix+m.Name, m.Line)
		}
		if f := d.find(fields, m, what); f != nil {
			for _, mark := range marks { // a list under the key for one text is also known by its own key
				mark.place.note(mark.prefix+f.key, m.Line)
			}
			d.once(f, m, present)
			present[f.key] = m.Line
			d.member(f, m, into.FieldByIndex(f.index), marks)
		}
	}
	for i := range fields {
		f := &fields[i]
		_, has := present[f.key]
		if !f.in(d.o.Variant) {
			continue
		}
		if f.need != "" && !has {
			d.Fail(v.Line, "no %s; %s", f.key, f.need)
		}
		for _, other := range f.with {
			if _, ok := present[other]; has && !ok {
				d.Fail(present[f.key], "%s needs %s; write both, or remove %[1]s", f.key, other)
			}
		}
		for _, other := range f.without {
			if line, ok := present[other]; has && ok {
				d.Fail(max(line, present[f.key]), "both %s and %s; remove one of them", f.key, other)
			}
		}
	}
}

// placeIn is the struct's Place, nil where it keeps none.
func placeIn(v reflect.Value) *Place {
	for i := range v.NumField() {
		if f := v.Type().Field(i); f.Type == placeType && f.IsExported() {
			return v.Field(i).Addr().Interface().(*Place)
		}
	}
	return nil
}

// keys are the fields' keys, as messages list them.
func (d *decoder) keys(fields []field) []string {
	var keys []string
	for i := range fields {
		if fields[i].in(d.o.Variant) {
			keys = append(keys, fields[i].key)
			if fields[i].single != "" {
				keys = append(keys, fields[i].single)
			}
		}
	}
	return keys
}

// find is the field of a member; nil, after a fault, where there is none.
func (d *decoder) find(fields []field, m *Member, what string) *field {
	var renamed []string
	for i := range fields {
		f := &fields[i]
		switch {
		case f.key == m.Name || f.single == m.Name && f.single != "":
			if f.in(d.o.Variant) {
				return f
			}
			d.Fail(m.Line, "%s is only for %s; remove it", m.Name, strings.Join(f.variants, " and "))
			return nil
		case slices.Contains(f.was, m.Name) && f.in(d.o.Variant):
			renamed = append(renamed, f.key)
		}
	}
	keys := d.keys(fields)
	hint := ""
	if d.o.Hint != nil {
		hint = d.o.Hint(m.Name)
	}
	switch near := place.Nearest(m.Name, keys); {
	case renamed != nil:
		d.Fail(m.Line, "%s is now called %s; rename it", m.Name, strings.Join(renamed, " or "))
	case hint != "":
		d.Fail(m.Line, "%s", hint)
	case d.elsewhere(fields, m.Name) != "":
		d.Fail(m.Line, "unknown field %q in %s; it belongs %s", m.Name, what, d.elsewhere(fields, m.Name))
	case near != "":
		d.Fail(m.Line, "unknown field %q (did you mean %s?); %s has %s", m.Name, near, what, strings.Join(keys, ", "))
	default:
		d.Fail(m.Line, "unknown field %q; %s has %s", m.Name, what, strings.Join(keys, ", "))
	}
	return nil
}

// elsewhere is where the file has a field of a name, among the structs below fields and at its top: "" if nowhere.
func (d *decoder) elsewhere(fields []field, name string) string {
	has := func(all []field) bool {
		return slices.ContainsFunc(all, func(f field) bool { return f.key == name && f.in(d.o.Variant) })
	}
	for i := range fields {
		f := &fields[i]
		t := f.typ
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if f.in(d.o.Variant) && shapeOf(t) == structure && has(fieldsOf(t)) {
			return fmt.Sprintf("under %s:", f.key)
		}
	}
	if d.root != nil && has(fieldsOf(d.root)) {
		return "at the top of the file"
	}
	return ""
}

// once refuses a field under both of its keys.
func (d *decoder) once(f *field, m *Member, present map[string]int) {
	if _, twice := present[f.key]; twice {
		d.Fail(m.Line, "both %s and %s; keep %s", f.single, f.key, f.key)
	}
}

// member reads a member into its field.
func (d *decoder) member(f *field, m *Member, into reflect.Value, marks []marker) {
	v := m.Value
	if v.Kind == Nothing {
		remedy := f.need
		if remedy == "" {
			remedy = "give it a value or remove the field"
		}
		d.Fail(m.Line, "no %s; %s", m.Name, remedy)
		return
	}
	if m.Name == f.single {
		v = Value{Kind: List, Line: v.Line, Items: []Value{v}}
	}
	if into.Kind() == reflect.Pointer {
		into.Set(reflect.New(into.Type().Elem()))
		into = into.Elem()
		if shapeOf(into.Type()) == structure {
			defaults(into)
		}
	}
	switch shapeOf(into.Type()) {
	case structure:
		inner := make([]marker, len(marks))
		for i, mark := range marks {
			inner[i] = marker{mark.place, mark.prefix + m.Name + "."}
		}
		d.structure(v, into, f.what, inner)
	case list:
		d.list(f, m, v, into)
	case mapping:
		d.mapping(f, v, into, marks)
	default:
		d.scalar(f, m.Name, v, into)
	}
}

// list reads a list of structs, or of scalars that are distinct.
func (d *decoder) list(f *field, m *Member, v Value, into reflect.Value) {
	if shapeOf(into.Type().Elem()) == structure {
		if v.Kind != List {
			d.Fail(m.Line, "%s where a list is expected; write %s: and below it a line '- entry' for each", v, m.Name)
			return
		}
		if len(v.Items) == 0 && f.need != "" {
			d.Fail(m.Line, "no %s; %s", m.Name, f.need)
		}
		d.entries(v, into, f.what, nil)
		return
	}
	if v.Kind != List || len(v.Items) == 0 {
		d.Fail(m.Line, "%s must be a list with at least one entry, such as %s", m.Name, listLike(into.Type().Elem()))
		return
	}
	all := reflect.MakeSlice(into.Type(), len(v.Items), len(v.Items))
	for i, item := range v.Items {
		d.scalar(f, m.Name, item, all.Index(i))
		for j := range i {
			if !f.repeats && all.Index(i).Interface() == all.Index(j).Interface() {
				d.Fail(item.Line, "the same entry twice in %s; remove one of the two", m.Name)
			}
		}
	}
	into.Set(all)
}

// listLike is an example of a list of scalars.
func listLike(of reflect.Type) string {
	if shapeOf(of) == text {
		return "[a, b]"
	}
	return "[1, 2]"
}

// entries reads a list of structs, each with its defaults.
func (d *decoder) entries(v Value, into reflect.Value, what string, marks []marker) {
	all := reflect.MakeSlice(into.Type(), len(v.Items), len(v.Items))
	for i, item := range v.Items {
		Defaults(all.Index(i).Addr().Interface())
		d.structure(item, all.Index(i), what, marks)
	}
	into.Set(all)
}

// mapping reads a mapping whose keys the file chooses.
func (d *decoder) mapping(f *field, v Value, into reflect.Value, marks []marker) {
	if v.Kind != Mapping || len(v.Members) == 0 {
		like := f.like
		if like == "" {
			like = "{NAME: value}"
		}
		d.Fail(v.Line, "wrong type; %s must be a mapping like %s, not %s", f.key, like, v)
		return
	}
	all := reflect.MakeMapWithSize(into.Type(), len(v.Members))
	for _, m := range v.Members {
		for _, mark := range marks {
			mark.place.note(mark.prefix+f.key+"."+m.Name, m.Line)
		}
		one := reflect.New(into.Type().Elem()).Elem()
		d.scalar(f, f.key+": "+m.Name, m.Value, one)
		all.SetMapIndex(reflect.ValueOf(m.Name), one)
	}
	into.Set(all)
}

// Defaults sets the fields of a struct that have a default tag, those of structs within it
// too.
func Defaults(into any) { defaults(reflect.ValueOf(into).Elem()) }

func defaults(v reflect.Value) {
	fields := fieldsOf(v.Type())
	for i := range fields {
		f := &fields[i]
		at := v.FieldByIndex(f.index)
		switch {
		case f.fallback != "":
			d := decoder{File: &File{}, o: &Options{}}
			kind := Plain
			if f.typ.Kind() == reflect.Bool {
				kind = Bool
			}
			d.scalar(f, f.key, Value{Kind: kind, Text: f.fallback}, at)
			if d.err != nil {
				panic(fmt.Sprintf("yamlstruct: the default of %s: %v", f.key, d.err))
			}
		case shapeOf(f.typ) == structure:
			defaults(at)
		}
	}
}

// CheckWord refuses a text that a table or a log can't show as it is.
func CheckWord(text string) error {
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }) {
		return errors.New("a line end or another control character; remove it")
	}
	return nil
}

// Keys are the keys of a struct's fields, in order.
func Keys(of any) []string {
	fields := fieldsOf(reflect.TypeOf(of))
	keys := make([]string, len(fields))
	for i := range fields {
		keys[i] = fields[i].key
	}
	return keys
}

// EachPath replaces the paths of a struct, which are its fields with text:"path", those of
// structs within it included. Lists are copied first, and so a shallow copy of a struct
// leaves the original as it is.
func EachPath(into any, replace func(string) string) { eachPath(reflect.ValueOf(into).Elem(), replace) }

func eachPath(v reflect.Value, replace func(string) string) {
	for _, f := range fieldsOf(v.Type()) {
		at := v.FieldByIndex(f.index)
		switch {
		case shapeOf(f.typ) == structure:
			eachPath(at, replace)
		case f.text != "path":
		case f.typ.Kind() == reflect.String:
			at.SetString(replace(at.String()))
		default:
			paths := slices.Clone(at.Interface().([]string))
			for i := range paths {
				paths[i] = replace(paths[i])
			}
			at.Set(reflect.ValueOf(paths))
		}
	}
}
