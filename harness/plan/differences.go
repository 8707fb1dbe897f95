package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Requests says how a run's requests to a model are made.
type Requests struct {
	run  Run
	at   int      // of the model
	sent []string // changes that its server made necessary
}

// RequestsTo finds a model in the canonical form of its run's plan. sent is the manifest's
// list of what its server made necessary. Ok is false if the plan has no such model, as for
// an imported run, or if its answers are recorded.
func RequestsTo(canonical jsontext.Value, model, sent string) (a Requests, ok bool) {
	if len(canonical) == 0 || json.Unmarshal(canonical, &a.run) != nil {
		return a, false
	}
	a.at = slices.IndexFunc(a.run.Models, func(m Model) bool { return m.Name == model })
	if a.at < 0 {
		return a, false
	}
	for _, one := range strings.Split(sent, "; ") {
		if one != "" && !strings.HasPrefix(one, "answered as ") { // a name is not part of the request
			a.sent = append(a.sent, one)
		}
	}
	return a, a.run.Models[a.at].Spec.Kind != Replay
}

// Differences lists how requests to the second model differ from those to the first in a
// suite, one text per member: "temperature (1 beside 0)".
func Differences(first, second *Requests, suite string) []string {
	a, b := first.Members(suite), second.Members(suite)
	var all []string
	for i := range a {
		if a[i].Value != b[i].Value {
			all = append(all, fmt.Sprintf("%s (%s beside %s)", a[i].Name, b[i].Value, a[i].Value))
		}
	}
	return all
}

// Member is a part of a request.
type Member struct{ Name, Value string }

// Shots is the plan's file of few-shot examples of a suite; "" if it names none.
func (a *Requests) Shots(suite string) string {
	if i := slices.IndexFunc(a.run.Suites, func(s Suite) bool { return s.Suite == suite }); i >= 0 {
		return a.run.Suites[i].Shots
	}
	return ""
}

// Members lists the parts of a request besides the prompt and the model's name.
func (a *Requests) Members(suite string) []Member {
	m := &a.run.Models[a.at]
	sampling := m.Sampling
	if i := slices.IndexFunc(a.run.Suites, func(s Suite) bool { return s.Suite == suite }); i >= 0 {
		s := &a.run.Suites[i].Sampling
		sampling.Temperature = cmp.Or(sampling.Temperature, s.Temperature)
		sampling.TopP = cmp.Or(sampling.TopP, s.TopP)
		if sampling.MaxCompletionTokens == nil {
			sampling.MaxTokens = cmp.Or(sampling.MaxTokens, s.MaxTokens)
		}
	}
	headers, query := m.Headers, m.Query
	return []Member{
		{"api", string(cmp.Or(m.API, Completions))}, {"system", shortened(m.System)},
		{"temperature", optional(sampling.Temperature)}, {"top_p", optional(sampling.TopP)},
		{"max_tokens", optional(sampling.MaxTokens)}, {"max_completion_tokens", optional(sampling.MaxCompletionTokens)},
		{"omit", inJSON(m.Omit)}, {"extra", inJSON(m.Extra)}, {"headers", inJSON(headers)}, {"query", inJSON(query)},
		{"thoughts", inJSON(m.Thoughts)}, {"what the server made necessary", cmp.Or(strings.Join(a.sent, "; "), "nothing")},
	}
}

// optional is the plan's value, or the suite's own.
func optional[T any](v *T) string {
	if v == nil {
		return "unset"
	}
	return fmt.Sprint(*v)
}

func inJSON(v any) string {
	text, err := json.Marshal(v, json.Deterministic(true), json.FormatNilSliceAsNull(true), json.FormatNilMapAsNull(true))
	if err != nil || string(text) == "null" || string(text) == "{}" {
		return "unset"
	}
	return shortened(string(text))
}

// shortened is a text cut to fit into a warning.
func shortened(text string) string {
	const most = 60
	runes := []rune(text)
	switch {
	case text == "":
		return "unset"
	case len(runes) > most:
		return string(runes[:most]) + "..."
	}
	return text
}
