package yamlstruct

import (
	"reflect"
	"strings"
)

// Place keeps where a struct and its fields are in the file that it was read from, those
// of structs within it included. Embed it in a struct to have it filled.
type Place struct {
	line  int
	lines map[string]int // by key; "data.text" is within a mapping
}

var placeType = reflect.TypeFor[Place]()

// Line is where a field is: "init", or "data.text" for one of a mapping. A field that the
// file doesn't have is where its mapping is; "" is the struct itself. It is at least 1.
func (p *Place) Line(key string) int {
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
