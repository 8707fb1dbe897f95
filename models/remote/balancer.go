package remote

import (
	"context"
	"net/url"
	"slices"
	"sync"
	"time"
)

// restAfter is how many attempts in a row an endpoint may fail before it rests.
const restAfter = 5

// balancer decides which attempt may go to which endpoint, and when.
type balancer struct {
	endpoints   []*endpoint
	concurrency int
	firstRest   time.Duration
	longStreak  int           // attempts in a row without reaching a server after which it counts as down,
	longTime    time.Duration // if they also lasted this long

	mu          sync.Mutex
	inFlight    int
	turn        int             // where the search for an endpoint starts
	waiting     []chan struct{} // closed to let the first try again
	successes   int
	streak      int // attempts since the last one that reached a server
	streakSince time.Time
}

// endpoint is one server, guarded by the balancer's mutex.
type endpoint struct {
	base     *url.URL
	targets  sync.Map // path -> *url.URL, never written to
	inFlight int
	limit    float64   // most requests in flight; adapted, see adapt
	cut      time.Time // when limit was last halved
	held     time.Time // Retry-After pauses the endpoint until then
	failures int       // failed attempts in a row
	rest     time.Duration
	rested   time.Time // when the rest started
}

// progress summarises what the balancer has seen of all requests.
type progress struct {
	successes int
	down      bool
}

func newBalancer(bases []*url.URL, concurrency int, first time.Duration) *balancer {
	b := &balancer{
		concurrency: concurrency, firstRest: first,
		longStreak: max(20, 2*concurrency), longTime: 20 * first,
	}
	for _, base := range bases {
		b.endpoints = append(b.endpoints, &endpoint{base: base, limit: float64(concurrency)})
	}
	return b
}

// address is the URL of a path below the endpoint, without the query.
func (ep *endpoint) address(path string) string { return ep.base.JoinPath(path).String() }

// target is the URL with the query; equal paths share one value.
func (ep *endpoint) target(path, query string) *url.URL {
	if known, ok := ep.targets.Load(path); ok {
		return known.(*url.URL)
	}
	target := ep.base.JoinPath(path)
	target.RawQuery = query
	ep.targets.Store(path, target)
	return target
}

// acquire waits for a free slot at an endpoint, preferably not the last one. Waited is the time that
// endpoints were paused, without the wait for a free slot.
func (b *balancer) acquire(ctx context.Context, last *endpoint) (ep *endpoint, waited time.Duration, err error) {
	for again := false; ; again = true {
		b.mu.Lock()
		ep, wait := b.choose(time.Now(), last)
		if ep != nil {
			ep.inFlight++
			b.inFlight++
			b.wake() // if there is room for one, there may be room for another
			b.mu.Unlock()
			return ep, waited, nil
		}
		ready := make(chan struct{})
		if again {
			b.waiting = slices.Insert(b.waiting, 0, ready)
		} else {
			b.waiting = append(b.waiting, ready)
		}
		b.mu.Unlock()
		held, err := b.await(ctx, ready, wait)
		waited += held
		if err != nil {
			return nil, waited, err
		}
	}
}

// await waits until ready is closed, or for a limited time if wait is not 0.
func (b *balancer) await(ctx context.Context, ready chan struct{}, wait time.Duration) (held time.Duration, err error) {
	var expired <-chan time.Time
	if wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		expired = timer.C
		began := time.Now()
		defer func() { held = time.Since(began) }()
	}
	select {
	case <-ready:
		return held, nil
	case <-expired:
	case <-ctx.Done():
		err = ctx.Err()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if i := slices.Index(b.waiting, ready); i >= 0 {
		b.waiting = slices.Delete(b.waiting, i, i+1)
	}
	if err != nil {
		b.wake() // another may have relied on this one's turn
	}
	return held, err
}

// wake lets the first waiting request try again.
func (b *balancer) wake() {
	if len(b.waiting) > 0 {
		close(b.waiting[0])
		b.waiting = slices.Delete(b.waiting, 0, 1)
	}
}

// choose finds the endpoint with the fewest requests in flight among those available now. It avoids last if
// there is another. If there is none, wait is when to try again; 0 means after the next release.
func (b *balancer) choose(now time.Time, last *endpoint) (best *endpoint, wait time.Duration) {
	if b.inFlight >= b.concurrency {
		return nil, 0
	}
	healthy := slices.ContainsFunc(b.endpoints, func(ep *endpoint) bool { return ep.failures < restAfter })
	for i := range b.endpoints {
		ep := b.endpoints[(b.turn+i)%len(b.endpoints)]
		pause := ep.held.Sub(now)
		limit := ep.limit
		if healthy && ep.failures >= restAfter { // resting doesn't help if all fail
			pause = max(pause, ep.rested.Add(ep.rest).Sub(now))
			limit = 1 // the probe
		}
		switch {
		case pause > 0:
			if wait == 0 || pause < wait {
				wait = pause
			}
		case float64(ep.inFlight+1) > limit:
		case best == nil, best == last, ep != last && ep.inFlight < best.inFlight:
			best = ep
		}
	}
	if best != nil {
		b.turn = (b.turn + 1) % len(b.endpoints)
		return best, 0
	}
	return nil, wait
}

// release frees a slot after an attempt that started at started and failed with f, or succeeded if f is nil.
func (b *balancer) release(ep *endpoint, started time.Time, f *fault) progress {
	now := time.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	ep.inFlight--
	b.inFlight--
	ep.adapt(b.concurrency, started, now, f)
	switch {
	case f == nil:
		b.successes++
		fallthrough
	case f != nil && f.kind == rejected: // the server is healthy
		ep.failures, ep.rest = 0, 0
	case f.kind != busy:
		b.fail(ep, started, now)
	}
	if f == nil || f.kind != connect {
		b.streak = 0
	} else if b.streak++; b.streak == 1 {
		b.streakSince = now
	}
	b.wake()
	return progress{
		successes: b.successes,
		down:      b.streak >= b.longStreak && now.Sub(b.streakSince) >= b.longTime,
	}
}

// abandon frees a slot after an attempt that says nothing about the endpoint.
func (b *balancer) abandon(ep *endpoint) {
	b.mu.Lock()
	defer b.mu.Unlock()
	ep.inFlight--
	b.inFlight--
	b.wake()
}

// fail counts a failed attempt. Attempts that were in flight together extend the endpoint's rest only once.
func (b *balancer) fail(ep *endpoint, started, now time.Time) {
	ep.failures++
	if ep.failures >= restAfter && !started.Before(ep.rested) {
		ep.rest = min(max(b.firstRest, multiplier*ep.rest), maxWait)
		ep.rested = now
	}
}

// adapt moves the endpoint's limit. Success adds a sixteenth of the configured concurrency per round trip.
// Overload halves it, at most once per round trip: attempts that started before the last halving don't count
// (the rule of TCP's congestion avoidance, RFC 5681, section 3.1).
func (ep *endpoint) adapt(concurrency int, started, now time.Time, f *fault) {
	most := float64(concurrency)
	switch {
	case f == nil:
		ep.limit = min(most, ep.limit+max(1, most/16)/ep.limit)
	case f.slow && !started.Before(ep.cut):
		ep.limit = max(1, ep.limit/2)
		ep.cut = now
	}
	if f != nil && f.after > 0 {
		if until := now.Add(f.after); until.After(ep.held) {
			ep.held = until
		}
	}
}
