package bpe

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/place"
)

// settings are what a folder says about its tokenizer besides the vocabulary.
type settings struct {
	dir        string
	pair       bool                      // the vocabulary is one with a separate file of merges
	tokenizer  map[string]jsontext.Value // tokenizer_config.json
	specials   map[string]jsontext.Value // special_tokens_map.json
	added      map[string]int32          // added_tokens.json
	config     map[string]jsontext.Value // config.json
	generation map[string]jsontext.Value // generation_config.json
}

func readSettings(dir string) (*settings, error) {
	s := &settings{dir: dir}
	for name, into := range map[string]any{
		"tokenizer_config.json": &s.tokenizer, "special_tokens_map.json": &s.specials, "added_tokens.json": &s.added,
		"config.json": &s.config, "generation_config.json": &s.generation,
	} {
		path := filepath.Join(dir, name)
		data, err := readFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(data, into, jsontext.AllowDuplicateNames(true)); err != nil {
			return nil, place.Errorf(path, 0, "not readable: %w", oneLine(err))
		}
	}
	return s, nil
}

// text is a member that is a string, or "".
func text(members map[string]jsontext.Value, name string) string {
	var value string
	_ = json.Unmarshal(members[name], &value) // "" if it isn't a string
	return value
}

// flag is a member that is true or false; given is false if it is absent.
func flag(members map[string]jsontext.Value, name string) (value, given bool) {
	v, given := members[name]
	return string(v) == "true", given
}

// splitSpecials applies split_special_tokens.
func (s *settings) splitSpecials(t *Tokenizer) {
	if t.literal, _ = flag(s.tokenizer, "split_special_tokens"); t.literal {
		t.note("special tokens in prompts are read as text: tokenizer_config.json has split_special_tokens")
	}
}

// class is the transformers class that reads the folder, without "Fast".
func (s *settings) class() string {
	class := s.namedClass()
	if class == "" && text(s.config, "model_type") == "gpt2" {
		class = gpt2Class
	}
	return class
}

// namedClass is the class named in a file, without "Fast", or "".
func (s *settings) namedClass() string {
	return strings.TrimSuffix(cmp.Or(text(s.tokenizer, "tokenizer_class"), text(s.config, "tokenizer_class")), "Fast")
}

// gpt2Class is the transformers class that builds GPT-2's pipeline from a vocabulary and merges. Of a
// tokenizer.json it uses only these and the post-processor.
const gpt2Class = "GPT2Tokenizer"

// checkClass refuses classes that do more than tokenizer.json says.
func (s *settings) checkClass() error {
	switch class := s.class(); class {
	case "", gpt2Class, "PreTrainedTokenizer", "TokenizersBackend":
		return nil
	default:
		return place.Errorf(filepath.Join(s.dir, "tokenizer_config.json"), 0,
			"tokenizer_class %s isn't supported; if tokenizer.json describes the tokenizer fully, use PreTrainedTokenizerFast", class)
	}
}

// onlyGPT2 refuses a class other than GPT-2's for a vocabulary with merges.
func (s *settings) onlyGPT2(path string) error {
	if class := s.class(); class != "" && class != gpt2Class {
		return place.Errorf(path, 0, "tokenizer_class is %s, but vocab.json with merges.txt is only supported for GPT2Tokenizer; save it as tokenizer.json", class)
	}
	return nil
}

// specialNames are transformers' names of special tokens, in its order.
var specialNames = []string{"bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"}

// specialToken reads a token from a setting: a string, or an object with its flags. found is false for null
// or an absent setting.
func specialToken(v jsontext.Value) (token addedToken, found bool, err error) {
	switch v.Kind() {
	case '"':
		token.Special = true
		err = json.Unmarshal(v, &token.Content)
		return token, true, err
	case '{':
		token.Special = true
		err = json.Unmarshal(v, &token)
		return token, true, err
	}
	return token, false, nil
}

// furtherToken is a special token other than those of [specialNames]: one in a list, or one with a name of
// the model's own.
type furtherToken struct {
	addedToken
	listed bool
}

// named returns the special tokens by name, and further ones: those with names of the model's own, then the
// list in its order.
func (s *settings) named() (byName map[string]addedToken, further []furtherToken, err error) {
	members := map[string]jsontext.Value{}
	if s.class() == gpt2Class || s.class() == "" && s.pair {
		for _, name := range []string{"bos_token", "eos_token", "unk_token"} {
			members[name] = jsontext.Value(strconv.Quote(EndOfText))
		}
	}
	maps.Copy(members, s.tokenizer)
	if _, given := s.tokenizer["added_tokens_decoder"]; !given {
		maps.Copy(members, s.specials)
	}
	byName = map[string]addedToken{}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		v := members[name]
		list := name == "additional_special_tokens" || name == "extra_special_tokens"
		if !list && !strings.HasSuffix(name, "_token") {
			continue
		}
		var all []jsontext.Value
		switch {
		case !list:
			all = []jsontext.Value{v}
		case v.Kind() == '[':
			err = json.Unmarshal(v, &all)
		case v.Kind() == '{':
			var inner map[string]jsontext.Value
			err = json.Unmarshal(v, &inner)
			for _, key := range slices.Sorted(maps.Keys(inner)) {
				all = append(all, inner[key])
			}
		}
		for _, one := range all {
			token, found, bad := specialToken(one)
			err = errors.Join(err, bad)
			switch {
			case !found:
			case slices.Contains(specialNames, name):
				byName[name] = token
			default:
				further = append(further, furtherToken{token, list && v.Kind() == '['})
			}
		}
		if err != nil {
			return nil, nil, fmt.Errorf("%s is not readable: %w", name, oneLine(err))
		}
	}
	slices.SortStableFunc(further, func(a, b furtherToken) int {
		switch {
		case a.listed == b.listed:
			return 0
		case b.listed:
			return -1
		}
		return 1
	})
	return byName, further, nil
}

// declared returns the added tokens with their ids, ordered by id: those of tokenizer_config.json, or of
// added_tokens.json if it has none.
func (s *settings) declared() ([]addedToken, error) {
	var all []addedToken
	if v, given := s.tokenizer["added_tokens_decoder"]; given {
		var byID map[string]addedToken
		if err := json.Unmarshal(v, &byID); err != nil {
			return nil, fmt.Errorf("added_tokens_decoder is not readable: %w", oneLine(err))
		}
		for id, token := range byID {
			n, err := strconv.ParseInt(id, 10, 32)
			if err != nil {
				return nil, fmt.Errorf("added_tokens_decoder has the id %q", id)
			}
			token.ID = int32(n)
			all = append(all, token)
		}
	} else {
		byName, further, err := s.named()
		if err != nil {
			return nil, err
		}
		for content, id := range s.added {
			is := func(t addedToken) bool { return t.Content == content }
			special := slices.ContainsFunc(further, func(t furtherToken) bool { return is(t.addedToken) }) || slices.ContainsFunc(slices.Collect(maps.Values(byName)), is)
			all = append(all, addedToken{ID: id, Content: content, Normalized: !special, Special: special})
		}
	}
	slices.SortFunc(all, func(a, b addedToken) int { return cmp.Compare(a.ID, b.ID) })
	return all, nil
}
