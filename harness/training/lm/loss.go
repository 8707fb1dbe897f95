package lm

import (
	"errors"

	"assay/harness/plan"
	"assay/models"
	"assay/models/train"
)

// heldOutLoss is the mean loss over held-out batches in nats per token: the score
// [plan.ValidationLoss].
func heldOutLoss(cover covering) train.Score {
	return func(l train.Learner) ([]models.TrainScore, error) {
		var sum float64
		n := 0
		err := cover(func(b *train.Batch) error {
			loss, err := l.Evaluate(b)
			sum += loss
			n += b.Counted()
			return err
		})
		if err == nil && n == 0 {
			err = errors.New("nothing was held out; name more validation data")
		}
		return []models.TrainScore{{Name: plan.ValidationLoss, Value: sum / float64(max(n, 1)), N: n}}, err
	}
}
