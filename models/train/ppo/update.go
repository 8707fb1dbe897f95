package ppo

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"assay/models/train"
	"assay/models/train/rl"
)

// update is an update of both networks from one minibatch.
type update struct {
	minibatch
	iteration int
	number    int // in the iteration, from 0
	// The pass of each network, if it has begun.
	policy, value begun
}

// learnPolicy takes an update of the policy. Its loss is a mean over tokens.
func (t *Trainer) learnPolicy(u *update, record *Iteration) error {
	defer t.stage("policy")()
	scale := 1 / float64(u.tokens)
	var differs error
	err := u.policy.minimise(t.Policy, &u.batch, func(now, gradient []float32) float64 {
		var s rl.PolicyStats
		for r, e := range u.episodes {
			if u.number == 0 && differs == nil {
				differs = e.drawn(u.of(now, r))
			}
			s.Add(rl.PolicyLoss(u.of(now, r), e.old, e.advantages, t.Clip, scale, u.of(gradient, r)))
		}
		record.Policy.Add(s)
		if u.number == 0 {
			record.FirstRatio = s.Ratio / float64(s.Tokens)
		}
		return s.Loss * scale
	})
	if err := cmp.Or(err, differs); err != nil {
		return fmt.Errorf("policy: %w", err)
	}
	if t.Ptx > 0 {
		if err := t.mix(u, record); err != nil {
			return fmt.Errorf("pretraining: %w", err)
		}
	}
	norm, err := t.Policy.Update(t.Rate * t.warmed(u.iteration))
	if err != nil {
		return fmt.Errorf("policy: %w", err)
	}
	record.norms = append(record.norms, norm)
	return nil
}

// learnValue takes an update of the value function from the same minibatch.
func (t *Trainer) learnValue(u *update, record *Iteration) error {
	defer t.stage("value")()
	scale := 1 / float64(u.tokens)
	err := u.value.minimise(t.Value, &u.batch, func(now, gradient []float32) float64 {
		var s rl.ClippedStats
		for r, e := range u.episodes {
			s.Add(rl.ValueLoss(u.of(now, r), e.values, e.returns, t.ValueClip, scale, u.of(gradient, r)))
		}
		record.Value.Add(s)
		return s.Loss * scale
	})
	if err != nil {
		return fmt.Errorf("value function: %w", err)
	}
	if _, err := t.Value.Update(t.ValueRate * t.warmed(u.iteration)); err != nil {
		return fmt.Errorf("value function: %w", err)
	}
	return nil
}

// textScale is what multiplies the loss of each token in a batch of text, which has so many rows
// and counted tokens. It is where the coefficient of pretraining, gamma, is defined.
//
// Equation (2) of Ouyang et al. 2022 adds two expectations:
//
//	E over episodes [r - beta log(pi/pi_SFT)] + gamma E over texts [log pi(text)]
//
// The second is over texts, so log pi sums over a text's tokens. The gradient of the first is
// likewise a sum over a response's tokens of advantage times the gradient of log pi, on average
// over episodes. The paper doesn't say how its code divides either; the equation is taken at its
// word for both. PPO's loss here is a mean over the tokens of a minibatch, which is the first
// term divided by the mean length of its responses, L. With PtxPerText the second term is
// divided by L too, so the balance is that of equation (2), whatever the lengths: texts of T
// tokens get gamma T / L times their mean loss per token. Adam doesn't see a common factor of
// both terms. Without PtxPerText, gamma multiplies the mean loss per token, so that it can be
// compared between lengths: gamma of equation (2) is that times L / T.
func (t *Trainer) textScale(u *update, rows, tokens int) float64 {
	parts := float64(max(t.PretrainingParts, 1))
	if t.PtxPerText {
		return t.Ptx / (float64(rows) * parts) * float64(len(u.episodes)) / float64(u.tokens)
	}
	return t.Ptx / float64(tokens*int(parts))
}

// mix adds the gradient of pretraining, the second term of equation (2).
func (t *Trainer) mix(u *update, record *Iteration) error {
	defer t.stage("pretraining")()
	measured := t.RecordGradients && u.number == 0
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
		if err := t.Pretraining(u.iteration, u.number*parts+part, &b); err != nil {
			return err
		}
		n := b.Counted()
		if n == 0 {
			return fmt.Errorf("no token in batch %d counts", part+1)
		}
		scale := t.textScale(u, b.Rows, n)
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
		if before > 0 { // a policy with probability 1 for every token has no gradient
			record.GradientRatio = norm(all) / before
		}
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
