package remote

import (
	"maps"
	"sync"
	"time"
)

// Stats counts what a client has requested since it was made.
type Stats struct {
	Requests int            // calls of Post and Get
	Attempts int            // exchanges that these took
	Retries  int            // attempts after a request's first
	Faults   map[string]int // failed attempts by cause: "status 429"
	Waited   time.Duration  // for limits, between attempts and for Retry-After, summed over requests
}

type tally struct {
	mu    sync.Mutex
	stats Stats
}

func (t *tally) request() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stats.Requests++
}

func (t *tally) attempt(again bool, f *fault) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stats.Attempts++
	if again {
		t.stats.Retries++
	}
	if f != nil {
		if t.stats.Faults == nil {
			t.stats.Faults = make(map[string]int)
		}
		t.stats.Faults[f.reason]++
	}
}

func (t *tally) wait(d time.Duration) {
	if d == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stats.Waited += d
}

func (t *tally) snapshot() Stats {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.stats
	s.Faults = maps.Clone(s.Faults)
	return s
}
