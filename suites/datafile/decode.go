package datafile

import (
	"bytes"
	"errors"
	"reflect"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Decode reads a JSON value into v, which is a pointer to a zero value. Members that its
// type has a field for are read strictly. Errors in other members (an invalid number, half a
// surrogate pair, invalid UTF-8, a repeated member, any depth) are ignored. Errors are the
// JSON library's, with offsets into value.
func Decode(value []byte, v any) error {
	first := json.Unmarshal(value, v)
	if first == nil {
		return nil
	}
	read := bytes.Clone(value)
	if !blank(read, reflect.TypeOf(v)) {
		return first
	}
	reflect.ValueOf(v).Elem().SetZero()
	return json.Unmarshal(read, v)
}

// Read returns text with spaces in place of members that v's type has no field for. A strict
// decoder of v can read it. Offsets and lines stay.
func Read(text []byte, v any) []byte {
	read := bytes.Clone(text)
	if !blank(read, reflect.TypeOf(v)) {
		return text
	}
	return read
}

// Member returns the value of an object's member, nil if it is missing. times is how often it
// appears. The rest of the object may be invalid.
func Member(object []byte, name string) (value []byte, times int) {
	b := blanker{text: object}
	b.members(b.space(0), func(n string, from, to int) {
		if n == name {
			value = object[from:to]
			times++
		}
	})
	return value, times
}

// Members returns an object's members by name. Their values may be invalid. A text that is
// not an object, or has a name twice, is an error in the words of [Explain].
func Members(object []byte) (map[string]jsontext.Value, error) {
	b := blanker{text: object}
	members, ok := map[string]jsontext.Value{}, true
	end := b.members(b.space(0), func(name string, from, to int) {
		if _, twice := members[name]; twice {
			ok = false
		}
		members[name] = bytes.Clone(object[from:to])
	})
	if ok && end != none && b.space(end) == len(object) {
		return members, nil
	}
	var strict map[string]jsontext.Value
	if err := json.Unmarshal(object, &strict); err != nil {
		return nil, Explain(err)
	}
	return nil, errors.New("this is JSON null where an object is needed")
}

// Shaped is a type that decodes itself, from JSON in the form of another type.
type Shaped interface{ JSONShape() reflect.Type }

// blank replaces the members of a JSON text that a type doesn't read with spaces, and reports
// whether there were any.
func blank(text []byte, t reflect.Type) bool {
	b := blanker{text: text}
	end := b.value(b.space(0), t)
	return b.changed && !b.broken && end != none
}

// blanker walks over JSON whose values may be invalid, as long as quotes and brackets match.
type blanker struct {
	text    []byte
	changed bool
	broken  bool // quotes or brackets of a nested value don't match
}

// none is the index after a value that has no end.
const none = -1

func (b *blanker) space(i int) int {
	for i >= 0 && i < len(b.text) && strings.IndexByte(" \t\r\n", b.text[i]) >= 0 {
		i++
	}
	return i
}

func (b *blanker) at(i int) byte {
	if i < 0 || i >= len(b.text) {
		return 0
	}
	return b.text[i]
}

// skip returns the index after the value at i.
func (b *blanker) skip(i int) int {
	depth := 0
	for i < len(b.text) {
		switch c := b.text[i]; c {
		case '"':
			if i = b.quoted(i); i == none {
				return none
			}
		case '{', '[':
			depth++
			i++
		case '}', ']':
			if depth--; depth < 0 {
				return none
			}
			i++
		case ',', ':', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return none
			}
			i++
		default:
			for i < len(b.text) && strings.IndexByte(",:}]{[\" \t\r\n", b.text[i]) < 0 {
				i++
			}
		}
		if depth == 0 {
			return i
		}
	}
	return none
}

