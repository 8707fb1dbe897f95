package yamlstruct

import (
	"assay/harness/leaf/place"
	"encoding"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// scalar reads a value that is no struct, list or mapping with keys of the file's choice;
// name is for messages.
func (d *decoder) scalar(f *field, name string, v Value, into reflect.Value) {
	switch shapeOf(into.Type()) {
	case custom:
		into.Addr().Interface().(Decoder).DecodeYAML(Node{v, name, f, d})
	case textual:
		text := d.text(f, name, v)
		if text == "" {
			return
		}
		if err := into.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(text)); err != nil {
			d.Fail(v.Line, "%w", err)
		}
	case text:
		into.SetString(d.choice(f, name, v))
	case float:
		x, err := v.float()
		switch {
		case err != nil:
			d.Fail(v.Line, "wrong type; %s must be a number, such as 0.05", name)
		case !f.bounds.Holds(x):
			d.Fail(v.Line, "%s is %s; it must be %s", name, v.Text, shownFor(f.bounds, x))
		default:
			into.SetFloat(x)
		}
	case whole:
		d.whole(f, name, v, into)
	case boolean:
		if v.Kind != Bool {
			d.Fail(v.Line, "wrong type; %s must be true or false", name)
		}
		into.SetBool(v.Text == "true")
	case duration:
		t, err := time.ParseDuration(v.Text)
		if err != nil || t <= 0 || t > 24*time.Hour {
			d.Fail(v.Line, "%s must be a time above 0 and at most 24h, with a unit, such as 60s or 2m", name)
		}
		into.SetInt(int64(t))
	case anything:
		got, err := v.JSON()
		if err != nil {
			d.Fail(v.Line, "%s: %w", name, err)
		}
		into.Set(reflect.ValueOf(jsontext.Value(got)))
	default:
		panic("yamlstruct: a field " + name + " of type " + into.Type().String())
	}
}

func (d *decoder) whole(f *field, name string, v Value, into reflect.Value) {
	lo, hi := wholeBounds(f.bounds, into.Type())
	x, err := strconv.ParseUint(v.Text, 10, 64)
	if v.Kind == Quoted || err != nil || x < lo || x > hi {
		where := fmt.Sprintf("at least %d", lo)
		if x > hi || errors.Is(err, strconv.ErrRange) || !math.IsInf(readable(f.bounds).Hi, 1) {
			where = fmt.Sprintf("from %d to %d", lo, hi)
		}
		if v.Kind == Quoted || err != nil && !errors.Is(err, strconv.ErrRange) {
			where += ", written in digits"
		}
		d.Fail(v.Line, "%s is %s; it must be a whole number %s", name, v.shown(), where)
		return
	}
	if into.Kind() == reflect.Int {
		into.SetInt(int64(x))
		return
	}
	into.SetUint(x)
}

// choice reads a text that may have to be one of several.
func (d *decoder) choice(f *field, name string, v Value) string {
	text := d.text(f, name, v)
	all := f.choices(d.o.Lists)
	named := f.choices(d.o.Named)
	if named == nil {
		named = all
	}
	switch {
	case all == nil || text == "" || slices.Contains(all, text):
	case f.like != "":
		d.Fail(v.Line, "unknown %s %q; %s", name, text, f.like)
	case f.typ.Kind() == reflect.Slice:
		d.Fail(v.Line, "%s: unknown %q; %s%s", name, text, place.Choose(text, named), f.others(d.o.Else))
	default:
		d.Fail(v.Line, "unknown %s %q; %s%s", name, text, place.Choose(text, named), f.others(d.o.Else))
	}
	return text
}

// text reads a text that isn't empty: one line without control characters, unless the
// field takes lines.
func (d *decoder) text(f *field, name string, v Value) string {
	switch text := v.Text; {
	case v.Kind == Number || v.Kind == Bool:
		d.Fail(v.Line, "wrong type; %s must be a string: put it in quotes", name)
	case v.Kind == Mapping || v.Kind == List:
		d.Fail(v.Line, "wrong type; %s must be a string, not %s; a text that begins with { or [ needs quotes", name, v)
	case v.Kind != Quoted && v.Kind != Plain:
		d.Fail(v.Line, "wrong type; %s must be a string, not %s", name, v)
	case strings.TrimSpace(text) == "":
		d.Fail(v.Line, "an empty %s; give it a value or remove the field", name)
	case f.text != "lines" && CheckWord(text) != nil:
		d.Fail(v.Line, "%s with %w", name, CheckWord(text))
	default:
		return text
	}
	return ""
}
