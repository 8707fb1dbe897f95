package bpe

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
)

// maxFile is the longest file of a tokenizer that is read, in bytes.
const maxFile = 256 << 20

// FileError is a fault in a tokenizer's file: one line.
type FileError struct {
	Path string
	Line int // 0 where there is none to name
	Err  error
}

func (e *FileError) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("%s:%d: %v", e.Path, e.Line, e.Err)
	}
	return fmt.Sprintf("%s: %v", e.Path, e.Err)
}

// Unwrap gives the fault.
func (e *FileError) Unwrap() error { return e.Err }

// Load reads the tokenizer of a folder: tokenizer.json, as Hugging Face's
// tokenizers writes it, or GPT-2's two files under the names of transformers
// (vocab.json, merges.txt) or of OpenAI (encoder.json, vocab.bpe). Errors are
// *[FileError], or of the file system.
func Load(dir string) (*Tokenizer, error) {
	path := filepath.Join(dir, "tokenizer.json")
	if _, err := os.Stat(path); err == nil {
		return loadJSON(path)
	}
	for _, names := range [][2]string{{"vocab.json", "merges.txt"}, {"encoder.json", "vocab.bpe"}} {
		vocab := filepath.Join(dir, names[0])
		if _, err := os.Stat(vocab); err == nil {
			return loadPair(vocab, filepath.Join(dir, names[1]))
		}
	}
	return nil, fmt.Errorf("%s: no tokenizer in it; looked for tokenizer.json, vocab.json and encoder.json: %w", dir, fs.ErrNotExist)
}

func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxFile {
		return nil, &FileError{Path: path, Err: fmt.Errorf("%d bytes are no tokenizer's", info.Size())}
	}
	return os.ReadFile(path)
}

// loadPair reads GPT-2's vocabulary and merges.
func loadPair(vocabPath, mergesPath string) (*Tokenizer, error) {
	data, err := readFile(vocabPath)
	if err != nil {
		return nil, err
	}
	var vocab map[string]int32
	if err := json.Unmarshal(data, &vocab); err != nil {
		return nil, &FileError{Path: vocabPath, Err: fmt.Errorf("no vocabulary: %w", oneLine(err))}
	}
	tokens, err := ordered(vocab)
	if err != nil {
		return nil, &FileError{Path: vocabPath, Err: err}
	}
	text, err := readFile(mergesPath)
	if err != nil {
		return nil, err
	}
	var merges [][2]string
	lines := bufio.NewScanner(strings.NewReader(string(text)))
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if n == 1 && strings.HasPrefix(line, "#version") || line == "" {
			continue
		}
		left, right, ok := strings.Cut(line, " ")
		if !ok || left == "" || right == "" || strings.Contains(right, " ") {
			return nil, &FileError{Path: mergesPath, Line: n, Err: errors.New("no two tokens with a space between them")}
		}
		merges = append(merges, [2]string{left, right})
	}
	if err := lines.Err(); err != nil {
		return nil, &FileError{Path: mergesPath, Err: err}
	}
	t, err := readPairs(tokens, merges)
	if err != nil {
		return nil, &FileError{Path: mergesPath, Err: err}
	}
	t.whole = t.reachesAll()
	return t, nil
}

// ordered are the words of a vocabulary by number, without gaps.
func ordered(vocab map[string]int32) ([]string, error) {
	words := make([]string, len(vocab))
	taken := make([]bool, len(vocab))
	for word, id := range vocab {
		if id < 0 || int(id) >= len(vocab) {
			return nil, fmt.Errorf("token %q has the number %d; %d tokens are numbered from 0 to %d", word, id, len(vocab), len(vocab)-1)
		}
		if taken[id] {
			return nil, fmt.Errorf("two tokens have the number %d", id)
		}
		words[id], taken[id] = word, true
	}
	return words, nil
}

// readPairs makes a tokenizer of byte pairs from what files write.
func readPairs(words []string, merges [][2]string) (*Tokenizer, error) {
	r := newReader()
	tokens := make([]string, len(words))
	ids := make(map[string]int32, len(words))
	for id, word := range words {
		token := word
		if word != EndOfText {
			var err error
			if token, err = r.token(word); err != nil {
				return nil, err
			}
		}
		tokens[id] = token
		ids[word] = int32(id)
	}
	var pairs []pair
	for i, m := range merges {
		left, okL := ids[m[0]]
		right, okR := ids[m[1]]
		if !okL || !okR {
			return nil, fmt.Errorf("merge %d of %q and %q: one of them is no token", i+1, m[0], m[1])
		}
		pairs = append(pairs, pair{left, right})
	}
	return newPairs(tokens, pairs)
}

