package compute

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"assay/models/compute/kernels"
	"assay/models/compute/kernels/kernelstest"
)

// random makes parameters with the given shapes.
func random(seed uint64, shapes ...[]int) *Params {
	var specs []Spec
	for i, s := range shapes {
		specs = append(specs, Spec{fmt.Sprintf("p%d", i), s})
	}
	p := NewParams(specs)
	r := rand.New(rand.NewPCG(seed, 1))
	for _, param := range p.All() {
		for i := range param.Value {
			param.Value[i] = float32(r.NormFloat64())
		}
	}
	p.Train()
	return p
}

// leaf turns a parameter into an activation, so that the gradient of a layer's input can be tested.
func leaf(b *Builder, p *Param) *Activation {
	_, width := p.matrix()
	l := &layer{name: "leaf", params: []*Param{p}}
	each := func(rows, cells []float32, f func(row, cell []float32)) {
		for i, s := range b.inputs.layout.sequences {
			n := s.Rows * width
			f(rows[s.Row*width:][:n], cells[i*b.inputs.Time*width:][:n])
		}
	}
	l.forward = func(out []float32) { each(out, p.Value, func(row, cell []float32) { copy(row, cell) }) }
	l.backward = func(_, dout, _ []float32) {
		each(dout, p.Grad, func(row, cell []float32) { b.cpu.Add(cell, cell, row) })
	}
	return b.add(l, &b.tokens, width)
}

// weighted is a linear loss: every number has its own weight.
func weighted(values, gradient []float32) float64 {
	var sum float64
	for i, v := range values {
		w := float32(1 + i%3)
		sum += float64(w) * float64(v)
		gradient[i] = w
	}
	return sum
}

// ranking is the loss of a reward model over neighbouring rows (Ouyang et al.,
// arXiv:2203.02155, eq. 1).
func ranking(values, gradient []float32) float64 {
	var loss float64
	for i := 0; i+1 < len(values); i += 2 {
		d := float64(values[i]) - float64(values[i+1])
		loss += math.Log1p(math.Exp(-d))
		gradient[i] = float32(-1 / (1 + math.Exp(d)))
		gradient[i+1] = -gradient[i]
	}
	return loss
}

// clipped is PPO's clipped objective (Schulman et al., arXiv:1707.06347, eq. 7) with advantages alternating
// between 1 and -1, against log-probabilities of -2.
func clipped(values, gradient []float32) float64 {
	var loss float64
	for i, v := range values {
		advantage := float64(1 - 2*(i%2))
		ratio := math.Exp(float64(v) + 2)
		inside := min(max(ratio, 0.8), 1.2)
		loss -= min(ratio*advantage, inside*advantage)
		if ratio*advantage <= inside*advantage {
			gradient[i] = float32(-ratio * advantage)
		}
	}
	return loss
}

const (
	testRows, testTime, testWidth = 2, 3, 4
	testN                         = testRows * testTime
)

type differencesCase struct {
	name    string
	shapes  [][]int
	loss    Loss
	network func(b *Builder, p []*Param) *Activation // [rows], the inputs of the loss
}

