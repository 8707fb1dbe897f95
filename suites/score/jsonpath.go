package score

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// pathStep is a member's name, or an element's index.
type pathStep struct {
	name  string
	index int // of an element if name is ""; from the end if negative
	named bool
}

// parsePath reads a path such as $.city.name, items[0].id or ["a.b"][-1].
func parsePath(path string) ([]pathStep, error) {
	rest, ok := strings.CutPrefix(path, "$")
	if !ok && rest != "" && rest[0] != '[' {
		rest = "." + rest
	}
	var steps []pathStep
	for rest != "" {
		switch {
		case rest[0] == '.':
			end := strings.IndexAny(rest[1:], ".[") + 1
			if end == 0 {
				end = len(rest)
			}
			if end == 1 {
				return nil, fmt.Errorf("json: no name after a period in %q; write a path such as $.city.name or items[0]", path)
			}
			steps, rest = append(steps, pathStep{name: rest[1:end], named: true}), rest[end:]
		case rest[0] == '[':
			inner, after, ok := strings.Cut(rest[1:], "]")
			if strings.HasPrefix(inner, `"`) {
				if inner, after, ok = strings.Cut(rest[2:], `"]`); ok {
					steps, rest = append(steps, pathStep{name: inner, named: true}), after
					continue
				}
			}
			n, err := strconv.Atoi(inner)
			if !ok || err != nil {
				return nil, fmt.Errorf("json: what is between brackets in %q is no number and no name in quotes", path)
			}
			steps, rest = append(steps, pathStep{index: n}), after
		default:
			return nil, fmt.Errorf("json: %q can't be read at %q; write a path such as $.city.name or items[0]", path, rest)
		}
	}
	return steps, nil
}

// jsonWork bounds how many bytes are read in search of JSON in a text, as a multiple of its
// length.
const jsonWork = 16

// findJSON takes the value at a path of the first or last JSON value in a text that has the
// path. The text may be JSON, or an object or array may be anywhere in it.
func findJSON(text string, path []pathStep, last bool) (found string, ok bool) {
	if whole := jsontext.Value(strings.TrimSpace(text)); whole.IsValid() {
		return atPath(whole, path)
	}
	work := jsonWork * len(text)
	for i := 0; i < len(text) && work > 0; i++ {
		if text[i] != '{' && text[i] != '[' {
			continue
		}
		length, read := extent(text[i:])
		work -= read
		value := jsontext.Value(text[i : i+length])
		if length == 0 || !value.IsValid() {
			continue
		}
		if v, has := atPath(value, path); has {
			if found, ok = v, true; !last {
				return found, ok
			}
		}
		i += length - 1
	}
	return found, ok
}

// maxDepth is the deepest nesting of JSON that is looked for in a text.
const maxDepth = 200

// extent is the length of the object or array that begins a text, by its brackets alone; 0 if it
// doesn't end. read is how far that was read.
func extent(text string) (length, read int) {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return 0, i
			}
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return i + 1, i + 1
			}
		}
	}
	return 0, len(text)
}

// atPath is the value at a path: a text without its quotes, anything else as JSON. null is
// nothing.
func atPath(value jsontext.Value, path []pathStep) (string, bool) {
	for _, step := range path {
		var ok bool
		if value, ok = step.of(value); !ok {
			return "", false
		}
	}
	value = value.Clone()
	switch value.Kind() {
	case 'n':
		return "", false
	case '"':
		text, err := jsontext.AppendUnquote(nil, value)
		return string(text), err == nil
	}
	err := value.Compact()
	return string(value), err == nil
}

// of is the member or element of a value.
func (p pathStep) of(value jsontext.Value) (jsontext.Value, bool) {
	d := jsontext.NewDecoder(strings.NewReader(string(value)))
	start, err := d.ReadToken()
	if err != nil || (start.Kind() == '{') != p.named || !p.named && start.Kind() != '[' {
		return nil, false
	}
	var elements []jsontext.Value
	for {
		kind := d.PeekKind()
		if kind == '}' || kind == ']' || kind == 0 {
			break
		}
		name := ""
		if p.named {
			t, err := d.ReadToken()
			if err != nil {
				return nil, false
			}
			name = t.String()
		}
		v, err := d.ReadValue()
		switch {
		case err != nil:
			return nil, false
		case p.named && name == p.name:
			return v.Clone(), true
		case !p.named:
			elements = append(elements, v.Clone())
		}
	}
	i := p.index
	if i < 0 {
		i += len(elements)
	}
	if p.named || i < 0 || i >= len(elements) {
		return nil, false
	}
	return elements[i], true
}
