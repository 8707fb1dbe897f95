package bpe

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/place"
)

// chooseEnds sets the tokens that end a text, as transformers' generate chooses them: those in
// generation_config.json, or else in config.json, or else the tokenizer's own. Ids without a token don't
// count: transformers writes 50256 into the configuration of every GPT-2, however small its vocabulary is.
func (s *settings) chooseEnds(t *Tokenizer) error {
	own := t.ends
	from := "the tokenizer"
	for _, file := range []struct {
		name    string
		members map[string]jsontext.Value
	}{{"generation_config.json", s.generation}, {"config.json", s.config}} {
		ids, err := tokenIDs(file.members["eos_token_id"])
		if err != nil {
			return place.Errorf(filepath.Join(s.dir, file.name), 0, "eos_token_id is %s; it must be a token id, a list of token ids, or null", file.members["eos_token_id"])
		}
		there := slices.DeleteFunc(slices.Clone(ids), func(id int32) bool { return !t.has(id) })
		if len(there) == 0 {
			continue
		}
		if from == "the tokenizer" {
			t.ends, from = there, file.name
		} else if !sameIDs(t.ends, there) {
			t.note("texts end at %s (%s), not at %s (%s)", t.names(t.ends), from, t.names(there), file.name)
		}
	}
	if len(t.ends) == 0 {
		return place.Errorf(filepath.Join(s.dir, "config.json"), 0,
			"no token ends a text: set eos_token_id here or eos_token in tokenizer_config.json")
	}
	if len(own) > 0 && !slices.Contains(t.ends, own[0]) {
		t.note("texts end at %s (%s), not at the tokenizer's eos_token %s", t.names(t.ends), from, t.names(own))
	}
	// The tokenizer's own token comes first if it is one of them: trainings put it after texts.
	if i := 0; len(own) > 0 {
		if i = slices.Index(t.ends, own[0]); i > 0 {
			t.ends = slices.Concat(own, slices.Delete(slices.Clone(t.ends), i, i+1))
		}
	}
	t.end = t.ends[0]
	return nil
}

func (t *Tokenizer) note(format string, args ...any) {
	t.notices = append(t.notices, fmt.Sprintf(format, args...))
}

// names formats tokens for messages.
func (t *Tokenizer) names(ids []int32) string {
	var all []string
	for _, id := range ids {
		all = append(all, fmt.Sprintf("%q", t.Token(id)))
	}
	return strings.Join(all, ", ")
}

func sameIDs(a, b []int32) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// tokenIDs reads an id, a list of ids, or null.
func tokenIDs(v jsontext.Value) (ids []int32, err error) {
	switch v.Kind() {
	case '[':
		err = json.Unmarshal(v, &ids)
	case '0':
		ids = []int32{0}
		err = json.Unmarshal(v, &ids[0])
	case 'n', jsontext.KindInvalid:
	default:
		err = fmt.Errorf("%s is not a token id", v)
	}
	return ids, err
}
