package lmeval

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"assay/harness/leaf/plural"
	"assay/models/jinja"
)

// document is a row of data.
type document = *jinja.Dict

// builder makes the requests of a task's documents.
type builder struct {
	*task
	columns        []string
	multipleInput  bool
	multipleTarget bool
	pool           []document
	excludes       bool // the document itself may be among the few-shot examples, and is taken out
	random         *pythonRandom
	shown          map[document]string // few-shot examples so far, as texts
}

// Limits of prompts: of one, and of all prompts of a task, which are kept in memory.
const (
	maxPrompt  = 16 << 20
	maxPrompts = 2 << 30
)

// fewshotSeed is lm-evaluation-harness's default for few-shot draws.
const fewshotSeed = 1234

// question is a document with its requests.
type question struct {
	doc      document
	contexts []string // one; with multiple inputs one for each choice
	target   any
	text     any      // doc_to_text: with multiple inputs, the index of the right one
	choices  []string // doc_to_choice
}

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

// maxChoices bounds the choices of a document.
const maxChoices = 1000

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

func startsWithSpace(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return pythonSpace(r)
}

func endsWithSpace(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return pythonSpace(r)
}

func pythonSpace(r rune) bool { return r >= 0x1c && r <= 0x1f || unicode.IsSpace(r) }

