package bpe

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Expected values from transformers 5.24.0 for texts under many configurations of one small tokenizer:
// AutoTokenizer.from_pretrained(dir)(text)["input_ids"] as ids, with add_special_tokens=False as plain, and
// with split_special_tokens=True as literal if different from ids. fixtures/peers/tokenizers.py --fixture
// writes the file, and also compares log-probabilities.
type peerFile struct {
	Base   map[string]jsontext.Value `json:"base"`
	Config jsontext.Value            `json:"config"`
	Texts  []string                  `json:"texts"`
	Cases  []peerCase                `json:"cases"`
}

type peerCase struct {
	Name      string                    `json:"name"`
	Tokenizer map[string]jsontext.Value `json:"tokenizer"` // members of tokenizer.json
	Model     map[string]jsontext.Value `json:"model"`     // members of its model; null removes one
	Files     map[string]jsontext.Value `json:"files"`
	Pair      bool                      `json:"pair"` // as vocab.json and merges.txt
	Texts     []string                  `json:"texts"`
	IDs       [][]int32                 `json:"ids"`
	Plain     [][]int32                 `json:"plain"`
	Literal   [][]int32                 `json:"literal"`
}

// folder writes a case's files.
func (c *peerCase) folder(t *testing.T, f *peerFile) string {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, v any) {
		data, ok := v.([]byte)
		if !ok {
			var err error
			if data, err = json.Marshal(v); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	all := maps.Clone(f.Base)
	maps.Copy(all, c.Tokenizer)
	var model map[string]jsontext.Value
	if err := json.Unmarshal(f.Base["model"], &model); err != nil {
		t.Fatal(err)
	}
	for name, v := range c.Model {
		if model[name] = v; v.Kind() == 'n' {
			delete(model, name)
		}
	}
	if c.Pair {
		var merges []mergeText
		if err := json.Unmarshal(model["merges"], &merges); err != nil {
			t.Fatal(err)
		}
		text := "#version: 0.2\n"
		for _, m := range merges {
			text += m[0] + " " + m[1] + "\n"
		}
		write("vocab.json", model["vocab"])
		write("merges.txt", []byte(text))
	} else {
		all["model"], _ = json.Marshal(model)
		write("tokenizer.json", all)
	}
	files := map[string]jsontext.Value{"tokenizer_config.json": f.Config, "config.json": jsontext.Value(`{"model_type": "gpt2", "eos_token_id": 0}`)}
	maps.Copy(files, c.Files)
	for name, v := range files {
		if v.Kind() != 'n' {
			write(name, v)
		}
	}
	return dir
}

func readPeer(t *testing.T) *peerFile {
	t.Helper()
	data, err := os.ReadFile("testdata/transformers.json")
	if err != nil {
		t.Fatal(err)
	}
	var f peerFile
	if err := json.Unmarshal(data, &f); err != nil {
		t.Fatal(err)
	}
	if len(f.Cases) < 50 || len(f.Texts) < 10 {
		t.Fatalf("%d cases of %d texts", len(f.Cases), len(f.Texts))
	}
	return &f
}

func TestIDsAreTransformers(t *testing.T) {
	f := readPeer(t)
	for _, c := range f.Cases {
		dir := c.folder(t, f)
		tok, err := Load(dir)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		texts := f.Texts
		if c.Texts != nil {
			texts = c.Texts
		}
		want := map[string][][]int32{"plain": c.Plain, "literal": c.Literal}
		for how, ids := range want {
			if ids == nil {
				want[how] = c.IDs
			}
		}
		for i, text := range texts {
			for how, got := range map[string][]int32{"ids": tok.EncodePrompt(text, false), "plain": tok.Encode(text), "literal": tok.EncodeLiteral(text)} {
				ids := c.IDs[i]
				if how != "ids" {
					ids = want[how][i]
				}
				if len(got)+len(ids) > 0 && !slices.Equal(got, ids) {
					t.Errorf("%s, %s of %q: %v, want %v", c.Name, how, text, got, ids)
				}
			}
			checkEnds(t, c.Name, tok, text)
		}
		// A saved tokenizer is the same tokenizer.
		saved := t.TempDir()
		if err := tok.Save(saved); err != nil {
			t.Fatal(err)
		}
		if err := os.CopyFS(saved, os.DirFS(dir)); err == nil {
			t.Fatalf("%s: nothing was saved", c.Name)
		}
		if data, err := os.ReadFile(filepath.Join(dir, "config.json")); err == nil {
			if err := os.WriteFile(filepath.Join(saved, "config.json"), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		again, err := Load(saved)
		if err != nil {
			t.Errorf("%s, saved: %v", c.Name, err)
			continue
		}
		if err := Difference("loaded", tok, "saved", again); err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
	}
}

// checkEnds checks that tokens end in order, the last at the text's end or before spaces that the tokenizer
// drops, and that a token whose text is in the prompt ends after it.
func checkEnds(t *testing.T, name string, tok *Tokenizer, text string) {
	t.Helper()
	ids := tok.EncodePrompt(text, false)
	ends := tok.EndsIn(text, ids)
	if len(ends) != len(ids) || !slices.IsSorted(ends) {
		t.Fatalf("%s: %q ends at %v", name, text, ends)
	}
	for i, end := range ends {
		from := 0
		if i > 0 {
			from = ends[i-1]
		}
		if end > len(text) {
			t.Fatalf("%s: %q ends at %v", name, text, ends)
		}
		if i < len(tok.prefix) || i >= len(ids)-len(tok.suffix) || len(tok.before.normalizers) > 0 {
			continue
		}
		piece, want := text[from:end], tok.Token(ids[i])
		if !strings.HasSuffix(strings.TrimRight(piece, " "), strings.Trim(want, " ")) {
			t.Errorf("%s: token %d of %q is %q, and %q of it", name, i, text, want, piece)
		}
	}
}

// Two configurations that cut a text differently are distinguished.
func TestDifferenceOfSettings(t *testing.T) {
	f := readPeer(t)
	byName := map[string]*Tokenizer{}
	for _, c := range f.Cases {
		tok, err := Load(c.folder(t, f))
		if err != nil {
			t.Fatal(err)
		}
		byName[c.Name] = tok
	}
	for _, other := range []string{"template, bos", "roberta", "add_prefix_space", "digits", "split, cl100k", "NFC", "lowercase", "lstrip, rstrip", "split_special_tokens"} {
		if err := Difference("A", byName["fast"], "B", byName[other]); err == nil {
			t.Errorf("%s: no difference", other)
		}
	}
	for _, same := range []string{"no model.type", "GPT2Tokenizer", "truncation and padding"} {
		if err := Difference("A", byName["fast"], "B", byName[same]); err != nil {
			t.Errorf("%s: %v", same, err)
		}
	}
}

// GPT-2's own vocabulary in the form of 2019, without model.type and with merges as strings, and as
// transformers' two files. The ids are those of transformers 5.24.0:
// GPT2Tokenizer.from_pretrained(dir)(text)["input_ids"].
func TestGPT2sOldFile(t *testing.T) {
	data := realData(t)
	vocab, err := os.ReadFile(filepath.Join(data, "gpt2-bpe", "encoder.json"))
	if err != nil {
		t.Fatal(err)
	}
	merges, err := os.ReadFile(filepath.Join(data, "gpt2-bpe", "vocab.bpe"))
	if err != nil {
		t.Fatal(err)
	}
	lines, err := json.Marshal(strings.Split(strings.TrimSuffix(string(merges[strings.IndexByte(string(merges), '\n')+1:]), "\n"), "\n"))
	if err != nil {
		t.Fatal(err)
	}
	old := `{"version":"1.0","truncation":null,"padding":null,"added_tokens":[{"id":50256,"special":true,"content":"<|endoftext|>",` +
		`"single_word":false,"lstrip":false,"rstrip":false,"normalized":true}],"normalizer":null,` +
		`"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true},` +
		`"post_processor":{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":false},` +
		`"decoder":{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true},"model":{"dropout":null,"unk_token":null,` +
		`"continuing_subword_prefix":"","end_of_word_suffix":"","fuse_unk":false,"vocab":` + string(vocab) + `,"merges":` + string(lines) + `}}`
	for name, files := range map[string]map[string]string{
		"tokenizer.json": {"tokenizer.json": old, "tokenizer_config.json": `{"model_max_length": 1024}`},
		"pair":           {"vocab.json": string(vocab), "merges.txt": string(merges)},
	} {
		dir := t.TempDir()
		files["config.json"] = `{"model_type": "gpt2", "eos_token_id": 50256}`
		for file, text := range files {
			if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		tok, err := Load(dir)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for text, want := range map[string][]int32{
			"The ferry left the quay at nine.":      {464, 26450, 1364, 262, 627, 323, 379, 5193, 13},
			"<|endoftext|>Boats, 1234 of them.\n\n": {50256, 16635, 1381, 11, 1105, 2682, 286, 606, 13, 628},
		} {
			if got := tok.EncodePrompt(text, false); !slices.Equal(got, want) {
				t.Errorf("%s: %q is %v, want %v", name, text, got, want)
			}
		}
		if tok.End() != 50256 || tok.Size() != 50257 || len(tok.Notices()) > 0 {
			t.Errorf("%s: end %d of %d, %q", name, tok.End(), tok.Size(), tok.Notices())
		}
	}
}
