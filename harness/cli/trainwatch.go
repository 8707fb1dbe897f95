package cli

import (
	"fmt"
	"path/filepath"
	"time"

	"assay/harness/runstore"
	"assay/harness/training"
	"assay/models"
)

// trainWatch shows how far a training has come.
type trainWatch struct {
	console
	kind    string
	bar     *progress
	last    models.TrainStep
	begun   time.Time
	first   int64 // tokens when it began
	started bool
}

func (w *trainWatch) Start(done, all int) {
	if done > 0 {
		w.notice("going on after step %d", done)
	}
	w.bar = newProgress(w.err, w.kind, int64(all-done), false)
	w.bar.note = func() string {
		speed := float64(w.last.Tokens-w.first) / max(time.Since(w.begun).Seconds(), 1e-3)
		text := fmt.Sprintf(", loss %.3f, %.0f tokens/s", w.last.Loss, speed)
		for _, s := range w.last.Scores {
			text += fmt.Sprintf(", %s %.4f", s.Name, s.Value)
		}
		return text
	}
	w.begun = time.Now()
}

func (w *trainWatch) Step(s models.TrainStep) {
	if !w.started {
		w.started, w.first, w.begun = true, s.Tokens, time.Now()
	}
	scores := w.last.Scores
	if w.last = s; s.Scores == nil {
		w.last.Scores = scores
	}
	w.bar.Write(one)
}

func (w *trainWatch) End() { w.bar.finish() }

// concludeTrain says what came of a training.
func concludeTrain(c console, out string, r *training.Result) error {
	if r.Nothing {
		fmt.Fprintf(c.out, "%s: the training is finished\n", out)
		return nil
	}
	var best *models.TrainStep
	steps := 0
	for s, err := range runstore.TrainSteps().Read(runstore.Dir(out)) {
		if err != nil {
			return err
		}
		steps++
		if s.Best {
			best = s
		}
	}
	fmt.Fprintf(c.out, "%s: %d steps over %d tokens, loss %.4f\n", out, steps, r.Last.Tokens, r.Last.Loss)
	if best != nil {
		for _, s := range best.Scores {
			fmt.Fprintf(c.out, "  best %s %.4f after step %d, over %d tokens\n", s.Name, s.Value, best.Step, s.N)
		}
	}
	fmt.Fprintf(c.out, "  the model is in %s\n", filepath.Join(out, training.ModelFolder))
	return nil
}
