package compute

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/fnv"

	"github.com/chewxy/hm"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

var errOtherValue = errors.New("gorgonia passed the value of another node")

// op is a node's operation as gorgonia sees it. It works on buffers of its graph, which gorgonia doesn't see:
// gorgonia's values only show which node's output is which node's input.
type op struct {
	tape  *tape
	name  string
	id    uint64 // unique within the graph
	in    []source
	shape tensor.Shape
	out   source // its value is the output's
	// touches are the buffers that do reads and writes.
	touches []*buffer
	do      func()
	// diffs says which inputs have a gradient, and differentiate adds the nodes that compute it. Both are nil
	// in a backward pass.
	diffs         []bool
	differentiate func(output, grad *G.Node) (G.Nodes, error)
}

// source is a node, and the buffer with its numbers unless they are a parameter's. A constant of gorgonia's
// has no value here.
type source struct {
	node  *G.Node
	buf   *buffer
	value G.Value
	dims  int
}

func floats(dims int) hm.Type {
	if dims == 0 {
		return tensor.Float32
	}
	return G.TensorType{Dims: dims, Of: tensor.Float32}
}

// Arity implements gorgonia's Op: the number of inputs.
func (o *op) Arity() int { return len(o.in) }

// Type implements gorgonia's Op: a function from the inputs' types to the output's.
func (o *op) Type() hm.Type {
	types := make([]hm.Type, 0, len(o.in)+1)
	for _, s := range o.in {
		types = append(types, floats(s.dims))
	}
	return hm.NewFnType(append(types, floats(o.out.dims))...)
}

// InferShape implements gorgonia's Op: the output's shape.
func (o *op) InferShape(...G.DimSizer) (tensor.Shape, error) { return o.shape, nil }

// ReturnsPtr implements gorgonia's Op: the output is memory of the graph.
func (o *op) ReturnsPtr() bool { return true }

// CallsExtern implements gorgonia's Op; if true, gorgonia would allocate for it.
func (o *op) CallsExtern() bool { return false }

// OverwritesInput implements gorgonia's Op: none.
func (o *op) OverwritesInput() int { return -1 }

// WriteHash implements gorgonia's Op. It writes the unique id, because gorgonia merges nodes with equal
// hashes.
func (o *op) WriteHash(h hash.Hash) {
	var id [8]byte
	binary.LittleEndian.PutUint64(id[:], o.id)
	h.Write(id[:]) // a hash.Hash never fails
	h.Write([]byte(o.name))
}

// Hashcode implements gorgonia's Op: the hash of WriteHash.
func (o *op) Hashcode() uint32 {
	h := fnv.New32a()
	o.WriteHash(h)
	return h.Sum32()
}

// String implements gorgonia's Op: the operation's name.
func (o *op) String() string { return fmt.Sprintf("%s#%d", o.name, o.id) }

// DiffWRT implements gorgonia's SDOp: which inputs have a gradient.
func (o *op) DiffWRT(int) []bool { return o.diffs }

// SymDiff implements gorgonia's SDOp: it adds the backward pass to the graph.
func (o *op) SymDiff(_ G.Nodes, output, grad *G.Node) (G.Nodes, error) {
	return o.differentiate(output, grad)
}

// Do implements gorgonia's Op: it records the operation's turn and checks its inputs.
func (o *op) Do(inputs ...G.Value) (G.Value, error) {
	for i, s := range o.in {
		if s.value != nil && inputs[i] != s.value {
			return nil, fmt.Errorf("%s: input %d: %w", o.name, i, errOtherValue)
		}
	}
	o.tape.order = append(o.tape.order, o)
	return o.out.value, nil
}

var _ G.SDOp = (*op)(nil)
