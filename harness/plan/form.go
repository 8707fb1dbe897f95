package plan

import (
	"errors"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/yamlstruct"
)

// Form is how requests to a model differ from others', as the plan says. Its JSON has all
// of it that may change an answer.
type Form struct {
	// Members to leave out of the request body.
	Omit []string `json:"omit,omitempty" oneof:"temperature|top_p|max_tokens|max_completion_tokens|stop|seed|logprobs|top_logprobs"`
	// Members to add to the request body; any JSON.
	Extra map[string]jsontext.Value `json:"extra,omitempty" like:"{min_p: 0.1}"`
	// Headers by name: a string, or {env: VARIABLE} for a secret.
	Headers map[string]Value `json:"headers,omitempty" like:"{NAME: value, OTHER: {env: VARIABLE}}"`
	// Parameters of the URL's query, written like headers.
	Query map[string]Value `json:"query,omitempty" like:"{NAME: value, OTHER: {env: VARIABLE}}"`
	// What to do with a model's thoughts: drop, keep, none (the model has none), or the marks around them, {start: MARK, end: MARK}.
	Thoughts Thoughts `json:"thoughts,omitzero"`
	// Header for the key; by default, Authorization.
	KeyHeader string `json:"-" yaml:"api_key_header" with:"api_key_env"`
	// Word before the key, or none; by default, Bearer in Authorization and none in other headers.
	KeyScheme string `json:"-" yaml:"api_key_scheme" with:"api_key_env"`
}

// NoScheme is the [Form]'s KeyScheme of a key without a word before it.
const NoScheme = "none"

// String is the form's JSON, "" where requests are made as others.
func (s *Form) String() string {
	text, err := json.Marshal(s, json.Deterministic(true))
	if err != nil { // its values are JSON
		panic("plan: " + err.Error())
	}
	if string(text) == "{}" {
		return ""
	}
	return string(text)
}

// Value is a header's or a query's value: the plan's own, or one in the environment, which
// is in no record.
type Value struct {
	Text string `json:"text,omitempty" yaml:"-"`
	// Environment variable that holds the value.
	Env string `json:"-" yaml:"env" need:"write {env: VARIABLE}"`
	// Text to put before the variable's value.
	Prefix string `json:"-" yaml:"prefix" text:"lines"`
}

// fromEnv is a [Value] that is written as a mapping.
type fromEnv Value

// DecodeYAML reads a text or a mapping.
func (v *Value) DecodeYAML(n yamlstruct.Node) {
	switch n.Kind {
	case yamlstruct.Mapping:
		n.Into((*fromEnv)(v))
		if v.Env != "" {
			if err := checkVariable(v.Env); err != nil {
				n.Fail(n.Line, "%w", err)
			}
		}
	case yamlstruct.Nothing, yamlstruct.List:
		n.Fail(n.Line, "wrong type; %s must be a string or {env: VARIABLE}, not %s", n.Name, n)
	default:
		v.Text = n.Text // 7 and true are texts here
		if err := yamlstruct.CheckWord(v.Text); err != nil {
			n.Fail(n.Line, "%s with %w", n.Name, err)
		}
	}
}

// SchemaYAML is a scalar or a mapping.
func (*Value) SchemaYAML(w yamlstruct.SchemaWriter) *yamlstruct.Schema {
	return &yamlstruct.Schema{AnyOf: []*yamlstruct.Schema{{Type: "string"}, {Type: "number"}, {Type: "boolean"}, w.Struct(&fromEnv{})}}
}

// Thoughts says what becomes of a model's thoughts; the zero value drops those between
// the known marks.
type Thoughts struct {
	// Whether they are part of the answer.
	Keep bool `json:"keep,omitzero"`
	None bool `json:"none,omitzero" yaml:"-"` // the model has none
	// Mark before a thought.
	Start string `json:"start,omitempty" text:"lines" with:"end"`
	// Mark after a thought.
	End string `json:"end,omitempty" text:"lines"`
}

// marked is [Thoughts] that are written as a mapping.
type marked Thoughts

// DecodeYAML reads a word, or a mapping with the marks.
func (t *Thoughts) DecodeYAML(n yamlstruct.Node) {
	if n.Kind == yamlstruct.Mapping {
		n.Into((*marked)(t))
		return
	}
	switch n.Word() {
	case "drop", "":
	case "keep":
		t.Keep = true
	case "none":
		t.None = true
	default:
		n.Fail(n.Line, "thoughts must be drop, keep, none or a mapping like {start: <think>, end: </think>}")
	}
}

// SchemaYAML is a word or a mapping.
func (*Thoughts) SchemaYAML(w yamlstruct.SchemaWriter) *yamlstruct.Schema {
	return &yamlstruct.Schema{AnyOf: []*yamlstruct.Schema{{Enum: []string{"drop", "keep", "none"}}, w.Struct(&marked{})}}
}

