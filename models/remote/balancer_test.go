package remote

import (
	"net/url"
	"testing"
	"time"
)

func testBalancer(n, concurrency int) *balancer {
	return newBalancer(make([]*url.URL, n), concurrency, time.Second)
}

// These tests provide the clock: choose and adapt take the time as an argument.
func TestAdapt(t *testing.T) {
	start := time.Now()
	at := func(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }
	slow := &fault{slow: true}
	ep := testBalancer(1, 32).endpoints[0]
	ep.adapt(32, at(0), at(1), slow)
	if ep.limit != 16 {
		t.Fatalf("limit %v after a 503, want 16", ep.limit)
	}
	for range 10 { // they were in flight at the same time
		ep.adapt(32, at(0), at(2), slow)
	}
	if ep.limit != 16 {
		t.Errorf("limit %v after others of the same round trip, want 16", ep.limit)
	}
	ep.adapt(32, at(1), at(3), slow)
	if ep.limit != 8 {
		t.Errorf("limit %v after the next round trip, want 8", ep.limit)
	}
	for range 8 { // a round trip of successes: a sixteenth of 32
		ep.adapt(32, at(4), at(5), nil)
	}
	if ep.limit < 9.7 || ep.limit > 10 {
		t.Errorf("limit %v after a good round trip, want nearly 10", ep.limit)
	}
	for range 1000 {
		ep.adapt(32, at(4), at(5), nil)
	}
	if ep.limit != 32 {
		t.Errorf("limit %v in the end, want 32", ep.limit)
	}
	for i := range 20 {
		ep.adapt(32, at(10+i), at(10+i), slow)
	}
	if ep.limit != 1 {
		t.Errorf("limit %v after many faults, want 1", ep.limit)
	}
}

func TestChoose(t *testing.T) {
	now := time.Now()
	lb := testBalancer(3, 12)
	a, b, c := lb.endpoints[0], lb.endpoints[1], lb.endpoints[2]
	expect := func(what string, last, want *endpoint, wait time.Duration) {
		t.Helper()
		got, w := lb.choose(now, last)
		if got != want || w != wait {
			t.Errorf("%s: endpoint %v after %v, want %v after %v", what, index(lb, got), w, index(lb, want), wait)
		}
	}
	a.inFlight, b.inFlight, c.inFlight = 3, 1, 2
	expect("fewest in flight", nil, b, 0)
	expect("not the last", b, c, 0)
	b.limit = 1
	expect("not over its limit", nil, c, 0)
	c.held = now.Add(5 * time.Second)
	expect("not held", nil, a, 0)
	expect("the last when there is no other", a, a, 0)
	a.held = now.Add(7 * time.Second)
	expect("all held or full", nil, nil, 5*time.Second)
	a.held, c.held = time.Time{}, time.Time{}

	b.limit, b.inFlight = 12, 0
	for range restAfter {
		lb.fail(b, now, now)
	}
	expect("not at rest", nil, c, 0)
	if b.rest != time.Second {
		t.Errorf("first rest %v, want 1s", b.rest)
	}
	now = now.Add(2 * time.Second)
	expect("the probe", nil, b, 0)
	b.inFlight = 1
	expect("one probe at a time", nil, c, 0)
	lb.fail(b, now, now)
	lb.fail(b, now.Add(-time.Second), now) // started before the rest
	if b.rest != 2*time.Second {
		t.Errorf("second rest %v, want 2s", b.rest)
	}
	for range restAfter {
		lb.fail(a, now, now)
		lb.fail(c, now, now)
	}
	b.inFlight = 0
	expect("when all fail, none rests", nil, b, 0)
	lb.inFlight = 12
	expect("all places are taken", nil, nil, 0)
}

func index(lb *balancer, ep *endpoint) int {
	for i := range lb.endpoints {
		if lb.endpoints[i] == ep {
			return i
		}
	}
	return -1
}

// A server counts as down only after twice as many attempts as may be in flight have failed to connect, and
// only after some time has passed.
func TestALongStreakIsDown(t *testing.T) {
	lb := newBalancer(make([]*url.URL, 1), 30, time.Nanosecond)
	none := &fault{kind: connect}
	began := time.Now()
	for i := 1; i <= 60; i++ {
		time.Sleep(time.Microsecond)
		if down := lb.release(lb.endpoints[0], began, none).down; down != (i == 60) {
			t.Fatalf("down %v after %d attempts in a row, want it after 60", down, i)
		}
	}
	if lb.release(lb.endpoints[0], began, nil).down || lb.release(lb.endpoints[0], began, none).down {
		t.Error("a server that answered is down")
	}
	slow := newBalancer(make([]*url.URL, 1), 1, time.Hour)
	for range 100 {
		if slow.release(slow.endpoints[0], began, none).down {
			t.Fatal("down at once")
		}
	}
}

// The client waits for a Retry-After of MaxRetryAfter; a longer one stops the run.
func TestLongWaits(t *testing.T) {
	for _, tt := range []struct {
		status int
		wait   time.Duration
		spent  bool
	}{{429, MaxRetryAfter, false}, {429, MaxRetryAfter + time.Second, true}, {503, MaxRetryAfter + time.Second, true}, {503, time.Second, false}, {500, time.Hour, false}} {
		f := statusFault(tt.status, "slow down", tt.wait)
		f.sortWords("slow down", "", tt.wait)
		if f.spent != tt.spent || f.account != tt.spent || f.after > MaxRetryAfter {
			t.Errorf("status %d, wait %v: %+v", tt.status, tt.wait, f)
		}
	}
}

func TestRetryAfterValues(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"":                              0,
		"3":                             3 * time.Second,
		" 1.5 ":                         1500 * time.Millisecond,
		"0":                             0,
		"-7":                            0,
		"NaN":                           0,
		"soon":                          0,
		"31536000":                      mostWait,
		"1e300":                         mostWait,
		"Inf":                           mostWait,
		"Sun, 01 Mar 2026 12:00:20 GMT": 20 * time.Second,
		"Sun, 01 Mar 2026 11:00:20 GMT": 0,
		"Mon, 01 Mar 2027 12:00:00 GMT": mostWait,
	} {
		if got := retryAfter(value, now); got != want {
			t.Errorf("Retry-After %q: %v, want %v", value, got, want)
		}
	}
}

func TestWaitsGrow(t *testing.T) {
	c, err := New(Config{Endpoints: []string{"http://host"}})
	if err != nil {
		t.Fatal(err)
	}
	tr := try{client: c}
	for i := range 20 {
		middle := min(500*time.Millisecond<<i, maxWait)
		if got := tr.next(); got < middle/2 || got > min(middle*3/2, maxWait) {
			t.Errorf("wait %d is %v, want about %v", i, got, middle)
		}
	}
}
