package remote

import (
	"context"
	"time"

	"golang.org/x/time/rate"
)

// rateLimit enforces limits per minute. As much as fits a second may go at once, so that no minute goes far over
// its limit.
type rateLimit struct {
	requests, tokens *rate.Limiter // nil for no limit
	tokensPerMinute  int
}

func newRateLimit(requests, tokens int) *rateLimit {
	return &rateLimit{requests: perMinute(requests), tokens: perMinute(tokens), tokensPerMinute: tokens}
}

func perMinute(n int) *rate.Limiter {
	if n == 0 {
		return nil
	}
	return rate.NewLimiter(rate.Limit(float64(n)/60), max(1, n/60))
}

// wait waits for the turn of a request that is expected to use a number of tokens. More than a minute's
// tokens count as a minute's.
func (r *rateLimit) wait(ctx context.Context, tokens int) (time.Duration, error) {
	if r.requests == nil && r.tokens == nil {
		return 0, nil
	}
	booked, delay := r.book(time.Now(), tokens)
	waited, err := sleep(ctx, delay)
	if err != nil {
		for i := len(booked) - 1; i >= 0; i-- {
			booked[i].Cancel()
		}
	}
	return waited, err
}

// book reserves the turn of a request and returns how long it is until then.
func (r *rateLimit) book(now time.Time, tokens int) (booked []*rate.Reservation, delay time.Duration) {
	reserve := func(l *rate.Limiter, n int) {
		for l != nil && n > 0 { // a limiter grants at most its burst at a time
			part := min(n, l.Burst())
			booked = append(booked, l.ReserveN(now, part))
			n -= part
		}
	}
	reserve(r.requests, 1)
	reserve(r.tokens, min(tokens, r.tokensPerMinute))
	for _, b := range booked {
		delay = max(delay, b.DelayFrom(now))
	}
	return booked, delay
}
