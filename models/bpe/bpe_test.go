package bpe

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
)

func realData(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("ASSAY_DATA")
	if dir == "" {
		t.Skip("ASSAY_DATA is not set: GPT-2's vocabulary is not at hand")
	}
	return dir
}

func gpt2(t testing.TB) *Tokenizer {
	t.Helper()
	tok, err := Load(filepath.Join(realData(t), "gpt2-bpe"))
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

// The vectors from llama.cpp's tests of GPT-2's vocabulary.
func TestVectors(t *testing.T) {
	tok := gpt2(t)
	dir := filepath.Join(realData(t), "gpt2-bpe")
	in, err := os.ReadFile(filepath.Join(dir, "ggml-vocab-gpt-2.gguf.inp"))
	if err != nil {
		t.Fatal(err)
	}
	out, err := os.ReadFile(filepath.Join(dir, "ggml-vocab-gpt-2.gguf.out"))
	if err != nil {
		t.Fatal(err)
	}
	texts := strings.Split(string(in), "\n__ggml_vocab_test__\n")
	wants := strings.Split(string(out), "\n")
	checked := 0
	for i, text := range texts {
		if i >= len(wants) {
			break
		}
		got := strings.Trim(fmt.Sprint(tok.Encode(text)), "[]")
		if want := strings.TrimSpace(wants[i]); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
		checked++
	}
	if checked < 40 {
		t.Errorf("only %d vectors", checked)
	}
}

// Counts and sha256 of the tokens, as little-endian uint32, from tiktoken 0.14's encode_ordinary: see
// fixtures/peers/tokens.py.
func TestTiktoken(t *testing.T) {
	tok := gpt2(t)
	for name, tt := range map[string]struct {
		text   string
		tokens int
		sha    string
	}{
		"wikitext2, test":  {wikitext(t, "test.txt"), 295877, "b707897cad36e76a01d81962b984f94ba225c85ada8d207f1f0ff3faedb56381"},
		"wikitext2, valid": {wikitext(t, "valid.txt"), 258659, "9c87f1a0a64b3a69ad7f2f71b97326a29db8035b6a1ffb4147dabde3709ef775"},
		"every character":  {eachCharacter(), 12968767, "4d571bb7e24423f9b6682944063c603a169fa4ab83a1f166852426dbeaae130a"},
		"1 MB of a":        {strings.Repeat("a", 1_000_000), 250000, "fe66655c626e987b4fa78943bc290131beea8400796734098a5149cf31a61c9e"},
		"1 MB of abcd":     {strings.Repeat("abcd", 250_000), 500000, "36dc1058245e8984b316520798373cf341abc3f02c335bc4e871991bb0cae743"},
	} {
		ids := tok.Encode(tt.text)
		h := sha256.New()
		if err := binary.Write(h, binary.LittleEndian, ids); err != nil {
			t.Fatal(err)
		}
		if sha := hex.EncodeToString(h.Sum(nil)); len(ids) != tt.tokens || sha != tt.sha {
			t.Errorf("%s: %d tokens, %s; want %d, %s", name, len(ids), sha, tt.tokens, tt.sha)
		}
		back, err := tok.Decode(ids)
		if err != nil || back != tt.text {
			t.Errorf("%s does not come back: %v", name, err)
		}
	}
}

func wikitext(t testing.TB, file string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(realData(t), "wikitext2", file))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// eachCharacter has every character in places that show its class: before a contraction, and after spaces. It
// is each_character in fixtures/peers/tokens.py.
func eachCharacter() string {
	var b strings.Builder
	for r := range rune(unicode.MaxRune + 1) {
		if utf8.ValidRune(r) {
			fmt.Fprintf(&b, "%c's  %c", r, r)
		}
	}
	return b.String()
}

// Expected values from OpenAI's tests of tiktoken and latitudegames' tests of their encoder.
func TestKnown(t *testing.T) {
	tok := gpt2(t)
	for text, want := range map[string][]int32{
		"hello world":   {31373, 995},
		"":              {},
		"<|endoftext|>": {50256},
		"0":             {15},
		"   ":           {220, 220, 220},
	} {
		got := tok.Encode(text)
		if len(got)+len(want) > 0 && !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	if got, want := tok.EncodeLiteral(EndOfText), []int32{27, 91, 437, 1659, 5239, 91, 29}; !slices.Equal(got, want) {
		t.Errorf("as text: %v, want %v", got, want)
	}
	if tok.End() != 50256 || tok.Size() != 50257 {
		t.Errorf("end %d, size %d", tok.End(), tok.Size())
	}
}

var speech = []string{"the cat sat on the mat.\nThe cat's hat, the cat's mat: that's that!", "naïve café 漢字 🙂 e\u0301  two  spaces\t\n\n x", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}

func trained(t testing.TB) map[string]*Tokenizer {
	t.Helper()
	texts := slices.Values(speech)
	out := map[string]*Tokenizer{"bytes": NewBytes()}
	for _, one := range []struct {
		name  string
		train func() (*Tokenizer, error)
	}{
		{"characters", func() (*Tokenizer, error) { return TrainCharacters(texts) }},
		{"words", func() (*Tokenizer, error) { return TrainWords(texts) }},
		{"pairs", func() (*Tokenizer, error) { return TrainPairs(texts, 290) }},
	} {
		tok, err := one.train()
		if err != nil {
			t.Fatal(err)
		}
		out[one.name] = tok
	}
	return out
}

func TestSaveAndLoad(t *testing.T) {
	for name, tok := range trained(t) {
		dir := t.TempDir()
		if err := tok.Save(dir); err != nil {
			t.Fatal(err)
		}
		back, err := Load(dir)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := Difference("saved", tok, "loaded", back); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, text := range speech {
			ids := tok.Encode(text)
			got, err := tok.Decode(ids)
			want := text
			if name == "words" {
				want = strings.TrimSuffix(strings.Join(strings.FieldsFunc(strings.ReplaceAll(text, "\n", " \n "), func(r rune) bool { return r == ' ' }), " "), " ")
				want = strings.ReplaceAll(strings.ReplaceAll(want, " \n", "\n"), "\n ", "\n")
			}
			if err != nil || got != want {
				t.Errorf("%s: %q comes back as %q, %v", name, want, got, err)
			}
		}
	}
}

// If ASSAY_SAVE_TOKENIZERS names a folder, the test writes tokenizers there that Hugging Face's tokenizers
// should load: see fixtures/peers/tokens.py.
func TestSaveForOthers(t *testing.T) {
	dir := os.Getenv("ASSAY_SAVE_TOKENIZERS")
	if dir == "" {
		t.Skip("ASSAY_SAVE_TOKENIZERS is not set: nobody else is to load them")
	}
	type saved struct {
		Name string  `json:"name"`
		Text string  `json:"text"`
		IDs  []int32 `json:"ids"`
	}
	var cases []saved
	all := trained(t)
	if os.Getenv("ASSAY_DATA") != "" {
		all["gpt2"] = gpt2(t)
	}
	for name, tok := range all {
		if err := tok.Save(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		for _, text := range append(speech, "it's a test of 123 x² – “quotes”  and   spaces\n\n\tEnd. ") {
			cases = append(cases, saved{name, text, tok.Encode(text)})
		}
	}
	data, err := json.Marshal(cases)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "cases.json"), data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// Pairs merge by count, then by the lower tokens, and never across pieces.
func TestTrainPairs(t *testing.T) {
	tok, err := TrainPairs(slices.Values([]string{"ab ab ab abc", "bc"}), 256+1+4)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for id := 256; id < tok.Size(); id++ {
		got = append(got, tok.Token(int32(id)))
	}
	// "ab" occurs 4 times and " ab" 3 times; then "bc" no longer occurs twice: once as bc, but the b of "
	// abc" is in " ab".
	if want := []string{"ab", " ab", EndOfText}; !slices.Equal(got, want) {
		t.Errorf("tokens %q, want %q", got, want)
	}
	if _, err := TrainPairs(slices.Values(speech), 256); err == nil {
		t.Error("a vocabulary without room for the bytes")
	}
}

func TestUnknown(t *testing.T) {
	all := trained(t)
	for name, text := range map[string]string{"characters": "Q", "words": "dog"} {
		ids := all[name].Encode(text)
		if len(ids) != 1 || all[name].Token(ids[0]) != Unknown {
			t.Errorf("%s: %q is %v", name, text, ids)
		}
	}
	if _, err := all["pairs"].Decode([]int32{5, 9999}); err == nil || !strings.Contains(err.Error(), "token 9999 at place 1") {
		t.Errorf("decoded a token that isn't there: %v", err)
	}
}

func TestLoadRefuses(t *testing.T) {
	good := func() string {
		dir := t.TempDir()
		if err := trained(t)["pairs"].Save(dir); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(filepath.Join(dir, "tokenizer.json"))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}()
	for _, tt := range []struct{ name, old, new, want string }{
		{"no JSON", good, "{", "not a tokenizer"},
		{"a pointer", good, "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n", "git lfs pull"},
		{"other model", `"type":"BPE"`, `"type":"Unigram"`, `the model has type "Unigram"`},
		{"no bytes", `"pre_tokenizer":{"type":"ByteLevel"`, `"pre_tokenizer":{"type":"Metaspace"`, "only byte-level BPE"},
		{"pre-tokenizer", `"pre_tokenizer":{`, `"pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"UnicodeScripts"},{"type":"ByteLevel"}]},"x":{`, `pre_tokenizer "UnicodeScripts"`},
		{"behind the bytes", `"pre_tokenizer":{`, `"pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"ByteLevel"},{"type":"Digits"}]},"x":{`, "Digits after ByteLevel"},
		{"two templates", `"post_processor":null`, `"post_processor":{"type":"Sequence","processors":[{"type":"BertProcessing","sep":["!",33],"cls":["!",33]},{"type":"ByteLevel"},{"type":"RobertaProcessing","sep":["!",33],"cls":["!",33]}]}`, "two parts of the post_processor add tokens"},
		{"pattern", `"pre_tokenizer":{`, `"pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"\\p{Greek}(?<name>a)"},"behavior":"Isolated"},{"type":"ByteLevel"}]},"x":{`, "isn't supported"},
		{"normalizer", `"normalizer":null`, `"normalizer":{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Precompiled"}]}`, `normalizer "Precompiled"`},
		{"post-processor", `"post_processor":null`, `"post_processor":{"type":"Odd"}`, `post_processor "Odd"`},
		{"pair template", `"post_processor":null`, `"post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>"}}],"special_tokens":{"<s>":{"ids":[0]}}}`, "has the text 0 times"},
		{"template's token", `"post_processor":null`, `"post_processor":{"type":"BertProcessing","sep":["</s>",9999],"cls":["<s>",0]}`, "the token 9999"},
		{"byte fallback", `"type":"BPE"`, `"type":"BPE","byte_fallback":true`, "byte_fallback"},
		{"dropout", `"type":"BPE"`, `"type":"BPE","dropout":0.1`, "dropout"},
		{"subwords", `"continuing_subword_prefix":""`, `"continuing_subword_prefix":"##"`, "continuing_subword_prefix"},
		{"suffixes", `"end_of_word_suffix":""`, `"end_of_word_suffix":"</w>"`, "end_of_word_suffix"},
		{"far gap", `"!":33`, `"!":33000`, "has the id 33000"},
		{"twice", `"!":33`, `"!":34`, "two tokens have the id 34"},
		{"merge", `"merges":[[`, `"merges":[["zz","y"],[`, "is not a token"},
		{"added", `"content":"<|endoftext|>"`, `"content":"<pad>"`, "but Hugging Face's tokenizers would give it"},
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, "tokenizer.json")
		text := strings.Replace(good, tt.old, tt.new, 1)
		if text == good {
			t.Fatalf("%s: %q is not in the file", tt.name, tt.old)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := Load(dir)
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), path) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
	if _, err := Load(t.TempDir()); err == nil || !strings.Contains(err.Error(), "no tokenizer: none of tokenizer.json") {
		t.Errorf("an empty folder: %v", err)
	}
}

func FuzzRoundTrip(f *testing.F) {
	for _, text := range speech {
		f.Add([]byte(text))
	}
	f.Add([]byte("\xff\xfe it's\xc3"))
	all := trained(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, name := range []string{"bytes", "pairs"} {
			back, err := all[name].Decode(all[name].Encode(string(data)))
			if err != nil || back != string(data) {
				t.Errorf("%s: %q comes back as %q, %v", name, data, back, err)
			}
		}
		all["words"].Encode(string(data))
		all["characters"].Encode(string(data))
	})
}

func FuzzLoad(f *testing.F) {
	dir := f.TempDir()
	if err := trained(f)["words"].Save(dir); err != nil {
		f.Fatal(err)
	}
	good, err := os.ReadFile(filepath.Join(dir, "tokenizer.json"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"model":{"type":"BPE","vocab":{"a":0},"merges":["a a"]},"pre_tokenizer":{"type":"ByteLevel"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "tokenizer.json")
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		tok, err := loadJSON(path, &settings{dir: filepath.Dir(path)})
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("an error of several lines: %v", err)
			}
			return
		}
		if _, err := tok.Decode(tok.Encode("some text\n")); err != nil && tok.unknown >= 0 {
			t.Error(err)
		}
	})
}
