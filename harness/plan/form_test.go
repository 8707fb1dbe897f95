package plan

import (
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"assay/models"
)

const formed = `
models:
  - name: a
    model: openai:http://h/v1#@org/a#b:free
    api: chat
    omit: [top_p, seed]
    extra:
      min_p: 1e-2
      top_k: 0x10
      stream: false
      chat_template_kwargs: {enable_thinking: false, levels: [1, two, null, "3", .5]}
    headers: {x-team: blue, X-Budget: 7, X-Gate-Key: {env: GATE, prefix: "Basic "}}
    query: {api-version: 2024-10-21, key: {env: GATE_KEY}}
    api_key_env: A_KEY
    api_key_header: api-key
    thoughts: {start: "<a>", end: "</a>", keep: true}
    max_completion_tokens: 4000
  - {name: b, model: "openai:http://h/v1#b", thoughts: none}
suites: [{suite: tldr, max_tokens: 9}]
judges:
  - {name: j, kind: grade, model: "openai:http://h/v1#j", api: chat, extra: {effort: low}, thoughts: {end: "</t>"}, omit: [stop], max_completion_tokens: 50}
  - {name: c, kind: toxicity, service: classifier, url: "http://h", label: toxic, headers: {X-Team: red}}
`

func TestForm(t *testing.T) {
	run, err := parseRun("p.yaml", []byte(formed), knownSuites())
	if err != nil {
		t.Fatal(err)
	}
	want := Form{
		Omit: []string{"seed", "top_p"},
		Extra: map[string]jsontext.Value{
			"min_p": jsontext.Value("1e-2"), "top_k": jsontext.Value("16"), "stream": jsontext.Value("false"),
			"chat_template_kwargs": jsontext.Value(`{"enable_thinking":false,"levels":[1,"two",null,"3",0.5]}`),
		},
		Headers:   map[string]Value{"X-Team": {Text: "blue"}, "X-Budget": {Text: "7"}, "X-Gate-Key": {Env: "GATE", Prefix: "Basic "}},
		Query:     map[string]Value{"api-version": {Text: "2024-10-21"}, "key": {Env: "GATE_KEY"}},
		Thoughts:  Thoughts{Keep: true, Start: "<a>", End: "</a>"},
		KeyHeader: "api-key",
	}
	if diff := cmp.Diff(want, run.Models[0].Form); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if n := run.Models[0].MaxCompletionTokens; n == nil || *n != 4000 || !run.Models[1].Thoughts.None {
		t.Errorf("room %v, thoughts %+v", n, run.Models[1].Thoughts)
	}
	if got := run.Suites[0].SamplingOf(&run.Models[0], models.Sampling{}).MaxTokens; got != 4000 {
		t.Errorf("limit %d, want the model's 4000", got)
	}
	j := run.Judges[0]
	if string(j.Extra["effort"]) != `"low"` || j.Thoughts.End != "</t>" || !slices.Equal(j.Omit, []string{"stop"}) || *j.MaxCompletionTokens != 50 {
		t.Errorf("judge %+v", j)
	}
	if run.Judges[1].Headers["X-Team"].Text != "red" {
		t.Errorf("service %+v", run.Judges[1])
	}
}

// All that changes a request is in the canonical plan and in the form that fingerprints
// have; nothing is of where secrets are.
func TestFormIsCanonical(t *testing.T) {
	base := canonicalOf(t, formed)
	run, err := parseRun("p.yaml", []byte(formed), knownSuites())
	if err != nil {
		t.Fatal(err)
	}
	form := run.Models[0].Form.String()
	for _, word := range []string{"GATE", "A_KEY", "api-key", "Basic"} {
		if strings.Contains(base+form, word) {
			t.Errorf("%q is in %s or %s", word, base, form)
		}
	}
	for _, tt := range []struct {
		old, new   string
		same, form bool // the plan's, and that of the model's form
	}{
		{"omit: [top_p, seed]", "omit: [seed, top_p]", true, true},
		{"omit: [top_p, seed]", "omit: [seed]", false, false},
		{"min_p: 1e-2", "min_p: 2e-2", false, false},
		{"enable_thinking: false", "enable_thinking: true", false, false},
		{"blue", "green", false, false},
		{"2024-10-21", "2025-01-01", false, false},
		{"{env: GATE, prefix: \"Basic \"}", "{env: OTHER}", true, true},
		{"api_key_header: api-key", "api_key_header: x-api-key", true, true},
		{"keep: true", "keep: false", false, false},
		{`start: "<a>"`, `start: "<b>"`, false, false},
		{"max_completion_tokens: 4000", "max_completion_tokens: 4001", false, true},
		{"max_completion_tokens: 4000", "max_tokens: 4000", false, true},
	} {
		changed := strings.Replace(formed, tt.old, tt.new, 1)
		if changed == formed {
			t.Fatalf("%q is not in the plan", tt.old)
		}
		if got := canonicalOf(t, changed); (got == base) != tt.same {
			t.Errorf("%s for %s: same %v\n%s", tt.new, tt.old, got == base, got)
		}
		other, err := parseRun("p.yaml", []byte(changed), knownSuites())
		if err != nil {
			t.Fatal(err)
		}
		if got := other.Models[0].Form.String(); (got == form) != tt.form {
			t.Errorf("%s for %s: form %s", tt.new, tt.old, got)
		}
	}
	if plain := (&Form{KeyHeader: "api-key"}).String(); plain != "" {
		t.Errorf("a plain form is %q", plain)
	}
}

