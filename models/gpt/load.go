package gpt

import (
	"errors"
	"fmt"

	"assay/models/checkpoint"
	"assay/models/compute"
)

// Load reads a model from a folder in Hugging Face's layout. It ignores the tokenizer's files.
func Load(e *compute.Engine, dir string) (m *Model, err error) {
	c, err := checkpoint.Load(dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	m, err = empty(e, c.Config)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	for _, p := range m.params.All() {
		if err := read(p, c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// read sets a parameter to the checkpoint's values.
func read(p *compute.Param, c *checkpoint.Checkpoint) error {
	values, err := c.Float32s(p.Name)
	copy(p.Value, values)
	return err
}

// Save writes the model into a folder in Hugging Face's layout. It writes everything or nothing.
func (m *Model) Save(dir string) error {
	tensors := map[string][]float32{}
	for _, p := range m.params.All() {
		tensors[p.Name] = p.Value
	}
	return checkpoint.Save(dir, m.config, tensors)
}
