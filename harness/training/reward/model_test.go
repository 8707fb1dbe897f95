package reward_test

import (
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"assay/harness/leaf/approx"
	"assay/harness/training/data"
	"assay/harness/training/network"
	rm "assay/harness/training/reward"
	"assay/models"
	"assay/models/bpe"
	"assay/models/compute"
	"assay/models/compute/kernels/kernelstest"
	"assay/models/gpt"
	"assay/models/train"
	"assay/models/train/reward"
)

// toy makes preferences over four responses by a rule without noise: more letters a are
// better.
func toy(n int, seed uint64) []data.Preference {
	random := rand.New(rand.NewPCG(seed, 1))
	var all []data.Preference
	for range n {
		c := data.Preference{Prompt: string(rune('p'+random.IntN(8))) + ":"}
		for range 4 {
			var text []byte
			as := 0
			for range 5 {
				letter := byte('a' + random.IntN(3))
				if letter == 'a' {
					as++
				}
				text = append(text, letter)
			}
			c.Responses, c.Ranks = append(c.Responses, string(text)), append(c.Ranks, -as)
		}
		all = append(all, c)
	}
	return all
}

// A reward model that starts from an untrained language model learns a rule without noise.
// The saved model gives demonstrations a mean of 0, and orders pairs as before.
func TestRewardModelLearnsTheRule(t *testing.T) {
	cpu := kernelstest.CPU(t, 1)
	e := compute.NewEngine(cpu)
	tokenizer := bpe.NewBytes()
	dir := t.TempDir()
	config := gpt.GPT2(tokenizer.Size(), 16, 32, 2, 2)
	config.Bias = false
	base, err := gpt.New(e, config, rand.NewPCG(1, 2))
	if err != nil {
		t.Fatal(err)
	}
	if err := base.Save(dir); err != nil {
		t.Fatal(err)
	}
	m := &rm.Model{Tokenizer: tokenizer, Rows: 8}
	if m.Net, err = gpt.LoadScalar(e, dir, rand.NewPCG(3, 4)); err != nil {
		t.Fatal(err)
	}
	m.Optimiser = compute.NewAdamW(e, m.Net.Params(), compute.AdamWOptions{Beta1: 0.9, Beta2: 0.95, Epsilon: 1e-8, MaxGradNorm: 1})
	set := func(all []data.Preference) *reward.Set {
		encoded, err := (&data.Encoder{Tokenizer: tokenizer, Context: 16}).Encode(all)
		if err != nil {
			t.Fatal(err)
		}
		s, err := reward.NewSet(encoded, 8, 2, 16, tokenizer.End(), 1)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	learnt, held := set(toy(2000, 1)), set(toy(200, 2))
	for _, text := range []string{"p:aab", "q:ccc", "r:abcab"} {
		m.Demonstrations = append(m.Demonstrations, append(tokenizer.Encode(text), tokenizer.End()))
	}
	var last models.TrainStep
	steps := learnt.Steps(1)
	o := reward.Options{Stage: "reward", Steps: steps, Validation: held, Schedule: train.Schedule{Peak: 3e-3, Final: 3e-4, Warmup: 10, Steps: steps},
		Report: func(s models.TrainStep) error { last = s; return s.Validate() }}
	if _, err := reward.Fit(t.Context(), m, learnt, o, train.Progress{}); err != nil {
		t.Fatal(err)
	}
	accuracy := last.Scores[1].Value
	t.Logf("%d steps: %+v", steps, last)
	if accuracy < 0.95 {
		t.Errorf("%.3f of held-out pairs in order, want 0.95", accuracy)
	}

	saved := filepath.Join(dir, "rm")
	if err := m.Save(saved); err != nil {
		t.Fatal(err)
	}
	shifted, err := gpt.Load(e, saved)
	if err != nil {
		t.Fatal(err)
	}
	scores, err := network.Score(shifted, m.Demonstrations, 2)
	if err != nil {
		t.Fatal(err)
	}
	if mean := (scores[0] + scores[1] + scores[2]) / 3; !approx.Equal(mean, 0, 1e-4) {
		t.Errorf("demonstrations average %g, want 0: %v", mean, scores)
	}
	before, err := network.Score(m.Net, m.Demonstrations, 2)
	if err != nil {
		t.Fatal(err)
	}
	if by := before[0] - scores[0]; math.Abs(by) < 1e-3 || !approx.Equal(before[1]-scores[1], by, 1e-4) {
		t.Errorf("shifted from %v to %v", before, scores)
	}
	pairs, err := reward.Judge(held, func(b *reward.Batch) ([]float32, error) { return rm.Rewards(shifted, b) })
	if err != nil {
		t.Fatal(err)
	}
	p := (&rm.Judged{Model: "rm", Seed: 1, Training: pairs, HeldOut: pairs}).Evaluate()
	if e := p.Estimates[0]; !approx.Equal(e.Point, accuracy, 0.002) || e.Clusters != 8 || p.Estimates[1].Point != 0.5 {
		t.Errorf("estimates %+v, want an accuracy of %v over 8 prompts, and 0.5 by equal lengths", p.Estimates, accuracy)
	}
	if _, err := gpt.LoadScalar(e, saved, rand.NewPCG(1, 1)); err == nil {
		t.Error("no error for a reward model that starts from another")
	}
}

// Held-out pairs whose prompts are new to training have an accuracy of their own.
func TestNewPrompts(t *testing.T) {
	pair := func(prompt uint32, margin float64) reward.Pair { return reward.Pair{Cluster: prompt, Rewards: margin} }
	conditions := func(learnt, held []reward.Pair) map[string]float64 {
		all := map[string]float64{}
		for _, e := range (&rm.Judged{Model: "rm", Seed: 1, Training: learnt, HeldOut: held}).Evaluate().Estimates {
			all[e.Condition] = e.Point
		}
		return all
	}
	learnt := []reward.Pair{pair(1, 1), pair(2, 1)}
	held := []reward.Pair{pair(1, 2), pair(2, 2), pair(3, 2), pair(4, -2)}
	if got := conditions(learnt, held); got[rm.HeldOut] != 0.75 || got[rm.NewPrompts] != 0.5 {
		t.Errorf("%v, want 0.75 of all and 0.5 of new prompts", got)
	}
	if got := conditions(learnt, held[2:]); len(got) != 2 {
		t.Errorf("%v, where all prompts are new", got)
	}
}
