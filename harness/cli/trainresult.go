package cli

import (
	"fmt"
	"path/filepath"

	"assay/harness/leaf/plural"
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
	course, err := training.ReadCourse(runstore.Dir(out))
	if err != nil {
		return err
	}
	fmt.Fprintf(c.Out, "%s: %s over %s, loss %.4f\n", out, plural.Of(len(course.Steps), "step"), plural.Of(int(r.Last.Tokens), "token"), r.Last.Loss)
	if best := course.Best; best != nil {
		for _, s := range best.Scores {
			fmt.Fprintf(c.Out, "  best %s %.4f after step %d, over %s\n", s.Name, s.Value, best.Step, plural.Of(s.N, "token"))
		}
	}
	for _, v := range terminal.PPOValues(r.Last) {
		first, last := course.Tenths(v.Name)
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
