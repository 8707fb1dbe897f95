package bpe

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/go-json-experiment/json"

	"assay/harness/leaf/outfile"
)

// Save writes the tokenizer into a folder, for Load and for Hugging Face's libraries: the files that it was
// read from, unchanged, or else tokenizer.json and tokenizer_config.json.
func (t *Tokenizer) Save(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	if t.source != nil {
		for _, name := range slices.Sorted(maps.Keys(t.source)) {
			if err := outfile.WriteBytes(filepath.Join(dir, name), t.source[name]); err != nil {
				return err
			}
		}
		return nil
	}
	f := t.file()
	data, err := json.Marshal(f, json.Deterministic(true), json.FormatNilSliceAsNull(false))
	if err != nil {
		return err
	}
	if err := outfile.WriteBytes(filepath.Join(dir, "tokenizer.json"), append(data, '\n')); err != nil {
		return err
	}
	config := fmt.Sprintf("{\"tokenizer_class\": \"PreTrainedTokenizerFast\", \"eos_token\": %q, \"bos_token\": %q, \"clean_up_tokenization_spaces\": false", EndOfText, EndOfText)
	if t.unknown >= 0 {
		config += fmt.Sprintf(", \"unk_token\": %q", Unknown)
	}
	return outfile.WriteBytes(filepath.Join(dir, "tokenizer_config.json"), []byte(config+"}\n"))
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
	f.PreTokenizer = wordsPieces(t.kind)
	if t.kind == Characters {
		f.Decoder = &step{Type: "Fuse"}
	}
	return f
}

// wordsPieces is the pre-tokenizer that cuts texts into characters or words.
func wordsPieces(kind Kind) *step {
	no := false
	if kind == Characters {
		return &step{Type: "Split", Pattern: &pattern{Regex: characterPattern}, Behavior: "Isolated", Invert: &no}
	}
	return &step{Type: "Sequence", PreTokenizers: []step{
		{Type: "Split", Pattern: &pattern{String: " "}, Behavior: "Removed", Invert: &no},
		{Type: "Split", Pattern: &pattern{String: "\n"}, Behavior: "Isolated", Invert: &no},
	}}
}
