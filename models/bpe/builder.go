package bpe

import (
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
)

// builder makes a byte-pair tokenizer from a folder's files.
type builder struct {
	vocab        map[string]int32
	merges       [][2]string
	ignoreMerges bool
	file         *tokenizerFile // nil without a tokenizer.json
	settings     *settings
	// rebuilt means that transformers' class rebuilds the pipeline as GPT-2's.
	rebuilt bool

	added  []addedToken
	end    int32 // of eos_token; -1 if there is none
	prefix []int32
	suffix []int32
	notes  []string
}

func (b *builder) pairs() (*Tokenizer, error) {
	before, err := b.pipeline()
	if err != nil {
		return nil, err
	}
	if err := b.addTokens(len(before.normalizers) > 0); err != nil {
		return nil, err
	}
	t, err := b.tokenizer(before)
	if err != nil {
		return nil, err
	}
	if err := b.processed(t); err != nil {
		return nil, err
	}
	reaches := t.reachesAll()
	t.whole = b.ignoreMerges || reaches
	if b.rebuilt && b.ignoreMerges && !reaches {
		return nil, fmt.Errorf("ignore_merges is set, but %s ignores it in some versions of transformers; to keep it, set tokenizer_class to PreTrainedTokenizerFast", gpt2Class)
	}
	return t, b.describe(t)
}

// pipeline is what happens to a text before merging.
func (b *builder) pipeline() (pipeline, error) {
	space, given := flag(b.settings.tokenizer, "add_prefix_space")
	if b.file == nil {
		return pipeline{pattern: true, space: space, plain: !space}, nil
	}
	p, err := newPieces(b.file.PreTokenizer)
	if err != nil {
		return p, err
	}
	if p.normalizers, err = newNormalizers(b.file.Normalizer); err != nil {
		return p, err
	}
	if len(p.normalizers) > 0 {
		p.plain = false
	}
	if !b.rebuilt {
		if given && space != p.space {
			b.notes = append(b.notes, fmt.Sprintf("add_prefix_space is %v in tokenizer.json, which counts, but %v in tokenizer_config.json", p.space, space))
		}
		return p, nil
	}
	if len(p.normalizers) > 0 || len(p.splitters) > 0 || !p.pattern {
		return p, fmt.Errorf("a normalizer or pre_tokenizer is set, but %s ignores it in some versions of transformers; to keep it, set tokenizer_class to PreTrainedTokenizerFast", gpt2Class)
	}
	if space != p.space {
		b.notes = append(b.notes, fmt.Sprintf("add_prefix_space is %v in tokenizer.json, but %s uses %v from tokenizer_config.json", p.space, gpt2Class, space))
	}
	return pipeline{pattern: true, space: space, plain: !space}, nil
}

// addTokens collects added tokens in transformers' order: those of tokenizer.json, those with ids in other
// files, the named special tokens, further special tokens.
func (b *builder) addTokens(normalised bool) error {
	if b.file != nil {
		for _, token := range b.file.Added {
			if err := b.add(token, token.ID, normalised); err != nil {
				return err
			}
		}
	}
	declared, err := b.settings.declared()
	if err != nil {
		return err
	}
	for _, token := range declared {
		if err := b.add(token, token.ID, normalised); err != nil {
			return err
		}
	}
	byName, further, err := b.settings.named()
	if err != nil {
		return err
	}
	for _, name := range specialNames {
		if token, ok := byName[name]; ok && b.find(token.Content) < 0 {
			if err := b.add(token, -1, normalised); err != nil {
				return err
			}
		}
	}
	fresh := 0
	for _, token := range further {
		if b.find(token.Content) >= 0 {
			continue
		}
		if _, known := b.vocab[token.Content]; !known && !token.listed {
			if fresh++; fresh > 1 {
				return fmt.Errorf("several special tokens, such as %q, have no id; give them ids in added_tokens_decoder", token.Content)
			}
		}
		if err := b.add(token.addedToken, -1, normalised); err != nil {
			return err
		}
	}
	b.end = -1
	if eos, ok := byName["eos_token"]; ok {
		b.end = b.added[b.find(eos.Content)].ID
	} else if i := b.find(EndOfText); i >= 0 {
		b.end = b.added[i].ID
	} else if id, ok := b.vocab[EndOfText]; ok {
		b.end = id
	}
	return b.around(byName)
}

