package training

import (
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
