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

	"assay/harness/leaf/printable"
	"assay/models"
	"assay/models/remote"
)

// Config is one model behind a server.
type Config struct {
	Remote   remote.Config
	Model    string // its name on the server
	ServedAs string // the name in the server's answers, if different; "" is Model, "*" is any
	Chat     bool   // chat/completions instead of completions
	LogProbs Mode   // how choices are scored
	Shape    Shape
	Notice   func(string) // called once for each change that the server required; nil for no messages
}

// Shape is how requests to a model differ from the default form.
type Shape struct {
	Omit     []string                  // members that are not sent
	Extra    map[string]jsontext.Value // additional members; none that a request already has
	NewLimit bool                      // the limit is sent as max_completion_tokens in place of max_tokens
	Thoughts Thoughts
}

// Client is a [models.Generator] and a [models.Scorer], safe for concurrent use.
type Client struct {
	config  Config
	remote  *remote.Client
	scoring chan struct{} // holds one token: its holder may decide mode
	learnt  atomic.Uint32 // changes
	served  served

	halfOnce, finishOnce sync.Once

	mu    sync.Mutex
	mode  Mode            // [Auto] until decided
	top   int             // how many likeliest tokens to request with letters; reduced if the server refuses
	taken map[string]bool // members of requests that were answered

	models []string // that the server lists
}

var (
	_ models.Generator = (*Client)(nil)
	_ models.Scorer    = (*Client)(nil)
)

// New checks a configuration; it sends nothing.
func New(c Config) (*Client, error) {
	if c.Model == "" {
		return nil, errors.New("no model: give its name on the server, after the URL's #")
	}
	switch {
	case c.LogProbs < Auto || c.LogProbs > Letters:
		return nil, errors.New("unknown way of scoring choices: use auto, echo or letters")
	case c.Chat && c.LogProbs == Echo:
		return nil, errors.New("a chat route can't echo prompts: score choices by letters, or use the completions route")
	}
	client := &Client{config: c, top: maxTop, scoring: make(chan struct{}, 1), taken: map[string]bool{}}
	c.Remote.Remedy = client.advise
	var err error
	if client.remote, err = remote.New(c.Remote); err != nil {
		return nil, err
	}
	client.scoring <- struct{}{}
	if c.LogProbs == Letters || c.Chat {
		client.mode = Letters
	}
	return client, nil
}

// Probe asks the server for its list of models, at no cost, and waits for one that is loading its model. A
// server without the models route passes. So does one that lists other models, with a notice, because routers
// don't list aliases. The error is one line: the key is refused, or nothing answers.
func (c *Client) Probe(ctx context.Context) error {
	body, err := c.remote.Get(ctx, "models")
	failure, ok := errors.AsType[*remote.Failure](err)
	if ok {
		switch failure.Status {
		case http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented,
			http.StatusBadRequest, http.StatusUnprocessableEntity:
			return nil // the first request will show it
		}
	}
	if failure != nil {
		if remedy := c.advise(failure.Status, failure.Reason); remedy != "" {
			return fmt.Errorf("%w; %s", err, remedy)
		}
	}
	if err != nil {
		return err
	}
	listed, isList := modelList(body)
	if !isList { // something else answered; the first request will show it
		return nil
	}
	c.mu.Lock()
	c.models = listed
	c.mu.Unlock()
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
	c.notice(fmt.Sprintf("the server doesn't list %q but will be queried for it; it lists %s", c.config.Model, printable.Text(shown)))
	return nil
}

// Stats counts the requests so far.
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

// Generate continues the request's prompt. Thoughts are not part of the answer, unless the configuration
// keeps them, and stop sequences only apply after them. A text that is one thought without an end is not an
// answer: it is empty and counts as cut.
func (c *Client) Generate(ctx context.Context, r models.Request) (models.Answer, error) {
	if err := c.takes(&r); err != nil {
		return models.Answer{}, err
	}
	a, err := c.ask(ctx, c.requestBody(&r), estimate(&r), nil)
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

// takes refuses a request with turns on a route without messages. It would fail for every such request, so it
// stops the run.
func (c *Client) takes(r *models.Request) error {
	if r.Turns != nil && !c.config.Chat {
		return fmt.Errorf("%w: %w", remote.ErrDown, models.ErrTurns)
	}
	return nil
}

// thoughts is what comes before the answer proper, as in a single text.
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

// estimate is how many tokens a request may use, at four bytes per token.
func estimate(r *models.Request) int {
	return r.Size()/4 + r.MaxTokens
}