func (b *builder) find(content string) int {
	return slices.IndexFunc(b.added, func(t addedToken) bool { return t.Content == content })
}

// add gives a token the id that Hugging Face's tokenizers would give it: the vocabulary's, or the next free
// one. declared is the id in a file, or -1.
func (b *builder) add(token addedToken, declared int32, normalised bool) error {
	if token.Content == "" {
		return nil
	}
	if i := b.find(token.Content); i >= 0 {
		old := &b.added[i]
		if declared >= 0 && declared != old.ID {
			return fmt.Errorf("added token %q has both ids %d and %d", token.Content, old.ID, declared)
		}
		if old.LStrip != token.LStrip || old.RStrip != token.RStrip || old.SingleWord != token.SingleWord || normalised && old.Normalized != token.Normalized {
			return fmt.Errorf("added token %q has other flags (lstrip, rstrip, single_word, normalized) in tokenizer.json than in tokenizer_config.json; make them equal", token.Content)
		}
		old.Special = old.Special || token.Special
		return nil
	}
	id, known := b.vocab[token.Content]
	if !known {
		id = int32(len(b.vocab))
		for _, a := range b.added {
			id = max(id, a.ID+1)
		}
	}
	if declared >= 0 && declared != id {
		return fmt.Errorf("added token %q has the id %d, but Hugging Face's tokenizers would give it %d", token.Content, declared, id)
	}
	token.ID = id
	b.added = append(b.added, token)
	return nil
}

// tokenizer combines vocabulary, added tokens and merges.
func (b *builder) tokenizer(before pipeline) (*Tokenizer, error) {
	all := make(map[string]int32, len(b.vocab)+len(b.added))
	for word, id := range b.vocab {
		all[word] = id
	}
	// An added token that merges also produce, or that is a single byte, is made of bytes like any other; its
	// text is still searched for as it is.
	apart := map[string]bool{}
	if b.end >= 0 {
		apart[EndOfText] = true
	}
	for _, a := range b.added {
		all[a.Content], apart[a.Content] = a.ID, true
	}
	for _, m := range b.merges {
		delete(apart, m[0]+m[1])
	}
	byByte, _ := alphabet()
	for _, r := range byByte {
		delete(apart, string(r))
	}
	words, missing, err := ordered(all)
	if err != nil {
		return nil, err
	}
	r := newReader()
	t := &Tokenizer{tokens: make([]string, len(words)), missing: missing, apart: map[int32]bool{}, before: before, notices: b.notes}
	for _, id := range missing {
		t.apart[id] = true
	}
	for id, word := range words {
		if apart[word] || word == "" {
			t.tokens[id], t.apart[int32(id)] = word, true
			continue
		}
		if t.tokens[id], err = r.token(word); err != nil {
			return nil, err
		}
	}
	for i, m := range b.merges {
		left, okL := all[m[0]]
		right, okR := all[m[1]]
		if !okL || !okR {
			return nil, fmt.Errorf("merge %d of %q and %q: one of them is not a token", i+1, m[0], m[1])
		}
		t.ordered = append(t.ordered, pair{left, right})
	}
	for _, a := range b.added {
		t.added.add(a, before.normalizers)
	}
	b.settings.splitSpecials(t)
	t.end = b.end
	if b.end >= 0 {
		t.ends = []int32{b.end}
	}
	return t, t.usePairs()
}

// describe keeps the other settings in which two tokenizers with the same tokens and merges may differ.
func (b *builder) describe(t *Tokenizer) error {
	kept := struct {
		Whole           bool
		Added           []addedToken
		Normalizer, Pre *step
		Space           bool
		Prefix, Suffix  []int32
		Literal         bool
	}{t.whole, b.added, nil, nil, t.before.space, t.prefix, t.suffix, t.literal}
	if b.file != nil && !t.before.plain && !b.rebuilt {
		kept.Normalizer, kept.Pre = b.file.Normalizer, b.file.PreTokenizer
	}
	if len(t.prefix)+len(t.suffix)+len(t.missing) == 0 && !t.literal && t.before.plain && len(b.added) == 1 && b.added[0].Content == EndOfText {
		return nil // only GPT-2's own settings
	}
	text, err := json.Marshal(&kept, json.Deterministic(true))
	t.settings = string(text)
	return err
}
