package compute

import (
	"fmt"

	"assay/harness/leaf/plural"
)

// Tensor is a named tensor of an optimiser's state.
type Tensor struct {
	Name   string
	Shape  []int
	Values []float32
}

// Tensors of [AdamW.State] are named by these prefixes and the parameters' names.
const (
	FirstMoment  = "adam.m/"
	SecondMoment = "adam.v/"
	AverageName  = "average/"
)

// State is everything that the optimiser keeps besides the weights: its number of steps, Adam's moments and
// the average of the weights. The tensors are views.
func (a *AdamW) State() (steps int, tensors []Tensor) {
	return a.solver.now.Step, append(append(
		a.tensors(FirstMoment, a.solver.first), a.tensors(SecondMoment, a.solver.second)...), a.tensors(AverageName, a.average)...)
}

func (a *AdamW) tensors(prefix string, values []moment) []Tensor {
	var list []Tensor
	for i, v := range values {
		p := a.params.list[i]
		list = append(list, Tensor{prefix + p.Name, p.Shape, v})
	}
	return list
}

// Restore sets the state: read returns each tensor of [AdamW.State] by name and shape. After an error the
// state is a mixture of old and new.
func (a *AdamW) Restore(steps int, read func(name string, shape []int) ([]float32, error)) error {
	if steps < 0 {
		return fmt.Errorf("an optimiser state can't have %d as its number of steps", steps)
	}
	_, tensors := a.State()
	for _, t := range tensors {
		values, err := read(t.Name, t.Shape)
		if err != nil {
			return err
		}
		if len(values) != len(t.Values) {
			return fmt.Errorf("tensor %s has %s, but shape %v needs %d", t.Name, plural.Of(len(values), "value"), t.Shape, len(t.Values))
		}
		copy(t.Values, values)
	}
	a.solver.now.Step = steps
	return nil
}