// ownMembers are those that extra can't have, with what to write instead.
var ownMembers = map[string]string{
	"model": "write the name after the # of model:", "prompt": "the suite has the prompt", "messages": "the suite has the prompt, and system: an instruction above it",
	"n": "write samples: to the suite", "stream": "answers are read in one piece; only stream: false can be sent", "echo": "write logprobs: echo",
	"logprobs": "write logprobs: to the model", "top_logprobs": "write logprobs: to the model",
	"temperature": "write temperature: to the model", "top_p": "write top_p: to the model", "max_tokens": "write max_tokens: to the model",
	"max_completion_tokens": "write max_completion_tokens: to the model", "stop": "the suite has the stops, and texts are cut at them here",
	"seed": "write seed: at the plan's top, or omit: [seed]",
}

// check finds faults in how requests differ; key is the variable with the key, if any.
func (s *Form) check(f *yamlstruct.File, at *yamlstruct.Place, key string) {
	slices.Sort(s.Omit)
	for _, name := range slices.Sorted(maps.Keys(s.Extra)) {
		if remedy, own := ownMembers[name]; own && !(name == "stream" && string(s.Extra[name]) == "false") {
			f.Fail(at.Line("extra."+name), "%s can't be in extra, because assay sends it itself: %s", name, remedy)
		}
	}
	if s.KeyHeader != "" {
		if err := checkHeader(s.KeyHeader); err != nil {
			f.Fail(at.Line("api_key_header"), "api_key_header: %w", err)
		}
	}
	checkSecrets(f, at, "query", s.Query)
	checkSecrets(f, at, "headers", s.Headers)
	headers := map[string]Value{}
	for _, name := range slices.Sorted(maps.Keys(s.Headers)) {
		line := at.Line("headers." + name)
		if err := checkHeader(name); err != nil {
			f.Fail(line, "headers: %w", err)
		}
		canonical := http.CanonicalHeaderKey(name)
		if _, twice := headers[canonical]; twice {
			f.Fail(line, "header %s is listed twice; remove one of them", canonical)
		}
		if key != "" && canonical == http.CanonicalHeaderKey(orAuthorization(s.KeyHeader)) {
			f.Fail(line, "header %s already holds the key of api_key_env; remove one of them, or write another header in api_key_header", canonical)
		}
		headers[canonical] = s.Headers[name]
	}
	if s.Headers != nil {
		s.Headers = headers
	}
}

func orAuthorization(name string) string {
	if name == "" {
		return "Authorization"
	}
	return name
}

var (
	headerName = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$") // RFC 9110, section 5.1
	// secretName matches names whose values are probably secrets.
	secretName = regexp.MustCompile(`(?i)(^|[-_])(api-?key|key|token|secret|authorization|auth|cookie|password|signature|sig)$`)
)

// checkSecrets refuses secrets and variables that are written as they are.
func checkSecrets(f *yamlstruct.File, at *yamlstruct.Place, where string, values map[string]Value) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		text := values[name].Text
		switch line := at.Line(where + "." + name); {
		case text == "":
		case secretName.MatchString(name), strings.HasPrefix(text, "Bearer "):
			f.Fail(line, "%s seems to hold a secret; write %s: {env: VARIABLE} with the variable that holds it", where, name)
		case strings.HasPrefix(text, "$"):
			f.Fail(line, "%s contains a variable; write %s: {env: VARIABLE}", where, name)
		}
	}
}

// checkHeader refuses what is no header's name, or a header that assay sets itself.
func checkHeader(name string) error {
	if !headerName.MatchString(name) {
		return errors.New("not a header name; write one such as X-Team")
	}
	switch http.CanonicalHeaderKey(name) {
	case "Content-Length", "Content-Type", "Content-Encoding", "Transfer-Encoding", "Accept-Encoding", "Connection", "Te", "Trailer", "Upgrade":
		return errors.New("assay sets this header itself; remove it")
	}
	return nil
}

// checkVariable refuses what can't be the name of an environment variable, and
// what is more likely a key than a name: 20 characters and more of both cases and
// digits. (A - as in sk- is in no name.) The error doesn't repeat it.
func checkVariable(name string) error {
	var upper, lower, digit, other bool
	for i, r := range name {
		switch {
		case r >= 'A' && r <= 'Z':
			upper = true
		case r >= 'a' && r <= 'z':
			lower = true
		case r >= '0' && r <= '9' && i > 0:
			digit = true
		case r != '_':
			other = true
		}
	}
	if other || upper && lower && digit && len(name) >= 20 {
		return errors.New("this looks like a key, not a variable's name; write the name of the environment variable that holds the key, such as OPENAI_API_KEY")
	}
	return nil
}
