package cli

import (
	"fmt"
	"path/filepath"

	"assay/harness/runstore"
	"assay/harness/terminal"
	"assay/harness/training"
	"assay/models"
)

// concludeTrain prints the result of a training.
func concludeTrain(c terminal.Console, out string, r *training.Result) error {
	if r.Nothing {
		fmt.Fprintf(c.Out, "%s: the training is finished\n", out)
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
	fmt.Fprintf(c.Out, "%s: %d steps over %d tokens, loss %.4f\n", out, len(all), r.Last.Tokens, r.Last.Loss)
	if best != nil {
		for _, s := range best.Scores {
			fmt.Fprintf(c.Out, "  best %s %.4f after step %d, over %d tokens\n", s.Name, s.Value, best.Step, s.N)
		}
	}
	tenth := (len(all) + 9) / 10
	for _, v := range terminal.PPOValues(r.Last) {
		first, last := mean(v.Name, all[:tenth]), mean(v.Name, all[len(all)-tenth:])
		fmt.Fprintf(c.Out, "  %s %.3f over the first tenth of the steps, %.3f over the last\n", v.Name, first, last)
		switch {
		case v.Name == models.ScoreReward && last < first:
			c.Notice("the reward fell: the policy learned nothing or diverged; lower the learning rate, and look at the curves (assay report %s -o report)", out)
		case v.Name == models.ScoreKL && last > farOff:
			c.Notice("the policy is %.0f nats per response from the SFT model: it has diverged; lower the learning rate or raise kl_coef, and look at its samples (assay report %s -o report)", last, out)
		}
	}
	fmt.Fprintf(c.Out, "  the model is in %s\n", filepath.Join(out, training.ModelFolder))
	return nil
}

// farOff is a KL divergence, in nats per response, at which hardly anything of the SFT model
// is left.
const farOff = 50

// mean is the mean of a value over steps.
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
