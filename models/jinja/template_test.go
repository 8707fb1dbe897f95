package jinja_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"assay/models/jinja"
)

// value reads JSON as jinja's values, with objects in order.
func value(t *testing.T, d *jsontext.Decoder) any {
	t.Helper()
	token, err := d.ReadToken()
	if err != nil {
		t.Fatal(err)
	}
	switch token.Kind() {
	case '{':
		out := jinja.NewDict()
		for d.PeekKind() != '}' {
			key := value(t, d)
			out.Set(key, value(t, d))
		}
		_, _ = d.ReadToken() // it is }
		return out
	case '[':
		out := []any{}
		for d.PeekKind() != ']' {
			out = append(out, value(t, d))
		}
		_, _ = d.ReadToken() // it is ]
		return out
	case '"':
		return token.String()
	case '0':
		if text := token.String(); !strings.ContainsAny(text, ".eE") {
			n, err := token.Int()
			if err != nil {
				t.Fatal(err)
			}
			return int(n)
		}
		f, err := token.Float()
		if err != nil {
			t.Fatal(err)
		}
		return f
	case 'n':
		return nil
	}
	return token.Bool()
}

// The expected texts come from Python: fixtures/peers/jinja_templates.py wrote the file with
// jinja2.Environment(...).from_string(source).render(vars).
func TestRendersAsJinja2(t *testing.T) {
	content, err := os.ReadFile("testdata/rendered.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vars  json.RawMessage
		Cases []struct {
			Mode, Source string
			Text         *string
		}
	}
	if err := json.Unmarshal(content, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) < 1500 {
		t.Fatalf("%d cases, want at least 1500", len(file.Cases))
	}
	vars := map[string]any{}
	for k, v := range value(t, jsontext.NewDecoder(strings.NewReader(string(file.Vars)))).(*jinja.Dict).All() {
		vars[k.(string)] = v
	}
	options := map[string]jinja.Options{
		"default": {}, "strict": {Strict: true, KeepTrailingNewline: true}, "trim": {TrimBlocks: true, LstripBlocks: true},
	}
	texts := 0
	for _, c := range file.Cases {
		template, err := jinja.New(c.Source, options[c.Mode])
		got := ""
		if err == nil {
			got, err = template.Render(vars)
		}
		switch {
		case c.Text == nil && err == nil:
			t.Errorf("%s %q: got %q, jinja2 fails", c.Mode, c.Source, got)
		case c.Text == nil:
		case err != nil:
			t.Errorf("%s %q: %v, want %q", c.Mode, c.Source, err, *c.Text)
		case got != *c.Text:
			t.Errorf("%s %q: got %q, want %q", c.Mode, c.Source, got, *c.Text)
		default:
			texts++
		}
	}
	if texts < 1200 {
		t.Errorf("%d texts are compared, want at least 1200", texts)
	}
}

func TestEvalGivesValues(t *testing.T) {
	for source, want := range map[string]any{
		"{{ [1, 2][1] }}": 2, "{{ 'a' ~ 1 }}": "a1", "{{ 1 / 2 }}": 0.5, "{{ none }}": nil, "a{{ 1 }}": "a1", "{{ 1 < 2 }}": true,
	} {
		template, err := jinja.New(source, jinja.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := template.Eval(nil); err != nil || got != want {
			t.Errorf("%s: %v, %v, want %v", source, got, err, want)
		}
	}
	template, err := jinja.New("{{ [x, {'k': (1, 2)}] }}", jinja.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := template.Eval(map[string]any{"x": "y"})
	if err != nil {
		t.Fatal(err)
	}
	items := got.([]any)
	k, _ := items[1].(*jinja.Dict).Get("k")
	if pair := k.([]any); items[0] != "y" || pair[0] != 1 || pair[1] != 2 {
		t.Errorf("got %v", got)
	}
}

func TestErrorsHaveAPlace(t *testing.T) {
	for source, want := range map[string]string{
		"a\nbé {{ 1 +  }}":         "line 2, column 12: unexpected \"}}\"",
		"\n\n{{ x.y.z }}":          "line 3, column 7: a str has no attribute y",
		"{% for %}":                "line 1, column 8: want a name",
		"{{ a|nope }}":             "line 1, column 6: unknown filter \"nope\"",
		"{% include 'x' %}":        "line 1, column 4: the block \"include\" is not supported",
		"{{ ''.__class__ }}":       "line 1, column 6: the attribute \"__class__\" is not supported",
		"{{ 'a'.encode('utf8') }}": "line 1, column 7: the method \"encode\" of a str is not supported",
	} {
		template, err := jinja.New(source, jinja.Options{})
		if err == nil {
			_, err = template.Render(map[string]any{"x": "text"})
		}
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", source, err, want)
		}
	}
}
