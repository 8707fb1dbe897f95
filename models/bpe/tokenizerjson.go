package bpe

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/place"
)

// tokenizerFile holds the used members of tokenizer.json. Truncation and padding are ignored, because
// transformers overrides them at each call.
type tokenizerFile struct {
	Version      string       `json:"version"`
	Truncation   *struct{}    `json:"truncation"`
	Padding      *struct{}    `json:"padding"`
	Added        []addedToken `json:"added_tokens"`
	Normalizer   *step        `json:"normalizer"`
	PreTokenizer *step        `json:"pre_tokenizer"`
	Post         *step        `json:"post_processor"`
	Decoder      *step        `json:"decoder"`
	Model        modelFile    `json:"model"`
}

// step is a normalizer, pre-tokenizer, post-processor or decoder.
type step struct {
	Type             string   `json:"type"`
	AddPrefixSpace   *bool    `json:"add_prefix_space,omitzero"`
	TrimOffsets      *bool    `json:"trim_offsets,omitzero"`
	UseRegex         *bool    `json:"use_regex,omitzero"`
	Pattern          *pattern `json:"pattern,omitzero"`
	Behavior         string   `json:"behavior,omitzero"`
	Invert           *bool    `json:"invert,omitzero"`
	IndividualDigits *bool    `json:"individual_digits,omitzero"`
	Delimiter        string   `json:"delimiter,omitzero"`
	PreTokenizers    []step   `json:"pretokenizers,omitzero"`
	Normalizers      []step   `json:"normalizers,omitzero"`
	Processors       []step   `json:"processors,omitzero"`

	Content    string         `json:"content,omitzero"` // of a Replace
	Prepend    string         `json:"prepend,omitzero"`
	StripLeft  *bool          `json:"strip_left,omitzero"`
	StripRight *bool          `json:"strip_right,omitzero"`
	Single     []templatePart `json:"single,omitzero"`
	Specials   map[string]struct {
		IDs []int32 `json:"ids"`
	} `json:"special_tokens,omitzero"`
	Sep jsontext.Value `json:"sep,omitzero"` // ["</s>", 2]
	Cls jsontext.Value `json:"cls,omitzero"`
}

type pattern struct {
	String string `json:"String,omitzero"`
	Regex  string `json:"Regex,omitzero"`
}

type modelFile struct {
	Type          string           `json:"type"`
	Dropout       float64          `json:"dropout,omitzero"`
	Unknown       *string          `json:"unk_token"`
	ByteFallback  bool             `json:"byte_fallback,omitzero"`
	IgnoreMerges  bool             `json:"ignore_merges,omitzero"`
	Vocab         map[string]int32 `json:"vocab"`
	Merges        []mergeText      `json:"merges,omitzero"`
	SubwordPrefix *string          `json:"continuing_subword_prefix,omitzero"`
	WordSuffix    *string          `json:"end_of_word_suffix,omitzero"`
}

// mergeText is a merge as newer versions write it, ["a","b"], or as older ones did, "a b".
type mergeText [2]string

// UnmarshalJSON reads both forms.
func (m *mergeText) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		var text string
		if err := json.Unmarshal(data, &text); err != nil {
			return err
		}
		left, right, ok := strings.Cut(text, " ")
		if !ok {
			return fmt.Errorf("merge %q has no space", text)
		}
		*m = mergeText{left, right}
		return nil
	}
	return json.Unmarshal(data, (*[2]string)(m))
}

// characterPattern is the pre-tokenizer for characters.
const characterPattern = `[\s\S]`

func loadJSON(path string, s *settings) (*Tokenizer, error) {
	if err := s.checkClass(); err != nil {
		return nil, err
	}
	data, err := readFile(path)
	if err != nil {
		return nil, err
	}
	var f tokenizerFile
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, place.Errorf(path, 0, "not a tokenizer: %w", oneLine(err))
	}
	t, err := f.tokenizer(s)
	if err != nil {
		return nil, place.At(path, 0, err)
	}
	return t, nil
}

func (f *tokenizerFile) tokenizer(s *settings) (*Tokenizer, error) {
	pre := f.PreTokenizer
	switch {
	case f.Model.Type == "BPE", f.Model.Type == "" && len(f.Model.Merges) > 0: // files from 2019 to 2021 have no type
		return f.pairs(s)
	case f.Model.Type != "WordLevel":
		return nil, fmt.Errorf("the model has type %q; only BPE and WordLevel are supported", f.Model.Type)
	case f.Normalizer != nil:
		return nil, fmt.Errorf("the WordLevel model has a normalizer %q, which is not supported", f.Normalizer.Type)
	}
	for _, kind := range []Kind{Characters, Words} {
		if pre.equal(wordsPieces(kind)) {
			return f.words(kind, s)
		}
	}
	return nil, errors.New("the WordLevel model has a pre-tokenizer that assay didn't write, which is not supported")
}

