package remote

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// MaxRetryAfter is the longest Retry-After that the client waits for.
const MaxRetryAfter = 10 * time.Minute

const (
	maxWait    = 60 * time.Second
	multiplier = 2
)

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
		paced, err := c.limit.wait(ctx, tokens)
		c.stats.wait(paced)
		if err != nil {
			return err
		}
		ep, held, err := c.balancer.acquire(ctx, t.last)
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
			c.balancer.abandon(ep)
			return ctx.Err()
		}
		seen := c.balancer.release(ep, started, f)
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
	enough := max(3, len(c.balancer.endpoints))
	if seen.successes > 0 { // perhaps the mistake of a load balancer
		enough += 2
	}
	enough = min(enough, c.config.Attempts)
	switch {
	case f.kind == rejected:
		return t.giveUp(f)
	case f.spent && t.refused >= len(c.balancer.endpoints), t.refused >= enough:
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
	return &Failure{Reason: f.text(), Server: t.last.address(t.path), Status: f.status, Attempts: t.attempts, Param: f.param, Account: f.account, Filtered: f.filtered, Err: f.err}
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

// mostWait limits the value read from a Retry-After.
const mostWait = 30 * 24 * time.Hour

// retryAfter reads a Retry-After header: seconds or an HTTP date (RFC 9110,
// section 10.2.3), at most [mostWait]. Anything else is 0.
func retryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if value == "" {
		return 0
	}
	if seconds, err := strconv.ParseFloat(value, 64); err == nil {
		if !(seconds > 0) {
			return 0
		}
		if seconds >= mostWait.Seconds() {
			return mostWait
		}
		return time.Duration(seconds * float64(time.Second))
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	return min(max(0, at.Sub(now)), mostWait)
}
