package lmeval

import (
	"fmt"
	"slices"
	"strings"

	"assay/harness/leaf/plural"
	"assay/models/jinja"
)

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
