package binary

import (
	"context"
	"slices"
	"testing"

	"assay/harness/leaf/approx"
	"assay/models"
	"assay/models/train"
)

func examples() []*Example {
	return []*Example{
		{[]int32{1, 2, 9}, 1}, {[]int32{3, 9}, 0}, {[]int32{4, 5, 6, 7, 9}, 0.25}, {[]int32{9}, 0.5}, {[]int32{8, 9}, 1},
	}
}

func TestSet(t *testing.T) {
	s, err := NewSet(examples(), 2, 2, 6, 1)
	if err != nil {
		t.Fatal(err)
	}
	var got []*Batch
	if err := s.Cover(func(b *Batch) error { got = append(got, b); return nil }); err != nil {
		t.Fatal(err)
	}
	b := got[1]
	if len(got) != 3 || !slices.Equal(b.Tokens, []int32{4, 5, 6, 7, 9, 0, 9, 0, 0, 0, 0, 0}) || !slices.Equal(b.Ends, []int{4, 6}) || !slices.Equal(b.Labels, []float64{0.25, 0.5}) || b.Length() != 6 {
		t.Errorf("%d batches, the second %+v", len(got), b)
	}
	if size, want := s.LargestCovered(), (train.Size{Rows: 2, Time: 6, Laid: 6, Counted: 2}); size != want {
		t.Errorf("size %+v, want %+v", size, want)
	}
	for _, bad := range []*Example{{nil, 1}, {make([]int32, 7), 1}, {[]int32{1}, 1.1}, {[]int32{1}, -1}} {
		if _, err := NewSet([]*Example{examples()[0], bad}, 2, 1, 6, 1); err == nil {
			t.Errorf("%+v is accepted", bad)
		}
	}
	if _, err := NewSet(nil, 2, 1, 6, 1); err == nil {
		t.Error("no examples are accepted")
	}
}

// Python 3, with s the logistic function: sum(-(y*log(s(z)) + (1-y)*log(1-s(z)))) * 0.5, and
// 0.5*(s(z)-y).
func TestCrossEntropy(t *testing.T) {
	gradient := make([]float32, 4)
	loss, right := crossEntropy([]float64{1, 0, 0.25, 0.5}, []float32{0.3, -1.2, 2, -0.1}, 0.5, gradient)
	if !approx.Equal(loss, 1.5694811914615503, 1e-7) || right != 2 {
		t.Errorf("loss %v, %d right", loss, right)
	}
	for i, want := range []float64{-0.21277874159417048, 0.11573760825049119, 0.31539853898894116, -0.012489593739470006} {
		if !approx.Equal(float64(gradient[i]), want, 1e-7) {
			t.Errorf("gradient %d is %v, want %v", i, gradient[i], want)
		}
	}
}

// bias is a network of one number, which it gives every text.
type bias struct{ at, slope float64 }

func (b *bias) Accumulate(batch *Batch, _ uint64, loss func(scalars, gradient []float32) float64) error {
	scalars, _ := b.Scalars(batch)
	gradient := make([]float32, len(scalars))
	loss(scalars, gradient)
	for _, g := range gradient {
		b.slope += float64(g)
	}
	return nil
}

func (b *bias) Update(rate float64) (float64, error) {
	norm := b.slope
	b.at, b.slope = b.at-rate*b.slope, 0
	return norm, nil
}

func (b *bias) Scalars(batch *Batch) ([]float32, error) {
	out := make([]float32, batch.Rows)
	for i := range out {
		out[i] = float32(b.at)
	}
	return out, nil
}

// A network that can only give one probability gives the mean label, 0.55, whose logit is
// log(0.55/0.45) = 0.2006707. A training in two sessions takes the same steps.
func TestFit(t *testing.T) {
	s, err := NewSet(examples(), 5, 1, 6, 1)
	if err != nil {
		t.Fatal(err)
	}
	fit := func(l *bias, from train.Progress, stop int) (at train.Progress, last models.TrainStep) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		o := Options{Steps: 200, Schedule: train.Schedule{Peak: 2, Final: 2, Steps: 200}, Validation: s, Best: ValidationLoss, Report: func(r models.TrainStep) error {
			if last = r; r.Step == stop {
				cancel()
			}
			return nil
		}}
		at, err := Fit(ctx, l, s, o, from)
		if err != nil && stop == 0 {
			t.Fatal(err)
		}
		return at, last
	}
	whole := &bias{}
	at, last := fit(whole, train.Progress{}, 0)
	if !approx.Equal(whole.at, 0.2006707, 1e-4) || last.Step != 200 || at.Tokens != 200*13 || len(last.Scores) != 2 || last.Scores[1].Value != 0.6 || last.Scores[1].N != 5 || !last.Best {
		t.Errorf("logit %v, last step %+v", whole.at, last)
	}
	parted := &bias{}
	middle, _ := fit(parted, train.Progress{}, 77)
	if middle.Step != 77 {
		t.Fatalf("stopped after step %d", middle.Step)
	}
	if again, _ := fit(parted, middle, 0); parted.at != whole.at || again.Tokens != at.Tokens {
		t.Errorf("in two sessions: %v, %d tokens; want %v, %d", parted.at, again.Tokens, whole.at, at.Tokens)
	}
}
