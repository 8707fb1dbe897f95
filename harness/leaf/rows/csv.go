package rows

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
)

// delimiters are what may stand between a CSV file's fields.
const delimiters = ",;\t|"

// CSV is a table that is read by the names of its columns.
type CSV struct {
	file    string // its name, for errors
	r       *csv.Reader
	header  []string
	column  map[string]int
	needed  []string
	skipped int // lines above the header
	row     []string
}

// NewCSV reads the header of a table that has at least the columns, in any order. Fields
// are separated by commas, semicolons, tabs or bars: by that with which the header has the
// columns. Line ends are LF, CR LF or CR. The file's name is for errors.
func NewCSV(file string, r io.Reader, columns []string) (*CSV, error) {
	return newCSV(file, r, columns, 0)
}

// NewTable reads the header of a table of any columns; see [NewCSV]. Comma separates its
// fields; 0 is that of commas, semicolons, tabs and bars which cuts the header into the most.
func NewTable(file string, r io.Reader, comma rune) (*CSV, error) { return newCSV(file, r, nil, comma) }

func newCSV(file string, r io.Reader, columns []string, given rune) (*CSV, error) {
	in, err := decoded(file, r)
	if err != nil {
		return nil, err
	}
	if endsWithCR(in) {
		in = withLF(in)
	}
	t := &CSV{file: file, needed: columns}
	head, _ := in.Peek(signed)
	first, rest := firstLine(head)
	second, _ := firstLine(rest)
	found, isTable := formatOf(first, second)
	if starts := func(text string) bool { return bytes.HasPrefix(bytes.ToLower(first), []byte(text)) }; starts(`{"`) || starts(`[{`) {
		return nil, t.foreign("JSON")
	} else if starts("<!doctype") || starts("<html") || starts("<?xml") {
		return nil, t.foreign(found)
	}
	comma, err := t.delimiter(in)
	if err != nil {
		return nil, err
	}
	t.r = newReader(in, cmp.Or(given, comma))
	t.r.ReuseRecord = true
	header, err := t.r.Read()
	if err == io.EOF {
		return nil, ends(place.Errorf(file, 1, "the file is empty; get the complete file"))
	}
	if err != nil {
		return nil, t.fault(err)
	}
	t.header = slices.Clone(header)
	t.column = make(map[string]int, len(header))
	for i, name := range t.header {
		if _, twice := t.column[name]; twice {
			return nil, place.Errorf(t.file, 1+t.skipped, "column %q appears twice; remove one of the two", name)
		}
		t.column[name] = i
	}
	for _, name := range columns {
		if _, ok := t.column[name]; ok {
			continue
		}
		if found != "" && !isTable {
			return nil, t.foreign(found)
		}
		rename := ""
		if near := place.Nearest(name, header); len(near) <= len(name)+2 && near != "" && !slices.Contains(columns, near) {
			rename = fmt.Sprintf("if it is %q, rename that; ", near)
		}
		return nil, place.Errorf(t.file, 1+t.skipped, "no column %q; %sthe header needs %s, separated by commas, semicolons or tabs; it has %s", name, rename, strings.Join(columns, ", "), t.has())
	}
	return t, nil
}

// has lists the header's columns, for errors: the first ones, if there are many.
func (t *CSV) has() string {
	const shown, longest = 12, 40
	var names []string
	for _, name := range t.header[:min(len(t.header), shown)] {
		if len(name) > longest {
			name = strings.ToValidUTF8(name[:longest], "") + "..."
		}
		names = append(names, name)
	}
	if len(t.header) > shown {
		names = append(names, "...")
	}
	return strings.Join(names, ", ")
}

// foreign is the error of a file in another format.
func (t *CSV) foreign(found string) error {
	needed := "CSV is needed, with a header"
	if len(t.needed) > 0 {
		needed += " that has " + strings.Join(t.needed, ", ")
	}
	return ends(place.At(t.file, 1, &Foreign{Found: found, Needed: needed}))
}

func newReader(in io.Reader, comma rune) *csv.Reader {
	r := csv.NewReader(in)
	r.Comma = comma
	return r
}

// endsWithCR reports whether the header ends with CR alone. Line ends in quotes are text:
// spreadsheets write LF there, whatever ends their rows.
func endsWithCR(in *bufio.Reader) bool {
	head, _ := in.Peek(room)
	quoted := false
	for i, c := range head {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\n':
			return false
		case c == '\r':
			return i+1 < len(head) && head[i+1] != '\n'
		}
	}
	return false
}

