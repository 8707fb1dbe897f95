package compute

import (
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"assay/models/compute/kernels"
)

// Logits is x·weightᵀ, weight [vocab, width]: for graphs that don't train.
func (b *Builder) Logits(x *Activation, weight *Param) *Activation {
	vocab, width := weight.matrix()
	check(x.Width == width, "logits", "input of width %d, weight %v", x.Width, weight.Shape)
	check(!b.Training, "logits", "logits have no backward pass; train on log-probabilities")
	l := &layer{name: "logits", x: x, params: []*Param{weight}}
	l.forward = func(out []float32) {
		b.cpu.MatMul(out, x.buf.data, weight.Value, x.rows.now, vocab, width, kernels.NT, false)
	}
	return b.add(l, x.rows, vocab)
}

// LogProbs is the log-probability, in nats, of each token's target under the softmax of x·weightᵀ, weight
// [vocab, width], and 0 for a negative target. The memory of the logits is reused for their gradients.
func (b *Builder) LogProbs(x *Activation, weight *Param) *Activation {
	vocab, width := weight.matrix()
	check(x.Width == width, "log-probabilities", "input of width %d, weight %v", x.Width, weight.Shape)
	logits, lse, losses := b.buffer(x.rows, vocab), b.buffer(x.rows, 1), b.buffer(x.rows, 1)
	l := &layer{name: "log-probabilities", x: x, params: []*Param{weight}, saved: []*buffer{logits, lse, losses}, wantsX: true}
	l.forward = func(out []float32) {
		rows := x.rows.now
		b.cpu.MatMul(logits.data, x.buf.data, weight.Value, rows, vocab, width, kernels.NT, false)
		b.cpu.CrossEntropy(losses.data, lse.data, logits.data, b.targets(x), rows, vocab)
		negate(losses.data, losses.data)
		b.spread(out, losses.data, x)
	}
	l.backward = func(dx, dout, _ []float32) {
		rows := x.rows.now
		b.gather(losses.data, dout, x)
		negate(losses.data, losses.data)
		b.cpu.CrossEntropyBackward(logits.data, losses.data, logits.data, lse.data, b.targets(x), rows, vocab)
		b.cpu.MatMul(dx, logits.data, weight.Value, rows, width, vocab, kernels.NN, false)
		b.cpu.MatMul(weight.Grad, logits.data, x.buf.data, vocab, width, rows, kernels.TN, weight.begin())
	}
	return b.add(l, &b.cells, 0)
}

func negate(y, x []float32) {
	for i, v := range x {
		y[i] = 0 - v // never -0
	}
}

// Scalars is x·weight, weight [1, width]: a number for each token, and 0 for a token that wasn't picked.
func (b *Builder) Scalars(x *Activation, weight *Param) *Activation {
	width := x.Width
	check(len(weight.Value) == width, "scalars", "input of width %d, weight %v", width, weight.Shape)
	values := b.buffer(x.rows, 1)
	l := &layer{name: "scalars", x: x, params: []*Param{weight}, saved: []*buffer{values}, wantsX: true}
	l.forward = func(out []float32) {
		b.cpu.Linear(values.data, x.buf.data, weight.Value, nil, x.rows.now, width, 1)
		b.spread(out, values.data, x)
	}
	l.backward = func(dx, dout, _ []float32) {
		b.gather(values.data, dout, x)
		b.cpu.LinearBackward(dx, weight.cleared(), nil, values.data, x.buf.data, weight.Value, x.rows.now, width, 1)
	}
	return b.add(l, &b.cells, 0)
}

// Loss is a function of one number for each token of a batch: log-probabilities of targets, or scalars. It
// returns its value and sets gradient, which starts as zeros, to its derivative by each number. For
// log-probabilities, gradients at tokens with a negative target have no effect.
type Loss func(values, gradient []float32) float64

// NextToken is the negative sum of log-probabilities; scale multiplies the gradient.
func NextToken(scale float64) Loss {
	return func(values, gradient []float32) float64 {
		var sum float64
		for i, v := range values {
			sum -= float64(v)
			gradient[i] = float32(-scale)
		}
		return sum
	}
}

// Minimise ends a graph that trains: the loss of each run is a function of values, which must come from
// [Builder.LogProbs] or [Builder.Scalars].
func (b *Builder) Minimise(values *Activation) {
	check(b.Training && b.cost == nil && values.Width == 0, "loss", "it must end a graph that trains, and needs one number per row")
	out, shape := b.output(values.rows, 0)
	grad := out.buf
	o := &op{name: "loss", in: []source{values.source}, shape: tensor.ScalarShape(),
		diffs: []bool{true}, touches: []*buffer{values.buf, grad}}
	o.do = func() {
		clear(grad.data)
		b.result = b.inputs.Loss(values.buf.data, grad.data)
	}
	o.differentiate = func(_, one *G.Node) (G.Nodes, error) {
		handed := b.apply(&op{name: "gradient of the loss", in: []source{o.out, {node: one}}, shape: shape, out: out, touches: []*buffer{grad}})
		b.grads[handed.node] = handed
		return G.Nodes{handed.node}, nil
	}
	b.cost = b.apply(o).node
}
