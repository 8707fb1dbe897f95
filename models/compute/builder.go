package compute

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"assay/models/compute/kernels"
)

// Builder builds a graph. Each activation is read by one layer, except that [Builder.Residual] also reads the
// input of a [Builder.Norm].
type Builder struct {
	Rows, Time int // sequences, and tokens in each, of the largest batch
	// Training builds a graph that is differentiated and applies dropout.
	Training bool

	cells  extent // all tokens of a batch
	tokens extent // those that have a row
	picked extent // those that Pick keeps

	cpu      *kernels.CPU
	graph    *G.ExprGraph
	tape     *tape
	inputs   *Inputs
	salt     uint64
	next     uint64
	buffers  []*buffer
	grads    map[*G.Node]source // where the gradients of activations are
	learnt   G.Nodes            // input nodes of parameters
	cost     *G.Node
	result   float64 // the last loss
	sites    uint64  // places with dropout
	picking  bool    // a layer picks rows
	dropping bool    // a layer has dropout
	merged   bool    // gorgonia merged two operations with the same hash
}

// tape is the order in which gorgonia's machine runs the operations.
type tape struct{ order []*op }

// extent is a number of rows: the most, and that of the current run.
type extent struct{ most, now int }

// Activation is a layer's output: [rows, Width], with a row for each token or for each that [Builder.Pick]
// keeps; or, if Width is 0, a number for each token of the batch.
type Activation struct {
	Width int

	rows *extent
	source
	reader *layer // the layer that differentiates it
}

// layer is an operation and its backward pass, before gorgonia sees it.
type layer struct {
	name   string
	x      *Activation // what the gradient flows back to; nil in the first layer
	skip   *Activation // also read; its gradient is computed elsewhere
	params []*Param    // nil for absent ones
	saved  []*buffer   // what forward writes for backward
	// wantsX and wantsOut say whether backward reads x and the output besides the output's gradient; scratch
	// is how many floats of its own it writes for each row.
	wantsX, wantsOut bool
	scratch          int

	forward  func(out []float32)
	backward func(dx, dout, scratch []float32) // dx is nil in the first layer
	// passes means that the gradient of x is that of the output: backward is not needed.
	passes bool

	out      *Activation
	rejoin   *Activation // the residual sum that also reads x: see Residual
	skipGrad *buffer
}

// buffer adds memory of width floats for each row.
func (b *Builder) buffer(rows *extent, width int) *buffer {
	buf := &buffer{rows: rows, width: width, first: -1, last: -1}
	b.buffers = append(b.buffers, buf)
	return buf
}

// output adds a buffer for a node's output, and returns its largest shape: [rows, width], or [rows] if width
// is 0.
func (b *Builder) output(rows *extent, width int) (source, tensor.Shape) {
	shape := tensor.Shape{rows.most, width}
	if width == 0 {
		shape = shape[:1]
	}
	return source{buf: b.buffer(rows, max(width, 1)), dims: len(shape)}, shape
}

func (b *Builder) id() uint64 {
	b.next++
	return b.salt<<32 | b.next
}

// input makes a node of a parameter. Every layer has its own: gorgonia would add the gradients of several in
// memory of its own, but we add them in the parameter's.
func (b *Builder) input(p *Param) source {
	value := dense(p.Value, p.Shape)
	name := fmt.Sprintf("%s#%d", p.Name, b.id())
	node := G.NewTensor(b.graph, tensor.Float32, len(p.Shape), G.WithShape(p.Shape...), G.WithName(name))
	if err := G.Let(node, value); err != nil {
		panic(fmt.Sprintf("compute: %s: %v", p.Name, err))
	}
	return source{node: node, value: value, dims: len(p.Shape)}
}

// apply adds an operation to the graph.
func (b *Builder) apply(o *op) source {
	nodes := make(G.Nodes, len(o.in))
	for i, s := range o.in {
		nodes[i] = s.node
	}
	o.tape, o.id = b.tape, b.id()
	node, err := G.ApplyOpWithName(o, o.String(), nodes...)
	if err != nil {
		panic(fmt.Sprintf("compute: %v: %v", o, err))
	}
	b.merged = b.merged || node.Op() != G.Op(o)
	o.out.node, o.out.value = node, dense([]float32{0}, tensor.Shape{1})
	return o.out
}

