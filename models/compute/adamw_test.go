package compute

import (
	"math"
	"slices"
	"strings"
	"testing"

	"assay/harness/leaf/approx"
	"assay/models/compute/kernels/kernelstest"
)

// reference is the optimiser's definition in float64, for one parameter.
func reference(o AdamWOptions, decay float64, w, g float64, rate float64, steps int) (weight, average float64) {
	var m, v float64
	average = w
	for step := 1; step <= steps; step++ {
		m, v = o.Beta1*m+(1-o.Beta1)*g, o.Beta2*v+(1-o.Beta2)*g*g
		c1, c2 := 1-math.Pow(o.Beta1, float64(step)), 1-math.Pow(o.Beta2, float64(step))
		w -= rate * decay * w
		if o.EpsilonHat {
			w -= rate * math.Sqrt(c2) / c1 * m / (math.Sqrt(v) + o.Epsilon)
		} else {
			w -= rate * (m / c1) / (math.Sqrt(v/c2) + o.Epsilon)
		}
		average = o.EMADecay*average + (1-o.EMADecay)*w
	}
	return w, average
}

func TestAdamW(t *testing.T) {
	base := AdamWOptions{Beta1: 0.9, Beta2: 0.95, Epsilon: 1e-2, WeightDecay: 0.5, EMADecay: 0.7}
	hat, all, clip := base, base, base
	hat.EpsilonHat = true
	all.Decays = func(*Param) bool { return true }
	clip.MaxGradNorm = 0.5
	for _, c := range []struct {
		name        string
		o           AdamWOptions
		vectorDecay float64
		scale       float64 // of the gradient
	}{
		{"PyTorch's epsilon", base, 0, 1},
		{"TensorFlow's epsilon", hat, 0, 1},
		{"decay on everything", all, 0.5, 1},
		{"clipped", clip, 0, 0.5 / 2.5}, // the norm of (0.7, -2.4)
	} {
		t.Run(c.name, func(t *testing.T) {
			p := NewParams([]Spec{{"matrix", []int{1, 1}}, {"vector", []int{1}}})
			matrix, vector := p.Get("matrix"), p.Get("vector")
			matrix.Value[0], vector.Value[0] = 1.5, -0.25
			a := NewAdamW(NewEngine(kernelstest.CPU(t, 1)), p, c.o)
			for range 7 {
				p.ZeroGrad()
				matrix.Grad[0], vector.Grad[0] = 0.7, -2.4
				norm, err := a.Update(0.1)
				if err != nil {
					t.Fatal(err)
				}
				near(t, "norm", norm, 2.5)
			}
			w, average := reference(c.o, 0.5, 1.5, 0.7*c.scale, 0.1, 7)
			near(t, "matrix", float64(matrix.Value[0]), w)
			near(t, "its average", float64(a.Average()[0].Values[0]), average)
			w, average = reference(c.o, c.vectorDecay, -0.25, -2.4*c.scale, 0.1, 7)
			near(t, "vector", float64(vector.Value[0]), w)
			near(t, "its average", float64(a.Average()[1].Values[0]), average)
			if norm, err := a.Update(0.1); norm != 0 || err != nil {
				t.Errorf("an update after an update finds a gradient of norm %g, %v", norm, err)
			}
		})
	}
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !approx.Equal(got, want, 1e-5*math.Abs(want)) {
		t.Errorf("%s: %.8g, want %.8g", what, got, want)
	}
}

func TestDivergedGradient(t *testing.T) {
	p := NewParams([]Spec{{"w", []int{2}}})
	a := NewAdamW(NewEngine(kernelstest.CPU(t, 1)), p, AdamWOptions{Beta1: 0.9, Beta2: 0.95, Epsilon: 1e-8})
	p.Get("w").Grad[1] = float32(math.NaN())
	if _, err := a.Update(0.1); err == nil || !strings.Contains(err.Error(), "diverged") {
		t.Errorf("error %v, want one that says that the training has diverged", err)
	}
	if w := p.Get("w").Value; w[0] != 0 || w[1] != 0 {
		t.Errorf("weights %v, want them as they were", w)
	}
}

// An optimiser that restores another's state continues like it, bit for bit.
func TestRestore(t *testing.T) {
	o := AdamWOptions{Beta1: 0.9, Beta2: 0.95, Epsilon: 1e-8, WeightDecay: 0.1, MaxGradNorm: 1, EMADecay: 0.9}
	e := NewEngine(kernelstest.CPU(t, 2))
	steps := func(p *Params, a *AdamW, from, to int) {
		g := build(t, e, 2, 4, true, p)
		for i := from; i < to; i++ {
			in := blockInputs(2, 4)
			in.Key = uint64(i)
			run(t, g, in)
			if _, err := a.Update(1e-2); err != nil {
				t.Fatal(err)
			}
		}
	}
	whole := blockParams()
	unbroken := NewAdamW(e, whole, o)
	steps(whole, unbroken, 0, 6)

	first := blockParams()
	before := NewAdamW(e, first, o)
	steps(first, before, 0, 3)
	taken, tensors := before.State()
	second := blockParams()
	for i, p := range second.All() {
		copy(p.Value, first.All()[i].Value)
	}
	after := NewAdamW(e, second, o)
	err := after.Restore(taken, func(name string, shape []int) ([]float32, error) {
		i := slices.IndexFunc(tensors, func(s Tensor) bool { return s.Name == name && slices.Equal(s.Shape, shape) })
		return tensors[i].Values, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	steps(second, after, 3, 6)

	for i, p := range whole.All() {
		if !slices.Equal(p.Value, second.All()[i].Value) {
			t.Errorf("%s differs", p.Name)
		}
	}
	_, want := unbroken.State()
	taken, got := after.State()
	if taken != 6 || len(got) != len(want) {
		t.Fatalf("%d steps and %d tensors, want 6 and %d", taken, len(got), len(want))
	}
	for i, s := range want {
		if !slices.Equal(got[i].Values, s.Values) {
			t.Errorf("%s differs", s.Name)
		}
	}
}
