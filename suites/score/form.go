package score

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"assay/metrics"
)

// formKinds are the metrics of an answer's form.
func formKinds() []kind {
	return []kind{
		{"regex", "1 if a pattern matches somewhere in the answer", []string{"pattern", "normalise", "ignore"}, regex},
		{"json_schema", "1 if the answer is JSON that fits a schema", []string{"schema"}, jsonSchema},
		{"words", "number of words in the answer, separated by white space; neither more nor fewer is better", nil, words},
		{"extracted", "1 if the extraction found something in the answer", nil, extracted},
	}
}

func regex(s *Settings) (Metric, error) {
	normalise, err := s.normaliser("none")
	if err != nil {
		return Metric{}, err
	}
	m := Metric{Metric: share("Pattern matches")}
	if s.Pattern != "" {
		re, err := compile(s.Pattern)
		m.Of = func(a *Answer) ([]float64, string) { return []float64{oneIf(re.MatchString(normalise(a.Text)))}, "" }
		return m, err
	}
	var compiled sync.Map // pattern -> *regexp.Regexp, or nil
	m.Of = func(a *Answer) ([]float64, string) {
		value, some, answer := 0.0, false, normalise(a.Text)
		for _, pattern := range a.References {
			if pattern == "" {
				continue
			}
			some = true
			kept, ok := compiled.Load(pattern)
			if !ok {
				re, err := compile(pattern)
				matches := func(s string) bool { return re.MatchString(s) }
				if err != nil {
					matches = nil
				}
				kept, _ = compiled.LoadOrStore(pattern, matches)
			}
			matches := kept.(func(string) bool)
			if matches == nil {
				return nil, fmt.Sprintf("the reference %.60q is no pattern that can be read (RE2)", pattern)
			}
			value = max(value, oneIf(matches(answer)))
		}
		if !some {
			return nil, noReference
		}
		return []float64{value}, ""
	}
	return m, nil
}

func words(*Settings) (Metric, error) {
	m := metrics.Metric{Title: "Words per answer", Kind: metrics.Mean, Direction: metrics.NeitherIsBetter, Hi: math.Inf(1)}
	return Metric{Metric: m, Of: func(a *Answer) ([]float64, string) { return []float64{float64(len(strings.Fields(a.Text)))}, "" }}, nil
}

func extracted(*Settings) (Metric, error) {
	return Metric{Metric: share("Answers with an extract"), Of: func(a *Answer) ([]float64, string) {
		return []float64{oneIf(a.Found)}, ""
	}}, nil
}

// maxDigits bounds the digits of a number, and its exponent: JSON Schema computes with them
// exactly.
const maxDigits = 400

func jsonSchema(s *Settings) (Metric, error) {
	schema, err := s.schema()
	return Metric{Metric: share("Fits the schema"), Of: func(a *Answer) ([]float64, string) {
		value, ok := readJSON(a.Text)
		return []float64{oneIf(ok && schema.Validate(value) == nil)}, ""
	}}, err
}

// schema compiles the metric's schema. It can't refer to files or addresses.
func (s *Settings) schema() (*jsonschema.Schema, error) {
	source, file := []byte(s.Schema), ""
	switch {
	case len(source) == 0:
		return nil, errors.New("needs schema:, a JSON Schema or the path of its file")
	case s.Schema.Kind() == '"':
		path, err := jsontext.AppendUnquote(nil, source)
		if err != nil {
			return nil, fmt.Errorf("schema: %w", err)
		}
		if s.ReadFile == nil {
			return nil, errors.New("schema: can't be a path here; write the schema itself")
		}
		file = string(path)
		if source, err = s.ReadFile(file); err != nil {
			return nil, fmt.Errorf("schema: %w", err)
		}
	}
	doc, ok := readJSON(string(source))
	if syntax, found := errors.AsType[*jsontext.SyntacticError](jsontext.NewDecoder(bytes.NewReader(source)).SkipValue()); !ok && found {
		return nil, fmt.Errorf("schema: %s: it is no valid JSON from %s on: %w", file, lineColumn(source, syntax.ByteOffset), syntax.Err)
	}
	if !ok {
		return nil, errors.New("schema: it must be one JSON value, in which no name repeats and no number has more than 400 digits")
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(jsonschema.SchemeURLLoader{}) // loads nothing
	if err := c.AddResource(schemaName, doc); err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	compiled, err := c.Compile(schemaName)
	if err != nil {
		fault := faultOf(err, doc)
		if where := placeOf(source, fault.Path); file != "" && where != "" {
			return nil, fmt.Errorf("schema: %s: %s: %w", file, where, fault.Err)
		}
		return nil, fault
	}
	return compiled, nil
}

// schemaName is the address of a metric's schema. References are relative to its folder, in which
// nothing else is: relative to an address without a folder, a reference to another file would be one to
// the schema itself.
const (
	schemaFolder = "schema:///"
	schemaName   = schemaFolder + "metric"
)

// readJSON reads one JSON value: strict, without repeated members, with numbers of bounded size.
func readJSON(s string) (any, bool) {
	if !jsontext.Value(s).IsValid() {
		return nil, false
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(s))
	return value, err == nil && modest(value)
}

// modest reports whether the numbers of a JSON value have few digits and small exponents.
func modest(value any) bool {
	switch v := value.(type) {
	case map[string]any:
		for _, e := range v {
			if !modest(e) {
				return false
			}
		}
	case []any:
		for _, e := range v {
			if !modest(e) {
				return false
			}
		}
	case interface{ String() string }: // a number's digits
		digits := strings.ToLower(v.String())
		mantissa, exponent, some := strings.Cut(digits, "e")
		n, err := strconv.Atoi(strings.TrimPrefix(exponent, "+"))
		return len(mantissa) <= maxDigits && (!some || err == nil && max(n, -n) <= maxDigits)
	}
	return true
}
