package linear

import (
	"context"
	"errors"
	"math"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"
	"gonum.org/v1/gonum/optimize"

	"assay/harness/leaf/logistic"
)

// parts is the number of parts into which the examples are cut. Each part sums its own gradient,
// and the parts are added in order, so the bits don't depend on the number of threads.
const parts = 8

// objective is the loss that [Fit] minimises. It keeps the last point's value and gradient, which
// come out of one pass.
type objective struct {
	ctx      context.Context
	examples []Example
	fitting  Fitting
	weight   float64 // of all examples

	at    []float64
	loss  float64
	slope []float64
	part  [parts]struct {
		loss  float64
		slope []float64
	}
}

func newObjective(ctx context.Context, examples []Example, f Fitting) (*objective, error) {
	o := &objective{ctx: ctx, examples: examples, fitting: f, slope: make([]float64, f.Size+f.Sources)}
	for i := range examples {
		e := &examples[i]
		switch {
		case !(e.Label >= 0 && e.Label <= 1):
			return nil, errors.New("a label is not from 0 to 1")
		case !(e.Weight > 0) || math.IsInf(e.Weight, 0):
			return nil, errors.New("a weight is not above 0")
		case e.Source < 0 || e.Source >= f.Sources:
			return nil, errors.New("an example has no source")
		}
		o.weight += e.Weight
	}
	if len(examples) == 0 {
		return nil, errors.New("there are no examples to learn from")
	}
	for i := range o.part {
		o.part[i].slope = make([]float64, f.Size+f.Sources)
	}
	return o, nil
}

func (o *objective) value(x []float64) float64 {
	o.pass(x)
	return o.loss
}

func (o *objective) gradient(grad, x []float64) {
	o.pass(x)
	copy(grad, o.slope)
}

// status ends the search when the context has ended.
func (o *objective) status() (optimize.Status, error) {
	if err := o.ctx.Err(); err != nil {
		return optimize.Failure, err
	}
	return optimize.NotTerminated, nil
}

// steepness is the largest element of the gradient.
func (o *objective) steepness(x []float64) float64 {
	o.pass(x)
	most := 0.0
	for _, s := range o.slope {
		most = max(most, math.Abs(s))
	}
	return most
}

// pass computes loss and gradient at a point.
func (o *objective) pass(x []float64) {
	if o.at != nil && slices.Equal(o.at, x) {
		return
	}
	o.at = append(o.at[:0], x...)
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range parts {
		group.Go(func() error {
			from, to := len(o.examples)*i/parts, len(o.examples)*(i+1)/parts
			o.part[i].loss = o.sum(x, o.examples[from:to], o.part[i].slope)
			return nil
		})
	}
	group.Wait() // no part fails
	o.loss = 0
	clear(o.slope)
	for i := range o.part {
		o.loss += o.part[i].loss
		for k, s := range o.part[i].slope {
			o.slope[k] += s
		}
	}
	o.loss /= o.weight
	for k := range o.slope {
		o.slope[k] /= o.weight
		if k < o.fitting.Size {
			o.loss += o.fitting.L2 / 2 * x[k] * x[k]
			o.slope[k] += o.fitting.L2 * x[k]
		}
	}
}

// sum adds up the losses of examples and their gradients.
func (o *objective) sum(x []float64, examples []Example, slope []float64) float64 {
	clear(slope)
	total := 0.0
	for i := range examples {
		e := &examples[i]
		score := dot(x, e.Row) + x[o.fitting.Size+e.Source]
		total -= e.Weight * (e.Label*logistic.Log(score) + (1-e.Label)*logistic.Log(-score))
		pull := e.Weight * (logistic.Of(score) - e.Label)
		for k, at := range e.Index {
			slope[at] += pull * float64(e.Value[k])
		}
		slope[o.fitting.Size+e.Source] += pull
	}
	return total
}
