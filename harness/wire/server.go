package wire

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"

	"assay/harness/plan"
	"assay/models"
	"assay/models/openai"
	"assay/models/remote"
)

// fingerprint is what a remote model's answers are addressed by: what the plan
// says of it, with all that changes its requests. Nothing tells whether the server still
// holds the same weights.
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

// openai opens a model behind a server; who is for messages.
func (w *wiring) openai(who string, spec plan.Spec, s *plan.Server, sampling *plan.Sampling) (*openai.Client, error) {
	cfg, err := connection(spec.Target, s)
	if err != nil {
		return nil, err
	}
	cfg.Waiting = func(words string) { w.Say(fmt.Sprintf("%s is not there yet, and is waited for: %s", who, words)) }
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
	return client, nil
}

// connection is how a service is spoken to. Its key goes into a header.
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

// valueOf is a header's or a query's value as it is sent.
func valueOf(v plan.Value) (string, error) {
	if v.Env == "" {
		return v.Text, nil
	}
	value := strings.TrimSpace(os.Getenv(v.Env))
	if value == "" {
		return "", fmt.Errorf("the environment variable %s is not set; put the value into it", v.Env)
	}
	return v.Prefix + value, nil
}

// wholeDistribution is sampling for models on this machine and for recordings, which draw
// from the whole distribution where a plan doesn't say otherwise.
func wholeDistribution(s models.Sampling) models.Sampling {
	s.TopP = cmp.Or(s.TopP, 1)
	return s
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

// trouble is what a client's statistics say of its attempts.
func trouble(stats func() remote.Stats) func() (int, map[string]int) {
	return func() (int, map[string]int) {
		s := stats()
		return s.Retries, s.Faults
	}
}
