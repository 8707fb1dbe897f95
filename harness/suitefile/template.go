package suitefile

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"assay/harness/leaf/ordered"
	"assay/harness/leaf/place"
	"assay/models/jinja"
	"assay/suites/table"
)

// template is a text of a suite file that is rendered for each row.
type template struct {
	from   *templates
	field  string // its name in the file, for messages
	line   int    // of the field
	source string
	column string // the one column that it names; "" for a template
	jinja  *jinja.Template
}

// templates compiles the texts of one suite file.
type templates struct {
	file    string
	lines   []string // of the file, to find where a fault is
	columns []string // of the data; nil until the first row is seen
}

// strict refuses unknown names, since a typing error would be an empty text in every prompt, and
// objects where a text is meant.
var strict = jinja.Options{Strict: true, NoObjects: true}

// text compiles a text that is always a template.
func (t *templates) text(field string, line int, source string) (*template, error) {
	one := &template{from: t, field: field, line: line, source: source}
	var err error
	if one.jinja, err = jinja.New(source, strict); err != nil {
		return nil, one.fault(err, nil)
	}
	return one, nil
}

// value compiles a column's name or a template. Nil stands for none.
func (t *templates) value(field string, line int, source string) (*template, error) {
	if source == "" {
		return nil, nil
	}
	if isTemplate(source) {
		return t.text(field, line, source)
	}
	return &template{from: t, field: field, line: line, source: source, column: source}, nil
}

// values compiles several columns' names or templates.
func (t *templates) values(field string, line int, sources []string) ([]*template, error) {
	var all []*template
	for _, source := range sources {
		one, err := t.value(field, line, source)
		if err != nil {
			return nil, err
		}
		if one != nil {
			all = append(all, one)
		}
	}
	return all, nil
}

// fault gives a template's error its place in the suite file, and the row's, if there is one.
func (t *template) fault(err error, row *table.Row) error {
	line, words := t.line, err.Error()
	if e, ok := errors.AsType[*jinja.Error](err); ok {
		words = e.Err.Error()
		at, column := t.locate(e.Line, e.Column)
		if line = at; column > 0 {
			words = fmt.Sprintf("column %d: %s", column, words)
		}
	}
	words = strings.Join(strings.Fields(words), " ")
	if spaced := t.spaced(err); spaced != "" {
		words += fmt.Sprintf("; if %q is a column, write {{ %s }}", spaced, inTemplate(spaced))
	}
	if strings.Contains(words, "undefined") && t.from.columns != nil {
		words += fmt.Sprintf("; the rows have %s", strings.Join(t.from.columns, ", "))
	}
	if row != nil {
		words += fmt.Sprintf(" (row %s:%d)", row.File, row.Line)
	}
	return place.Errorf(t.from.file, line, "%s: %s", t.field, words)
}

// inTemplate is what names a column in a template: words of Jinja and names with spaces are members of row.
func inTemplate(column string) string {
	if one, err := jinja.New("{{ "+column+" }}", strict); err == nil && columnName.MatchString(column) {
		if v, err := one.Eval(map[string]any{column: column}); err == nil && v == any(column) {
			return column
		}
	}
	return fmt.Sprintf("row[%q]", column)
}

// wordsOnly matches an output of several words with nothing between them, which may be a column's name.
var wordsOnly = regexp.MustCompile(`\{\{[-+]?[ \t]*([\pL_][\pL\pN_]*(?:[ \t]+[\pL\pN_]+)+)[ \t]*[-+]?\}\}`)

// spaced are the words of the output in which the template's syntax error is; "" for another error.
func (t *template) spaced(err error) string {
	e, ok := errors.AsType[*jinja.Error](err)
	lines := strings.Split(t.source, "\n")
	if !ok || e.Line < 1 || e.Line > len(lines) || !strings.Contains(e.Err.Error(), `want "}}"`) {
		return ""
	}
	line := lines[e.Line-1]
	for _, at := range wordsOnly.FindAllStringSubmatchIndex(line, -1) {
		if column := e.Column - 1; at[0] <= column && column < at[1] {
			return line[at[2]:at[3]]
		}
	}
	return ""
}

// locate finds a line and column of the template in the file. Column is 0 if they can't be
// found, because the text is written in another way there.
func (t *template) locate(line, column int) (atLine, atColumn int) {
	wanted := ""
	if lines := strings.Split(t.source, "\n"); line >= 1 && line <= len(lines) {
		wanted = strings.TrimSpace(lines[line-1])
		column -= len(lines[line-1]) - len(strings.TrimLeft(lines[line-1], " \t"))
	}
	for at := t.line; wanted != "" && at <= len(t.from.lines); at++ {
		if i := strings.Index(t.from.lines[at-1], wanted); i >= 0 {
			return at, i + max(column, 1)
		}
	}
	return t.line, 0
}

// render is the text for a row.
func (t *template) render(r *row) (string, error) {
	v, err := t.eval(r)
	if err != nil {
		return "", err
	}
	return t.printed(v, r)
}

