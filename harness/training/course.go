package training

import (
	"fmt"
	"io"

	"assay/harness/leaf/plural"
	"assay/harness/runstore"
	"assay/models"
)

// Course is how a training went, by its record.
type Course struct {
	Steps []models.TrainStep // numbers and values alone
	Best  *models.TrainStep  // the step whose model was kept as the best; nil for none
}

// ReadCourse reads the record in a training's folder.
func ReadCourse(dir runstore.Dir) (*Course, error) {
	c := &Course{}
	for s, err := range runstore.TrainSteps().Read(dir) {
		if err != nil {
			return nil, err
		}
		c.Steps = append(c.Steps, models.TrainStep{Step: s.Step, Values: s.Values})
		if s.Best {
			c.Best = s
		}
	}
	return c, nil
}

// Tenths are the means of a value over the first and the last tenth of the steps, rounded up.
func (c *Course) Tenths(name string) (first, last float64) {
	n := (len(c.Steps) + 9) / 10
	return mean(name, c.Steps[:n]), mean(name, c.Steps[len(c.Steps)-n:])
}

// watched are the values of the last step that show whether a training goes well.
func (c *Course) watched() []models.TrainScore {
	if len(c.Steps) == 0 {
		return nil
	}
	return c.Steps[len(c.Steps)-1].Watched()
}

// Describe writes the best scores, and how the values of PPO changed.
func (c *Course) Describe(w io.Writer) {
	if c.Best != nil {
		for _, s := range c.Best.Scores {
			fmt.Fprintf(w, "  best %s %.4f after step %d, over %s\n", s.Name, s.Value, c.Best.Step, plural.Of(s.N, "token"))
		}
	}
	for _, v := range c.watched() {
		first, last := c.Tenths(v.Name)
		fmt.Fprintf(w, "  %s %.3f over the first tenth of the steps, %.3f over the last\n", v.Name, first, last)
	}
}

// farOff is a KL divergence, in nats per response, at which hardly anything of the SFT model
// is left.
const farOff = 50

// Warnings say what went wrong in a training of PPO, and the remedy, which ends with the curves.
func (c *Course) Warnings() (all []string) {
	for _, v := range c.watched() {
		first, last := c.Tenths(v.Name)
		switch {
		case v.Name == models.ScoreReward && last < first:
			all = append(all, "the reward fell: the policy learned nothing or diverged; lower the learning rate, and look at the curves")
		case v.Name == models.ScoreKL && last > farOff:
			all = append(all, fmt.Sprintf("the policy is %.0f nats per response from the SFT model: it has diverged; lower the learning rate or raise kl_coef, and look at its samples", last))
		}
	}
	return all
}

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
