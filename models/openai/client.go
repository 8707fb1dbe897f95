package openai

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/go-json-experiment/json/jsontext"

	"assay/models"
	"assay/models/remote"
)

// Config is one model behind a server.
type Config struct {
	Remote   remote.Config
	Model    string // as the server knows it
	ServedAs string // the name that the server answers with, if another; "" is Model, "*" is any
	Chat     bool   // chat/completions instead of completions
	LogProbs Mode   // how choices are scored
	Shape    Shape
	Notice   func(string) // told what the server made necessary, each once; nil is silence
}

// Shape is how requests to a model are made otherwise than others.
type Shape struct {
	Omit     []string                  // members that are not sent
	Extra    map[string]jsontext.Value // members that are sent besides; none that a request has already
	NewLimit bool                      // max_completion_tokens has the limit in place of max_tokens
	Thoughts Thoughts
}

// Client is a [models.Generator] and a [models.Scorer], safe for concurrent use.
type Client struct {
	config  Config
	remote  *remote.Client
	scoring chan struct{} // holds one token: whoever has it may decide mode
	learnt  atomic.Uint32 // changes
	served  served

	halfOnce, finishOnce sync.Once

	mu    sync.Mutex
	mode  Mode            // [Auto] until it is decided
	top   int             // how many likeliest tokens to ask for with letters; less than that once the server refused it
	taken map[string]bool // members of requests that were answered
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
	client := &Client{config: c, remote: r, top: maxTop, scoring: make(chan struct{}, 1), taken: map[string]bool{}}
	client.scoring <- struct{}{}
	if c.LogProbs == Letters || c.Chat {
		client.mode = Letters
	}
	return client, nil
}

// Probe asks the server which models it has, at no cost, and waits for one that loads
// its model. A server without the models route passes, and so does one that lists
// others: routers list no aliases, so that is said and no error. The error is one line:
// the key is refused, or nothing answers.
func (c *Client) Probe(ctx context.Context) error {
	body, err := c.remote.Get(ctx, "models")
	if failure, ok := errors.AsType[*remote.Failure](err); ok {
		switch failure.Status {
		case http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented,
			http.StatusBadRequest, http.StatusUnprocessableEntity:
			return nil // the first request will tell
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
	c.notice(fmt.Sprintf("the server doesn't list %q, and is asked for it all the same; it lists %s", c.config.Model, printable(shown)))
	return nil
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

func (c *Client) notice(text string) {
	if c.config.Notice != nil {
		c.config.Notice(text)
	}
}

// Generate continues the request's prompt. Thoughts are no part of the answer, unless
// the configuration keeps them, and stops are looked for behind them. Text that is one
// thought without an end is no answer: it is empty, and was cut.
func (c *Client) Generate(ctx context.Context, r models.Request) (models.Answer, error) {
	a, err := c.ask(ctx, c.question(&r), estimate(&r), nil)
	if err != nil {
		return models.Answer{}, err
	}
	text := a.text
	if !c.sendsStops() && len(r.Stop) > 0 {
		text = trimLeft(text)
	}
	cut := r.Sampling.Cut(text)
	if len(cut) < len(text) {
		a.finish = models.FinishStop
	}
	if c.config.Shape.Thoughts.Keep {
		cut = a.thoughts() + cut
	}
	return models.Answer{Text: cut, Finish: a.finish, Tokens: a.usage, Sent: c.sent(&r, a.changes)}, nil
}

// thoughts are what stands before the answer proper, as it would in one text.
func (a *answer) thoughts() string {
	switch {
	case a.reasons != "":
		return "<think>\n" + strings.TrimSpace(a.reasons) + "\n</think>\n\n"
	case a.open:
		return a.raw
	}
	before, _ := strings.CutSuffix(a.raw, a.text)
	return before
}

// estimate is how many tokens a request may take, at four bytes a token.
func estimate(r *models.Request) int {
	return (len(r.System)+len(r.Prompt))/4 + r.MaxTokens
}
