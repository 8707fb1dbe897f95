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

// gate decides which attempt may go to which endpoint, and when.
type gate struct {
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

// endpoint is one server, guarded by the gate's mutex.
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

// progress summarises what the gate has seen of all requests.
type progress struct {
	successes int
	down      bool
}

func newGate(bases []*url.URL, concurrency int, first time.Duration) *gate {
	g := &gate{
		concurrency: concurrency, firstRest: first,
		longStreak: max(20, 2*concurrency), longTime: 20 * first,
	}
	for _, base := range bases {
		g.endpoints = append(g.endpoints, &endpoint{base: base, limit: float64(concurrency)})
	}
	return g
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
func (g *gate) acquire(ctx context.Context, last *endpoint) (ep *endpoint, waited time.Duration, err error) {
	for again := false; ; again = true {
		g.mu.Lock()
		ep, wait := g.choose(time.Now(), last)
		if ep != nil {
			ep.inFlight++
			g.inFlight++
			g.wake() // if there is room for one, there may be room for another
			g.mu.Unlock()
			return ep, waited, nil
		}
		ready := make(chan struct{})
		if again {
			g.waiting = slices.Insert(g.waiting, 0, ready)
		} else {
			g.waiting = append(g.waiting, ready)
		}
		g.mu.Unlock()
		held, err := g.await(ctx, ready, wait)
		waited += held
		if err != nil {
			return nil, waited, err
		}
	}
}

// await waits until ready is closed, or for a limited time if wait is not 0.
func (g *gate) await(ctx context.Context, ready chan struct{}, wait time.Duration) (held time.Duration, err error) {
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
	g.mu.Lock()
	defer g.mu.Unlock()
	if i := slices.Index(g.waiting, ready); i >= 0 {
		g.waiting = slices.Delete(g.waiting, i, i+1)
	}
	if err != nil {
		g.wake() // another may have relied on this one's turn
	}
	return held, err
}

// wake lets the first waiting request try again.
func (g *gate) wake() {
	if len(g.waiting) > 0 {
		close(g.waiting[0])
		g.waiting = slices.Delete(g.waiting, 0, 1)
	}
}

// choose finds the endpoint with the fewest requests in flight among those available now. It avoids last if
// there is another. If there is none, wait is when to try again; 0 means after the next release.
func (g *gate) choose(now time.Time, last *endpoint) (best *endpoint, wait time.Duration) {
	if g.inFlight >= g.concurrency {
		return nil, 0
	}
	healthy := slices.ContainsFunc(g.endpoints, func(ep *endpoint) bool { return ep.failures < restAfter })
	for i := range g.endpoints {
		ep := g.endpoints[(g.turn+i)%len(g.endpoints)]
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
		g.turn = (g.turn + 1) % len(g.endpoints)
		return best, 0
	}
	return nil, wait
}

// release frees a slot after an attempt that started at started and failed with f, or succeeded if f is nil.
func (g *gate) release(ep *endpoint, started time.Time, f *fault) progress {
	now := time.Now()
	g.mu.Lock()
	defer g.mu.Unlock()
	ep.inFlight--
	g.inFlight--
	ep.adapt(g.concurrency, started, now, f)
	switch {
	case f == nil:
		g.successes++
		fallthrough
	case f != nil && f.kind == rejected: // the server is healthy
		ep.failures, ep.rest = 0, 0
	case f.kind != busy:
		g.fail(ep, started, now)
	}
	if f == nil || f.kind != connect {
		g.streak = 0
	} else if g.streak++; g.streak == 1 {
		g.streakSince = now
	}
	g.wake()
	return progress{
		successes: g.successes,
		down:      g.streak >= g.longStreak && now.Sub(g.streakSince) >= g.longTime,
	}
}

// abandon frees a slot after an attempt that says nothing about the endpoint.
func (g *gate) abandon(ep *endpoint) {
	g.mu.Lock()
	defer g.mu.Unlock()
	ep.inFlight--
	g.inFlight--
	g.wake()
}

// fail counts a failed attempt. Attempts that were in flight together extend the endpoint's rest only once.
func (g *gate) fail(ep *endpoint, started, now time.Time) {
	ep.failures++
	if ep.failures >= restAfter && !started.Before(ep.rested) {
		ep.rest = min(max(g.firstRest, multiplier*ep.rest), maxWait)
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
