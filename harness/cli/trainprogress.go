package cli

import (
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"assay/harness/runstore"
	"assay/harness/session"
	"assay/harness/training"
	"assay/models"
)

// trainWatch shows how far a training has come, or several trainings one after the other.
type trainWatch struct {
	console
	notes   []string // what was done to the data, printed once
	bar     *progress
	last    models.TrainStep
	begun   time.Time
	first   int64 // tokens when it began
	started bool
}

func (w *trainWatch) Start(s session.Stage) {
	for _, line := range w.notes {
		w.notice("%s", line)
	}
	*w = trainWatch{console: w.console}
	if s.Done > 0 {
		w.notice("resuming after step %d", s.Done)
	}
	w.bar = newProgress(w.err, s.Name, int64(s.All-s.Done), false)
	w.bar.note = func() string {
		speed := float64(w.last.Tokens-w.first) / max(time.Since(w.begun).Seconds(), 1e-3)
		text := fmt.Sprintf(", loss %.3f, %.0f tokens/s", w.last.Loss, speed)
		for _, s := range slices.Concat(w.last.Scores, shown(w.last)) {
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
	var all []models.TrainStep
	for s, err := range runstore.TrainSteps().Read(runstore.Dir(out)) {
		if err != nil {
			return err
		}
		all = append(all, models.TrainStep{Step: s.Step, Values: s.Values})
		if s.Best {
			best = s
		}
	}
	fmt.Fprintf(c.out, "%s: %d steps over %d tokens, loss %.4f\n", out, len(all), r.Last.Tokens, r.Last.Loss)
	if best != nil {
		for _, s := range best.Scores {
			fmt.Fprintf(c.out, "  best %s %.4f after step %d, over %d tokens\n", s.Name, s.Value, best.Step, s.N)
		}
	}
	tenth := (len(all) + 9) / 10
	for _, v := range shown(r.Last) {
		first, last := mean(v.Name, all[:tenth]), mean(v.Name, all[len(all)-tenth:])
		fmt.Fprintf(c.out, "  %s %.3f over the first tenth of the steps, %.3f over the last\n", v.Name, first, last)
		switch {
		case v.Name == models.ScoreReward && last < first:
			c.notice("the reward fell: the policy learned nothing or diverged; lower the learning rate, and look at the curves (assay report %s -o report)", out)
		case v.Name == models.ScoreKL && last > farOff:
			c.notice("the policy is %.0f nats per response from the SFT model: it has diverged; lower the learning rate or raise kl: beta, and look at its samples (assay report %s -o report)", last, out)
		}
	}
	fmt.Fprintf(c.out, "  the model is in %s\n", filepath.Join(out, training.ModelFolder))
	return nil
}

// farOff is a KL divergence, in nats per response, at which hardly anything of the supervised
// model is left.
const farOff = 50

// shown are a step's values that tell whether PPO goes well; other trainings have none.
func shown(s models.TrainStep) []models.TrainScore {
	var out []models.TrainScore
	for _, name := range []string{models.ScoreReward, models.ScoreGoldUtility, models.ScoreKL} {
		if i := slices.IndexFunc(s.Values, func(v models.TrainScore) bool { return v.Name == name }); i >= 0 {
			out = append(out, s.Values[i])
		}
	}
	return out
}

// mean is that of a value over steps.
func mean(name string, steps []models.TrainStep) float64 {
	sum := 0.0
	for _, s := range steps {
		for _, v := range s.Values {
			if v.Name == name {
				sum += v.Value
			}
		}
	}
	return sum / float64(len(steps))
}
