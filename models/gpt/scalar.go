package gpt

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"assay/models/checkpoint"
	"assay/models/compute"
)

// LoadScalar reads a language model and replaces its head by a scalar head: the start of a reward model
// (Ouyang et al. 2022, section 3.5). The head's weights are normal with standard deviation 1/sqrt(width+1)
// (Stiennon et al., arXiv:2009.01325), drawn from source. A model without biases gets zero biases: see
// [Model.ShiftScalars].
func LoadScalar(e *compute.Engine, dir string, source rand.Source) (m *Model, err error) {
	c, err := checkpoint.Load(dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	if c.Config.ScalarHead {
		return nil, fmt.Errorf("%s: the model already has a scalar head; start from a language model", dir)
	}
	config := c.Config
	config.ScalarHead, config.Bias = true, true
	if m, err = empty(e, config); err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	for _, p := range m.params.All() {
		if p.Name == checkpoint.ScoreWeight {
			fill(p.Value, 1/math.Sqrt(float64(config.HiddenSize)+1), rand.New(source))
			continue
		}
		if err := read(p, c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// ShiftScalars adds a number to every scalar that the model computes. This is the bias of the head, for which
// a GPT2ForSequenceClassification file has no tensor. It goes into the bias of the norm before the head,
// along the head's weights, so that every program that loads the model gives the same numbers.
func (m *Model) ShiftScalars(by float64) error {
	if !m.config.ScalarHead || m.weights.NormBias == nil {
		return errors.New("the model has no scalar head, or no biases: there is nothing to shift")
	}
	var square float64
	for _, w := range m.weights.Head.Value {
		square += float64(w) * float64(w)
	}
	if square == 0 {
		return errors.New("the scalar head is all zeros and can't be shifted")
	}
	for i, w := range m.weights.Head.Value {
		m.weights.NormBias.Value[i] += float32(by * float64(w) / square)
	}
	return nil
}