func TestFormDefects(t *testing.T) {
	const secret = "hunter2hunter2"
	for _, tt := range []struct{ name, field, want string }{
		{"what is not sent", "omit: [prompt]", "omit: unknown \"prompt\"; use one of temperature, top_p"},
		{"a member of assay's own", "extra: {temperature: 1}", "temperature can't be in extra, because assay sends it itself: write temperature: to the model"},
		{"choices", "extra: {n: 2}", "n can't be in extra, because assay sends it itself: write samples: to the suite"},
		{"a stream", "extra: {stream: true}", "stream can't be in extra, because assay sends it itself: answers are read in one piece"},
		{"another model", "extra: {model: x}", "model can't be in extra, because assay sends it itself"},
		{"no number of JSON's", "extra: {x: .nan}", "extra: x: a number that JSON doesn't have"},
		{"extra as a list", "extra: [a]", "wrong type; extra must be a mapping"},
		{"a secret in a header", "headers: {X-Api-Key: " + secret + "}", "headers seems to hold a secret; write X-Api-Key: {env: VARIABLE}"},
		{"a bearer", "headers: {X-Pass: Bearer " + secret + "}", "headers seems to hold a secret"},
		{"a secret in the query", "query: {token: " + secret + "}", "query seems to hold a secret"},
		{"a variable", "headers: {X-Team: $" + secret + "}", "headers contains a variable; write X-Team: {env: VARIABLE}"},
		{"a key for a variable", "headers: {X-Team: {env: sk-" + secret + "}}", "this looks like a key"},
		{"no variable", "headers: {X-Team: {prefix: x}}", "no env; write {env: VARIABLE}"},
		{"no header", "headers: {X Team: a}", "headers: not a header name"},
		{"a header of assay's own", "headers: {content-length: 5}", "headers: assay sets this header itself"},
		{"a header twice", "headers: {X-A: a, x-a: b}", "header X-A is listed twice"},
		{"the key twice", "api_key_env: K\n    headers: {authorization: {env: L}}", "header Authorization already holds the key of api_key_env"},
		{"a header for no key", "api_key_header: api-key", "api_key_header needs api_key_env"},
		{"a word for thoughts", "thoughts: maybe", "thoughts must be drop, keep, none or a mapping"},
		{"half of the marks", "thoughts: {start: x}", "start needs end"},
		{"two limits", "max_tokens: 5\n    max_completion_tokens: 6", "both max_completion_tokens and max_tokens"},
		{"a query in the URL", "endpoints: ['http://h/v1?a=" + secret + "']", "endpoints: the URL has a query; remove the ? and what follows it, and write query: {NAME: value}"},
	} {
		content := "models:\n  - name: a\n    model: openai:http://h/v1#a\n    " + tt.field + "\nsuites: [{suite: tldr}]\n"
		_, err := parseRun("p.yaml", []byte(content), knownSuites())
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "p.yaml:") || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: error %v, want %s", tt.name, err, tt.want)
		}
	}
	for model, want := range map[string]string{"replay:x.json": "has no effect on recorded outputs, which are fixed; remove it", "gpt:x": "is only for openai:"} {
		for _, field := range []string{"omit: [seed]", "extra: {a: 1}", "headers: {X-A: a}", "query: {a: b}", "thoughts: keep", "max_completion_tokens: 5"} {
			content := "models:\n  - name: a\n    model: " + model + "\n    " + field + "\nsuites: [{suite: tldr}]\n"
			if _, err := parseRun("p.yaml", []byte(content), knownSuites()); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s of %s: error %v", field, model, err)
			}
		}
	}
}

func TestDifferences(t *testing.T) {
	const plans = `
models:
  - {name: a, model: "openai:http://h/v1#a"}
  - {name: b, model: "openai:http://h/v1#b", api: chat, temperature: 1, extra: {effort: low}}
  - {name: c, model: "openai:http://h/v1#c", max_completion_tokens: 90, omit: [seed]}
  - {name: d, model: "gpt:d"}
  - {name: r, model: "replay:r.json"}
suites: [{suite: tldr, max_tokens: 64}, {suite: drop, temperature: 1, conditions: [zeroshot]}]
`
	canonical := jsontext.Value(canonicalOf(t, plans))
	asked := func(name, sent string) *Requests {
		a, ok := RequestsTo(canonical, name, sent)
		if !ok {
			t.Fatalf("no model %s", name)
		}
		return &a
	}
	for _, tt := range []struct {
		first, second *Requests
		suite         string
		want          []string
	}{
		{asked("a", ""), asked("a", ""), "tldr", nil},
		{asked("a", ""), asked("d", ""), "tldr", nil},
		{asked("a", ""), asked("a", "answered as x"), "tldr", nil},
		{asked("a", ""), asked("b", ""), "tldr", []string{"api (chat beside completions)", "temperature (1 beside unset)", `extra ({"effort":"low"} beside unset)`}},
		{asked("a", ""), asked("b", ""), "drop", []string{"api (chat beside completions)", `extra ({"effort":"low"} beside unset)`}},
		{asked("a", ""), asked("c", ""), "tldr", []string{"max_tokens (unset beside 64)", "max_completion_tokens (90 beside unset)", `omit (["seed"] beside unset)`}},
		{asked("a", "answered as x; stop is not sent"), asked("a", ""), "tldr", []string{"what the server made necessary (nothing beside stop is not sent)"}},
	} {
		if diff := cmp.Diff(tt.want, Differences(tt.first, tt.second, tt.suite)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.suite, diff)
		}
	}
	if _, ok := RequestsTo(canonical, "r", ""); ok {
		t.Error("what was recorded was asked")
	}
	if _, ok := RequestsTo(canonical, "x", ""); ok {
		t.Error("a model that the plan doesn't have was asked")
	}
	if _, ok := RequestsTo(nil, "a", ""); ok {
		t.Error("a model of no plan was asked")
	}
}