// eval is the value for a row: a column's, that of one expression, or a text.
func (t *template) eval(r *row) (any, error) {
	if t.column == "" {
		v, err := t.jinja.Eval(r.vars)
		if err != nil {
			return nil, t.fault(err, &r.Row)
		}
		return v, nil
	}
	v, ok := r.vars[t.column]
	if !ok {
		return nil, place.Errorf(t.from.file, t.line, "%s: no column %q; the rows have %s; for a fixed text write \"{{ '%s' }}\" (row %s:%d)", t.field, t.column, strings.Join(r.Names(), ", "), strings.ReplaceAll(t.column, "'", `\\'`), r.File, r.Line)
	}
	return v, nil
}

var printer, _ = jinja.New("{{ v }}", jinja.Options{})

// printed is a value as a template prints it; nothing for null. An object is refused, and so is a
// list with an object in it: nobody means their text with braces.
func (t *template) printed(v any, r *row) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case *jinja.Dict:
		return "", t.nested(v, r, false)
	case []any:
		if i := slices.IndexFunc(v, func(one any) bool { _, object := one.(*jinja.Dict); return object }); i >= 0 {
			return "", t.nested(v[i], r, true)
		}
	}
	s, err := printer.Render(map[string]any{"v": v})
	if err != nil {
		return "", t.fault(err, &r.Row)
	}
	return s, nil
}

// truth reports whether a template's value is true in Python's sense.
func (t *template) truth(r *row) (bool, error) {
	v, err := t.eval(r)
	if err != nil {
		return false, err
	}
	s, err := truth.Render(map[string]any{"v": v})
	return s == "1" && v != "False", err
}

var truth, _ = jinja.New("{% if v %}1{% endif %}", jinja.Options{})

// nested is the error of a value that is no text: an object, or a list in a list. inList says that
// it is an element of a list.
func (t *template) nested(v any, r *row, inList bool) error {
	what, remedy := "a list", "a template that takes one text of each"
	if d, ok := v.(*jinja.Dict); ok {
		what = "an object"
		member := "text"
		if _, ok := d.Get(member); !ok {
			for name := range d.All() {
				if s, ok := name.(string); ok && columnName.MatchString(s) {
					member = s
					break
				}
			}
		}
		column := inTemplate(cmp.Or(t.column, "column"))
		if inList {
			remedy = fmt.Sprintf("a template that takes one member of each, such as \"{{ %s | map(attribute='%s') | list }}\"", column, member)
		} else {
			remedy = fmt.Sprintf("a template that takes one of its members, such as \"{{ %s.%s }}\"", column, member)
		}
	}
	where := "value"
	if t.column != "" {
		where = fmt.Sprintf("column %q", t.column)
	}
	if inList {
		where += " is a list with " + what + " in it"
	} else {
		where += " is " + what
	}
	return place.Errorf(t.from.file, t.line, "%s: the %s, not text; write %s (row %s:%d)", t.field, where, remedy, r.File, r.Line)
}

// list are the texts of a value that is a list, or of one text.
func (t *template) list(r *row) ([]string, error) {
	v, err := t.eval(r)
	if err != nil {
		return nil, err
	}
	many, inList := v.([]any)
	if !inList {
		many = []any{v}
	}
	var out []string
	for _, one := range many {
		switch one.(type) {
		case nil:
			continue
		case *jinja.Dict, []any:
			return nil, t.nested(one, r, inList)
		}
		s, err := t.printed(one, r)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// texts are the texts of several values, one after the other.
func texts(all []*template, r *row) ([]string, error) {
	var out []string
	for _, t := range all {
		some, err := t.list(r)
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	return out, nil
}

// row is a row of data as templates see it.
type row struct {
	table.Row
	vars map[string]any
}

// newRow makes the variables of a row.
func newRow(r table.Row) *row {
	vars := make(map[string]any, r.Len()+1)
	whole := jinja.NewDict()
	for name, v := range r.All() {
		value := forTemplates(v)
		vars[name] = value
		whole.Set(name, value)
	}
	if _, taken := vars["row"]; !taken {
		vars["row"] = whole
	}
	return &row{r, vars}
}

// forTemplates is a value of a row with the types of templates.
func forTemplates(v any) any {
	switch v := v.(type) {
	case int64:
		return int(v)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = forTemplates(v[i])
		}
		return out
	case *ordered.Dict:
		d := jinja.NewDict()
		for name, one := range v.All() {
			d.Set(name, forTemplates(one))
		}
		return d
	}
	return v
}

// with are a row's variables and some more.
func (r *row) with(more map[string]any) *row {
	vars := make(map[string]any, len(r.vars)+len(more))
	for name, v := range r.vars {
		vars[name] = v
	}
	for name, v := range more {
		vars[name] = v
	}
	return &row{r.Row, vars}
}

// seen notes the columns of the data, for messages.
func (t *templates) seen(r table.Row, let []column) {
	if t.columns == nil {
		t.columns = slices.Clone(r.Names())
		for _, c := range let {
			t.columns = append(t.columns, c.name)
		}
	}
}
