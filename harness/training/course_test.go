package training_test

import (
	"strings"
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

// 12 steps have tenths of 2. A reward that rises and a KL divergence that stays small need no warning.
func TestCourseDescribesPPO(t *testing.T) {
	for _, c := range []struct {
		reward, kl float64 // per step
		want       string
		warnings   []string // their beginnings
	}{
		{1, 1, "  best validation reward 2.5000 after step 7, over 9 tokens\n  reward 1.500 over the first tenth of the steps, 11.500 over the last\n  KL 1.500 over the first tenth of the steps, 11.500 over the last\n", nil},
		{-1, 1, "", []string{"the reward fell: "}},
		{1, 5, "", []string{"the policy is 58 nats per response from the SFT model: it has diverged"}},
		{-1, 5, "", []string{"the reward fell: ", "the policy is 58 nats"}},
	} {
		course := &training.Course{Best: &models.TrainStep{Step: 7, Scores: []models.TrainScore{{Name: "validation reward", Value: 2.5, N: 9}}}}
		for i := range 12 {
			x := float64(i + 1)
			course.Steps = append(course.Steps, models.TrainStep{Step: i + 1, Values: []models.TrainScore{
				{Name: models.ScoreKL, Value: c.kl * x}, {Name: "entropy", Value: 3}, {Name: models.ScoreReward, Value: c.reward * x}}})
		}
		var b strings.Builder
		if course.Describe(&b); c.want != "" && b.String() != c.want {
			t.Errorf("said\n%swant\n%s", b.String(), c.want)
		}
		got := course.Warnings()
		if len(got) != len(c.warnings) {
			t.Errorf("reward %v, KL %v: warnings %q, want %q", c.reward, c.kl, got, c.warnings)
			continue
		}
		for i, want := range c.warnings {
			if !strings.HasPrefix(got[i], want) {
				t.Errorf("warning %q, want %q", got[i], want)
			}
		}
	}
}
