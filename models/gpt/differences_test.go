package gpt

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"assay/harness/leaf/approx"
	"assay/models/compute"
)

// squares is a loss for any head: the mean square distance from 1.
func squares(values, gradient []float32) float64 {
	var sum float64
	n := float64(len(values))
	for i, v := range values {
		d := float64(v) - 1
		sum += d * d / n
		gradient[i] = float32(2 * d / n)
	}
	return sum
}

// The gradient of the whole network, along itself and along a random direction, agrees with finite
// differences of the loss.
func TestGradientByDifferences(t *testing.T) {
	for name, c := range variants() {
		t.Run(name, func(t *testing.T) {
			m := model(t, c, 2)
			random := rand.New(rand.NewPCG(7, 7))
			for _, p := range m.Params().All() {
				for i := range p.Value {
					p.Value[i] += 0.1 * float32(random.NormFloat64())
				}
			}
			b := batch(c, 3, 11, 4)
			must[float64](t)(m.Minimise(b, 5, squares))
			for _, d := range directions(m, random) {
				at := func(by float64) float64 {
					d.move(by)
					defer d.restore()
					return must[float64](t)(m.Minimise(b, 5, squares))
				}
				const h = 0.01
				want := (8*(at(h)-at(-h)) - (at(2*h) - at(-2*h))) / (12 * h)
				if !approx.Equal(d.slope, want, 1e-3*math.Abs(want)+1e-5*d.norm) {
					t.Errorf("along %s: %.7g, by differences %.7g", d.name, d.slope, want)
				}
			}
		})
	}
}

// direction is a unit vector over all parameters.
type direction struct {
	name   string
	params []*compute.Param
	by     [][]float64
	old    [][]float32
	slope  float64 // the gradient along it
	norm   float64 // of the gradient
}

func directions(m *Model, random *rand.Rand) []*direction {
	along, free := &direction{name: "the gradient"}, &direction{name: "a random direction"}
	for _, d := range []*direction{along, free} {
		var length, square float64
		for _, p := range m.Params().All() {
			by := make([]float64, len(p.Value))
			for i, g := range p.Grad {
				by[i] = float64(g)
				if d == free {
					by[i] = random.NormFloat64()
				}
				length += by[i] * by[i]
				square += float64(g) * float64(g)
				d.slope += by[i] * float64(g)
			}
			d.params, d.by, d.old = append(d.params, p), append(d.by, by), append(d.old, slices.Clone(p.Value))
		}
		length = math.Sqrt(length)
		d.slope /= length
		d.norm = math.Sqrt(square)
		for _, by := range d.by {
			for i := range by {
				by[i] /= length
			}
		}
	}
	return []*direction{along, free}
}

func (d *direction) move(by float64) {
	for k, p := range d.params {
		for i, v := range d.old[k] {
			p.Value[i] = float32(float64(v) + by*d.by[k][i])
		}
	}
}

func (d *direction) restore() {
	for k, p := range d.params {
		copy(p.Value, d.old[k])
	}
}
