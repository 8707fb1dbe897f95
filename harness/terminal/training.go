package terminal

import (
	"fmt"
	"slices"
	"time"

	"assay/harness/session"
	"assay/models"
)

// Training shows how far a training has come, or several trainings one after the other.
type Training struct {
	Console
	Notes   []string // what was done to the data, printed once
	bar     *Bar
	last    models.TrainStep
	begun   time.Time
	first   int64 // tokens when it began
	started bool
}

// Start implements [session.Watch].
func (w *Training) Start(s session.Stage) {
	for _, line := range w.Notes {
		w.Notice("%s", line)
	}
	*w = Training{Console: w.Console}
	if s.Done > 0 {
		w.Notice("resuming after step %d", s.Done)
	}
	w.bar = NewBar(w.Err, s.Name, int64(s.All-s.Done), false)
	w.bar.note = func() string {
		if w.last.Step == 0 { // a stage that trains nothing
			return ""
		}
		speed := float64(w.last.Tokens-w.first) / max(time.Since(w.begun).Seconds(), 1e-3)
		text := fmt.Sprintf(", loss %.3f, %.0f tokens/s", w.last.Loss, speed)
		for _, s := range slices.Concat(w.last.Scores, w.last.Watched()) {
			text += fmt.Sprintf(", %s %.4f", s.Name, s.Value)
		}
		return text
	}
	w.begun = time.Now()
}

// Step implements [session.Watch].
func (w *Training) Step(s models.TrainStep) {
	if !w.started {
		w.started, w.first, w.begun = true, s.Tokens, time.Now()
	}
	scores := w.last.Scores
	if w.last = s; s.Scores == nil {
		w.last.Scores = scores
	}
	w.bar.Step()
}

// End implements [session.Watch].
func (w *Training) End() { w.bar.Finish() }
