package cli

import (
	"fmt"
	"sync"
	"time"

	"assay/harness/session"
	"assay/reports/text"
)

// watch shows how far a run has come: what is done, the time left, and what the
// session has cost so far; and that nothing comes, when nothing does.
type watch struct {
	console
	mu      sync.Mutex // guards what follows
	bar     *progress
	dollars float64
	last    time.Time // of the last step
	notices []string  // kept until work begins: an error before that is to stand alone
	begun   bool      // work has
	ended   chan struct{}
}

// stalled is how long nothing may come before that is said.
const stalled = 15 * time.Second

func (w *watch) note(s string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.begun {
		w.notice("%s", s)
		return
	}
	w.notices = append(w.notices, s)
}

// say says at once what is no fault of the plan.
func (w *watch) say(s string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.notice("%s", s)
}

// tell says what was kept.
func (w *watch) tell() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, n := range w.notices {
		w.notice("%s", n)
	}
	w.notices = nil
}

var one = []byte{0}

// Start implements [session.Watch].
func (w *watch) Start(s session.Stage) {
	w.tell()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.begun, w.last = true, time.Now()
	w.ended = make(chan struct{})
	w.bar = newProgress(w.err, s.Name, int64(s.All), false)
	w.bar.note = func() string {
		if w.dollars == 0 {
			return ""
		}
		return fmt.Sprintf(", $%.2f so far", w.dollars)
	}
	go w.lookForStalls(w.ended, s.Faults)
}

// lookForStalls says when nothing has come for long.
func (w *watch) lookForStalls(ended <-chan struct{}, faults func() map[string]int) {
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
			w.notice("no answer for %s%s", quiet.Round(time.Second), why)
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
	return fmt.Sprintf("; %d attempts failed so far, most often for this: %s", all, text.Clean(most))
}

// Step implements [session.Watch].
func (w *watch) Step(dollars float64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dollars, w.last = dollars, time.Now()
	w.bar.Write(one)
}

// End implements [session.Watch].
func (w *watch) End() {
	w.mu.Lock()
	defer w.mu.Unlock()
	close(w.ended)
	w.bar.finish()
}

// timeLeft guesses from the time that done of all steps took.
func timeLeft(spent time.Duration, done, all int64) string {
	if done == 0 {
		return ""
	}
	left := time.Duration(float64(spent) / float64(done) * float64(all-done))
	if left < time.Second {
		return ""
	}
	return fmt.Sprintf(", about %s left", left.Round(time.Second))
}
