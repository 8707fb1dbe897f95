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

// Config describes a service. Zero numbers and durations mean the defaults named beside them.
type Config struct {
	Endpoints []string    // base URLs of interchangeable servers, without userinfo, e.g. "http://127.0.0.1:8080/v1"
	Header    http.Header // sent with each request; never logged, and never in an error
	Query     url.Values  // added to each URL; never in an error

	Timeout           time.Duration // of one attempt, from dialling to the last byte of the answer; 0 is 60 s
	Attempts          int           // attempts at one request; 0 is 8
	Concurrency       int           // most requests in flight, over all endpoints; 0 is 16
	RequestsPerMinute int           // attempts a minute; 0 is no limit
	TokensPerMinute   int           // tokens a minute, by the caller's estimates; 0 is no limit
	MaxBody           int64         // bytes of an answer; 0 is 8 MiB
	Backoff           time.Duration // first wait between attempts, then doubled up to 60 s, each ±50%; 0 is 500 ms
	Loading           time.Duration // how long Get waits for a server that reports that it is loading its model; 0 is 10 min

	Waiting func(words string) // called once when Get waits; nil for no message
}

// MaxRetryAfter is the longest Retry-After that the client waits for.
const MaxRetryAfter = 10 * time.Minute

const (
	maxWait    = 60 * time.Second
	multiplier = 2
)

// Client posts to one service. It is safe for concurrent use.
type Client struct {
	config    Config
	transport *http.Transport
	header    http.Header // shared by all requests, which never write to it
	host      string      // replaces the URL's host; "" keeps it
	query     string
	secrets   []string
	gate      *gate
	pace      *pace
	stats     tally
}

// New checks a configuration; it sends nothing. Its errors are one line with a remedy.
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
	header.Del("Host") // net/http takes the host from the request
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

// fill replaces zeros by defaults.
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
		{"size of an answer", c.MaxBody}, {"first wait", int64(c.Backoff)}, {"wait for a loading model", int64(c.Loading)},
	} {
		if n.value < 0 {
			return fmt.Errorf("%s is negative: use 0 for the default", n.name)
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

// parseBase reads a base URL. Its errors don't quote anything that may be secret.
func parseBase(endpoint string) (*url.URL, error) {
	u, err := url.Parse(endpoint)
	switch {
	case err != nil: // the parser's error would quote the URL with its user and password
		return nil, errors.New("an endpoint is not a URL: write it like http://127.0.0.1:8080/v1")
	case u.User != nil:
		return nil, fmt.Errorf("the URL of %s contains a user or a password: remove it, and name the environment variable that holds the key instead", u.Host)
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("an endpoint's URL must start with http:// or https://: write it like http://127.0.0.1:8080/v1")
	case u.Hostname() == "":
		return nil, errors.New("an endpoint's URL has no host: write it like http://127.0.0.1:8080/v1")
	case u.RawQuery != "" || u.ForceQuery:
		return nil, fmt.Errorf("the URL of %s has a query: remove the question mark and what follows it", u.Host)
	case u.Fragment != "" || strings.Contains(endpoint, "#"):
		return nil, fmt.Errorf("the URL of %s has a fragment: remove the number sign and what follows it", u.Host)
	}
	if u.Path == "" {
		u.Path = "/"
	}
	return u, nil
}

// Post sends a JSON body to a path below an endpoint. It passes a 2xx answer that is complete, within MaxBody
// and valid UTF-8 to decode, which must not keep it. An error of decode means that the answer is malformed.
// The request is then repeated unless the error is [Final]. The error's text becomes a [Failure]'s Reason, so
// it should be short and the same in equal runs. Tokens is the expected use of tokens, for TokensPerMinute.
//
// The error is ctx's own once ctx has ended, wraps [ErrDown], or is a *[Failure].
func (c *Client) Post(ctx context.Context, path string, body []byte, tokens int, decode func(answer []byte) error) error {
	return c.post(ctx, try{client: c, path: path}, body, tokens, decode)
}

// Attempt is Post for a request that the service may refuse for this key, or have no server for, while it
// answers others: 401, 403 and 404 immediately return a *[Failure].
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

// Stats counts the requests so far.
func (c *Client) Stats() Stats { return c.stats.snapshot() }

// Close ends idle connections. Requests in flight continue.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// try is the history of one request.
type try struct {
	client   *Client
	path     string
	optional bool // see [Client.Attempt]
	attempts int  // all attempts
	failures int  // failures other than 429 and missing connections
	stalled  int  // 429s and missing connections since another request last succeeded
	refused  int
	progress int // the client's count of successes at the last attempt
	last     *endpoint
	waits    *backoff.ExponentialBackOff
}

// failed records a failed attempt. It returns an error if there should be no further attempt.
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
	if seen.successes > 0 { // perhaps the mistake of a load balancer
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

// sleep waits, or returns ctx's error as soon as ctx ends; held is how long it waited.
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
