package remote

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"time"
)

// loads matches servers that are still loading their model: llama.cpp's "Loading model", TGI's and SGLang's
// "starting", Hugging Face's "is currently loading".
var loads = regexp.MustCompile(`(?i)\b(loading|starting|initiali[sz]ing|warming|warm-?up|not (yet )?ready|unhealthy)\b`)

// Get queries the endpoints in their order until one gives a 2xx answer. A service that is not ready yet
// (502, 503 and 504) is queried again: within Config.Loading if it reports that it is loading a model,
// otherwise Config.Attempts times. If none answers, the error names an endpoint and has its message; it is a
// *[Failure] if that endpoint answered, and otherwise wraps [ErrDown].
func (c *Client) Get(ctx context.Context, path string) ([]byte, error) {
	c.stats.request()
	began := time.Now()
	t := try{client: c, path: path}
	for {
		body, ep, f := c.getOnce(ctx, path, t.attempts > 0)
		if f == nil {
			return body, nil
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		t.attempts++
		loading := loads.MatchString(f.said)
		again := f.status == http.StatusServiceUnavailable || f.status == http.StatusBadGateway || f.status == http.StatusGatewayTimeout
		if loading {
			again = again && time.Since(began) < c.config.Loading
		} else {
			again = again && t.attempts < c.config.Attempts
		}
		switch {
		case again:
		case f.kind == connect:
			return nil, c.down(ep, path, f)
		default:
			return nil, fmt.Errorf("%s: %w", ep.address(path), &Failure{Reason: f.spoken(), Status: f.status, Attempts: t.attempts, Param: f.param, Err: f.err})
		}
		if t.attempts == 1 && c.config.Waiting != nil {
			c.config.Waiting(f.spoken())
		}
		const longest = 4 // first waits: a server that is ready soon should be noticed soon
		slept, err := sleep(ctx, min(t.next(), longest*c.config.Backoff))
		c.stats.wait(slept)
		if err != nil {
			return nil, err
		}
	}
}

// getOnce queries each endpoint once. The fault is that of the last endpoint that answered, or of the first
// if none did.
func (c *Client) getOnce(ctx context.Context, path string, again bool) (answer []byte, at *endpoint, failed *fault) {
	for i, ep := range c.balancer.endpoints {
		f := c.exchange(ctx, http.MethodGet, ep, path, nil, func(body []byte) error {
			answer = append([]byte(nil), body...)
			return nil
		})
		if f != nil && ctx.Err() != nil {
			return nil, ep, f
		}
		c.stats.attempt(again || i > 0, f)
		if f == nil {
			return answer, ep, nil
		}
		if failed == nil || f.kind != connect {
			at, failed = ep, f
		}
	}
	return nil, at, failed
}
