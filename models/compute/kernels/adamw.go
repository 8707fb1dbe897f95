package kernels

import "math"

// AdamW is one step of Adam with decoupled weight decay (Loshchilov and
// Hutter, arXiv:1711.05101, Algorithm 2, with PyTorch's convention that the
// decay is multiplied by the learning rate).
type AdamW struct {
	LearningRate, Beta1, Beta2, Epsilon, WeightDecay float32
	Step                                             int // of the first update: 1
	// EpsilonHat adds Epsilon to sqrt(v) before the bias correction, as
	// TensorFlow's Adam does (Kingma and Ba, arXiv:1412.6980, end of section
	// 2), instead of after it, as PyTorch does.
	EpsilonHat bool
	// GradScale multiplies every gradient first: 1, or the factor that clips the global norm.
	GradScale float32
}

// AdamW updates the weights w and the moments m and v with the gradients g, in one pass over memory. All four
// have the same length.
//
//	m = beta1 m + (1-beta1) g,   v = beta2 v + (1-beta2) g^2
//	w = w (1 - lr decay) - lr/(1-beta1^t) m / (sqrt(v/(1-beta2^t)) + epsilon)
func (c *CPU) AdamW(s AdamW, w, m, v, g []float32) {
	mustLen("AdamW: m", len(m), len(w))
	mustLen("AdamW: v", len(v), len(w))
	mustLen("AdamW: g", len(g), len(w))
	if s.Step < 1 {
		panic("kernels: AdamW: steps are counted from 1")
	}
	k := s.factors()
	c.parallel(len(w), grainCheap, func(lo, hi int) {
		adamOn(c.path, &k, w[lo:hi], m[lo:hi], v[lo:hi], g[lo:hi])
	})
}

// adamFactors are a step's constants: w = keep*w - step*m/(root*sqrt(v)+epsilon).
type adamFactors struct {
	scale, beta1, rest1, beta2, rest2, keep, step, root, epsilon float32
}

func (s AdamW) factors() adamFactors {
	correct1 := 1 - math.Pow(float64(s.Beta1), float64(s.Step))
	correct2 := math.Sqrt(1 - math.Pow(float64(s.Beta2), float64(s.Step)))
	k := adamFactors{
		scale: s.GradScale,
		beta1: s.Beta1, rest1: float32(1 - float64(s.Beta1)),
		beta2: s.Beta2, rest2: float32(1 - float64(s.Beta2)),
		keep:    float32(1 - float64(s.LearningRate)*float64(s.WeightDecay)),
		step:    float32(float64(s.LearningRate) / correct1),
		root:    float32(1 / correct2),
		epsilon: s.Epsilon,
	}
	if s.EpsilonHat {
		k.step = float32(float64(s.LearningRate) * correct2 / correct1)
		k.root = 1
	}
	return k
}

// EMA updates an exponential moving average: avg = decay*avg + (1-decay)*w.
func (c *CPU) EMA(avg, w []float32, decay float32) {
	mustLen("EMA: avg", len(avg), len(w))
	rest := float32(1 - float64(decay))
	c.parallel(len(w), grainCheap, func(lo, hi int) { emaOn(c.path, avg[lo:hi], w[lo:hi], decay, rest) })
}

func adamGeneric(k *adamFactors, w, m, v, g []float32) {
	m, v, g = m[:len(w)], v[:len(w)], g[:len(w)]
	for i := range w {
		grad := g[i] * k.scale
		m[i] = k.beta1*m[i] + k.rest1*grad
		v[i] = k.beta2*v[i] + k.rest2*(grad*grad)
		w[i] = k.keep*w[i] - k.step*m[i]/(k.root*float32(math.Sqrt(float64(v[i])))+k.epsilon)
	}
}

func emaGeneric(avg, w []float32, decay, rest float32) {
	w = w[:len(avg)]
	for i := range avg {
		avg[i] = decay*avg[i] + rest*w[i]
	}
}
