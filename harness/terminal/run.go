package terminal

import (
	"fmt"
	"sync"
	"time"

	"assay/harness/leaf/plural"
	"assay/harness/session"
	"assay/reports/text"
)

// Run shows how far a run has come: what is done, the time left, and the cost of the session.
// It says so if no answer comes for [stalled].
type Run struct {
	Console
	mu      sync.Mutex // guards what follows
	bar     *Bar
	dollars float64
	last    time.Time // of the last step
	notices []string  // kept until work begins
	begun   bool      // work has
	ended   chan struct{}
}

// stalled is how long no answer may come before a notice.
const stalled = 15 * time.Second

// Note prints a notice once work has begun: an error before that must stand alone.
func (w *Run) Note(s string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.begun {
		w.Notice("%s", s)
		return
	}
	w.notices = append(w.notices, s)
}

// Say prints a notice at once.
func (w *Run) Say(s string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.Notice("%s", s)
}

// Flush prints the notices that Note kept.
func (w *Run) Flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, n := range w.notices {
		w.Notice("%s", n)
	}
	w.notices = nil
}

// Start implements [session.Watch].
func (w *Run) Start(s session.Stage) {
	w.Flush()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.begun, w.last = true, time.Now()
	w.ended = make(chan struct{})
	w.bar = NewBar(w.Err, s.Name, int64(s.All), false)
	w.bar.note = func() string {
		if w.dollars == 0 {
			return ""
		}
		return fmt.Sprintf(", $%.2f so far", w.dollars)
	}
	go w.lookForStalls(w.ended, s.Faults)
}

// lookForStalls prints a notice when no answer has come for long.
func (w *Run) lookForStalls(ended <-chan struct{}, faults func() map[string]int) {
	tick := time.NewTicker(stalled)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return
		case <-tick.C:
		}
		why := commonest(faults())
		w.mu.Lock()
		if quiet := time.Since(w.last); quiet >= stalled {
			w.Notice("no answer for %s%s", quiet.Round(time.Second), why)
		}
		w.mu.Unlock()
	}
}

// commonest names the fault that most attempts ended in, and counts all.
func commonest(faults map[string]int) string {
	all, most := 0, ""
	for reason, n := range faults {
		all += n
		if most == "" || n > faults[most] || n == faults[most] && reason < most {
			most = reason
		}
	}
	if all == 0 {
		return ""
	}
	return fmt.Sprintf("; %s failed so far, most often for this: %s", plural.Of(all, "attempt"), text.Clean(most))
}

// Step implements [session.Watch].
func (w *Run) Step(dollars float64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dollars, w.last = dollars, time.Now()
	w.bar.Step()
}

// End implements [session.Watch].
func (w *Run) End() {
	w.mu.Lock()
	defer w.mu.Unlock()
	close(w.ended)
	w.bar.Finish()
}
