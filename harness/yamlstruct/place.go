package yamlstruct

import (
	"fmt"
	"reflect"
	"strings"
)

// Place keeps where a struct and its fields are in the file that it was read from, those
// of structs within it included. Embed it in a struct to have it filled. Its methods panic
// for a key that the struct has no field for: that is a fault of the program. A place that
// no file has filled accepts every key.
type Place struct {
	of    reflect.Type // the struct; nil if it wasn't read from a file
	line  int
	lines map[string]int // by key; "data.text" is within a mapping
}

var placeType = reflect.TypeFor[Place]()

// Line is where a field is: "init", or "data.text" for one of a mapping. A field that the
// file doesn't have is where its mapping is; "" is the struct itself. It is at least 1.
func (p *Place) Line(key string) int {
	p.check(key)
	for key != "" {
		if line, ok := p.lines[key]; ok {
			return line
		}
		key = key[:max(strings.LastIndexByte(key, '.'), 0)]
	}
	return max(p.line, 1)
}

// Has says whether the file has a field, by its key as in [Place.Line].
func (p *Place) Has(key string) bool {
	p.check(key)
	_, ok := p.lines[key]
	return ok
}

// First is the first of some fields that the file has, "" for none.
func (p *Place) First(keys ...string) string {
	for _, key := range keys {
		if p.Has(key) {
			return key
		}
	}
	return ""
}

// note records a field; prefix is the key of the mapping that it is in, with its dot.
func (p *Place) note(key string, line int) {
	if p.lines == nil {
		p.lines = map[string]int{}
	}
	p.lines[key] = line
}

// check panics if the struct has no field of this key.
func (p *Place) check(key string) {
	if key != "" && p.of != nil && !hasKey(p.of, key) {
		panic(fmt.Sprintf("yamlstruct: %v has no field %q", p.of, key))
	}
}

// hasKey says whether a struct has a field, by its key as in [Place.Line]. The keys of a
// mapping are the file's own.
func hasKey(t reflect.Type, key string) bool {
	head, rest, within := strings.Cut(key, ".")
	fields := fieldsOf(t)
	for i := range fields {
		f := &fields[i]
		if f.key != head && (f.single != head || head == "") {
			continue
		}
		inner := f.typ
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		switch shape := shapeOf(inner); {
		case !within, shape == mapping:
			return true
		case shape == structure:
			return hasKey(inner, rest)
		}
	}
	return false
}