// reachesAll reports whether the merges make every token of its own bytes, so that
// a piece which is a token needs none.
func (t *Tokenizer) reachesAll() bool {
	t.whole = false
	var ids []int32
	var long longText
	for id, token := range t.tokens {
		if int32(id) == t.end {
			continue
		}
		if ids = t.appendPiece(ids[:0], token, &long); len(ids) != 1 || ids[0] != int32(id) {
			return false
		}
	}
	return true
}

// oneLine keeps an error's text to a line.
func oneLine(err error) error {
	return errors.New(strings.Join(strings.Fields(err.Error()), " "))
}

// tokenizerFile is tokenizer.json, in what is used of it.
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

type addedToken struct {
	ID         int32  `json:"id"`
	Content    string `json:"content"`
	SingleWord bool   `json:"single_word"`
	LStrip     bool   `json:"lstrip"`
	RStrip     bool   `json:"rstrip"`
	Normalized bool   `json:"normalized"`
	Special    bool   `json:"special"`
}

type step struct {
	Type           string   `json:"type"`
	AddPrefixSpace *bool    `json:"add_prefix_space,omitzero"`
	TrimOffsets    *bool    `json:"trim_offsets,omitzero"`
	UseRegex       *bool    `json:"use_regex,omitzero"`
	Pattern        *pattern `json:"pattern,omitzero"`
	Behavior       string   `json:"behavior,omitzero"`
	Invert         *bool    `json:"invert,omitzero"`
	PreTokenizers  []step   `json:"pretokenizers,omitzero"`
}

type pattern struct {
	String string `json:"String,omitzero"`
	Regex  string `json:"Regex,omitzero"`
}

type modelFile struct {
	Type          string           `json:"type"`
	Unknown       *string          `json:"unk_token"`
	ByteFallback  bool             `json:"byte_fallback,omitzero"`
	IgnoreMerges  bool             `json:"ignore_merges,omitzero"`
	Vocab         map[string]int32 `json:"vocab"`
	Merges        []mergeText      `json:"merges,omitzero"`
	SubwordPrefix *string          `json:"continuing_subword_prefix,omitzero"`
	WordSuffix    *string          `json:"end_of_word_suffix,omitzero"`
}

// mergeText is a merge as later versions write it, ["a","b"], or as earlier ones
// did, "a b".
type mergeText [2]string

// UnmarshalJSON reads both.
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

// characterPattern is the pre-tokenizer of characters.
const characterPattern = `[\s\S]`

func loadJSON(path string) (*Tokenizer, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, err
	}
	var f tokenizerFile
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, &FileError{Path: path, Err: fmt.Errorf("no tokenizer: %w", oneLine(err))}
	}
	t, err := f.tokenizer()
	if err != nil {
		return nil, &FileError{Path: path, Err: err}
	}
	return t, nil
}

