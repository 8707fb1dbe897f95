package lmeval

import (
	"fmt"
	"slices"
	"unicode"
	"unicode/utf8"

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

// maxChoices bounds the choices of a document.
const maxChoices = 1000

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
