package remote

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// Config describes a service. Zero values of numbers and durations stand for the
// defaults that are named beside them.
type Config struct {
	Endpoints []string    // base URLs of equal servers, without userinfo, e.g. "http://127.0.0.1:8080/v1"
	Header    http.Header // sent with each request; never logged, in no error
	Query     url.Values  // added to each URL; in no error

	Timeout           time.Duration // of one attempt, from dialling to the answer's last byte; 0 is 60 s
	Attempts          int           // tries of one request; 0 is 8
	Concurrency       int           // most requests in flight over all endpoints; 0 is 16
	RequestsPerMinute int           // attempts a minute; 0 is no limit
	TokensPerMinute   int           // tokens a minute, by the caller's estimates; 0 is no limit
	MaxBody           int64         // bytes of an answer; 0 is 8 MiB
	Backoff           time.Duration // the first wait, doubled with each further one up to 60 s, each ±50%; 0 is 500 ms
	Loading           time.Duration // how long Get waits for a server that says that it loads its model; 0 is 10 min

	Waiting func(words string) // told once when Get waits; nil is silence
}

// MaxRetryAfter is the longest that an answer's Retry-After is heeded.
const MaxRetryAfter = 10 * time.Minute

const (
	maxWait    = 60 * time.Second
	multiplier = 2
)

// Client posts to one service. It is safe for concurrent use.
type Client struct {
	config    Config
	transport *http.Transport
	header    http.Header // shared by all requests, which don't write to it
	host      string      // in place of the address's own; "" is that
	query     string
	secrets   []string
	gate      *gate
	pace      *pace
	stats     tally
}

// New checks a configuration; nothing is sent. Its errors are one line and say
// the remedy.
func New(c Config) (*Client, error) {
	if err := c.fill(); err != nil {
		return nil, err
	}
	bases := make([]*url.URL, len(c.Endpoints))
	for i, endpoint := range c.Endpoints {
		base, err := parseBase(endpoint)
		if err != nil {
			return nil, err
		}
		bases[i] = base
	}
	header, err := checkHeader(c.Header)
	if err != nil {
		return nil, err
	}
	host := header.Get("Host")
	header.Del("Host") // net/http takes it from elsewhere
	return &Client{
		config:    c,
		transport: newTransport(&c),
		header:    header,
		host:      host,
		query:     c.Query.Encode(),
		secrets:   secretsOf(&c),
		gate:      newGate(bases, c.Concurrency, c.Backoff),
		pace:      newPace(c.RequestsPerMinute, c.TokensPerMinute),
	}, nil
}

// fill puts defaults in place of zeros.
func (c *Config) fill() error {
	if len(c.Endpoints) == 0 {
		return errors.New("no endpoint: give at least one base URL, such as http://127.0.0.1:8080/v1")
	}
	for _, n := range []struct {
		name  string
		value int64
	}{
		{"timeout", int64(c.Timeout)}, {"attempts", int64(c.Attempts)}, {"concurrency", int64(c.Concurrency)},
		{"requests per minute", int64(c.RequestsPerMinute)}, {"tokens per minute", int64(c.TokensPerMinute)},
		{"size of an answer", c.MaxBody}, {"first wait", int64(c.Backoff)}, {"wait for a model that loads", int64(c.Loading)},
	} {
		if n.value < 0 {
			return fmt.Errorf("%s is negative: leave it out for the default", n.name)
		}
	}
	orDefault(&c.Timeout, 60*time.Second)
	orDefault(&c.Attempts, 8)
	orDefault(&c.Concurrency, 16)
	orDefault(&c.MaxBody, 8<<20)
	orDefault(&c.Backoff, 500*time.Millisecond)
	orDefault(&c.Loading, 10*time.Minute)
	return nil
}

func orDefault[T comparable](v *T, or T) {
	var zero T
	if *v == zero {
		*v = or
	}
}

// parseBase reads a base URL. Its errors quote nothing that may be secret.
func parseBase(endpoint string) (*url.URL, error) {
	u, err := url.Parse(endpoint)
	switch {
	case err != nil: // the error would quote the text, userinfo and all
		return nil, errors.New("an endpoint is no URL: write it like http://127.0.0.1:8080/v1")
	case u.User != nil:
		return nil, fmt.Errorf("the URL of %s holds a user or a password: take it out, and name the variable that holds the key instead", u.Host)
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("an endpoint's URL begins with neither http:// nor https://: write it like http://127.0.0.1:8080/v1")
	case u.Hostname() == "":
		return nil, errors.New("an endpoint's URL names no host: write it like http://127.0.0.1:8080/v1")
	case u.RawQuery != "" || u.ForceQuery:
		return nil, fmt.Errorf("the URL of %s holds a query: take out what follows the question mark", u.Host)
	case u.Fragment != "" || strings.Contains(endpoint, "#"):
		return nil, fmt.Errorf("the URL of %s holds a fragment: take out what follows the number sign", u.Host)
	}
	if u.Path == "" {
		u.Path = "/"
	}
	return u, nil
}

