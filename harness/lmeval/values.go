package lmeval

import (
	"fmt"
	"slices"
	"strings"

	"assay/harness/leaf/plural"
	"assay/models/jinja"
)

func vars(d document) map[string]any {
	out := make(map[string]any, d.Len())
	for k, v := range d.All() {
		if name, ok := k.(string); ok {
			out[name] = v
		}
	}
	return out
}

// column returns a document's value if the source names a column.
func (b *builder) column(s source, d document) (v any, named bool, err error) {
	name, ok := s.value.(string)
	if !ok || !slices.Contains(b.columns, name) {
		return nil, false, nil
	}
	if v, ok = d.Get(name); !ok {
		return nil, true, fmt.Errorf("the document has no %q", name)
	}
	return v, true, nil
}

// digits tells whether Python's literal_eval makes a number of a text of which isdigit holds.
func digits(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

// toText is doc_to_text: a text, or a number.
func (b *builder) toText(d document, s source) (any, error) {
	switch v := s.value.(type) {
	case int, bool:
		return v, nil
	case string:
		if v, named, err := b.column(s, d); named {
			return v, err
		}
		text, err := s.template.Render(vars(d))
		if err == nil && digits(text) && b.choice.value != nil {
			return literal(text)
		}
		return text, err
	}
	return nil, fmt.Errorf("doc_to_text is no text")
}

// toTarget is doc_to_target: a text, a number or a list.
func (b *builder) toTarget(d document, s source) (any, error) {
	switch v := s.value.(type) {
	case int, bool, []any:
		return v, nil
	case string:
		if v, named, err := b.column(s, d); named {
			return v, err
		}
		text, err := s.template.Render(vars(d))
		switch {
		case err != nil:
			return nil, err
		case digits(text) && b.choice.value != nil:
			return literal(text)
		case len(text) >= 2 && text[0] == '[' && text[len(text)-1] == ']':
			if v, err := literal(text); err == nil {
				return v, nil
			}
		}
		return text, nil
	}
	return nil, fmt.Errorf("doc_to_target is missing")
}

// toChoices is doc_to_choice.
func (b *builder) toChoices(d document, s source) ([]string, error) {
	v := s.value
	if text, ok := v.(string); ok {
		c, named, err := b.column(s, d)
		if err != nil {
			return nil, err
		}
		if named {
			v = c
		} else {
			rendered, err := s.template.Render(vars(d))
			if err != nil {
				return nil, err
			}
			if v, err = literal(rendered); err != nil {
				return nil, fmt.Errorf("doc_to_choice %q gives no list: %w", text, err)
			}
		}
	}
	if m, ok := v.(*jinja.Dict); ok {
		var values []any
		for _, value := range m.All() {
			values = append(values, value)
		}
		v = values
	}
	list, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf("doc_to_choice gives no list")
	}
	if len(list) > maxChoices {
		return nil, fmt.Errorf("doc_to_choice gives %s, and at most %d are supported", plural.Of(len(list), "choice"), maxChoices)
	}
	choices := make([]string, len(list))
	for i, item := range list {
		if choices[i], ok = item.(string); !ok {
			return nil, fmt.Errorf("choice %d of doc_to_choice is no text", i+1)
		}
	}
	return choices, nil
}

// field is a description or a prefix: a member of the document by that name, or a template.
func (b *builder) field(d document, s source) (string, error) {
	text, ok := s.value.(string)
	if !ok || text == "" {
		return "", nil
	}
	if v, ok := d.Get(text); ok {
		if v == nil {
			return "", nil
		}
		out, ok := v.(string)
		if !ok {
			return "", fmt.Errorf("the column %q is no text", text)
		}
		return out, nil
	}
	return s.template.Render(vars(d))
}

// asInt is a value as an integer; a bool is one in Python.
func asInt(v any) (int, bool) {
	switch x := v.(type) {
	case int:
		return x, true
	case bool:
		if x {
			return 1, true
		}
		return 0, true
	}
	return 0, false
}
