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

var errOtherValue = errors.New("gorgonia handed over a value of another node")

// op is a node's operation as gorgonia sees it. It works on buffers of its graph, which
// gorgonia doesn't see: values only show which node's output is which one's input.
type op struct {
	tape  *tape
	name  string
	id    uint64 // no other operation of the graph has it
	in    []source
	shape tensor.Shape
	out   source // its value stands for the output
	// touches are the buffers that do reads and writes.
	touches []*buffer
	do      func()
	// diffs says which inputs a gradient goes to, and differentiate adds the nodes that
	// compute it. Both are nil behind a gradient.
	diffs         []bool
	differentiate func(output, grad *G.Node) (G.Nodes, error)
}

// source is a node, and the buffer where its numbers are unless they are a parameter's. A
// constant of gorgonia's own has no value here.
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

// Arity is the number of inputs.
func (o *op) Arity() int { return len(o.in) }

// Type is that of a function from the inputs' types to the output's.
func (o *op) Type() hm.Type {
	types := make([]hm.Type, 0, len(o.in)+1)
	for _, s := range o.in {
		types = append(types, floats(s.dims))
	}
	return hm.NewFnType(append(types, floats(o.out.dims))...)
}

// InferShape is the output's shape.
func (o *op) InferShape(...G.DimSizer) (tensor.Shape, error) { return o.shape, nil }

// ReturnsPtr says that the output is memory of the graph.
func (o *op) ReturnsPtr() bool { return true }

// CallsExtern is false: gorgonia would allocate for it.
func (o *op) CallsExtern() bool { return false }

// OverwritesInput is none.
func (o *op) OverwritesInput() int { return -1 }

// WriteHash writes what no other operation has: gorgonia merges nodes of equal hashes.
func (o *op) WriteHash(h hash.Hash) {
	var id [8]byte
	binary.LittleEndian.PutUint64(id[:], o.id)
	h.Write(id[:]) // a hash.Hash never fails
	h.Write([]byte(o.name))
}

// Hashcode is the hash of WriteHash.
func (o *op) Hashcode() uint32 {
	h := fnv.New32a()
	o.WriteHash(h)
	return h.Sum32()
}

// String is the operation's name.
func (o *op) String() string { return fmt.Sprintf("%s#%d", o.name, o.id) }

// DiffWRT says which inputs a gradient goes to.
func (o *op) DiffWRT(int) []bool { return o.diffs }

// SymDiff adds the backward pass to the graph.
func (o *op) SymDiff(_ G.Nodes, output, grad *G.Node) (G.Nodes, error) {
	return o.differentiate(output, grad)
}

// Do notes that it is the operation's turn, and that it is handed what it is to work on.
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
