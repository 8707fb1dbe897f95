package ppo

import (
	"fmt"
	"math"

	"assay/models"
	"assay/models/train/rl"
)

// Iteration is the record of an iteration.
type Iteration struct {
	Number   int // from 1
	Episodes int
	Tokens   int // of responses

	Score   float64  // mean of the reward model's, before responses without an end are penalised or replaced
	Gold    *float64 // mean gold utility, if it is known for all
	KL      rl.KL    // of the policy from the reference, summed over all tokens
	Entropy float64  // nats per token, estimated from the drawn tokens
	Unended float64  // share of responses without an end
	// Distinct are the shares of distinct tokens, and of distinct pairs of tokens, among
	// all of the responses (Li et al., arXiv:1510.03055): they fall when a policy
	// collapses to one answer.
	Distinct1, Distinct2 float64
	Beta                 float64

	Policy rl.PolicyStats
	Value  rl.ClippedStats
	// FirstRatio is the mean ratio of new to old probabilities over the first minibatch:
	// exactly 1.
	FirstRatio float64
	// GradientRatio is the norm of the pretraining gradient divided by that of PPO's, in the
	// first update; 0 if it was not measured.
	GradientRatio float64
	Rate          float64
	Shown         []*Episode

	norms      []float64
	text       float64
	textTokens int
}

// describe records statistics of the episodes that a policy drew.
func (t *Trainer) describe(number int, episodes []*Episode) *Iteration {
	r := &Iteration{Number: number, Episodes: len(episodes), Tokens: counted(episodes), Beta: t.KL.Beta, Rate: t.Rate * t.warmed(number)}
	var gold, surprise float64
	golds := 0
	tokens, pairs := map[int32]bool{}, map[[2]int32]bool{}
	followed := 0
	for _, e := range episodes {
		r.Score += e.Score / float64(len(episodes))
		if e.Gold != nil {
			gold += *e.Gold / float64(len(episodes))
			golds++
		}
		if !e.Ended {
			r.Unended += 1 / float64(len(episodes))
		}
		r.KL.Add(e.old, e.reference)
		for i, v := range e.old {
			surprise -= float64(v)
			tokens[e.Response[i]] = true
			if i > 0 {
				pairs[[2]int32{e.Response[i-1], e.Response[i]}] = true
				followed++
			}
		}
	}
	if golds == len(episodes) {
		r.Gold = &gold
	}
	r.Entropy = surprise / float64(r.Tokens)
	r.Distinct1, r.Distinct2 = float64(len(tokens))/float64(r.Tokens), float64(len(pairs))/float64(max(followed, 1))
	r.Shown = episodes[:min(t.ShowEpisodes, len(episodes))]
	return r
}

// GradientNorm is the mean of the policy's over the updates, before clipping.
func (r *Iteration) GradientNorm() float64 {
	var sum float64
	for _, n := range r.norms {
		sum += n
	}
	return sum / float64(max(len(r.norms), 1))
}

// PretrainingLoss is the mean loss of a token of pretraining text in nats, and how many
// there were.
func (r *Iteration) PretrainingLoss() (loss float64, tokens int) {
	return r.text / float64(max(r.textTokens, 1)), r.textTokens
}

// Values are the numbers for a training's records, by name.
func (r *Iteration) Values() []models.TrainScore {
	n, tokens := r.Episodes, float64(r.Tokens)
	list := []models.TrainScore{{Name: models.ScoreReward, Value: r.Score, N: n}}
	if r.Gold != nil {
		list = append(list, models.TrainScore{Name: models.ScoreGoldUtility, Value: *r.Gold, N: n})
	}
	list = append(list,
		models.TrainScore{Name: models.ScoreKL, Value: r.KL.K1 / float64(n), N: n},
		models.TrainScore{Name: "KL (k3)", Value: r.KL.K3 / float64(n), N: n},
		models.TrainScore{Name: "entropy", Value: r.Entropy, N: r.Tokens},
		models.TrainScore{Name: "length", Value: tokens / float64(n), N: n},
		models.TrainScore{Name: "without end", Value: r.Unended, N: n},
		models.TrainScore{Name: "distinct-1", Value: r.Distinct1, N: r.Tokens},
		models.TrainScore{Name: "distinct-2", Value: r.Distinct2, N: r.Tokens},
		models.TrainScore{Name: "clip fraction", Value: float64(r.Policy.Clipped) / float64(max(r.Policy.Tokens, 1)), N: r.Policy.Tokens},
		models.TrainScore{Name: "value loss", Value: r.Value.Loss / float64(max(r.Value.Tokens, 1)), N: r.Value.Tokens},
		models.TrainScore{Name: "beta", Value: r.Beta, N: n},
	)
	if loss, n := r.PretrainingLoss(); n > 0 {
		list = append(list, models.TrainScore{Name: "pretraining loss", Value: loss, N: n})
	}
	if r.GradientRatio > 0 {
		list = append(list, models.TrainScore{Name: "gradient ratio", Value: r.GradientRatio, N: 1})
	}
	return list
}

// finite returns an error if a value is not finite.
func (r *Iteration) finite() error {
	for _, v := range r.Values() {
		if math.IsNaN(v.Value) || math.IsInf(v.Value, 0) {
			return fmt.Errorf("%s is %v: the training has diverged; lower the learning rates", v.Name, v.Value)
		}
	}
	return nil
}
