package data

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/models/bpe"
	"assay/suites/datafile"
)

// readRows reads the rows of files of JSON lines, in order.
func readRows[T any](paths []string, read func(at Place, line []byte) (T, error)) ([]T, error) {
	var all []T
	for _, path := range paths {
		err := eachPlace(path, func(at Place, line []byte) error {
			one, err := read(at, line)
			all = append(all, one)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// row is a line of a file of data, a JSON object. A member that is absent or null is missing;
// an empty text is not.
type row map[string]jsontext.Value

// parseRow splits a line into its members, which are checked when they are read. write says
// in an error what the line should look like.
func parseRow(line []byte, write string) (row, error) {
	r, err := datafile.Members(line)
	if err != nil {
		return nil, fmt.Errorf("%w; %s", err, write)
	}
	return r, nil
}

func (r row) has(name string) bool {
	v, ok := r[name]
	return ok && v.Kind() != 'n'
}

// text reads a text; there reports whether the row has it.
func (r row) text(name string) (text string, there bool, err error) {
	if !r.has(name) {
		return "", false, nil
	}
	return text, true, r.into(name, "a string", &text)
}

// into reads a member into a value; what names its type in errors.
func (r row) into(name, what string, to any) error {
	v := r[name]
	if err := json.Unmarshal(v, to); err == nil {
		var items []jsontext.Value
		if v.Kind() == '[' && json.Unmarshal(v, &items) == nil {
			if i := slices.IndexFunc(items, func(v jsontext.Value) bool { return v.Kind() == 'n' }); i >= 0 {
				return fmt.Errorf("%s has null at position %d; it must be %s", name, i+1, what)
			}
		}
		return nil
	}
	is := map[jsontext.Kind]string{'"': "a string", '0': "a number", 't': "true", 'f': "false", '[': "a list", '{': "an object"}[v.Kind()]
	if v.Kind() == '[' && strings.Contains(string(v), `"role"`) {
		return fmt.Errorf("%s is a list of a chat's messages; assay trains on text: write each as one text, formatted by the model's chat template", name)
	}
	switch is {
	case "":
		is = "invalid JSON"
	case what:
		return fmt.Errorf("%s is %s with half a surrogate pair or another escape that is not a character; write it as UTF-8", name, is)
	}
	return fmt.Errorf("%s is %s; it must be %s", name, is, what)
}

// countOthers counts the members that are not read.
func (r row) countOthers(notes *Notes, at Place, known ...string) {
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

// response returns the text of a response without the name of an end token at its end. The
// name anywhere else is an error, since it would end the response there.
func response(text, name string, notes *Notes, at Place) (string, error) {
	if !strings.Contains(text, bpe.EndOfText) {
		return text, nil
	}
	cut, found := strings.CutSuffix(strings.TrimRight(text, " \n"), bpe.EndOfText)
	if !found || strings.Contains(cut, bpe.EndOfText) {
		return "", at.Errorf("%s has %s inside its text, which would end it there; remove it, or write what follows it as a separate row", name, bpe.EndOfText)
	}
	notes.Count("responses with "+bpe.EndOfText+" at their end, which is read as the end itself", at)
	return cut, nil
}

// encodeResponse returns the tokens of a response without an end. A token that ends a text
// for this tokenizer, by any name, may be written at the response's end but not inside it.
func encodeResponse(t *bpe.Tokenizer, text string, notes *Notes, at Place) ([]int32, error) {
	ids := t.AppendContinuation(nil, text)
	if last := len(ids) - 1; last >= 0 && t.IsEnd(ids[last]) {
		notes.Count("responses with "+t.Token(ids[last])+" at their end, which is read as the end itself", at)
		ids = ids[:last]
	}
	if i := slices.IndexFunc(ids, t.IsEnd); i >= 0 {
		return nil, at.Errorf("a response has %s inside its text, which would end it there; remove it, or write what follows it as a separate row", t.Token(ids[i]))
	}
	return ids, nil
}

// appendMarked appends the tokens of a text, with an end token wherever the text has its name.
func appendMarked(t *bpe.Tokenizer, ids []int32, text string) []int32 {
	for i, document := range strings.Split(text, bpe.EndOfText) {
		if i > 0 {
			ids = append(ids, t.End())
		}
		ids = t.AppendEncode(ids, document)
	}
	return ids
}

// encodePrompt returns a prompt's tokens, after those that the tokenizer puts before a text.
// An empty prompt gives no others.
func encodePrompt(t *bpe.Tokenizer, text string, notes *Notes, at Place) []int32 {
	if strings.Contains(text, bpe.EndOfText) {
		notes.Count("prompts with "+bpe.EndOfText+" in them, which is read as the end of a text", at)
	}
	return appendMarked(t, slices.Clone(t.Prefix()), text)
}
