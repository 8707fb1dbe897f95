package train_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/harness/leaf/approx"
	"assay/models"
	"assay/models/train"
)

// Values of nanoGPT's get_lr(it) with it = step - 1, learning_rate 1e-3, min_lr
// 1e-4, warmup_iters 100, lr_decay_iters 1999 (the last step's own): see
// https://github.com/karpathy/nanoGPT/blob/master/train.py.
func TestSchedule(t *testing.T) {
	s := train.Schedule{Peak: 1e-3, Final: 1e-4, Warmup: 100, Steps: 2000}
	for _, tt := range []struct {
		step int
		want float64
	}{
		{1, 1e-3 / 101}, {100, 1e-3 * 100 / 101}, {101, 1e-3},
		{1050, 1e-4 + 9e-4*(1+math.Cos(math.Pi*949/1899))/2}, {2000, 1e-4}, {2500, 1e-4},
	} {
		if got := s.At(tt.step); !approx.Equal(got, tt.want, 1e-12) {
			t.Errorf("step %d: %g, want %g", tt.step, got, tt.want)
		}
	}
	last := math.Inf(1)
	for step := 101; step <= 2000; step++ {
		if got := s.At(step); got > last {
			t.Fatalf("step %d: %g after %g", step, got, last)
		} else {
			last = got
		}
	}
	// Without warm-up, torch.optim.lr_scheduler.CosineAnnealingLR(SGD([p], lr=1e-4), T_max=15, eta_min=1e-5).
	for i, want := range []float64{
		1e-4, 9.901664203302126e-05, 9.610954559391703e-05, 9.140576474687264e-05, 8.511087728614862e-05, 7.75e-05, 6.890576474687264e-05, 5.970378084704442e-05,
		5.029621915295561e-05, 4.109423525312738e-05, 3.250000000000002e-05, 2.48891227138514e-05, 1.8594235253127375e-05, 1.389045440608296e-05, 1.0983357966978745e-05, 1e-05,
	} {
		if got := (train.Schedule{Peak: 1e-4, Final: 1e-5, Steps: 16}).At(i + 1); !approx.Equal(got, want, 1e-12) {
			t.Errorf("step %d of 16 without warm-up: %g, want %g", i+1, got, want)
		}
	}
	if got := (train.Schedule{Peak: 1, Final: 1, Steps: 1}).At(1); got != 1 {
		t.Errorf("a schedule of one step gives %g", got)
	}
}

// mean learns the mean of the targets by gradient descent: its loss is half the squared distance.
type mean struct {
	at, gradient float64
	keys         []uint64
}

func (m *mean) Accumulate(b *train.Batch, scale float64, key uint64) (loss float64, err error) {
	m.keys = append(m.keys, key)
	for _, target := range b.Targets {
		if d := m.at - float64(target); target >= 0 {
			loss += d * d / 2
			m.gradient += d * scale
		}
	}
	return loss, nil
}

func (m *mean) Update(rate float64) (float64, error) {
	norm := math.Abs(m.gradient)
	m.at -= rate * m.gradient
	m.gradient = 0
	return norm, nil
}

func (m *mean) Evaluate(b *train.Batch) (float64, error) {
	d := m.at - 5
	return d * d / 2, nil
}

// batches returns 4 and 6, and targets that don't count.
func batches(step, part int, b *train.Batch) error {
	b.Resize(1, 3)
	copy(b.Targets, []int32{4, 6, -1})
	return nil
}

func options(o train.Options, all *[]models.TrainStep) train.Options {
	o.Stage, o.Schedule = "sft", train.Schedule{Peak: 0.5, Final: 0.5, Steps: o.Steps}
	o.Scores = []train.Score{func(l train.Learner) ([]models.TrainScore, error) {
		loss, err := l.Evaluate(nil)
		return []models.TrainScore{{Name: "nearness", Value: -loss, N: 1}, {Name: "distance", Value: loss, N: 1}}, err
	}}
	o.Report = func(s models.TrainStep) error {
		*all = append(*all, s)
		return s.Validate()
	}
	return o
}

