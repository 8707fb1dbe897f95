package yamlstruct

import (
	"errors"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Kind says what a [Value] is.
type Kind int

const (
	Nothing Kind = iota // no value, null or ~
	Quoted              // a text in quotes or a block
	Plain               // a text without quotes, which may be meant as a number
	Number              // what YAML reads as a number
	Bool
	List
	Mapping
)

// Value is a value of a file, with aliases and merges expanded.
type Value struct {
	Kind    Kind
	Line    int
	Column  int    // from 1; 0 if it is not known
	Text    string // of a scalar
	Tag     string // such as !function, where tags are read: see [ParseTagged]
	Items   []Value
	Members []Member // in file order, merged ones last

	size int // values in it, itself included
}

// Member is a key of a mapping with its value.
type Member struct {
	Name   string
	Line   int
	Value  Value
	Quoted bool // the name is in quotes
}

// At is the value that a path of names of members, and of indices of items from 0, leads to. An alias
// has the place of its anchor's values.
func (v Value) At(path ...string) (Value, bool) {
	for _, name := range path {
		found := false
		for i := range v.Members {
			if !found && v.Members[i].Name == name {
				v, found = v.Members[i].Value, true
				break
			}
		}
		if i, err := strconv.Atoi(name); !found && v.Kind == List && err == nil && i >= 0 && i < len(v.Items) {
			v, found = v.Items[i], true
		}
		if !found {
			return Value{}, false
		}
	}
	return v, true
}

// String says what kind of value it is, for messages, and never what it contains.
func (v Value) String() string {
	return [...]string{Nothing: "nothing", Quoted: "a string", Plain: "a string", Number: "a number", Bool: "true or false", List: "a list", Mapping: "a mapping"}[v.Kind]
}

// shown is the value as messages quote it.
func (v Value) shown() string {
	switch v.Kind {
	case Number, Plain, Bool:
		return v.Text
	case Quoted:
		return strconv.Quote(v.Text)
	}
	return v.String()
}

// float is the value as a number, NaN and infinities included.
func (v Value) float() (float64, error) {
	if v.Kind != Number && v.Kind != Plain { // 1e-2 is a text to YAML
		return 0, errors.New("no number")
	}
	return strconv.ParseFloat(v.Text, 64)
}

var jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)

// JSON is the value as JSON, members sorted by name.
func (v Value) JSON() (jsontext.Value, error) {
	if (v.Kind == Number || v.Kind == Plain) && jsonNumber.MatchString(v.Text) {
		return jsontext.Value(v.Text), nil
	}
	switch v.Kind {
	case Nothing:
		return jsontext.Value("null"), nil
	case Bool:
		return jsontext.Value(strings.ToLower(v.Text)), nil
	case Number:
		if n, err := strconv.ParseInt(v.Text, 0, 64); err == nil {
			return jsontext.Value(strconv.FormatInt(n, 10)), nil
		}
		x, err := strconv.ParseFloat(v.Text, 64)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			return nil, errors.New("a number that JSON doesn't have; write it in digits")
		}
		return json.Marshal(x)
	case List:
		all := make([]jsontext.Value, len(v.Items))
		for i, item := range v.Items {
			one, err := item.JSON()
			if err != nil {
				return nil, err
			}
			all[i] = one
		}
		return json.Marshal(all)
	case Mapping:
		all := make(map[string]jsontext.Value, len(v.Members))
		for _, m := range v.Members {
			one, err := m.Value.JSON()
			if err != nil {
				return nil, err
			}
			all[m.Name] = one
		}
		return json.Marshal(all, json.Deterministic(true))
	}
	return json.Marshal(v.Text)
}
