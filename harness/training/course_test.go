package training_test

import (
	"testing"

	"assay/harness/training"
	"assay/models"
)

// The reference values are by hand: 23 steps have tenths of 3.
func TestTenths(t *testing.T) {
	c := &training.Course{}
	for i := range 23 {
		c.Steps = append(c.Steps, models.TrainStep{Step: i + 1, Values: []models.TrainScore{{Name: "other", Value: 1000}, {Name: "kl", Value: float64(i * i)}}})
	}
	first, last := c.Tenths("kl")
	if wantFirst, wantLast := (0.0+1+4)/3, (400.0+441+484)/3; first != wantFirst || last != wantLast {
		t.Errorf("means %v and %v, want %v and %v", first, last, wantFirst, wantLast)
	}
}