func TestFit(t *testing.T) {
	var steps []models.TrainStep
	m := &mean{}
	got, err := train.Fit(t.Context(), m, batches, options(train.Options{Steps: 8, Accumulate: 2, Evaluations: train.Evaluations{ScoreEvery: 3}, Best: "distance"}, &steps), train.Progress{})
	if err != nil {
		t.Fatal(err)
	}
	if want := 5 * (1 - math.Pow(0.5, 8)); !approx.Equal(m.at, want, 1e-12) {
		t.Errorf("learned %g, want %g: two parts count as their mean", m.at, want)
	}
	first := models.TrainStep{Stage: "sft", Step: 1, Tokens: 4, Loss: (8 + 18) / 2., LearningRate: 0.5, GradientNorm: 5}
	if diff := cmp.Diff(first, steps[0]); diff != "" {
		t.Errorf("first step (-want +got):\n%s", diff)
	}
	var scored []int
	for _, s := range steps {
		if s.Scores != nil {
			scored = append(scored, s.Step)
			if !s.Best {
				t.Errorf("step %d is nearer than all before, and not the best", s.Step)
			}
		}
	}
	if !cmp.Equal(scored, []int{3, 6, 8}) || len(steps) != 8 || got.Step != 8 || got.Tokens != 32 {
		t.Errorf("scored after %v of %d steps, progress %+v", scored, len(steps), got)
	}
	seen := map[uint64]bool{}
	for _, k := range m.keys {
		seen[k] = true
	}
	if len(seen) != 16 {
		t.Errorf("%d keys of dropout over 16 parts", len(seen))
	}
}

// A training that was interrupted anywhere resumes as if it had not been.
func TestFitGoesOn(t *testing.T) {
	o := train.Options{Steps: 7, Evaluations: train.Evaluations{ScoreEvery: 2}, Best: "distance"}
	var whole []models.TrainStep
	once := &mean{}
	if _, err := train.Fit(t.Context(), once, batches, options(o, &whole), train.Progress{}); err != nil {
		t.Fatal(err)
	}
	for stop := range 8 {
		var parts []models.TrainStep
		m := &mean{}
		ctx, cancel := context.WithCancel(t.Context())
		interrupted := options(o, &parts)
		report := interrupted.Report
		interrupted.Report = func(s models.TrainStep) error {
			if s.Step == stop {
				cancel()
			}
			return report(s)
		}
		if stop == 0 {
			cancel()
		}
		at, err := train.Fit(ctx, m, batches, interrupted, train.Progress{})
		cancel()
		if at.Step != stop || stop < 7 && !errors.Is(err, context.Canceled) {
			t.Fatalf("interrupted after %d: at %+v, %v", stop, at, err)
		}
		if _, err := train.Fit(t.Context(), m, batches, options(o, &parts), at); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(whole, parts); diff != "" || m.at != once.at {
			t.Errorf("interrupted after %d (-want +got):\n%s", stop, diff)
		}
	}
}

func TestFitRefuses(t *testing.T) {
	none := func(_, _ int, b *train.Batch) error { b.Resize(1, 1); b.Targets[0] = -1; return nil }
	if _, err := train.Fit(t.Context(), &mean{}, none, train.Options{Steps: 3}, train.Progress{}); err == nil || !strings.Contains(err.Error(), "step 1: no token") {
		t.Errorf("nothing counts: %v", err)
	}
	if _, err := train.Fit(t.Context(), &mean{at: math.NaN()}, batches, train.Options{Steps: 3}, train.Progress{}); err == nil || !strings.Contains(err.Error(), "diverged") {
		t.Errorf("diverged: %v", err)
	}
	blind := train.Options{Steps: 3, Best: "reward", Higher: true, Scores: []train.Score{func(train.Learner) ([]models.TrainScore, error) {
		return []models.TrainScore{{Name: "reward", Value: math.NaN(), N: 1}}, nil
	}}}
	if _, err := train.Fit(t.Context(), &mean{}, batches, blind, train.Progress{}); err == nil || !strings.Contains(err.Error(), "step 3: reward is NaN") {
		t.Errorf("a score that is no number: %v", err)
	}
	full := errors.New("disk full")
	at, err := train.Fit(t.Context(), &mean{}, batches, train.Options{Steps: 3, Report: func(models.TrainStep) error { return full }}, train.Progress{})
	if !errors.Is(err, full) || at.Step != 1 {
		t.Errorf("report failed: %v at %+v", err, at)
	}
}

// Mixed-in text contributes by its weight, and does not count in the loss.
func TestFitMixes(t *testing.T) {
	var steps []models.TrainStep
	o := options(train.Options{Steps: 200}, &steps)
	o.MixWeight, o.Mix = 0.25, func(step, part int, b *train.Batch) error {
		b.Resize(1, 4) // a mean over the counted targets
		copy(b.Targets, []int32{9, 10, -1, 11})
		return nil
	}
	m := &mean{}
	if _, err := train.Fit(t.Context(), m, batches, o, train.Progress{}); err != nil {
		t.Fatal(err)
	}
	if want := (5 + 0.25*10) / 1.25; !approx.Equal(m.at, want, 1e-9) {
		t.Errorf("learned %g, want %g", m.at, want)
	}
	if first := steps[0]; first.Loss != (8+18)/2. || first.Tokens != 2 {
		t.Errorf("the first step's loss %g over %d tokens has what was mixed in", first.Loss, first.Tokens)
	}
}
