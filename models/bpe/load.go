package bpe

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
	"assay/harness/leaf/rows"
)

// maxFile is the largest accepted size of a tokenizer file, in bytes.
const maxFile = 256 << 20

// Load reads the tokenizer of a folder: tokenizer.json, as Hugging Face's tokenizers writes it, or GPT-2's
// two files under the names of transformers (vocab.json, merges.txt) or of OpenAI (encoder.json, vocab.bpe).
// Token ids are those of transformers 5, for which tokenizer_config.json, special_tokens_map.json and
// added_tokens.json are read too. An unsupported setting is an error that names it.
//
// The tokens that end a text are those in generation_config.json, or else in config.json, or else the
// tokenizer's eos_token or [EndOfText].
//
// Errors are *[place.Error], or of the file system.
func Load(dir string) (*Tokenizer, error) {
	s, err := readSettings(dir)
	if err != nil {
		return nil, err
	}
	has := func(name string) bool {
		_, err := os.Stat(filepath.Join(dir, name))
		return err == nil
	}
	var t *Tokenizer
	switch {
	case has("tokenizer.json"):
		t, err = loadJSON(filepath.Join(dir, "tokenizer.json"), s)
	case has("vocab.json"):
		t, err = loadPair(filepath.Join(dir, "vocab.json"), filepath.Join(dir, "merges.txt"), s)
	case has("encoder.json"): // no program reads settings next to these
		s = &settings{dir: dir, config: s.config, generation: s.generation}
		t, err = loadPair(filepath.Join(dir, "encoder.json"), filepath.Join(dir, "vocab.bpe"), s)
	default:
		for _, other := range []string{"tokenizer.model", "spiece.model", "tekken.json", "vocab.txt"} {
			if has(other) {
				return nil, place.At(filepath.Join(dir, other), 0, errors.New("the tokenizer is not byte-level BPE, and there is no tokenizer.json; write one with save_pretrained of transformers' fast tokenizer"))
			}
		}
		return nil, fmt.Errorf("%s: no tokenizer: none of tokenizer.json, vocab.json and encoder.json exists; name a checkpoint's folder", dir)
	}
	if err != nil {
		return nil, err
	}
	t.source = s.source()
	return t, s.chooseEnds(t)
}

func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, rows.Unreadable(path, err)
	}
	if info.Size() > maxFile {
		return nil, place.Errorf(path, 0, "%s are too many for a tokenizer", plural.Of(info.Size(), "byte"))
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, rows.Unreadable(path, err)
	}
	if strings.HasPrefix(string(data[:min(len(data), 32)]), "version https://git-lfs") {
		return nil, place.At(path, 0, errors.New("it is a Git LFS pointer, not the file itself; run 'git lfs pull' in the repository, or download the file"))
	}
	return data, nil
}

// reachesAll reports whether the merges make every token from its bytes, so that a piece that is a token
// needs no merging.
func (t *Tokenizer) reachesAll() bool {
	t.whole = false
	var ids []int32
	var long longText
	for id, token := range t.tokens {
		if t.apart[int32(id)] {
			continue
		}
		if ids = t.appendPiece(ids[:0], token, &long); len(ids) != 1 || ids[0] != int32(id) {
			return false
		}
	}
	return true
}

// oneLine shortens an error's text to a line.
func oneLine(err error) error {
	return errors.New(strings.Join(strings.Fields(err.Error()), " "))
}

// source holds the files that a tokenizer was read from, by name.
type source map[string][]byte

// source reads the files of a tokenizer that Save writes again. Only OpenAI's own code reads its two names,
// so such a tokenizer is saved as tokenizer.json.
func (s *settings) source() source {
	all := source{}
	names := slices.Concat([]string{"tokenizer.json", "vocab.json", "merges.txt", "generation_config.json"}, settingsFiles, templateFiles)
	for _, name := range names {
		if data, err := readFile(filepath.Join(s.dir, name)); err == nil {
			all[name] = data
		}
	}
	if all["tokenizer.json"] == nil && all["vocab.json"] == nil {
		return nil
	}
	return all
}

// settingsFiles are what transformers reads besides a vocabulary; templateFiles are chat templates.
var (
	settingsFiles = []string{"tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"}
	templateFiles = []string{"chat_template.jinja", "chat_template.json"}
)

// Files lists the names of all files in a folder that a tokenizer's ids and end tokens depend on.
func Files() []string {
	return slices.Concat([]string{"tokenizer.json", "vocab.json", "merges.txt", "encoder.json", "vocab.bpe", "generation_config.json"}, settingsFiles)
}
