package rl_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"assay/harness/leaf/approx"
	"assay/models/train/rl"
)

// Reference values are those of PyTorch 2.15.0 in float64.

func near(t *testing.T, name string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-7*max(1, math.Abs(want))) {
		t.Errorf("%s: %.9g, want %.9g", name, got, want)
	}
}

func nearAll(t *testing.T, name string, got []float32, want ...float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", name, len(got), len(want))
	}
	for i, g := range got {
		if !(math.Abs(float64(g)-want[i]) <= 3e-7*max(1, math.Abs(want[i]))) {
			t.Errorf("%s[%d]: %.9g, want %.9g", name, i, g, want[i])
		}
	}
}

// r = tensor([.5, -1.25, 2, .75]), ranks 1, 3, 2, 2:
// sum(-logsigmoid(r[better] - r[worse]) over the 5 pairs that aren't tied) / 6, and backward().
func TestRanking(t *testing.T) {
	gradient := make([]float32, 4)
	got := rl.Ranking([]float32{0.5, -1.25, 2, 0.75}, []int{1, 3, 2, 2}, 1, gradient)
	near(t, "loss", got.Loss, 0.475424371838)
	nearAll(t, "gradient", gradient, -0.254633029185, 0.0507628345663, 0.130041264808, 0.0738289298106)
	if got.Pairs != 5 || got.Right != 3 {
		t.Errorf("%v of %d pairs right, want 3 of 5", got.Right, got.Pairs)
	}
	for _, tt := range []struct {
		name    string
		rewards []float32
		ranks   []int
		want    rl.Ranked
	}{
		{"equal rewards", []float32{1, 1}, []int{1, 2}, rl.Ranked{Loss: math.Ln2, Pairs: 1, Right: 0.5}},
		{"ties alone", []float32{1, 2}, []int{1, 1}, rl.Ranked{}},
		{"one response", []float32{1}, []int{1}, rl.Ranked{}},
		{"far apart", []float32{-500, 500}, []int{1, 2}, rl.Ranked{Loss: 1000, Pairs: 1}},
	} {
		gradient := make([]float32, len(tt.rewards))
		if got := rl.Ranking(tt.rewards, tt.ranks, 1, gradient); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestKL(t *testing.T) {
	now := []float32{-1, -0.5, -2, -0.25, -3, -1.5}
	reference := []float32{-1.5, -0.25, -2, -1.25, -2.5, -1}
	var k rl.KL
	k.Add(now[:2], reference[:2])
	k.Add(now[2:], reference[2:])
	near(t, "k1", k.K1, 0.25)           // x = now - reference; x.sum()
	near(t, "k2", k.K2, 0.90625)        // (x**2/2).sum()
	near(t, "k3", k.K3, 0.805878058972) // (exp(-x) - 1 + x).sum()
	if k.Tokens != 6 {
		t.Errorf("%d tokens, want 6", k.Tokens)
	}
	rewards := make([]float32, 6)
	rl.Penalised(rewards, now, reference, 0.1, 2)
	nearAll(t, "rewards", rewards, -0.05, 0.025, 0, -0.1, 0.05, 2.05)
	var sum float64
	for _, r := range rewards {
		sum += float64(r)
	}
	near(t, "their sum", sum, 2-0.1*k.K1)
}

// The end token gets the score, and tokens after it don't count.
func TestThrough(t *testing.T) {
	for _, tt := range []struct {
		response []int32
		n        int
		ended    bool
	}{{[]int32{5, 6, 0, 7, 0}, 3, true}, {[]int32{0, 1}, 1, true}, {[]int32{5, 6}, 2, false}} {
		if n, ended := rl.Through(tt.response, 0); n != tt.n || ended != tt.ended {
			t.Errorf("%v: %d, %v", tt.response, n, ended)
		}
	}
	for _, tt := range []struct {
		u     rl.Unended
		ended bool
		want  float64
	}{
		{rl.Unended{}, false, 3}, {rl.Unended{How: rl.Replace, Value: -1}, false, -1}, {rl.Unended{How: rl.Replace, Value: -1}, true, 3},
		{rl.Unended{How: rl.Penalise, Value: 1}, false, 2}, {rl.Unended{How: rl.Penalise, Value: 1}, true, 3},
	} {
		if got := tt.u.Score(3, tt.ended); got != tt.want {
			t.Errorf("%+v, ended %v: %v, want %v", tt.u, tt.ended, got, tt.want)
		}
	}
}

// By the definition: delta[t] = r[t] + g*v[t+1] - v[t],
// A[t] = sum((g*l)**(k-t) * delta[k] for k in range(t, 4)), with g = .9, l = .8.
func TestAdvantages(t *testing.T) {
	a, r := make([]float32, 4), make([]float32, 4)
	rewards, values := []float32{0.1, -0.2, 0, 1.5}, []float32{0.5, 0.25, -0.75, 1}
	rl.Advantages(a, r, rewards, values, 0.9, 0.8)
	nearAll(t, "advantages", a, 0.056984, 0.3222, 2.01, 0.5)
	nearAll(t, "returns", r, 0.556984, 0.5722, 1.26, 1.5)
	rl.Advantages(a, r, rewards, values, 1, 1)
	nearAll(t, "returns without discount", r, 1.4, 1.3, 1.5, 1.5) // the sum of later rewards
}

// v, m = torch.var_mean(x, unbiased=False); (x - m) * rsqrt(v + 1e-8), and + m.
func TestWhiten(t *testing.T) {
	x := func() [][]float32 { return [][]float32{{1, 2}, {}, {-0.5, 4, 0.25}} }
	both := x()
	rl.Whiten(both)
	nearAll(t, "whitened", slices.Concat(both...), -0.224064539423, 0.416119858929, -1.18434113695, 1.69648865563, -0.704202838188)
	scale := x()
	rl.WhitenScale(scale)
	nearAll(t, "scaled", slices.Concat(scale...), 1.12593546058, 1.76611985893, 0.165658863048, 3.04648865563, 0.645797161812)
	equal := [][]float32{{2, 2}, {2}}
	rl.Whiten(equal)
	nearAll(t, "equal ones", slices.Concat(equal...), 0, 0, 0)
	rl.Whiten(nil)
}

// torch.max(-A*ratio, -A*ratio.clamp(.8, 1.2)).mean(), ratio = (now - old).exp(), and backward().
func TestPolicyLoss(t *testing.T) {
	now, old := []float32{-1, -0.5, -2, -0.25, -3, -1.5}, []float32{-1.5, -0.25, -2, -0.125, -2.875, -1.75}
	a := []float32{1, -2, 0.5, 1.5, -0.75, -1}
	gradient := make([]float32, 6)
	got := rl.PolicyLoss(now, old, a, 0.2, 1./6, gradient)
	near(t, "loss", got.Loss/6, 0.0870254566249)
	nearAll(t, "gradient", gradient, 0, 0, -0.0833333333333, -0.220624225646, 0.110312112823, 0.214004236115)
	if got.Clipped != 2 || got.Tokens != 6 {
		t.Errorf("%d of %d clipped, want 2 of 6", got.Clipped, got.Tokens)
	}
}

// If the policy is the old one, the ratio is exactly 1, and the gradients are exactly
// those of the policy gradient.
func TestPolicyLossAtFirst(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	now, a, gradient, want := make([]float32, 50), make([]float32, 50), make([]float32, 50), make([]float32, 50)
	for i := range now {
		now[i], a[i] = float32(-10*random.ExpFloat64()), float32(random.NormFloat64())
		want[i] = -a[i]
	}
	got := rl.PolicyLoss(now, now, a, 0.2, 1, gradient)
	if got.Ratio != 50 || got.Clipped != 0 || got.KL != 0 || !slices.Equal(gradient, want) {
		t.Errorf("the ratios' sum is %v, %d clipped, KL %v", got.Ratio, got.Clipped, got.KL)
	}
}

// .5 * torch.max((v - R)**2, (vc - R)**2).mean(), vc = old + (v - old).clamp(-.2, .2), and backward().
func TestValueLoss(t *testing.T) {
	gradient := make([]float32, 4)
	got := rl.ValueLoss([]float32{0.5, 1, -0.5, 2}, []float32{0.25, 0.95, 0, 1.5}, []float32{1, 0, 0.25, 1}, 0.2, 0.25, gradient)
	near(t, "loss", got.Loss/4, 0.358125)
	nearAll(t, "gradient", gradient, 0, 0.25, -0.1875, 0.25)
	if got.Clipped != 1 || got.Tokens != 4 {
		t.Errorf("%d of %d clipped, want 1 of 4", got.Clipped, got.Tokens)
	}
}

// Each loss's gradient equals central differences of the loss, except where it is not
// differentiable.
func TestGradientsByDifferences(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	draw := func(n int) []float32 {
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(random.NormFloat64())
		}
		return x
	}
	ranks := []int{2, 1, 3, 2, 4, 1, 5}
	old, a := draw(7), draw(7)
	for name, loss := range map[string]func(x, gradient []float32) float64{
		"ranking": func(x, g []float32) float64 { return rl.Ranking(x, ranks, 1, g).Loss },
		"policy":  func(x, g []float32) float64 { return rl.PolicyLoss(x, old, a, 0.2, 1, g).Loss },
		"value":   func(x, g []float32) float64 { return rl.ValueLoss(x, old, a, 0.2, 1, g).Loss },
	} {
		for range 20 {
			x, gradient := draw(7), make([]float32, 7)
			loss(x, gradient)
			for i := range x {
				at := func(h float32) (float64, float64) {
					y := slices.Clone(x)
					y[i] += h
					return loss(y, make([]float32, 7)), float64(y[i])
				}
				up, xUp := at(1e-4)
				down, xDown := at(-1e-4)
				if got := (up - down) / (xUp - xDown); !approx.Equal(got, float64(gradient[i]), 1e-4*max(1, math.Abs(got))) {
					t.Errorf("%s: gradient %v, by differences %v", name, gradient[i], got)
				}
			}
		}
	}
}

// The rule of lm-human-preferences: value *= 1 + clip(current/target - 1, -.2, .2) * n/horizon.
func TestKLControl(t *testing.T) {
	c := rl.KLControl{Beta: 0.15, Target: 6, Horizon: 10_000} // the settings of lm-human-preferences
	c.Update(6.6, 500)
	near(t, "above", c.Beta, 0.15*1.005)
	c.Update(60, 500)
	near(t, "far above", c.Beta, 0.15*1.005*1.01)
	c.Update(0, 1000)
	near(t, "far below", c.Beta, 0.15*1.005*1.01*0.98)
	fixed := rl.KLControl{Beta: 0.02}
	fixed.Update(100, 1000)
	near(t, "fixed", fixed.Beta, 0.02)
}

func TestLengthsMustAgree(t *testing.T) {
	defer func() {
		if fault := recover(); fault != "rl: Advantages: 1 of values, want 2" {
			t.Errorf("panicked with %v", fault)
		}
	}()
	rl.Advantages(make([]float32, 2), make([]float32, 2), make([]float32, 2), make([]float32, 1), 1, 1)
}
