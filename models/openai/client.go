package openai

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"assay/models"
	"assay/models/remote"
)

// Config is one model behind a server.
type Config struct {
	Remote   remote.Config
	Model    string // as the server knows it
	ServedAs string // the name that the server answers with, if another; "" is Model
	Chat     bool   // chat/completions instead of completions
	LogProbs Mode   // how choices are scored
}

// Client is a [models.Generator] and a [models.Scorer], safe for concurrent use.
type Client struct {
	config  Config
	remote  *remote.Client
	scoring chan struct{} // holds one token: whoever has it may decide mode
	// laterLimit is set once the server wants max_completion_tokens.
	laterLimit atomic.Bool

	mu   sync.Mutex
	mode Mode // [Auto] until it is decided
	top  int  // how many likeliest tokens to ask for with letters; less than that once the server refused it
}

var (
	_ models.Generator = (*Client)(nil)
	_ models.Scorer    = (*Client)(nil)
)

// New checks a configuration; nothing is sent.
func New(c Config) (*Client, error) {
	if c.Model == "" {
		return nil, errors.New("no model: give the name by which the server knows it, after the URL's #")
	}
	switch {
	case c.LogProbs < Auto || c.LogProbs > Letters:
		return nil, errors.New("unknown way of scoring choices: use auto, echo or letters")
	case c.Chat && c.LogProbs == Echo:
		return nil, errors.New("a chat route echoes no prompt: score choices by letters, or use the completions route")
	}
	r, err := remote.New(c.Remote)
	if err != nil {
		return nil, err
	}
	client := &Client{config: c, remote: r, top: maxTop, scoring: make(chan struct{}, 1)}
	client.scoring <- struct{}{}
	if c.LogProbs == Letters || c.Chat {
		client.mode = Letters
	}
	return client, nil
}

// Probe asks the server which models it has, at no cost. A server without the
// models route passes. The error is one line: the model is not listed, the key is
// refused, or nothing answers.
func (c *Client) Probe(ctx context.Context) error {
	body, err := c.remote.Get(ctx, "models")
	var failure *remote.Failure
	if errors.As(err, &failure) {
		switch failure.Status {
		case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
			return nil
		}
	}
	if err != nil {
		return err
	}
	listed, ok := modelList(body)
	if !ok { // something else is there: the first request will tell
		return nil
	}
	for _, name := range listed {
		if sameModel(name, c.config.Model) || sameModel(name, c.servedAs()) {
			return nil
		}
	}
	const most = 10
	shown := strings.Join(listed[:min(most, len(listed))], ", ")
	if len(listed) > most {
		shown += fmt.Sprintf(" and %d more", len(listed)-most)
	}
	return fmt.Errorf("the server has no model %q; it has %s", c.config.Model, printable(shown))
}

// Stats says what has been asked so far.
func (c *Client) Stats() remote.Stats { return c.remote.Stats() }

// Close ends idle connections.
func (c *Client) Close() { c.remote.Close() }

func (c *Client) servedAs() string {
	if c.config.ServedAs != "" {
		return c.config.ServedAs
	}
	return c.config.Model
}

// Generate continues the request's prompt.
func (c *Client) Generate(ctx context.Context, r models.Request) (models.Answer, error) {
	a, err := c.ask(ctx, c.question(&r), estimate(&r), nil)
	if err != nil {
		return models.Answer{}, err
	}
	text := r.Sampling.Cut(a.text)
	if len(text) < len(a.text) {
		a.finish = "stop"
	}
	return models.Answer{Text: text, Finish: a.finish, Tokens: a.usage}, nil
}

// estimate is how many tokens a request may take, at four bytes a token.
func estimate(r *models.Request) int {
	return (len(r.System)+len(r.Prompt))/4 + r.MaxTokens
}
