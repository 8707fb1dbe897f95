package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"assay/harness/leaf/ordered"
	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
	"assay/harness/leaf/rows"
)

type give func(line int, d *ordered.Dict) error

// csv reads a table with or without a header.
func (s *source) csv(format Format, each give) error {
	comma := s.Separator
	if comma == 0 && format == TSV {
		comma = '\t'
	}
	if s.PlainQuotes || s.Columns != nil {
		return s.plain(comma, each)
	}
	t, err := rows.NewTable(s.file, s.in, comma)
	if err != nil {
		return err
	}
	for {
		switch err := t.Next(); {
		case err == io.EOF:
			return nil
		case err != nil && format == TSV && strings.Contains(err.Error(), "quote"):
			return fmt.Errorf("%w; if quotes are part of the text, name the file in the suite file as {file: %s, quotes: text}", err, filepath.Base(s.file))
		case err != nil:
			return err
		}
		fields, err := t.Fields()
		if err != nil {
			return err
		}
		if err := each(t.Line(), dict(t.Header(), fields)); err != nil {
			return err
		}
	}
}

func dict(names, values []string) *ordered.Dict {
	d := &ordered.Dict{}
	for i, name := range names {
		d.Set(name, values[i])
	}
	return d
}

// plain reads a table line by line, whose quotes are text or which has no header.
func (s *source) plain(comma rune, each give) error {
	if comma == 0 {
		comma = ','
	}
	text, err := rows.NewText(s.file, s.in)
	if err != nil {
		return err
	}
	names := s.Columns
	lines := rows.NewLines(text)
	for {
		line, _, err := lines.Next()
		switch {
		case err == io.EOF && names == nil:
			return place.Errorf(s.file, 1, "the file is empty; get the complete file")
		case err == io.EOF:
			return nil
		case err != nil:
			return place.Within(s.file, lines.Number, err)
		}
		line = bytes.TrimSuffix(line, []byte("\r"))
		if len(line) == 0 {
			continue
		}
		if !utf8.Valid(line) {
			return place.Errorf(s.file, lines.Number, "no valid UTF-8; save the file as UTF-8")
		}
		fields, err := s.cut(string(line), comma)
		if err != nil {
			return place.Errorf(s.file, lines.Number, "malformed row: %w", err)
		}
		if names == nil {
			names = fields
			for i, name := range names {
				if slices.Contains(names[:i], name) {
					return place.Errorf(s.file, lines.Number, "column %q appears twice; remove one of the two", name)
				}
			}
			continue
		}
		if len(fields) != len(names) {
			return place.Errorf(s.file, lines.Number, "malformed row: %s where there are %s; fix or remove the row", plural.Of(len(fields), "field"), plural.Of(len(names), "column"))
		}
		if err := each(lines.Number, dict(names, fields)); err != nil {
			return err
		}
	}
}

// cut splits a line into its fields.
func (s *source) cut(line string, comma rune) ([]string, error) {
	if s.PlainQuotes {
		return strings.Split(line, string(comma)), nil
	}
	return rows.Fields(line, comma)
}

// json reads a JSON array, or JSON lines.
func (s *source) json(each give) error {
	text, err := rows.NewText(s.file, s.in)
	if err != nil {
		return err
	}
	_, err = text.Each(func(line int, value []byte) error {
		v, err := decode(value, rowValues)
		switch d, ok := v.(*ordered.Dict); {
		case err != nil:
			return place.Errorf(s.file, line, "not valid JSON: %w; fix or remove the row", err)
		case !ok:
			return place.Errorf(s.file, line, "a row must be a JSON object like {\"name\": value}; fix or remove the row")
		default:
			return each(line, d)
		}
	})
	if foreign, ok := errors.AsType[*rows.Foreign](err); ok && foreign.Spread {
		return fmt.Errorf("%w; if the file is one document, name the member that holds its rows in the field under", err)
	}
	return err
}

// document reads the array in a member of one JSON document.
func (s *source) document(each give) error {
	text, err := rows.NewText(s.file, s.in)
	if err != nil {
		return err
	}
	s.in.Widen(documentRows * s.most())
	data, err := io.ReadAll(text)
	if err != nil {
		return err
	}
	v, err := decode(data, documentValues)
	if err != nil {
		return place.Errorf(s.file, 0, "not valid JSON: %w; get the complete file", err)
	}
	w := &walk{source: s, path: strings.Split(s.Under, "."), each: each}
	return w.into(v, 0, false, &ordered.Dict{})
}

// walk goes through a document to its rows.
type walk struct {
	*source
	path []string
	each give
	n    int // rows so far
}

// before is the member of a row within rows that holds those before it in its list.
const before = "before"

// mostBefore bounds the rows before a row that it holds.
const mostBefore = 100

// into follows the path from its step at. around has the members of what is around the value;
// within says that the value is in a list or under a *.
func (w *walk) into(v any, at int, within bool, around *ordered.Dict) error {
	if list, ok := v.([]any); ok {
		if at == len(w.path) {
			return w.rows(list, within, around)
		}
		for _, one := range list {
			if err := w.into(one, at, true, around); err != nil {
				return err
			}
		}
		return nil
	}
	if at == len(w.path) {
		return place.Errorf(w.file, 0, "under: %s names a member that is no array; name the one that holds the rows", w.Under)
	}
	name := w.path[at]
	d, ok := v.(*ordered.Dict)
	if ok && name == "*" {
		for key, one := range d.All() {
			if err := w.into(one, at+1, true, with(around, ordered.Of("key", key))); err != nil {
				return err
			}
		}
		return nil
	}
	if ok {
		v, ok = d.Get(name)
	}
	if !ok {
		remedy := "it must be in an object"
		if d != nil {
			remedy = place.Choose(name, d.Names())
		}
		return place.Errorf(w.file, 0, "no member %q, which under: %s names; %s", name, w.Under, remedy)
	}
	return w.into(v, at+1, within, with(around, d))
}

// rows passes on the rows of one list.
func (w *walk) rows(list []any, within bool, around *ordered.Dict) error {
	for i, one := range list {
		d, ok := one.(*ordered.Dict)
		w.n++
		if !ok {
			return place.Errorf(w.file, w.n, "row %d of %s is no object; fix or remove the row", w.n, w.Under)
		}
		if within {
			row := with(around, &ordered.Dict{})
			row.Set(before, list[max(i-mostBefore, 0):i:i])
			for key, value := range d.All() {
				row.Set(key, value)
			}
			d = row
		}
		if err := w.each(w.n, d); err != nil {
			return err
		}
	}
	return nil
}

// with are some members and the texts, numbers and truth values of an object, which replace those
// of the same names.
func with(around, d *ordered.Dict) *ordered.Dict {
	out := &ordered.Dict{}
	for key, value := range around.All() {
		out.Set(key, value)
	}
	for key, value := range d.All() {
		switch value.(type) {
		case []any, *ordered.Dict:
		default:
			out.Set(key, value)
		}
	}
	return out
}

// A JSON document that is read as one is bounded in bytes and in values.
const (
	documentRows   = 4 // times the bound of a row
	documentValues = 16 << 20
)
