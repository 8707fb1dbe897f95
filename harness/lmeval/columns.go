package lmeval

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"assay/harness/leaf/ordered"
	"assay/models/jinja"
)

// documents turns rows into documents with the types that the datasets library gives them: a column has one type,
// a missing value is None, and numbers of a column with a fraction are all floats. The texts of a CSV file are first
// read as pandas reads them.
func documents(rows []*ordered.Dict, isCSV bool) (columns []string, docs []document, err error) {
	kind := newStruct()
	var values []any
	for _, r := range rows {
		values = append(values, r)
	}
	if isCSV {
		for _, name := range rows[0].Names() {
			readCSVColumn(rows, name)
		}
	}
	for _, v := range values {
		if err := kind.add(v); err != nil {
			return nil, nil, err
		}
	}
	for _, v := range values {
		docs = append(docs, kind.of(v).(document))
	}
	return kind.names, docs, nil
}

// columnKind is the type of a column, or of a list's items: what all of its values are.
type columnKind struct {
	kind   string // "" before the first value; text, bool, int, float, list, struct
	names  []string
	member map[string]*columnKind // of a struct
	item   *columnKind            // of a list
}

func newStruct() *columnKind {
	return &columnKind{kind: "struct", member: map[string]*columnKind{}}
}

func kindOf(v any) string {
	switch v.(type) {
	case string:
		return "text"
	case bool:
		return "bool"
	case int64, int:
		return "int"
	case float64:
		return "float"
	case []any:
		return "list"
	case *ordered.Dict:
		return "struct"
	}
	return ""
}

// add widens the type so that it has the value.
func (c *columnKind) add(v any) error {
	kind := kindOf(v)
	switch {
	case kind == "":
		return nil
	case c.kind == "":
		c.kind = kind
		if kind == "struct" {
			c.member = map[string]*columnKind{}
		}
	case c.kind == "int" && kind == "float":
		c.kind = "float"
	case c.kind == "float" && kind == "int":
	case c.kind != kind:
		return fmt.Errorf("a column has values of the types %s and %s; the datasets library refuses such a file", c.kind, kind)
	}
	switch x := v.(type) {
	case []any:
		if c.item == nil {
			c.item = &columnKind{}
		}
		for _, item := range x {
			if err := c.item.add(item); err != nil {
				return err
			}
		}
	case *ordered.Dict:
		for name, item := range x.All() {
			if c.member[name] == nil {
				c.member[name] = &columnKind{}
				c.names = append(c.names, name)
			}
			if err := c.member[name].add(item); err != nil {
				return fmt.Errorf("%q: %w", name, err)
			}
		}
	}
	return nil
}

// of is a value in the column's type, as a value for templates.
func (c *columnKind) of(v any) any {
	switch x := v.(type) {
	case int64:
		if c.kind == "float" {
			return float64(x)
		}
		return int(x)
	case int:
		if c.kind == "float" {
			return float64(x)
		}
		return x
	case []any:
		out := make([]any, len(x))
		for i, item := range x {
			out[i] = c.item.of(item)
		}
		return out
	case *ordered.Dict:
		d := jinja.NewDict()
		for _, name := range c.names {
			item, _ := x.Get(name)
			d.Set(name, c.member[name].of(item))
		}
		return d
	}
	return v
}

// missingCSV are the texts that pandas reads as missing.
var missingCSV = []string{
	"", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
}

// readCSVColumn gives a column of texts the type that pandas gives it: integers, floats, bools or texts.
func readCSVColumn(rows []*ordered.Dict, name string) {
	ints, floats, bools, missing := true, true, true, false
	text := func(r *ordered.Dict) (string, bool) {
		v, _ := r.Get(name)
		s, ok := v.(string)
		return s, ok && !slices.Contains(missingCSV, s)
	}
	for _, r := range rows {
		s, ok := text(r)
		if !ok {
			missing = true
			continue
		}
		t := strings.TrimSpace(s)
		_, intErr := strconv.ParseInt(t, 10, 64)
		_, floatErr := strconv.ParseFloat(t, 64)
		ints = ints && intErr == nil
		floats = floats && floatErr == nil && !strings.ContainsAny(t, "xXpP_")
		bools = bools && (s == "True" || s == "False" || s == "TRUE" || s == "FALSE" || s == "true" || s == "false")
	}
	for _, r := range rows {
		s, ok := text(r)
		var v any
		t := strings.TrimSpace(s)
		switch {
		case !ok:
		case ints && !missing:
			n, _ := strconv.ParseInt(t, 10, 64) // it was checked
			v = n
		case floats:
			f, _ := strconv.ParseFloat(t, 64) // it was checked
			v = f
			if math.IsNaN(f) {
				v = nil
			}
		case bools:
			v = strings.EqualFold(s, "true")
		default:
			v = s
		}
		r.Set(name, v)
	}
}
