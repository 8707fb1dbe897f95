package gpt

import (
	"slices"
	"testing"

	"assay/harness/leaf/approx"
	"assay/models/compute"
)

// train takes steps with dropout and returns the losses.
func train(t *testing.T, m *Model, o *compute.AdamW, steps int, b Batch, scale float64) []float64 {
	t.Helper()
	var losses []float64
	for step := range steps {
		losses = append(losses, must[float64](t)(m.Accumulate(b, scale, uint64(step)))*scale)
		must[float64](t)(o.Update(1e-2))
	}
	return losses
}

func TestLearnsABatch(t *testing.T) {
	c := GPT2(67, 16, 32, 2, 4)
	m := model(t, c, 2)
	losses := train(t, m, compute.NewAdamW(m.engine, m.Params(), options), 60, batch(c, 4, 16, 3), 1.0/64)
	if first, last := losses[0], losses[59]; first < 4 || first > 4.4 || last > 0.5 {
		t.Errorf("the loss went from %.3f to %.3f; ln 67 is 4.205", first, last)
	}
}

func TestTrainingHasTheSameBitsOnAnyThreads(t *testing.T) {
	c := variants()["dropout"]
	var want []*compute.Param
	for _, threads := range []int{1, 2, 3} {
		m := model(t, c, threads)
		train(t, m, compute.NewAdamW(m.engine, m.Params(), options), 4, batch(c, 5, 13, 3), 1.0/65)
		if threads == 1 {
			want = m.Params().All()
		}
		for i, p := range m.Params().All() {
			if !slices.Equal(p.Value, want[i].Value) {
				t.Errorf("%d threads: %s differs", threads, p.Name)
			}
		}
	}
}

// Gradients of micro-batches add up to those of the batch.
func TestAccumulation(t *testing.T) {
	c := GPT2(67, 16, 32, 2, 4)
	b := batch(c, 4, 16, 3)
	whole, parts := model(t, c, 1), model(t, c, 1)
	want := must[float64](t)(whole.Accumulate(b, 0.5, 0))
	var got float64
	for i := range 4 {
		part := Batch{Tokens: b.Tokens[16*i : 16*i+16], Targets: b.Targets[16*i : 16*i+16], Rows: 1, Time: 16}
		got += must[float64](t)(parts.Accumulate(part, 0.5, 0))
	}
	if !approx.Equal(got, want, 1e-9*want) {
		t.Errorf("loss %v, want %v", got, want)
	}
	for i, p := range parts.Params().All() {
		for k, g := range p.Grad {
			if w := whole.Params().All()[i].Grad[k]; !approx.Equal(float64(g-w), 0, 1e-4) {
				t.Fatalf("%s: gradient %g, want %g", p.Name, g, w)
			}
		}
	}
}