// differencesCases has one case for every layer, and for every loss.
func differencesCases() []differencesCase {
	x, v := []int{testN, testWidth}, []int{testWidth}
	head := []int{1, testWidth}
	return []differencesCase{
		{"scalars", [][]int{x, head}, weighted, func(b *Builder, p []*Param) *Activation { return b.Scalars(leaf(b, p[0]), p[1]) }},
		{"norm", [][]int{x, head, v, v}, weighted, func(b *Builder, p []*Param) *Activation {
			return b.Scalars(b.Norm(leaf(b, p[0]), p[2], p[3], 1e-5), p[1])
		}},
		{"norm without bias", [][]int{x, head, v}, weighted, func(b *Builder, p []*Param) *Activation {
			return b.Scalars(b.Norm(leaf(b, p[0]), p[2], nil, 1e-5), p[1])
		}},
		{"linear", [][]int{x, head, {4, 4}, v}, weighted, func(b *Builder, p []*Param) *Activation {
			return b.Scalars(b.Linear(leaf(b, p[0]), p[2], p[3]), p[1])
		}},
		{"linear and GELU without bias", [][]int{x, {1, 5}, {4, 5}}, weighted, func(b *Builder, p []*Param) *Activation {
			return b.Scalars(b.LinearGELU(leaf(b, p[0]), p[2], nil), p[1])
		}},
		{"linear and GELU", [][]int{x, {1, 5}, {4, 5}, {5}}, weighted, func(b *Builder, p []*Param) *Activation {
			return b.Scalars(b.LinearGELU(leaf(b, p[0]), p[2], p[3]), p[1])
		}},
		{"attention", [][]int{{testN, 12}, head}, weighted, func(b *Builder, p []*Param) *Activation {
			return b.Scalars(b.Attention(leaf(b, p[0]), 2, false), p[1])
		}},
		{"residual", [][]int{x, head, v, {4, 4}}, weighted, func(b *Builder, p []*Param) *Activation {
			x := leaf(b, p[0])
			return b.Scalars(b.Residual(x, b.Linear(b.Norm(x, p[2], nil, 1e-5), p[3], nil), 0), p[1])
		}},
		{"residual with dropout", [][]int{x, head, v, {4, 4}}, weighted, func(b *Builder, p []*Param) *Activation {
			x := leaf(b, p[0])
			return b.Scalars(b.Residual(x, b.Linear(b.Norm(x, p[2], nil, 1e-5), p[3], nil), 0.4), p[1])
		}},
		{"picked", [][]int{x, head, {4, 4}, v}, weighted, func(b *Builder, p []*Param) *Activation {
			return b.Scalars(b.LinearGELU(b.Pick(leaf(b, p[0])), p[2], p[3]), p[1])
		}},
		{"residual of what was picked", [][]int{x, {7, 4}, v, {4, 4}}, weighted, func(b *Builder, p []*Param) *Activation {
			x := leaf(b, p[0])
			return b.LogProbs(b.Residual(x, b.Pick(b.Linear(b.Norm(x, p[2], nil, 1e-5), p[3], nil)), 0.4), p[1])
		}},
		{"embedding", [][]int{{7, 4}, {5, 4}, head}, weighted, func(b *Builder, p []*Param) *Activation {
			return b.Scalars(b.Embed(p[0], p[1], 0), p[2])
		}},
		{"embedding with dropout", [][]int{{7, 4}, {5, 4}, head}, weighted, func(b *Builder, p []*Param) *Activation {
			return b.Scalars(b.Embed(p[0], p[1], 0.4), p[2])
		}},
		{"log-probabilities", [][]int{x, {7, 4}}, weighted, func(b *Builder, p []*Param) *Activation {
			return b.LogProbs(leaf(b, p[0]), p[1])
		}},
		{"next token", [][]int{x, {7, 4}}, NextToken(1), func(b *Builder, p []*Param) *Activation {
			return b.LogProbs(leaf(b, p[0]), p[1])
		}},
		{"tied head", [][]int{{7, 4}, {5, 4}}, NextToken(1), func(b *Builder, p []*Param) *Activation {
			return b.LogProbs(b.Embed(p[0], p[1], 0), p[0])
		}},
		{"ranking", [][]int{x, head}, ranking, func(b *Builder, p []*Param) *Activation { return b.Scalars(leaf(b, p[0]), p[1]) }},
		{"clipped", [][]int{x, {7, 4}}, clipped, func(b *Builder, p []*Param) *Activation {
			return b.LogProbs(leaf(b, p[0]), p[1])
		}},
	}
}

// Gradients agree with finite differences of the loss.
func TestGradientsByDifferences(t *testing.T) {
	in := Inputs{Tokens: []int32{1, 6, 0, 1, 1, 2}, Targets: []int32{6, 0, -1, 3, 3, 1}, Key: 9}
	kernelstest.OnEachPath(t, func(t *testing.T, cpu *kernels.CPU) {
		e := NewEngine(cpu)
		for i, c := range differencesCases() {
			t.Run(c.name, func(t *testing.T) {
				p := random(uint64(i), c.shapes...)
				in.Loss = c.loss
				g, err := e.Build(testRows, testTime, true, func(b *Builder) { b.Minimise(c.network(b, p.All())) })
				if err != nil {
					t.Fatal(err)
				}
				loss := func() float64 {
					v, err := g.Run(in)
					if err != nil {
						t.Fatal(err)
					}
					return v
				}
				loss()
				var grads [][]float32
				top := 0.0
				for _, param := range p.All() {
					grads = append(grads, append([]float32(nil), param.Grad...))
					for _, v := range param.Grad {
						top = max(top, math.Abs(float64(v)))
					}
				}
				for k, param := range p.All() {
					for i := range param.Value {
						want := difference(&param.Value[i], loss)
						if d := math.Abs(float64(grads[k][i]) - want); !(d <= 1e-3*top) {
							t.Errorf("%s[%d]: gradient %g, by differences %g", param.Name, i, grads[k][i], want)
						}
					}
				}
			})
		}
	})
}

// difference is the slope of f at a value, by fourth-order differences.
func difference(value *float32, f func() float64) float64 {
	const h = 1.0 / 64
	was := *value
	at := func(by float32) float64 { *value = was + by; return f() }
	slope := (8*(at(h)-at(-h)) - (at(2*h) - at(-2*h))) / (12 * h)
	*value = was
	return slope
}
