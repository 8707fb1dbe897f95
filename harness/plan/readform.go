package plan

import (
	"errors"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// These are the fields of [Form]. A service has those of its connection alone.
var (
	connectionFields = []string{"headers", "query", "api_key_header", "api_key_scheme"}
	bodyFields       = []string{"omit", "extra", "thoughts"}
)

// sentMembers are the members of a body that a model can do without.
var sentMembers = []string{"temperature", "top_p", "max_tokens", "max_completion_tokens", "stop", "seed", "logprobs", "top_logprobs"}

// ownMembers are those that extra can't have, with what to write instead.
var ownMembers = map[string]string{
	"model": "write the name after the # of model:", "prompt": "the suite has the prompt", "messages": "the suite has the prompt, and system: an instruction above it",
	"n": "write samples: to the suite", "stream": "answers are read whole; only stream: false can be sent", "echo": "write logprobs: echo",
	"logprobs": "write logprobs: to the model", "top_logprobs": "write logprobs: to the model",
	"temperature": "write temperature: to the model", "top_p": "write top_p: to the model", "max_tokens": "write max_tokens: to the model",
	"max_completion_tokens": "write max_completion_tokens: to the model", "stop": "the suite has the stops, and texts are cut at them here",
	"seed": "write seed: at the plan's top, or omit: [seed]",
}

// form reads how requests to a model are made otherwise.
func (s *section) form() Form {
	form := s.connection()
	form.Omit, form.Extra, form.Thoughts = s.words("omit"), s.extra(), s.thoughts()
	for _, name := range form.Omit {
		if !slices.Contains(sentMembers, name) {
			s.fail(s.line("omit"), "omit: %s, which is not sent or can't be left out; there are %s", name, strings.Join(sentMembers, ", "))
		}
	}
	slices.Sort(form.Omit)
	return form
}

// connection reads what goes beside the body.
func (s *section) connection() Form {
	form := Form{KeyHeader: s.word("api_key_header"), KeyScheme: s.word("api_key_scheme")}
	if (form.KeyHeader != "" || form.KeyScheme != "") && !s.has("api_key_env") {
		s.fail(s.line("api_key_header"), "api_key_header without api_key_env; name the variable that has the key")
	}
	if form.KeyHeader != "" {
		if err := checkHeader(form.KeyHeader); err != nil {
			s.fail(s.line("api_key_header"), "api_key_header: %w", err)
		}
	}
	form.Query = s.values("query", func(string) error { return nil })
	headers := s.values("headers", checkHeader)
	for name, value := range headers {
		if form.Headers == nil {
			form.Headers = map[string]Value{}
		}
		canonical := http.CanonicalHeaderKey(name)
		if _, twice := form.Headers[canonical]; twice {
			s.fail(s.line("headers"), "header %s twice; remove one of the two", canonical)
		}
		if s.has("api_key_env") && canonical == http.CanonicalHeaderKey(orAuthorization(form.KeyHeader)) {
			s.fail(s.line("headers"), "header %s, which has the key of api_key_env; remove one of the two, or name another header in api_key_header", canonical)
		}
		form.Headers[canonical] = value
	}
	return form
}

func orAuthorization(name string) string {
	if name == "" {
		return "Authorization"
	}
	return name
}

var (
	headerName = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$") // RFC 9110, section 5.1
	// secretName are names of values that are rather secrets.
	secretName = regexp.MustCompile(`(?i)(^|[-_])(api-?key|key|token|secret|authorization|auth|cookie|password|signature|sig)$`)
)

// checkHeader refuses what is no header's name, or a header that is assay's own.
func checkHeader(name string) error {
	if !headerName.MatchString(name) {
		return errors.New("no name of a header; write it as in X-Team")
	}
	switch http.CanonicalHeaderKey(name) {
	case "Content-Length", "Content-Type", "Content-Encoding", "Transfer-Encoding", "Accept-Encoding", "Connection", "Te", "Trailer", "Upgrade":
		return errors.New("a header about the form of the message, which assay writes itself; remove it")
	}
	return nil
}

// values reads a mapping of names to values.
func (s *section) values(name string, check func(string) error) map[string]Value {
	v, ok := s.field(name)
	if !ok {
		return nil
	}
	if v.kind != mapping || len(v.members) == 0 {
		s.fail(v.line, "wrong type; %s is a mapping like {NAME: value, OTHER: {env: VARIABLE}}, not %s", name, v)
		return nil
	}
	values := make(map[string]Value, len(v.members))
	for _, m := range v.members {
		if err := check(m.name); err != nil {
			s.fail(m.line, "%s: %w", name, err)
		}
		values[m.name] = s.value(name, m)
	}
	return values
}

// value reads one value of headers or of the query.
func (s *section) value(where string, m member) Value {
	switch m.value.kind {
	case mapping:
		from := s.section(m.value, "a value of "+where, []string{"env", "prefix"})
		got := Value{Env: from.text("env"), Prefix: from.text("prefix")}
		if got.Env == "" {
			s.fail(m.line, "a value of %s without env; write {env: VARIABLE}", where)
		} else if err := checkVariable(got.Env); err != nil {
			s.fail(m.line, "%w", err)
		}
		return got
	case nothing, list:
		s.fail(m.line, "wrong type; a value of %s is a text or {env: VARIABLE}, not %s", where, m.value)
		return Value{}
	}
	text := m.value.text
	switch err := checkWord(text); {
	case err != nil:
		s.fail(m.line, "a value of %s with %w", where, err)
	case secretName.MatchString(m.name), strings.HasPrefix(text, "Bearer "):
		s.fail(m.line, "a secret in %s; keep secrets out of files, and write %s: {env: VARIABLE} with the variable that has it", where, m.name)
	case strings.HasPrefix(text, "$"):
		s.fail(m.line, "a variable in %s; write %s: {env: VARIABLE}", where, m.name)
	}
	return Value{Text: text}
}

// extra reads members of the body, which may be any JSON.
func (s *section) extra() map[string]jsontext.Value {
	v, ok := s.field("extra")
	if !ok {
		return nil
	}
	if v.kind != mapping || len(v.members) == 0 {
		s.fail(v.line, "wrong type; extra is a mapping like {min_p: 0.1}, not %s", v)
		return nil
	}
	extra := make(map[string]jsontext.Value, len(v.members))
	for _, m := range v.members {
		value, err := m.value.json()
		if err != nil {
			s.fail(m.line, "extra: %s: %w", m.name, err)
			continue
		}
		if remedy, own := ownMembers[m.name]; own && !(m.name == "stream" && string(value) == "false") {
			s.fail(m.line, "%s in extra, which is assay's own: %s", m.name, remedy)
		}
		extra[m.name] = value
	}
	return extra
}

var jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)

