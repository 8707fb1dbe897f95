package data

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/models/bpe"
	"assay/suites/datafile"
)

// row is a line of a file of data, a JSON object. A member that is absent or null is not
// there; an empty text is there.
type row map[string]jsontext.Value

// parseRow takes a line apart; a member need not be in order until it is read. write is
// what such a line looks like.
func parseRow(line []byte, write string) (row, error) {
	r, ok := datafile.Members(line)
	if !ok {
		return nil, errors.New(write)
	}
	return r, nil
}

func (r row) has(name string) bool {
	v, ok := r[name]
	return ok && v.Kind() != 'n'
}

// text reads a text; there says whether it is.
func (r row) text(name string) (text string, there bool, err error) {
	if !r.has(name) {
		return "", false, nil
	}
	return text, true, r.into(name, "a text", &text)
}

// into reads a member of some type.
func (r row) into(name, what string, to any) error {
	v := r[name]
	if err := json.Unmarshal(v, to); err == nil {
		var items []jsontext.Value
		if v.Kind() == '[' && json.Unmarshal(v, &items) == nil {
			if i := slices.IndexFunc(items, func(v jsontext.Value) bool { return v.Kind() == 'n' }); i >= 0 {
				return fmt.Errorf("%s has null in place %d; it must be %s", name, i+1, what)
			}
		}
		return nil
	}
	is := map[jsontext.Kind]string{'"': "a text", '0': "a number", 't': "true", 'f': "false", '[': "a list", '{': "an object"}[v.Kind()]
	if v.Kind() == '[' && strings.Contains(string(v), `"role"`) {
		return fmt.Errorf("%s is a list of a chat's messages; assay trains on texts: write each as one text, as the model's chat template puts it", name)
	}
	switch is {
	case "":
		is = "no JSON"
	case what:
		return fmt.Errorf("%s is %s with half a surrogate pair or another escape that is no character; write it again as UTF-8", name, is)
	}
	return fmt.Errorf("%s is %s that can't be read; it must be %s", name, is, what)
}

// passOver counts members that nobody reads.
func (r row) passOver(notes *Notes, at Place, known ...string) {
	var others []string
	for name := range r {
		if !slices.Contains(known, name) {
			others = append(others, name)
		}
	}
	slices.Sort(others)
	for _, name := range others {
		notes.Count(fmt.Sprintf("rows with a member %q, which is not read", name), at)
	}
}

// response is the text of a response whose end is written in it as a token's name. Such a
// name anywhere else would end the response there, for whoever reads tokens.
func response(text, name string, notes *Notes, at Place) (string, error) {
	if !strings.Contains(text, bpe.EndOfText) {
		return text, nil
	}
	cut, found := strings.CutSuffix(strings.TrimRight(text, " \n"), bpe.EndOfText)
	if !found || strings.Contains(cut, bpe.EndOfText) {
		return "", at.Errorf("%s has %s inside its text, and would end there; remove it, or write what follows as a row of its own", name, bpe.EndOfText)
	}
	notes.Count("responses with "+bpe.EndOfText+" at their end, which is taken for the end itself", at)
	return cut, nil
}

// encodeResponse gives the tokens of a response, without an end: of the tokens that end a
// text for this tokenizer, whatever their names, one may be written at the response's end,
// and none inside.
func encodeResponse(t *bpe.Tokenizer, text string, notes *Notes, at Place) ([]int32, error) {
	ids := t.AppendContinuation(nil, text)
	if last := len(ids) - 1; last >= 0 && t.IsEnd(ids[last]) {
		notes.Count("responses with "+t.Token(ids[last])+" at their end, which is taken for the end itself", at)
		ids = ids[:last]
	}
	if i := slices.IndexFunc(ids, t.IsEnd); i >= 0 {
		return nil, at.Errorf("a response has %s inside its text, and would end there; remove it, or write what follows as a row of its own", t.Token(ids[i]))
	}
	return ids, nil
}

// appendMarked appends the tokens of a text in which the name of the end of a text is that
// token.
func appendMarked(t *bpe.Tokenizer, ids []int32, text string) []int32 {
	for i, document := range strings.Split(text, bpe.EndOfText) {
		if i > 0 {
			ids = append(ids, t.End())
		}
		ids = t.AppendEncode(ids, document)
	}
	return ids
}

// encodePrompt gives a prompt's tokens, with what the tokenizer puts before a text. An empty
// one is the token between documents for a policy, as for whoever asks it, and nothing for
// a reward model.
func encodePrompt(t *bpe.Tokenizer, text string, notes *Notes, at Place) []int32 {
	if strings.Contains(text, bpe.EndOfText) {
		notes.Count("prompts with "+bpe.EndOfText+" in them, which is the end of a text there", at)
	}
	return appendMarked(t, slices.Clone(t.Prefix()), text)
}
