package bpe

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A file of words or characters has this project's steps and tokens and nothing else: everything else that
// would change token ids is refused by name.
func TestWordsRefuse(t *testing.T) {
	bos := `{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"special_tokens":{"<s>":{"id":"<s>","ids":[0],"tokens":["<s>"]}}}`
	for _, tt := range []struct{ name, kind, file, old, new, want string }{
		{"post-processor", "words", "", `"post_processor":null`, `"post_processor":` + bos, `post_processor "TemplateProcessing"`},
		{"another cut into words", "words", "", `"behavior":"Removed"`, `"behavior":"Isolated"`, "pre-tokenizer"},
		{"two other steps", "words", "", `"pre_tokenizer":{`, `"pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Whitespace"},{"type":"Punctuation"}]},"x":{`, "pre-tokenizer"},
		{"characters left out", "characters", "", `"behavior":"Isolated"`, `"behavior":"Removed"`, "pre-tokenizer"},
		{"unknown", "words", "", `"unk_token":"<unk>"`, `"unk_token":"ab"`, "unk_token"},
		{"strip", "characters", "", `"lstrip":false`, `"lstrip":true`, "lstrip"},
		{"end", "words", "tokenizer_config.json", `"eos_token": "<|endoftext|>"`, `"eos_token": "<unk>"`, "eos_token"},
		{"further token", "characters", "tokenizer_config.json", `"bos_token": "<|endoftext|>"`, `"bos_token": "<s>"`, `token "<s>"`},
		{"padding", "words", "tokenizer_config.json", `"eos_token"`, `"pad_token": "[PAD]", "eos_token"`, `token "[PAD]"`},
		{"declared", "words", "tokenizer_config.json", `"eos_token"`, `"added_tokens_decoder": {"9": {"content": "[PAD]", "special": true}}, "eos_token"`, `token "[PAD]"`},
		{"GPT-2's class", "words", "tokenizer_config.json", "PreTrainedTokenizerFast", "GPT2TokenizerFast", "tokenizer_class"},
	} {
		dir := t.TempDir()
		if err := trained(t)[tt.kind].Save(dir); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(dir); err != nil {
			t.Fatalf("%s, untouched: %v", tt.name, err)
		}
		if tt.file == "" {
			tt.file = "tokenizer.json"
		}
		path := filepath.Join(dir, tt.file)
		old, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Replace(string(old), tt.old, tt.new, 1)
		if text == string(old) {
			t.Fatalf("%s: %q is not in %s", tt.name, tt.old, old)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}