// turn is a question as text: with an answer it is a few-shot example, without one the end of the prompt.
func turn(q string, choices []string, answer any, prefix, delimiter, separator string) (string, error) {
	has := answer != nil && answer != ""
	out := q
	if has && prefix == "" || prefix != "" && q != "" && !endsWithSpace(q) && !startsWithSpace(prefix) {
		out += delimiter
	}
	if !has {
		return out + prefix, nil
	}
	var text string
	i, isInt := asInt(answer)
	list, isList := answer.([]any)
	switch {
	case len(choices) > 0 && isInt:
		if i < 0 {
			i += len(choices)
		}
		if i < 0 || i >= len(choices) {
			return "", fmt.Errorf("the answer of a few-shot example is choice %d of %d", i, len(choices))
		}
		text = choices[i]
	case isList:
		if len(list) == 0 {
			return "", fmt.Errorf("a few-shot example has an empty list of answers")
		}
		answer = list[0]
		fallthrough
	default:
		s, ok := answer.(string)
		if !ok {
			return "", fmt.Errorf("the answer of a few-shot example is %v, which is no text", answer)
		}
		text = s
	}
	if prefix != "" && text != "" && !endsWithSpace(prefix) && !startsWithSpace(text) {
		text = " " + text
	}
	return out + prefix + text + separator, nil
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

// above is what stands above a document's own question: description and few-shot examples.
func (b *builder) above(d document) (string, error) {
	about, err := b.field(d, b.about)
	if err != nil || b.shots == 0 {
		return about, err
	}
	shots, err := b.sample(d)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	out.WriteString(about)
	for _, s := range shots {
		text, ok := b.shown[s]
		if !ok {
			if text, err = b.shot(s); err != nil {
				return "", err
			}
			b.shown[s] = text
		}
		if out.WriteString(text); out.Len() > maxPrompt {
			return "", fmt.Errorf("the few-shot examples have more than %d bytes", maxPrompt)
		}
	}
	return out.String(), nil
}

// shot is one few-shot example.
func (b *builder) shot(d document) (string, error) {
	f := &b.fewshot
	q, err := b.toText(d, f.text)
	if err != nil {
		return "", err
	}
	var choices []string
	if f.choice.value != nil {
		if choices, err = b.toChoices(d, f.choice); err != nil {
			return "", err
		}
	}
	answer, err := b.toTarget(d, f.target)
	if err != nil {
		return "", err
	}
	prefix, err := b.field(d, f.prefix)
	if err != nil {
		return "", err
	}
	if b.multipleInput {
		i, ok := asInt(q)
		if !ok || i < 0 || i >= len(choices) {
			return "", fmt.Errorf("doc_to_text of a few-shot example gives %v, which is no choice", q)
		}
		q, choices = choices[i], nil
	}
	text, ok := q.(string)
	if !ok {
		return "", fmt.Errorf("doc_to_text of a few-shot example gives %v, which is no text", q)
	}
	return turn(text, choices, answer, prefix, f.delimiter, f.separator)
}

// sample chooses a document's few-shot examples.
func (b *builder) sample(d document) ([]document, error) {
	without := func(docs []document) []document {
		if !b.excludes {
			return docs
		}
		return slices.DeleteFunc(slices.Clone(docs), func(o document) bool { return equal(o, d) })
	}
	if len(b.pool) == 0 {
		return nil, fmt.Errorf("there are no documents for few-shot examples")
	}
	if b.fewshot.first {
		var first []document
		for _, o := range b.pool {
			if len(first) == b.shots {
				break
			}
			if !(b.excludes && equal(o, d)) {
				first = append(first, o)
			}
		}
		if len(first) < b.shots {
			return nil, fmt.Errorf("%s wanted, but the data have only %d", plural.Of(b.shots, "few-shot example"), len(first))
		}
		return first, nil
	}
	draw := func(pool []document, n int) ([]document, error) {
		indices, err := b.random.sample(len(pool), n)
		out := make([]document, len(indices))
		for i, at := range indices {
			out[i] = pool[at]
		}
		return out, err
	}
	if !b.excludes {
		return draw(b.pool, b.shots)
	}
	drawn, err := draw(b.pool, b.shots+1)
	if err != nil {
		return nil, err
	}
	drawn = without(drawn)
	if drawn = drawn[:min(len(drawn), b.shots)]; len(drawn) == b.shots {
		return drawn, nil
	}
	return draw(without(b.pool), b.shots)
}

// question makes a document's requests. Documents must come in their order, since draws follow each other.
func (b *builder) question(d document) (q question, err error) {
	q = question{doc: d}
	above, err := b.above(d)
	if err != nil {
		return q, err
	}
	if q.text, err = b.toText(d, b.text); err != nil {
		return q, err
	}
	if b.choice.value != nil {
		if q.choices, err = b.toChoices(d, b.choice); err != nil {
			return q, err
		}
	}
	if q.target, err = b.toTarget(d, b.target); err != nil {
		return q, err
	}
	prefix, err := b.prefixOf(d)
	if err != nil {
		return q, err
	}
	if b.multipleInput {
		for _, choice := range q.choices {
			own, err := turn(choice, nil, nil, prefix, "", "")
			if err != nil {
				return q, err
			}
			q.contexts = append(q.contexts, above+own)
		}
		return q, nil
	}
	text, ok := q.text.(string)
	if !ok {
		return q, fmt.Errorf("doc_to_text gives %v, which is no text", q.text)
	}
	own, err := turn(text, q.choices, nil, prefix, b.delimiter, "")
	q.contexts = []string{above + own}
	return q, err
}

// prefixOf is gen_prefix: a column or a template.
func (b *builder) prefixOf(d document) (string, error) {
	text, ok := b.prefix.value.(string)
	if !ok {
		return "", nil
	}
	if slices.Contains(b.columns, text) {
		v, _ := d.Get(text)
		s, ok := v.(string)
		if v != nil && !ok {
			return "", fmt.Errorf("the column %q is no text", text)
		}
		return s, nil
	}
	return b.prefix.template.Render(vars(d))
}

// equal compares values as Python does.
func equal(a, b any) bool {
	ai, aInt := asInt(a)
	bi, bInt := asInt(b)
	if aInt && bInt {
		return ai == bi
	}
	if af, ok := a.(float64); ok {
		if bf, ok := b.(float64); ok {
			return af == bf
		}
		return bInt && af == float64(bi)
	}
	if bf, ok := b.(float64); ok {
		return aInt && bf == float64(ai)
	}
	switch x := a.(type) {
	case []any:
		y, ok := b.([]any)
		return ok && slices.EqualFunc(x, y, equal)
	case *jinja.Dict:
		y, ok := b.(*jinja.Dict)
		if !ok || x.Len() != y.Len() {
			return false
		}
		for k, v := range x.All() {
			other, ok := y.Get(k)
			if !ok || !equal(v, other) {
				return false
			}
		}
		return true
	}
	switch b.(type) {
	case []any, *jinja.Dict:
		return false
	}
	return a == b
}
