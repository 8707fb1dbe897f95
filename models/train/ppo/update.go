package ppo

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"assay/models/train"
	"assay/models/train/rl"
)

// learn takes an update of policy and value function by some episodes. Losses are means
// over their tokens.
func (t *Trainer) learn(iteration, update int, part []*Episode, record *Iteration) error {
	var b train.Batch
	fill(&b, part)
	scale := 1 / float64(counted(part))
	t.stage("policy")
	var differs error
	err := t.Policy.Minimise(&b, func(now, gradient []float32) float64 {
		var s rl.PolicyStats
		for r, e := range part {
			if update == 0 && differs == nil {
				differs = e.drawn(e.of(now, r, b.Time))
			}
			s.Add(rl.PolicyLoss(e.of(now, r, b.Time), e.old, e.advantages, t.Clip, scale, e.of(gradient, r, b.Time)))
		}
		record.Policy.Add(s)
		if update == 0 {
			record.FirstRatio = s.Ratio / float64(s.Tokens)
		}
		return s.Loss * scale
	})
	if err := cmp.Or(err, differs); err != nil {
		return fmt.Errorf("policy: %w", err)
	}
	if t.Ptx > 0 {
		t.stage("pretraining")
		if err := t.mix(iteration, update, record); err != nil {
			return fmt.Errorf("pretraining: %w", err)
		}
	}
	t.stage("policy")
	warmed := t.warmed(iteration)
	norm, err := t.Policy.Update(t.Rate * warmed)
	if err != nil {
		return fmt.Errorf("policy: %w", err)
	}
	record.norms = append(record.norms, norm)
	t.stage("value")
	err = t.Value.Minimise(&b, func(now, gradient []float32) float64 {
		var s rl.ValueStats
		for r, e := range part {
			s.Add(rl.ValueLoss(e.of(now, r, b.Time), e.values, e.returns, t.ValueClip, scale, e.of(gradient, r, b.Time)))
		}
		record.Value.Add(s)
		return s.Loss * scale
	})
	if err != nil {
		return fmt.Errorf("value function: %w", err)
	}
	if _, err := t.Value.Update(t.ValueRate * warmed); err != nil {
		return fmt.Errorf("value function: %w", err)
	}
	return nil
}

// mix adds the gradient of pretraining (equation 2 of Ouyang et al. 2022, its second
// half): of -gamma times the mean log-probability of a token of text.
func (t *Trainer) mix(iteration, update int, record *Iteration) error {
	measured := t.RecordGradients && update == 0
	var apart [][]float32
	var before float64
	if measured {
		for _, g := range t.Policy.Gradients() {
			apart = append(apart, slices.Clone(g))
			clear(g)
		}
		before = norm(apart)
	}
	parts := max(t.PretrainingParts, 1)
	var b train.Batch
	for part := range parts {
		if err := t.Pretraining(iteration, update*parts+part, &b); err != nil {
			return err
		}
		n := b.Counted()
		if n == 0 {
			return fmt.Errorf("no token of batch %d counts", part+1)
		}
		scale := t.Ptx / float64(n*parts)
		err := t.Policy.Minimise(&b, func(now, gradient []float32) float64 {
			var sum float64
			for i, target := range b.Targets {
				if target >= 0 {
					sum -= float64(now[i])
					gradient[i] = float32(-scale)
				}
			}
			record.text += sum
			record.textTokens += n
			return sum * scale
		})
		if err != nil {
			return err
		}
	}
	if measured {
		all := t.Policy.Gradients()
		record.GradientRatio = norm(all) / before
		for i, g := range all {
			for j, v := range apart[i] {
				g[j] += v
			}
		}
	}
	return nil
}

func norm(x [][]float32) float64 {
	var squares float64
	for _, row := range x {
		for _, v := range row {
			squares += float64(v) * float64(v)
		}
	}
	return math.Sqrt(squares)
}
