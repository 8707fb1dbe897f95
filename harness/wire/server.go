package wire

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"

	"assay/harness/engine"
	"assay/harness/plan"
	"assay/models/openai"
	"assay/models/remote"
)

// fingerprint is a remote model's part of its answers' ids: everything in the plan that
// changes its requests. It can't show whether the server still has the same weights.
func fingerprint(spec plan.Spec, s *plan.Server, sampling *plan.Sampling) string {
	text := fmt.Sprintf("%s %s %s", spec, s.API, s.Logprobs) + spaced(s.Form.String())
	if sampling.MaxCompletionTokens != nil {
		text += " max_completion_tokens"
	}
	return text
}

func spaced(text string) string {
	if text == "" {
		return ""
	}
	return " " + text
}

// openai opens a model on a server, for an endpoint. who names it in messages.
func (w *wiring) openai(who string, spec plan.Spec, s *plan.Server, sampling *plan.Sampling, e *engine.Endpoint) (*openai.Client, error) {
	cfg, err := connection(spec.Target, s)
	if err != nil {
		return nil, err
	}
	cfg.Waiting = func(words string) { w.Say(fmt.Sprintf("%s is not ready yet; waiting: %s", who, words)) }
	client, err := openai.New(openai.Config{
		Remote: cfg, Model: spec.Name, ServedAs: s.ServedAs, Chat: s.API == plan.Chat, LogProbs: logProbs(s.Logprobs),
		Shape: openai.Shape{
			Omit: s.Omit, Extra: s.Extra, NewLimit: sampling.MaxCompletionTokens != nil, Thoughts: openai.Thoughts(s.Thoughts),
		},
		Notice: func(text string) { w.Note(who + ": " + text) },
	})
	if err != nil {
		return nil, err
	}
	w.job.closers = append(w.job.closers, client.Close)
	e.Info.Fingerprint = fingerprint(spec, s, sampling)
	e.Sender, e.Probe, e.Trouble = client, client.Probe, trouble(client.Stats)
	return client, nil
}

// connection configures requests to a service. Its key goes into a header.
func connection(base string, s *plan.Server) (remote.Config, error) {
	cfg := remote.Config{
		Endpoints: append([]string{base}, s.Endpoints...), Timeout: s.Timeout, Attempts: s.Attempts,
		Concurrency:       cmp.Or(s.Concurrency, defaultConcurrency),
		RequestsPerMinute: s.RequestsPerMinute, TokensPerMinute: s.TokensPerMinute,
		Header: http.Header{}, Query: url.Values{},
	}
	for name, v := range s.Headers {
		value, err := valueOf(v)
		if err != nil {
			return cfg, err
		}
		cfg.Header.Set(name, value)
	}
	for name, v := range s.Query {
		value, err := valueOf(v)
		if err != nil {
			return cfg, err
		}
		cfg.Query.Set(name, value)
	}
	secret, err := Key(s.APIKeyEnv)
	if err != nil || secret == "" {
		return cfg, err
	}
	header, scheme := cmp.Or(s.KeyHeader, "Authorization"), s.KeyScheme
	if scheme == "" && http.CanonicalHeaderKey(header) == "Authorization" {
		scheme = "Bearer"
	}
	if scheme != "" && scheme != plan.NoScheme {
		secret = scheme + " " + secret
	}
	cfg.Header.Set(header, secret)
	return cfg, nil
}

// valueOf returns a header's or a query's value as it is sent.
func valueOf(v plan.Value) (string, error) {
	if v.Env == "" {
		return v.Text, nil
	}
	value := strings.TrimSpace(os.Getenv(v.Env))
	if value == "" {
		return "", fmt.Errorf("the environment variable %s is not set; set it to the value", v.Env)
	}
	return v.Prefix + value, nil
}

func logProbs(l plan.Logprobs) openai.Mode {
	switch l {
	case plan.Echo:
		return openai.Echo
	case plan.Letters:
		return openai.Letters
	}
	return openai.Auto
}

// trouble summarises a client's failed attempts from its statistics.
func trouble(stats func() remote.Stats) func() (int, map[string]int) {
	return func() (int, map[string]int) {
		s := stats()
		return s.Retries, s.Faults
	}
}