// delimiter finds how the header's fields are separated, and removes a line "sep=;", as
// some spreadsheets write it.
func (t *CSV) delimiter(in *bufio.Reader) (rune, error) {
	head, _ := in.Peek(1 << 16)
	if first, _, ok := bytes.Cut(head, []byte("\n")); ok {
		if sep, ok := bytes.CutPrefix(bytes.Trim(first, "\r\""), []byte("sep=")); ok && len(sep) == 1 {
			in.Discard(len(first) + 1)
			t.skipped = 1
			return rune(sep[0]), nil
		}
	}
	best, fields := ',', 0
	for _, comma := range delimiters {
		header, err := newReader(bytes.NewReader(head), comma).Read()
		if err == nil && t.needed == nil && len(header) > fields {
			best, fields = comma, len(header)
		}
		if err == nil && t.needed != nil && !slices.ContainsFunc(t.needed, func(name string) bool { return !slices.Contains(header, name) }) {
			return comma, nil
		}
	}
	return best, nil
}

// Header are the names of the columns, in order.
func (t *CSV) Header() []string { return t.header }

// Fields are the current row's fields, in the header's order, checked as [CSV.Next] checks
// the columns that a table must have.
func (t *CSV) Fields() ([]string, error) {
	for i, field := range t.row {
		if !utf8.ValidString(field) {
			return nil, place.Errorf(t.file, t.lineOf(i), "column %s is no valid UTF-8; save the file as UTF-8", t.header[i])
		}
	}
	fields := make([]string, len(t.row))
	for i, field := range t.row {
		fields[i] = strings.Clone(field)
	}
	return fields, nil
}

// Use reports whether the table has a column. If it has, [CSV.Next] checks it as it does
// those that the table must have.
func (t *CSV) Use(name string) bool {
	_, ok := t.column[name]
	if ok && !slices.Contains(t.needed, name) {
		t.needed = append(slices.Clip(t.needed), name)
	}
	return ok
}

// Next reads a row; io.EOF ends the table.
func (t *CSV) Next() error {
	row, err := t.r.Read()
	if err == io.EOF {
		return io.EOF
	}
	t.row = row // with ErrFieldCount too
	if err != nil {
		return t.fault(err)
	}
	for _, name := range t.needed {
		i := t.column[name]
		if !utf8.ValidString(row[i]) {
			return place.Errorf(t.file, t.lineOf(i), "column %s is no valid UTF-8; save the file as UTF-8", name)
		}
	}
	return nil
}

// Line is where the current row starts.
func (t *CSV) Line() int { return t.lineOf(0) }

// FieldLine is where a field of the current row starts.
func (t *CSV) FieldLine(name string) int { return t.lineOf(t.column[name]) }

func (t *CSV) lineOf(field int) int {
	line, _ := t.r.FieldPos(field)
	return line + t.skipped
}

// Get is the current row's field; "" where the file has no such column. Line ends in it
// are LF.
func (t *CSV) Get(name string) string {
	i, ok := t.column[name]
	if !ok {
		return ""
	}
	return strings.Clone(t.row[i])
}

// fault gives a reader's error its place and a remedy.
func (t *CSV) fault(err error) error {
	parse, ok := errors.AsType[*csv.ParseError](err)
	if !ok {
		return readFault(t.file, 0, err)
	}
	line := parse.StartLine + t.skipped
	switch {
	case errors.Is(err, csv.ErrFieldCount):
		return place.Errorf(t.file, line, "malformed row: %s where the header has %d; fix or remove the row", plural.Of(len(t.row), "field"), len(t.header))
	case errors.Is(err, csv.ErrQuote), errors.Is(err, csv.ErrBareQuote):
		// A quote without an end takes all rows behind it with it.
		return ends(place.Errorf(t.file, line, "malformed row: a quoted field has no end, or a quote is in its middle; fix or remove the row that starts here"))
	}
	return place.Errorf(t.file, line, "%w; fix or remove the row", parse.Err)
}

// Fields cuts one line of a table into its fields.
func Fields(line string, comma rune) ([]string, error) {
	fields, err := newReader(strings.NewReader(line), comma).Read()
	if parse, ok := errors.AsType[*csv.ParseError](err); ok {
		err = fmt.Errorf("%w; fix or remove the row", parse.Err)
	}
	return fields, err
}