// add puts a layer into the graph. Its output is [rows, width], or [rows] if width is 0.
func (b *Builder) add(l *layer, rows *extent, width int) *Activation {
	out, shape := b.output(rows, width)
	buf := out.buf
	o := &op{name: l.name, shape: shape, out: out, touches: append([]*buffer{buf}, l.saved...)}
	if l.x != nil {
		b.claim(l)
		o.in = append(o.in, l.x.source)
		o.diffs = append(o.diffs, true)
		o.touches = append(o.touches, l.x.buf)
	}
	if l.skip != nil {
		o.in = append(o.in, l.skip.source)
		o.diffs = append(o.diffs, false)
		o.touches = append(o.touches, l.skip.buf)
	}
	present := l.params[:0:0]
	for _, p := range l.params {
		if p == nil {
			continue
		}
		check(!b.Training || p.Grad != nil, l.name, "parameter %s has no gradient; call Params.Train", p.Name)
		s := b.input(p)
		b.learnt = append(b.learnt, s.node)
		o.in = append(o.in, s)
		o.diffs = append(o.diffs, true)
		present = append(present, p)
	}
	l.params = present
	o.do = func() { l.forward(buf.data) }
	o.differentiate = func(output, grad *G.Node) (G.Nodes, error) { return b.differentiate(l, grad) }
	l.out = &Activation{Width: width, rows: rows, source: b.apply(o)}
	return l.out
}

// claim records which layer differentiates an activation.
func (b *Builder) claim(l *layer) {
	if b.Training && l.x.reader != nil {
		panic(fmt.Sprintf("compute: %s reads an activation that %s already reads: their gradients would have to be added", l.name, l.x.reader.name))
	}
	l.x.reader = l
}

// differentiate adds a layer's backward pass: one node that computes all gradients from the output's, and a
// node for each further gradient, which passes it on.
func (b *Builder) differentiate(l *layer, grad *G.Node) (G.Nodes, error) {
	dout, ok := b.grads[grad]
	if !ok {
		return nil, fmt.Errorf("%s: the gradient of its output is not a buffer of the graph", l.name)
	}
	var grads G.Nodes
	main := dout
	if !l.passes {
		main = b.backward(l, dout)
	}
	if l.x != nil {
		grads = append(grads, main.node)
	}
	if l.skip != nil {
		grads = append(grads, nil)
	}
	for i, p := range l.params {
		if l.x == nil && i == 0 {
			grads = append(grads, main.node)
			continue
		}
		o := &op{name: "gradient of " + p.Name, in: []source{main}, shape: p.Shape, out: source{dims: len(p.Shape)}}
		grads = append(grads, b.apply(o).node)
	}
	return grads, nil
}

func (b *Builder) backward(l *layer, dout source) source {
	o := &op{name: "backward of " + l.name, in: []source{dout}, touches: append([]*buffer{dout.buf}, l.saved...)}
	reads := func(s source) {
		o.in = append(o.in, s)
		o.touches = append(o.touches, s.buf)
	}
	if l.wantsX {
		reads(l.x.source)
	}
	if l.wantsOut {
		reads(l.out.source)
	}
	if l.rejoin != nil {
		s, ok := b.grads[l.rejoin.node.Deriv()]
		if !ok {
			panic("compute: " + l.name + ": the residual sum over it has no gradient yet")
		}
		l.skipGrad = s.buf
		reads(s)
	}
	rows := &b.tokens
	if l.x != nil {
		rows = l.x.rows
	}
	scratch := b.buffer(rows, l.scratch)
	o.touches = append(o.touches, scratch)
	var dx *buffer
	if l.x != nil {
		o.out, o.shape = b.output(rows, l.x.Width)
		dx = o.out.buf
		o.touches = append(o.touches, dx)
		o.do = func() { l.backward(dx.data, dout.buf.data, scratch.data) }
	} else {
		o.shape, o.out.dims = l.params[0].Shape, len(l.params[0].Shape)
		o.do = func() { l.backward(nil, dout.buf.data, scratch.data) }
	}
	s := b.apply(o)
	if dx != nil {
		b.grads[s.node] = s
	}
	return s
}

// Keep lets an activation stay valid after the run, for [Graph.Values].
func (b *Builder) Keep(a *Activation) { a.buf.kept = true }

// check panics unless a layer's shapes are right.
func check(ok bool, layer, format string, args ...any) {
	if !ok {
		panic("compute: " + layer + ": " + fmt.Sprintf(format, args...))
	}
}
