package score

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/santhosh-tekuri/jsonschema/v6"
	schemakind "github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// SchemaFault is what is wrong with a metric's JSON Schema.
type SchemaFault struct {
	// Path leads from the schema to the value that is wrong: names of members, and indices from 0.
	Path []string
	Err  error
}

func (f *SchemaFault) Error() string { return "schema: " + f.Err.Error() }

// Unwrap returns the cause.
func (f *SchemaFault) Unwrap() error { return f.Err }

// faultOf is the fault that a compiler of schemas reports about a document.
func faultOf(err error, doc any) *SchemaFault {
	if lost, ok := errors.AsType[*jsonschema.LoadURLError](err); ok {
		return &SchemaFault{Err: fmt.Errorf("a reference to %q; references can only be to places in the schema itself, such as #/$defs/name", strings.TrimPrefix(lost.URL, schemaFolder))}
	}
	against, ok := errors.AsType[*jsonschema.SchemaValidationError](err)
	if ok {
		err = against.Err
	}
	invalid, ok := errors.AsType[*jsonschema.ValidationError](err)
	if !ok {
		text := strings.ReplaceAll(strings.ReplaceAll(err.Error(), schemaName+"#", "#"), "\n", "; ")
		return &SchemaFault{Err: errors.New(text)}
	}
	all := leaves(invalid)
	path := all[0].InstanceLocation
	var allowed []string
	for _, e := range all {
		if slices.Equal(e.InstanceLocation, path) {
			if text := allows(e); !slices.Contains(allowed, text) {
				allowed = append(allowed, text)
			}
		}
	}
	name := "it"
	if len(path) > 0 {
		name = strings.Join(path, ".")
	}
	return &SchemaFault{Path: path, Err: fmt.Errorf("%s is %s; it must be %s", name, shownAt(doc, path), strings.Join(allowed, ", or "))}
}

// leaves are the errors that have no causes of their own.
func leaves(e *jsonschema.ValidationError) (all []*jsonschema.ValidationError) {
	if len(e.Causes) == 0 {
		return []*jsonschema.ValidationError{e}
	}
	for _, cause := range e.Causes {
		all = append(all, leaves(cause)...)
	}
	return all
}

// allows says what an error would have allowed.
func allows(e *jsonschema.ValidationError) string {
	switch k := e.ErrorKind.(type) {
	case *schemakind.Type:
		return strings.Join(articles(k.Want), " or ")
	case *schemakind.Enum:
		var texts []string
		for _, want := range k.Want {
			texts = append(texts, fmt.Sprint(want))
		}
		return "one of " + strings.Join(texts, ", ")
	case *schemakind.Format:
		return fmt.Sprintf("a %s (%v)", strings.ReplaceAll(k.Want, "regex", "regular expression"), k.Err)
	case *schemakind.Pattern:
		return fmt.Sprintf("a text that matches %s", k.Want)
	case *schemakind.Minimum:
		return "at least " + k.Want.RatString()
	case *schemakind.ExclusiveMinimum:
		return "above " + k.Want.RatString()
	case *schemakind.MinItems:
		return fmt.Sprintf("an array of at least %d", k.Want)
	case *schemakind.UniqueItems:
		return "an array without repeated values"
	}
	text := e.Error() // "jsonschema validation failed with ...\n- at '/a': what is wrong"
	if i := strings.LastIndex(text, "': "); i >= 0 {
		text = text[i+len("': "):]
	}
	return "another value (" + text + ")"
}

// articles puts the article before names of JSON's types.
func articles(types []string) []string {
	var all []string
	for _, t := range types {
		switch t {
		case "boolean":
			t = "true or false"
		case "null":
		case "array", "object", "integer":
			t = "an " + t
		default:
			t = "a " + t
		}
		all = append(all, t)
	}
	return all
}

// shownAt is the value at a path of a document, for a message.
func shownAt(doc any, path []string) string {
	for _, name := range path {
		switch v := doc.(type) {
		case map[string]any:
			doc = v[name]
		case []any:
			var i int
			if _, err := fmt.Sscan(name, &i); err != nil || i < 0 || i >= len(v) {
				return "wrong"
			}
			doc = v[i]
		}
	}
	switch v := doc.(type) {
	case nil:
		return "null"
	case string:
		return fmt.Sprintf("%.40q", v)
	case []any:
		return "an array"
	case map[string]any:
		return "an object"
	}
	return fmt.Sprintf("%.40s", fmt.Sprint(doc))
}

// lineColumn says where an offset in bytes is.
func lineColumn(source []byte, offset int64) string {
	before := source[:min(int(offset), len(source))]
	return fmt.Sprintf("line %d, column %d", bytes.Count(before, []byte("\n"))+1, len(before)-bytes.LastIndexByte(before, '\n'))
}

// placeOf says where the value at a path of a JSON text begins; "" if it has none there.
func placeOf(source []byte, path []string) string {
	var pointer strings.Builder
	for _, name := range path {
		pointer.WriteString("/" + strings.ReplaceAll(strings.ReplaceAll(name, "~", "~0"), "/", "~1"))
	}
	d := jsontext.NewDecoder(bytes.NewReader(source))
	for {
		start := d.InputOffset()
		for start < int64(len(source)) && strings.IndexByte(" \t\r\n:,", source[start]) >= 0 {
			start++
		}
		isName := func() bool { kind, n := d.StackIndex(d.StackDepth()); return kind == '{' && n%2 == 0 }()
		if _, err := d.ReadToken(); err != nil {
			return ""
		}
		if !isName && string(d.StackPointer()) == pointer.String() {
			return lineColumn(source, start)
		}
	}
}