// json is the value as JSON, with members in the order of their names.
func (v value) json() (jsontext.Value, error) {
	if (v.kind == number || v.kind == plain) && jsonNumber.MatchString(v.text) {
		return jsontext.Value(v.text), nil
	}
	switch v.kind {
	case nothing:
		return jsontext.Value("null"), nil
	case boolean:
		return jsontext.Value(strings.ToLower(v.text)), nil
	case number:
		if n, err := strconv.ParseInt(v.text, 0, 64); err == nil {
			return jsontext.Value(strconv.FormatInt(n, 10)), nil
		}
		x, err := strconv.ParseFloat(v.text, 64)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			return nil, errors.New("a number that JSON doesn't have; write it in digits")
		}
		return json.Marshal(x)
	case list:
		all := make([]jsontext.Value, len(v.values))
		for i, one := range v.values {
			got, err := one.json()
			if err != nil {
				return nil, err
			}
			all[i] = got
		}
		return json.Marshal(all)
	case mapping:
		all := make(map[string]jsontext.Value, len(v.members))
		for _, m := range v.members {
			got, err := m.value.json()
			if err != nil {
				return nil, err
			}
			all[m.name] = got
		}
		return json.Marshal(all, json.Deterministic(true))
	}
	return json.Marshal(v.text)
}

// thoughts reads what becomes of a model's thoughts: a word, or a mapping with its marks.
func (s *section) thoughts() Thoughts {
	v, ok := s.field("thoughts")
	if !ok {
		return Thoughts{}
	}
	if v.kind != mapping {
		switch s.textOf(v, "thoughts") {
		case "drop":
		case "keep":
			return Thoughts{Keep: true}
		case "none":
			return Thoughts{None: true}
		default:
			s.fail(v.line, "thoughts is drop, keep, none or a mapping like {start: <think>, end: </think>}")
		}
		return Thoughts{}
	}
	marks := s.section(v, "thoughts", []string{"start", "end", "keep"})
	t := Thoughts{Keep: marks.flag("keep", false), Start: marks.text("start"), End: marks.text("end")}
	if t.Start != "" && t.End == "" {
		s.fail(v.line, "thoughts with a start and no end; write end: and the mark behind a thought")
	}
	return t
}
