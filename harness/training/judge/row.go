package judge

import (
	"strconv"
	"strings"

	"assay/models/linear"
	"assay/suites/table"
)

// Row is a labelled text.
type Row struct {
	linear.Text
	Label    float64 // 0 to 1; 0.5 and above is positive
	Group    string  // what must not be divided between training and test: a question, a source
	Category string  // for measurements; "" for none
}

// Positive reports whether what the judge decides holds.
func (r *Row) Positive() bool { return r.Label >= 0.5 }

// input identifies what the judge sees of a row, apart from references.
func (r *Row) input() string {
	return linear.Normalised(r.Text.Text) + "\x00" + linear.Normalised(r.Context)
}

// unit names the rows whose errors are not independent: those of one group, or without groups those with
// the same text.
func (r *Row) unit() string {
	if r.Group == "" {
		return linear.Normalised(r.Text.Text)
	}
	return r.Group
}

// text is a member that is a text; false if the row has none.
func text(r table.Row, name string) (string, bool) {
	v, _ := r.Get(name)
	s, ok := v.(string)
	return s, ok
}

// number is a member that is a number, also if it is written as a text; false if it has none.
func number(r table.Row, name string) (float64, bool) {
	v, _ := r.Get(name)
	switch v := v.(type) {
	case float64:
		return v, true
	case int64:
		return float64(v), true
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	case string:
		x, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
		return x, err == nil && x == x
	}
	return 0, false
}

// needText is a member that must be a text.
func needText(r table.Row, name string) (string, error) {
	s, ok := text(r, name)
	if !ok {
		return "", r.Fail("no text %s in this row; write one, or remove the row", name)
	}
	return s, nil
}

// oneOf is the label that a member's word stands for.
func oneOf(r table.Row, name string, labels map[string]float64) (float64, error) {
	v, _ := r.Get(name)
	word, ok := v.(string)
	if b, is := v.(bool); is {
		word, ok = strconv.FormatBool(b), true
	}
	label, known := labels[strings.ToLower(strings.TrimSpace(word))]
	if !ok || !known {
		return 0, r.Fail("%s is %v, which is no label of this data set; correct it, or remove the row", name, v)
	}
	return label, nil
}
