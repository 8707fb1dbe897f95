package compute

import (
	"fmt"
	"slices"

	"assay/models/compute/kernels"
)

// Spec describes a parameter to make.
type Spec struct {
	Name  string
	Shape []int // row-major, one or two dimensions
}

// Elements is the number of elements.
func (s Spec) Elements() int {
	n := 1
	for _, d := range s.Shape {
		n *= d
	}
	return n
}

// Param is a named trained tensor.
type Param struct {
	Name  string
	Shape []int
	Value []float32
	// Grad is the accumulated gradient, nil until [Params.Train]. An optimiser step leaves it as it is, but
	// it counts as zeros from then on: the next run overwrites it, which saves a pass over memory.
	Grad  []float32
	spent bool
}

// begin reports whether the next gradient is to be added, and not to replace the old one.
func (p *Param) begin() (add bool) {
	add = !p.spent
	p.spent = false
	return add
}

// cleared returns the gradient for what can only add to it; nil for an absent parameter.
func (p *Param) cleared() []float32 {
	if p == nil {
		return nil
	}
	if !p.begin() {
		clear(p.Grad)
	}
	return p.Grad
}

// matrix is rows and columns; a vector is one row.
func (p *Param) matrix() (rows, columns int) {
	if len(p.Shape) == 1 {
		return 1, p.Shape[0]
	}
	return p.Shape[0], p.Shape[1]
}

// Params are a model's parameters. All values are in one block of memory, and all gradients in another, each
// tensor starting on a cache line of its own.
type Params struct {
	list   []*Param
	byName map[string]*Param
	size   int // floats of the stretch
}

// lineFloats is the number of float32s in a cache line.
const lineFloats = 16

// NewParams makes parameters that are zeros.
func NewParams(specs []Spec) *Params {
	p := &Params{byName: make(map[string]*Param, len(specs))}
	for _, s := range specs {
		if len(s.Shape) < 1 || len(s.Shape) > 2 || p.byName[s.Name] != nil {
			panic(fmt.Sprintf("compute: parameter %s of shape %v is duplicate, or is not a matrix or vector", s.Name, s.Shape))
		}
		param := &Param{Name: s.Name, Shape: slices.Clone(s.Shape)}
		p.list = append(p.list, param)
		p.byName[s.Name] = param
		p.size += padded(s.Elements())
	}
	p.spread(func(param *Param, values []float32) { param.Value = values })
	return p
}

// padded rounds up to whole cache lines.
func padded(n int) int { return (n + lineFloats - 1) / lineFloats * lineFloats }

// spread gives each parameter its part of a new block of zeros.
func (p *Params) spread(set func(*Param, []float32)) {
	memory := kernels.Memory(p.size)
	at := 0
	for _, param := range p.list {
		n := Spec{Shape: param.Shape}.Elements()
		set(param, memory[at:at+n:at+n])
		at += padded(n)
	}
}

// All returns the parameters in the order of their specs.
func (p *Params) All() []*Param { return p.list }

// Get finds a parameter by name; nil if there is none.
func (p *Params) Get(name string) *Param { return p.byName[name] }

// Count is the number of trained values.
func (p *Params) Count() int {
	n := 0
	for _, param := range p.list {
		n += len(param.Value)
	}
	return n
}

// Train gives every parameter without a gradient a gradient of zeros.
func (p *Params) Train() {
	if len(p.list) > 0 && p.list[0].Grad == nil {
		p.spread(func(param *Param, values []float32) { param.Grad = values })
	}
}

// ZeroGrad sets the gradients to 0.
func (p *Params) ZeroGrad() {
	for _, param := range p.list {
		clear(param.Grad)
		param.spent = false
	}
}