// Post sends a JSON body to a path below an endpoint and hands a 2xx answer,
// whole, within MaxBody and valid UTF-8, to decode, which must not keep it. An
// error of decode means a malformed answer, which is asked for again unless the error
// is [Final]; its text becomes a [Failure]'s Reason, so it should be short and the same in equal runs.
// Tokens is what the request is expected to use, for TokensPerMinute.
//
// The error is ctx's own once ctx has ended, or wraps [ErrDown], or is a *[Failure].
func (c *Client) Post(ctx context.Context, path string, body []byte, tokens int, decode func(answer []byte) error) error {
	return c.post(ctx, try{client: c, path: path}, body, tokens, decode)
}

// Attempt is Post for a request that the service may refuse to this key, or find no
// server for, while it answers others: 401, 403 and 404 are at once a *[Failure].
func (c *Client) Attempt(ctx context.Context, path string, body []byte, tokens int, decode func(answer []byte) error) error {
	return c.post(ctx, try{client: c, path: path, optional: true}, body, tokens, decode)
}

func mayBeOptional(status int) bool {
	return status == http.StatusUnauthorized || status == http.StatusForbidden || status == http.StatusNotFound
}

func (c *Client) post(ctx context.Context, t try, body []byte, tokens int, decode func(answer []byte) error) error {
	c.stats.request()
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		paced, err := c.pace.wait(ctx, tokens)
		c.stats.wait(paced)
		if err != nil {
			return err
		}
		ep, held, err := c.gate.acquire(ctx, t.last)
		c.stats.wait(held)
		if err != nil {
			return err
		}
		started := time.Now()
		f := c.exchange(ctx, http.MethodPost, ep, t.path, body, decode)
		if t.optional && f != nil && mayBeOptional(f.status) {
			f.kind = rejected
		}
		if f != nil && ctx.Err() != nil {
			c.gate.abandon(ep)
			return ctx.Err()
		}
		seen := c.gate.release(ep, started, f)
		c.stats.attempt(t.attempts > 0, f)
		if f == nil {
			return nil
		}
		if err := t.failed(ep, f, seen); err != nil {
			return err
		}
		slept, err := sleep(ctx, t.next())
		c.stats.wait(slept)
		if err != nil {
			return err
		}
	}
}

// Stats says what has been asked so far.
func (c *Client) Stats() Stats { return c.stats.snapshot() }

// Close ends idle connections. Requests under way go on.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// try is the history of one request.
type try struct {
	client   *Client
	path     string
	optional bool // see [Client.Attempt]
	attempts int  // all that were made
	failures int  // those that failed for other reasons than 429 and want of a connection
	stalled  int  // those that failed for these, since another request succeeded
	refused  int
	progress int // the client's successes at the last attempt
	last     *endpoint
	waits    *backoff.ExponentialBackOff
}

// failed takes note of a failed attempt and returns an error when there should
// be no other one.
func (t *try) failed(ep *endpoint, f *fault, seen progress) error {
	c := t.client
	if seen.successes > t.progress {
		t.stalled = 0
	}
	if f.kind == busy || f.kind == connect {
		t.stalled++
	} else {
		t.failures++
	}
	t.attempts++
	t.progress, t.last = seen.successes, ep
	if f.kind == refused {
		t.refused++
	}
	enough := max(3, len(c.gate.endpoints))
	if seen.successes > 0 { // a balancer's mistake, perhaps
		enough += 2
	}
	enough = min(enough, c.config.Attempts)
	switch {
	case f.kind == rejected:
		return t.giveUp(f)
	case f.spent && t.refused >= len(c.gate.endpoints), t.refused >= enough:
		if seen.successes == 0 {
			return c.down(ep, t.path, f)
		}
		return t.giveUp(f)
	case seen.down:
		return c.down(ep, t.path, f)
	case t.failures+t.stalled < c.config.Attempts:
		return nil
	case f.kind == connect:
		return c.down(ep, t.path, f)
	}
	return t.giveUp(f)
}

func (t *try) giveUp(f *fault) error {
	return &Failure{Reason: f.text(), Status: f.status, Attempts: t.attempts, Param: f.param, Account: f.account, Filtered: f.filtered, Err: f.err}
}

// next is the wait before the next attempt.
func (t *try) next() time.Duration {
	if t.waits == nil {
		t.waits = &backoff.ExponentialBackOff{
			InitialInterval:     t.client.config.Backoff,
			RandomizationFactor: 0.5,
			Multiplier:          multiplier,
			MaxInterval:         maxWait,
		}
	}
	return min(t.waits.NextBackOff(), maxWait)
}

// sleep waits, or returns ctx's error as soon as it ends; and how long it waited.
func sleep(ctx context.Context, d time.Duration) (time.Duration, error) {
	if d <= 0 {
		return 0, nil
	}
	began := time.Now()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return time.Since(began), nil
	case <-ctx.Done():
		return time.Since(began), ctx.Err()
	}
}
