package serve_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assay/models/bpe"
	"assay/models/chat"
	"assay/models/sample"
	"assay/models/serve"
)

func TestConversations(t *testing.T) {
	m := model(t, bpe.NewBytes(), sample.Options{})
	template, err := chat.New(`{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system role here') }}{% endif %}### {{ m.role }}
{{ m.content }}
{% endfor %}### assistant

`, nil) // Jinja drops the last line end
	if err != nil {
		t.Fatal(err)
	}
	var plain, templated, broken = serve.Config{Model: m}, serve.Config{Model: m, Chat: template.Render}, serve.Config{Model: m, Chat: func([]chat.Message) (string, error) {
		return "", errors.New("chat_template.jinja: it can't be parsed")
	}}
	for _, tt := range []struct {
		config serve.Config
		body   string
		text   string // the model's prompt, a byte a token; "" if the conversation is refused
		error  string
	}{
		{plain, `[{"role": "user", "content": "rye"}]`, "rye", ""},
		{plain, `[{"role": "developer", "content": "Be brief."}, {"role": "user", "content": [{"type": "text", "text": "rye"}, {"type": "text", "text": "?"}]}]`, "Be brief.\n\nrye?", ""},
		{plain, `[{"role": "user", "content": "a"}, {"role": "assistant", "content": null}, {"role": "user", "content": "b", "name": ""}]`, "user: a\n\nassistant: \n\nuser: b\n\nassistant:", ""},
		{templated, `[{"role": "user", "content": "sold bread"}]`, "### user\nsold bread\n### assistant\n", ""},
		{templated, `[{"role": "user", "content": "a"}, {"role": "assistant"}, {"role": "user", "content": "b"}]`, "### user\na\n### assistant\n\n### user\nb\n### assistant\n", ""},
		{templated, `[{"role": "system", "content": "x"}, {"role": "user", "content": "a"}]`, "", "no system role here"},
		{broken, `[{"role": "user", "content": "a"}]`, "", "chat_template.jinja"},
		{plain, `[{"role": "user", "content": null}]`, "", "message 1 has no text"},
		{plain, `[{"role": "user", "content": "a"}, {"role": "assistant", "content": 3}]`, "", "message 2 has no text"},
		{plain, `[{"role": "user", "content": "a"}, {"role": "assistant", "content": "", "tool_calls": [{"id": "x"}]}]`, "", "tool_calls"},
		{plain, `[{"role": "user", "content": "a", "name": "Ann"}]`, "", "name"},
		{plain, `[{"content": "a"}]`, "", "message 1 has no role"},
		{plain, `"a"`, "", "list of objects"},
	} {
		web := start(t, tt.config)
		status, r := post(t, web.URL, "/v1/chat/completions", `{"max_tokens": 5, "temperature": 0, "messages": `+tt.body+`}`)
		if tt.text == "" {
			if status != http.StatusBadRequest || !strings.Contains(r.Error.Message, tt.error) {
				t.Errorf("%s: status %d, %+v; want %q", tt.body, status, r.Error, tt.error)
			}
			continue
		}
		if status != http.StatusOK || r.Usage.Prompt != len(tt.text) {
			t.Errorf("%s: status %d, %+v, want %d tokens of a prompt", tt.body, status, r.Usage, len(tt.text))
			continue
		}
		prompt, _ := json.Marshal(tt.text)
		_, want := post(t, web.URL, "/v1/completions", `{"max_tokens": 5, "temperature": 0, "prompt": `+string(prompt)+`}`)
		if got := r.Choices[0].Message.Content; got != want.Choices[0].Text || !slices.Contains([]string{"length", "stop"}, r.Choices[0].Finish) {
			t.Errorf("%s: %q, want %q as the text %q is continued", tt.body, got, want.Choices[0].Text, tt.text)
		}
	}
}

// A tokenizer that puts "a" (97) before prompts does so for plain text, and not for the text of a template,
// which writes its own special tokens.
func TestTemplatesWriteTheirOwnSpecialTokens(t *testing.T) {
	dir := t.TempDir()
	if err := bpe.NewBytes().Save(dir); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "tokenizer.json")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const processor = `"post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"a"}},{"Sequence":{"id":"A"}}],"special_tokens":{"a":{"ids":[97]}}}`
	changed := strings.Replace(string(data), `"post_processor":null`, processor, 1)
	if err := os.WriteFile(path, []byte(changed), 0o644); err != nil || changed == string(data) {
		t.Fatalf("%v; %s", err, data)
	}
	tokenizer, err := bpe.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	m := model(t, tokenizer, sample.Options{})
	template, err := chat.New("a[{{ messages[0].content }}]", nil)
	if err != nil {
		t.Fatal(err)
	}
	const body = `{"messages": [{"role": "user", "content": "rye"}], "max_tokens": 1}`
	for _, tt := range []struct {
		config serve.Config
		tokens int
	}{{serve.Config{Model: m}, len("arye")}, {serve.Config{Model: m, Chat: template.Render}, len("a[rye]")}} {
		status, r := post(t, start(t, tt.config).URL, "/v1/chat/completions", body)
		if status != http.StatusOK || r.Usage.Prompt != tt.tokens {
			t.Errorf("status %d, %+v, want %d tokens of a prompt", status, r.Usage, tt.tokens)
		}
	}
}
