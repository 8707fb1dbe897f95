package gpt

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"assay/harness/leaf/plural"
	"assay/models/compute"
)

// Model is a GPT with its weights. It is not safe for concurrent use, nor are models
// that share an engine.
type Model struct {
	config  Config
	engine  *compute.Engine
	params  *compute.Params
	weights Weights
	graphs  map[purpose]*graph
}

// New makes a model with fresh weights, drawn from source in the order of checkpoint.Names, row by row:
// linear maps and embeddings are normal with the configuration's InitializerRange as standard deviation,
// divided by sqrt(2*NumHiddenLayers) in the two maps of each layer that write to the residual stream (Radford et al.
// 2019, section 2.3); gains are 1 and biases 0.
func New(e *compute.Engine, c Config, source rand.Source) (*Model, error) {
	m, err := empty(e, c)
	if err != nil {
		return nil, err
	}
	random := rand.New(source)
	residual := c.InitializerRange / math.Sqrt(2*float64(c.NumHiddenLayers))
	for _, p := range m.params.All() {
		switch {
		case strings.HasSuffix(p.Name, "c_proj.weight"):
			fill(p.Value, residual, random)
		case len(p.Shape) > 1:
			fill(p.Value, c.InitializerRange, random)
		case strings.HasSuffix(p.Name, ".weight"):
			for i := range p.Value {
				p.Value[i] = 1
			}
		}
	}
	return m, nil
}

func fill(values []float32, deviation float64, random *rand.Rand) {
	for i := range values {
		values[i] = float32(deviation * random.NormFloat64())
	}
}

// empty is a model with zero weights.
func empty(e *compute.Engine, c Config) (*Model, error) {
	if err := supported(c); err != nil {
		return nil, err
	}
	m := &Model{config: c, engine: e, graphs: map[purpose]*graph{}, params: compute.NewParams(parameters(c))}
	m.weights = weights(c, m.params)
	return m, nil
}

// Config returns the architecture.
func (m *Model) Config() Config { return m.config }

// Params returns the parameters, named as in the checkpoint.
func (m *Model) Params() *compute.Params { return m.params }

// Weights returns the same parameters by their place in the network, for decoding with the kernels.
func (m *Model) Weights() Weights { return m.weights }

// Batch is a rectangle of tokens with the target of each.
type Batch struct {
	Tokens []int32 // [Rows, Time]
	// Targets, [Rows, Time], don't count if negative. A model with a scalar head needs none; if it has any,
	// it computes outputs only for the tokens whose target counts.
	Targets []int32
	Rows    int
	Time    int
}

// check returns an error that names what is wrong with a batch for this model.
func (m *Model) check(b Batch, targets bool) error {
	n := b.Rows * b.Time
	switch {
	case b.Rows < 1 || b.Time < 1 || len(b.Tokens) != n || (targets || b.Targets != nil) && len(b.Targets) != n:
		return fmt.Errorf("a batch of %s of %s has %s and %s", plural.Of(b.Rows, "sequence"), plural.Of(b.Time, "token"), plural.Of(len(b.Tokens), "token"), plural.Of(len(b.Targets), "target"))
	case b.Time > m.config.MaxPositionEmbeddings:
		return fmt.Errorf("sequences of %s; the model's context length is %d", plural.Of(b.Time, "token"), m.config.MaxPositionEmbeddings)
	}
	for i, t := range b.Tokens {
		if t < 0 || int(t) >= m.config.VocabSize {
			return fmt.Errorf("token %d of the batch is %d; the vocabulary has %d", i, t, m.config.VocabSize)
		}
	}
	if !targets {
		return nil
	}
	for i, t := range b.Targets {
		if int(t) >= m.config.VocabSize {
			return fmt.Errorf("target %d of the batch is %d; the vocabulary has %d", i, t, m.config.VocabSize)
		}
	}
	return nil
}
