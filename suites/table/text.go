package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"assay/harness/leaf/ordered"
	"assay/harness/leaf/place"
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
			return fmt.Errorf("%w; if quotes are part of the text, write quotes: text", err)
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
			return place.Errorf(s.file, lines.Number, "malformed row: %d fields where there are %d columns; fix or remove the row", len(fields), len(names))
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
	lines := !text.IsArray()
	_, err = text.Each(func(line int, value []byte) error {
		v, err := decode(value)
		switch d, ok := v.(*ordered.Dict); {
		case err != nil && lines && line == 1 && errors.Is(err, errTruncated):
			return place.Errorf(s.file, line, "no JSON object on this line; if the file is one document, name the member that holds its rows with under:")
		case err != nil:
			return place.Errorf(s.file, line, "not valid JSON: %w; fix or remove the row", err)
		case !ok:
			return place.Errorf(s.file, line, "a row must be a JSON object like {\"name\": value}; fix or remove the row")
		default:
			return each(line, d)
		}
	})
	return err
}

// document reads the array in a member of one JSON document.
func (s *source) document(each give) error {
	text, err := rows.NewText(s.file, s.in)
	if err != nil {
		return err
	}
	s.in.Widen(documentBytes)
	data, err := io.ReadAll(text)
	if err != nil {
		return err
	}
	v, err := decode(data)
	if err != nil {
		return place.Errorf(s.file, 0, "not valid JSON: %w; get the complete file", err)
	}
	for name := range strings.SplitSeq(s.Under, ".") {
		d, ok := v.(*ordered.Dict)
		if ok {
			v, ok = d.Get(name)
		}
		if !ok {
			return place.Errorf(s.file, 0, "no member %q on the way to %s; check the name", name, s.Under)
		}
	}
	list, ok := v.([]any)
	if !ok {
		return place.Errorf(s.file, 0, "%s is no array; name the member that holds the rows", s.Under)
	}
	for i, one := range list {
		d, ok := one.(*ordered.Dict)
		if !ok {
			return place.Errorf(s.file, i+1, "row %d of %s is no object; fix or remove the row", i+1, s.Under)
		}
		if err := each(i+1, d); err != nil {
			return err
		}
	}
	return nil
}

// documentBytes bounds a JSON document that is read as one.
const documentBytes = 1 << 30