// words reads a character or word tokenizer written by this project. It refuses by name everything that the
// project doesn't write into such files.
func (f *tokenizerFile) words(kind Kind, s *settings) (*Tokenizer, error) {
	prefix, suffix, err := f.Post.around()
	switch {
	case err != nil:
		return nil, err
	case s.namedClass() == gpt2Class:
		return nil, fmt.Errorf("the model is a WordLevel, which %s ignores; set tokenizer_class to PreTrainedTokenizerFast", gpt2Class)
	case len(prefix)+len(suffix) > 0:
		return nil, fmt.Errorf("the WordLevel model has a post_processor %q, which is not supported", f.Post.Type)
	case f.Model.Unknown == nil || *f.Model.Unknown != Unknown:
		return nil, fmt.Errorf("the WordLevel model's unk_token is not %s, which is not supported", Unknown)
	}
	added, err := f.addedWords(s)
	if err != nil {
		return nil, err
	}
	vocab := maps.Clone(f.Model.Vocab)
	if vocab == nil {
		vocab = map[string]int32{}
	}
	for _, a := range added {
		id, ok := vocab[a.Content]
		switch {
		case a.Content != EndOfText && a.Content != Unknown:
			return nil, fmt.Errorf("the WordLevel model has the special or added token %q; only %s and %s are supported", a.Content, EndOfText, Unknown)
		case a.LStrip || a.RStrip || a.SingleWord || !a.Special:
			return nil, fmt.Errorf("the WordLevel model's token %q has lstrip, rstrip or single_word, or isn't special, which is not supported", a.Content)
		case a.ID >= 0 && ok && id != a.ID:
			return nil, fmt.Errorf("added token %q has both ids %d and %d", a.Content, id, a.ID)
		case a.ID >= 0:
			vocab[a.Content] = a.ID
		}
	}
	words, missing, err := ordered(vocab)
	if err != nil {
		return nil, err
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("the WordLevel model has no token with id %d, which is not supported", missing[0])
	}
	t, err := newWords(kind, words)
	if err == nil {
		s.splitSpecials(t)
	}
	return t, err
}

// addedWords returns all tokens that a word file and its neighbours name in addition to the words; tokens
// without an id there have -1.
func (f *tokenizerFile) addedWords(s *settings) ([]addedToken, error) {
	declared, err := s.declared()
	if err != nil {
		return nil, err
	}
	all := slices.Concat(f.Added, declared)
	byName, further, err := s.named()
	if err != nil {
		return nil, err
	}
	if eos, ok := byName["eos_token"]; ok && eos.Content != EndOfText {
		return nil, fmt.Errorf("the WordLevel model's eos_token is %q; only %s is supported", eos.Content, EndOfText)
	}
	for _, token := range byName {
		token.ID = -1
		all = append(all, token)
	}
	for _, token := range further {
		token.ID = -1
		all = append(all, token.addedToken)
	}
	slices.SortStableFunc(all, func(a, b addedToken) int { return cmp.Compare(a.Content, b.Content) })
	return all, nil
}

// equal compares the JSON of two steps.
func (s *step) equal(other *step) bool {
	a, errA := json.Marshal(s, json.Deterministic(true))
	b, errB := json.Marshal(other, json.Deterministic(true))
	return errA == nil && errB == nil && bytes.Equal(a, b)
}

// pairs reads a byte-pair tokenizer.
func (f *tokenizerFile) pairs(s *settings) (*Tokenizer, error) {
	m := &f.Model
	for _, refused := range []struct {
		member string
		set    bool
	}{
		{"byte_fallback", m.ByteFallback},
		{"dropout", m.Dropout != 0},
		{"continuing_subword_prefix", m.SubwordPrefix != nil && *m.SubwordPrefix != ""},
		{"end_of_word_suffix", m.WordSuffix != nil && *m.WordSuffix != ""},
	} {
		if refused.set {
			return nil, fmt.Errorf("the BPE model has %s, which is not supported", refused.member)
		}
	}
	b := builder{vocab: m.Vocab, settings: s, file: f, ignoreMerges: m.IgnoreMerges, rebuilt: s.class() == gpt2Class}
	for _, merge := range m.Merges {
		b.merges = append(b.merges, merge)
	}
	return b.pairs()
}

// pairID reads the id of a token given with its text, ["</s>", 2].
func pairID(v jsontext.Value) (int32, error) {
	var pair [2]jsontext.Value
	var id int32
	if json.Unmarshal(v, &pair) != nil || json.Unmarshal(pair[1], &id) != nil {
		return 0, fmt.Errorf("the post_processor has %s in place of a token and its id", v)
	}
	return id, nil
}