func (f *tokenizerFile) tokenizer() (*Tokenizer, error) {
	if f.Normalizer != nil {
		return nil, fmt.Errorf("a normalizer (%s), which is not supported", f.Normalizer.Type)
	}
	vocab := f.Model.Vocab
	for _, a := range f.Added {
		if id, ok := vocab[a.Content]; ok && id != a.ID {
			return nil, fmt.Errorf("added token %q has the numbers %d and %d", a.Content, id, a.ID)
		}
		if a.Content != EndOfText && a.Content != Unknown {
			return nil, fmt.Errorf("added token %q, which is not supported; %s and %s are", a.Content, EndOfText, Unknown)
		}
		if vocab == nil {
			vocab = map[string]int32{}
		}
		vocab[a.Content] = a.ID
	}
	words, err := ordered(vocab)
	if err != nil {
		return nil, err
	}
	pre := f.PreTokenizer
	switch {
	case f.Model.Type == "BPE":
		if pre == nil || pre.Type != "ByteLevel" || pre.AddPrefixSpace != nil && *pre.AddPrefixSpace || pre.UseRegex != nil && !*pre.UseRegex {
			return nil, errors.New("a BPE without GPT-2's ByteLevel pre-tokenizer, which is the one that is supported")
		}
		if f.Model.ByteFallback {
			return nil, errors.New("byte_fallback, which is not supported")
		}
		merges := make([][2]string, len(f.Model.Merges))
		for i, m := range f.Model.Merges {
			merges[i] = m
		}
		t, err := readPairs(words, merges)
		if err != nil {
			return nil, err
		}
		t.whole = f.Model.IgnoreMerges || t.reachesAll()
		return t, nil
	case f.Model.Type != "WordLevel":
		return nil, fmt.Errorf("a model of type %q; BPE and WordLevel are supported", f.Model.Type)
	case pre != nil && pre.Type == "Split" && pre.Pattern != nil && pre.Pattern.Regex == characterPattern:
		return newWords(Characters, words)
	case pre != nil && pre.Type == "Sequence" && len(pre.PreTokenizers) == 2:
		return newWords(Words, words)
	}
	return nil, errors.New("a WordLevel whose pre-tokenizer is not this project's, which is the one that is supported")
}

// Save writes the tokenizer into a folder as tokenizer.json and
// tokenizer_config.json, for Load and for Hugging Face's libraries.
func (t *Tokenizer) Save(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f := t.file()
	data, err := json.Marshal(f, json.Deterministic(true), json.FormatNilSliceAsNull(false))
	if err != nil {
		return err
	}
	if err := replace(filepath.Join(dir, "tokenizer.json"), append(data, '\n')); err != nil {
		return err
	}
	config := fmt.Sprintf("{\"tokenizer_class\": \"PreTrainedTokenizerFast\", \"eos_token\": %q, \"bos_token\": %q, \"clean_up_tokenization_spaces\": false", EndOfText, EndOfText)
	if t.unknown >= 0 {
		config += fmt.Sprintf(", \"unk_token\": %q", Unknown)
	}
	return replace(filepath.Join(dir, "tokenizer_config.json"), []byte(config+"}\n"))
}

// replace writes a file, whole or not at all.
func replace(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		err = errors.Join(err, os.Remove(f.Name()))
	}
	return err
}

func (t *Tokenizer) file() *tokenizerFile {
	yes, no, none := true, false, ""
	f := &tokenizerFile{Version: "1.0", Model: modelFile{Vocab: map[string]int32{}}}
	special := func(id int32) {
		f.Added = append(f.Added, addedToken{ID: id, Content: t.tokens[id], Special: true})
	}
	for id, token := range t.tokens {
		if t.kind == BytePairs && int32(id) != t.end {
			token = written(token)
		}
		f.Model.Vocab[token] = int32(id)
	}
	if t.kind == BytePairs {
		special(t.end)
		f.PreTokenizer = &step{Type: "ByteLevel", AddPrefixSpace: &no, TrimOffsets: &yes, UseRegex: &yes}
		f.Decoder = f.PreTokenizer
		f.Model.Type, f.Model.IgnoreMerges, f.Model.SubwordPrefix, f.Model.WordSuffix = "BPE", t.whole, &none, &none
		f.Model.Merges = make([]mergeText, len(t.ordered))
		for i, m := range t.ordered {
			f.Model.Merges[i] = mergeText{written(t.tokens[m.left]), written(t.tokens[m.right])}
		}
		return f
	}
	ids := []int32{t.unknown, t.end}
	slices.Sort(ids)
	special(ids[0])
	special(ids[1])
	name := Unknown
	f.Model.Type, f.Model.Unknown = "WordLevel", &name
	if t.kind == Characters {
		f.PreTokenizer = &step{Type: "Split", Pattern: &pattern{Regex: characterPattern}, Behavior: "Isolated", Invert: &no}
		f.Decoder = &step{Type: "Fuse"}
		return f
	}
	f.PreTokenizer = &step{Type: "Sequence", PreTokenizers: []step{
		{Type: "Split", Pattern: &pattern{String: " "}, Behavior: "Removed", Invert: &no},
		{Type: "Split", Pattern: &pattern{String: "\n"}, Behavior: "Isolated", Invert: &no},
	}}
	return f
}