// quoted returns the index after the string at i.
func (b *blanker) quoted(i int) int {
	for i++; i < len(b.text); i++ {
		switch b.text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return none
}

// members walks over the object at i: each member's name with its value's index. It returns
// the index after the object.
func (b *blanker) members(i int, each func(name string, from, to int)) int {
	if b.at(i) != '{' {
		return none
	}
	for i = b.space(i + 1); b.at(i) == '"'; i = b.space(i + 1) {
		end := b.quoted(i)
		from := b.space(end)
		if end == none || b.at(from) != ':' {
			return none
		}
		from = b.space(from + 1)
		to := b.skip(from)
		if to == none {
			return none
		}
		next := b.space(to)
		more := b.at(next) == ',' // which each may blank
		each(nameOf(b.text[i:end]), from, to)
		if i = next; !more {
			break
		}
	}
	if b.at(i) != '}' {
		return none
	}
	return i + 1
}

// nameOf is a member's name; "" if it is not a valid string.
func nameOf(quoted []byte) string {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return string(quoted[1 : len(quoted)-1])
	}
	name, err := jsontext.AppendUnquote(nil, quoted)
	if err != nil {
		return ""
	}
	return string(name)
}

// value blanks what a type doesn't read in the value at i, and returns the index after it.
func (b *blanker) value(i int, t reflect.Type) int {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if shaped, ok := reflect.New(t).Interface().(Shaped); ok {
		return b.value(i, shaped.JSONShape())
	}
	if decodesItself(t) {
		return b.skip(i)
	}
	switch {
	case t.Kind() == reflect.Struct && b.at(i) == '{':
		return b.object(i, fieldsOf(t))
	case t.Kind() == reflect.Map && b.at(i) == '{':
		return b.members(i, func(_ string, from, _ int) { b.within(from, t.Elem()) })
	case (t.Kind() == reflect.Slice || t.Kind() == reflect.Array) && b.at(i) == '[':
		return b.elements(i, t.Elem())
	}
	return b.skip(i)
}

// within is value for the value of a member.
func (b *blanker) within(i int, t reflect.Type) {
	if b.value(i, t) == none {
		b.broken = true
	}
}

func (b *blanker) elements(i int, t reflect.Type) int {
	i = b.space(i + 1)
	for b.at(i) != ']' {
		if i = b.value(i, t); i == none {
			return none
		}
		if i = b.space(i); b.at(i) != ',' {
			break
		}
		i = b.space(i + 1)
	}
	if b.at(i) != ']' {
		return none
	}
	return i + 1
}

// object blanks the members that have no field, each with an adjacent comma.
func (b *blanker) object(i int, fields map[string]reflect.Type) int {
	start := i + 1 // after what is before a member
	comma := none  // the last comma that remains
	return b.members(i, func(name string, from, to int) {
		next := b.space(to)
		more := b.at(next) == ','
		switch t, read := fields[name]; {
		case read:
			b.within(from, t)
			if comma = none; more {
				comma = next
			}
		case more:
			b.clear(start, next+1)
		default:
			if comma != none {
				b.clear(comma, comma+1)
			}
			b.clear(start, to)
		}
		start = next + 1
	})
}

// clear replaces a part of the text with spaces, except for its line ends.
func (b *blanker) clear(from, to int) {
	b.changed = true
	for i := from; i < to; i++ {
		if c := b.text[i]; c != '\n' && c != '\r' {
			b.text[i] = ' '
		}
	}
}

// decodesItself reports whether a type has its own decoding.
func decodesItself(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(reflect.TypeFor[json.UnmarshalerFrom]()) || p.Implements(reflect.TypeFor[json.Unmarshaler]()) ||
		t == reflect.TypeFor[jsontext.Value]()
}

// fieldsOf returns the members that a struct reads.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for f := range t.Fields() {
		if !f.IsExported() {
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-":
		case options == "embed" || f.Anonymous && name == "":
			inner := f.Type
			if inner.Kind() == reflect.Pointer {
				inner = inner.Elem()
			}
			for n, t := range fieldsOf(inner) {
				fields[n] = t
			}
		case name == "":
			fields[f.Name] = f.Type
		default:
			fields[name] = f.Type
		}
	}
	return fields
}
