package remote

import (
	"context"
	"time"

	"golang.org/x/time/rate"
)

// pace enforces limits per minute. As much as fits a second may go at once, so that no minute goes far over
// its limit.
type pace struct {
	requests, tokens *rate.Limiter // nil for no limit
	tokensPerMinute  int
}

func newPace(requests, tokens int) *pace {
	return &pace{requests: perMinute(requests), tokens: perMinute(tokens), tokensPerMinute: tokens}
}

func perMinute(n int) *rate.Limiter {
	if n == 0 {
		return nil
	}
	return rate.NewLimiter(rate.Limit(float64(n)/60), max(1, n/60))
}

// wait waits for the turn of a request that is expected to use a number of tokens. More than a minute's
// tokens count as a minute's.
func (p *pace) wait(ctx context.Context, tokens int) (time.Duration, error) {
	if p.requests == nil && p.tokens == nil {
		return 0, nil
	}
	booked, delay := p.book(time.Now(), tokens)
	waited, err := sleep(ctx, delay)
	if err != nil {
		for i := len(booked) - 1; i >= 0; i-- {
			booked[i].Cancel()
		}
	}
	return waited, err
}

// book reserves the turn of a request and returns how long it is until then.
func (p *pace) book(now time.Time, tokens int) (booked []*rate.Reservation, delay time.Duration) {
	reserve := func(l *rate.Limiter, n int) {
		for l != nil && n > 0 { // a limiter grants at most its burst at a time
			part := min(n, l.Burst())
			booked = append(booked, l.ReserveN(now, part))
			n -= part
		}
	}
	reserve(p.requests, 1)
	reserve(p.tokens, min(tokens, p.tokensPerMinute))
	for _, b := range booked {
		delay = max(delay, b.DelayFrom(now))
	}
	return booked, delay
}
