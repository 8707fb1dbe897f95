package kernels

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// Ten steps against two independent sources. PyTorch 2.15:
//
//	w = torch.tensor([0.5, -1.25, 2.0, -0.001, 3.0], dtype=torch.float64).requires_grad_()
//	opt = torch.optim.AdamW([w], lr=0.01, betas=(0.9, 0.99), eps=1e-3, weight_decay=0.1)
//	for t in range(1, 11):
//	    w.grad = torch.sin(t + torch.arange(5, dtype=torch.float64)) + 0.1*w.detach()
//	    opt.step()
//
// and, for TensorFlow's epsilon, numpy 2 with the same start and gradients:
//
//	m = .9*m + .1*g; v = .99*v + .01*g*g
//	w = w*(1 - .01*.1) - .01*np.sqrt(1-.99**t)/(1-.9**t)*m/(np.sqrt(v)+1e-3)
func TestAdamWTenSteps(t *testing.T) {
	wantM := []float64{0.10456815420856258, -0.1441098837463464, -0.012387892947151495, -0.08876748213618933, 0.23837379614250617}
	wantV := []float64{0.0491278166169471, 0.05338626052072365, 0.042250886294358005, 0.046738681997286015, 0.06058275612777976}
	for _, s := range []struct {
		name string
		hat  bool
		want []float64
	}{
		{"torch", false, []float64{0.4543358893094256, -1.2378290954910118, 1.9737033290883577, 0.036980633192716945, 2.9562170908437686}},
		{"hat", true, []float64{0.4545976463335822, -1.2377200006212965, 1.973867525360525, 0.03670106870939324, 2.956126803724762}},
	} {
		t.Run(s.name, func(t *testing.T) {
			onEachPath(t, func(t *testing.T, c *CPU) {
				const scale = 0.25 // undone by the larger gradients below
				w, m, v, g := []float32{0.5, -1.25, 2.0, -0.001, 3.0}, make([]float32, 5), make([]float32, 5), make([]float32, 5)
				for step := 1; step <= 10; step++ {
					for i := range g {
						g[i] = float32(math.Sin(float64(step+i))+0.1*float64(w[i])) / scale
					}
					c.AdamW(AdamW{LearningRate: 0.01, Beta1: 0.9, Beta2: 0.99, Epsilon: 1e-3, WeightDecay: 0.1,
						Step: step, EpsilonHat: s.hat, GradScale: scale}, w, m, v, g)
				}
				within(t, "w", w, s.want, 3e-7)
				if !s.hat {
					within(t, "m", m, wantM, 1e-6)
					within(t, "v", v, wantV, 1e-6)
				}
			})
		})
	}
}

// refAdamW is one step of the published recurrences, in float64.
func refAdamW(s AdamW, w, m, v, g float64) (float64, float64, float64) {
	b1, b2, lr := float64(s.Beta1), float64(s.Beta2), float64(s.LearningRate)
	g *= float64(s.GradScale)
	m = b1*m + (1-b1)*g
	v = b2*v + (1-b2)*g*g
	mHat := m / (1 - math.Pow(b1, float64(s.Step)))
	vHat := v / (1 - math.Pow(b2, float64(s.Step)))
	return w - lr*(mHat/(math.Sqrt(vHat)+float64(s.Epsilon))+float64(s.WeightDecay)*w), m, v
}

func TestAdamWAnyLength(t *testing.T) {
	s := AdamW{LearningRate: 3e-3, Beta1: 0.9, Beta2: 0.95, Epsilon: 1e-8, WeightDecay: 0.1, Step: 3, GradScale: 0.7}
	onEachPath(t, func(t *testing.T, c *CPU) {
		for _, n := range []int{0, 1, 7, 8, 15, 16, 17, 33, 100, 20001} {
			w, m, v, g := noise(n, 1), noise(n, 2), noise(n, 3), noise(n, 4)
			if n > 5 {
				m[5], v[5], g[5] = 0, 0, 0 // a weight that never had a gradient
			}
			wantW, wantM, wantV := make([]float64, n), make([]float64, n), make([]float64, n)
			for i := range w {
				v[i] *= v[i]
				wantW[i], wantM[i], wantV[i] = refAdamW(s, float64(w[i]), float64(m[i]), float64(v[i]), float64(g[i]))
			}
			c.AdamW(s, w, m, v, g)
			within(t, fmt.Sprintf("w of %d", n), w, wantW, 1e-6)
			within(t, fmt.Sprintf("m of %d", n), m, wantM, 1e-6)
			within(t, fmt.Sprintf("v of %d", n), v, wantV, 1e-6)
		}
		sameOnAnyThreads(t, c.Path(), func(c *CPU) []float32 {
			w, m, v, g := noise(70001, 1), noise(70001, 2), make([]float32, 70001), noise(70001, 4)
			c.AdamW(s, w, m, v, g)
			return slices.Concat(w, m, v)
		})
	})
}

func TestEMA(t *testing.T) {
	onEachPath(t, func(t *testing.T, c *CPU) {
		avg, w := noise(37, 1), noise(37, 2)
		want := make([]float64, 37)
		for i := range want {
			want[i] = 0.992*float64(avg[i]) + 0.008*float64(w[i])
		}
		c.EMA(avg, w, 0.992)
		within(t, "average", avg, want, 2e-7)
	})
}

func BenchmarkAdamW(b *testing.B) {
	s := AdamW{LearningRate: 1e-5, Beta1: 0.9, Beta2: 0.95, Epsilon: 1e-8, WeightDecay: 0.1, Step: 3, GradScale: 0.7}
	for _, n := range []int{1 << 16, 1 << 24} {
		w, m, v, g := noise(n, 1), noise(n, 2), make([]float32, n), noise(n, 4)
		benchmarkPaths(b, fmt.Sprintf("n=%d", n), func(b *testing.B, c *CPU) {
			b.SetBytes(int64(28 * n)) // four read, three written
			for b.Loop() {
				c.AdamW(s, w, m, v, g)
			}
		})
	}
}
