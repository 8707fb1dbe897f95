package compute

import (
	"errors"
	"fmt"
	"math"

	G "gorgonia.org/gorgonia"

	"assay/models/compute/kernels"
)

// AdamWOptions are the settings of [AdamW].
type AdamWOptions struct {
	Beta1, Beta2, Epsilon float64
	// EpsilonHat adds Epsilon before the bias correction, as TensorFlow's Adam does (Kingma and Ba,
	// arXiv:1412.6980, the end of section 2), instead of after it.
	EpsilonHat bool
	// WeightDecay is the decoupled weight decay, multiplied by the learning rate, of the parameters that Decays
	// chooses; if Decays is nil, of those that [Matrices] chooses.
	WeightDecay float64
	Decays      func(*Param) bool
	// MaxGradNorm is the largest global norm of the gradient; 0 doesn't clip. A larger gradient is multiplied by
	// MaxGradNorm/(norm+1e-6), as in PyTorch's clip_grad_norm_.
	MaxGradNorm float64
	// EMADecay is the decay of an exponential moving average of the weights, taken after each step, which
	// starts from the initial weights; 0 keeps none.
	EMADecay float64
}

// Matrices chooses linear maps and embeddings, but not biases and LayerNorm gains: what GPT-2 and its
// descendants decay.
func Matrices(p *Param) bool { return len(p.Shape) > 1 }

// AdamW is Adam with decoupled weight decay (Loshchilov and Hutter, arXiv:1711.05101).
type AdamW struct {
	engine  *Engine
	options AdamWOptions
	params  *Params
	solver  solver
	grads   []G.ValueGrad
	average []moment // by parameter
}

// moment is a tensor that belongs to a parameter.
type moment []float32

// NewAdamW makes an optimiser of the parameters that has not taken a step yet.
func NewAdamW(e *Engine, params *Params, o AdamWOptions) *AdamW {
	if o.Decays == nil {
		o.Decays = Matrices
	}
	params.Train()
	a := &AdamW{engine: e, options: o, params: params}
	a.solver.cpu = e.cpu
	moments := func() []moment {
		side := NewParams(specs(params))
		list := make([]moment, len(side.list))
		for i, p := range side.list {
			list[i] = p.Value
		}
		return list
	}
	a.solver.first, a.solver.second = moments(), moments()
	for _, p := range params.list {
		a.grads = append(a.grads, learnt{p})
		a.solver.decays = append(a.solver.decays, o.Decays(p))
	}
	if o.EMADecay > 0 {
		a.average = moments()
		a.startAverage()
	}
	return a
}

func specs(p *Params) []Spec {
	var list []Spec
	for _, param := range p.list {
		list = append(list, Spec{param.Name, param.Shape})
	}
	return list
}

// Update takes a step along the clipped gradients, which count as zeros from then on. It returns their global
// norm before clipping. If the norm isn't finite, it returns an error and leaves the weights as they are.
func (a *AdamW) Update(learningRate float64) (norm float64, err error) {
	norm = a.gradNorm()
	if math.IsNaN(norm) || math.IsInf(norm, 0) {
		return norm, fmt.Errorf("the gradient's norm is %v: the training has diverged; lower the learning rate", norm)
	}
	a.solver.step(a.options, learningRate, a.options.clip(norm))
	if err := a.solver.Step(a.grads); err != nil {
		return norm, err
	}
	for _, p := range a.params.list {
		p.spent = true
	}
	a.updateAverage()
	return norm, nil
}

// solver implements gorgonia's Solver.
type solver struct {
	cpu           *kernels.CPU
	now           kernels.AdamW
	decay         float32
	decays        []bool
	first, second []moment
}

var _ G.Solver = (*solver)(nil)

// step prepares the next step.
func (s *solver) step(o AdamWOptions, learningRate, scale float64) {
	s.now = kernels.AdamW{
		LearningRate: float32(learningRate), Beta1: float32(o.Beta1), Beta2: float32(o.Beta2), Epsilon: float32(o.Epsilon),
		EpsilonHat: o.EpsilonHat, GradScale: float32(scale), Step: s.now.Step + 1,
	}
	s.decay = float32(o.WeightDecay)
}

// Step updates the weights, which must be those that the solver was made for, in order.
func (s *solver) Step(model []G.ValueGrad) error {
	if len(model) != len(s.first) {
		return errors.New("the optimiser was made for other parameters")
	}
	for i, m := range model {
		w, ok := m.(learnt)
		if !ok {
			return fmt.Errorf("parameter %d doesn't belong to this package", i)
		}
		now := s.now
		if s.decays[i] {
			now.WeightDecay = s.decay
		}
		s.cpu.AdamW(now, w.param.Value, s.first[i], s.second[i], w.param.Grad)
	}
	return nil
}

// learnt implements gorgonia's ValueGrad for a parameter.
type learnt struct{ param *Param }

// Value returns the weights.
func (l learnt) Value() G.Value { return dense(l.param.Value, l.param.Shape) }

// Grad returns their gradient.
func (l learnt) Grad() (G.Value, error) {
	if l.param.Grad == nil {
		return nil, fmt.Errorf("parameter %s has no gradient", l.param.Name)
	}
	return dense(l.param.Grad, l.param.Shape), nil
}
