package train

import (
	"fmt"
	"math"

	"assay/models"
)

// Finite returns an error that names the first score that is not finite.
func Finite(scores []models.TrainScore) error {
	for _, s := range scores {
		if math.IsNaN(s.Value) || math.IsInf(s.Value, 0) {
			return fmt.Errorf("%s is %v: the training has diverged; lower the learning rate", s.Name, s.Value)
		}
	}
	return nil
}

// FiniteLoss returns an error if a loss is not finite.
func FiniteLoss(loss float64) error {
	return Finite([]models.TrainScore{{Name: "the loss", Value: loss}})
}
