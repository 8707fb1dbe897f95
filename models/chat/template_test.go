package chat_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"assay/models/chat"
)

// The expected texts come from transformers: fixtures/peers/chat_templates.py wrote the file with
// render_jinja_template(messages, chat_template=..., add_generation_prompt=True).
func TestRendersAsTransformers(t *testing.T) {
	data, err := os.ReadFile("testdata/rendered.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Tokens map[string]string
		Cases  []struct {
			Template, Source, Conversation, Rendered, Error string
			Messages                                        []chat.Message
		}
	}
	if err := json.Unmarshal(data, &file, json.MatchCaseInsensitiveNames(true)); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) < 90 {
		t.Fatalf("%d cases, want at least 90", len(file.Cases))
	}
	for _, c := range file.Cases {
		t.Run(c.Template+"/"+c.Conversation, func(t *testing.T) {
			template, err := chat.New(c.Source, file.Tokens)
			if err != nil {
				t.Fatal(err)
			}
			got, err := template.Render(c.Messages)
			if c.Error != "" {
				var refusal *chat.Refusal
				if !errors.As(err, &refusal) || refusal.Reason != c.Error {
					t.Fatalf("error %v, want the refusal %q", err, c.Error)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.Rendered, got); diff != "" {
				t.Errorf("(-transformers +got):\n%s", diff)
			}
		})
	}
}

func TestTemplatesAreBounded(t *testing.T) {
	for name, tt := range map[string]struct{ source, want string }{
		"steps":     {"{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}", "steps"},
		"recursion": {"{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "deep"},
		"output":    {"{% for a in range(9999) %}{{ messages[0].content }}{% endfor %}", "bytes"},
		"range":     {"{% for a in range(1000000000) %}{% endfor %}", "range"},
		"files":     {"{% include '/etc/hostname' %}", "include"},
		"imports":   {"{% import '/etc/hostname' as x %}", "import"},
		"syntax":    {"{% for a in %}", "parse"},
		"filters":   {"{{ 'a'|urlize }}", `filter "urlize" is not supported`},
		"unclosed":  {"{% if true %}", "parse"},
	} {
		t.Run(name, func(t *testing.T) {
			template, err := chat.New(tt.source, nil)
			if err == nil {
				_, err = template.Render([]chat.Message{{Role: "user", Content: strings.Repeat("x", 4<<10)}})
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
}
