package training

import (
	"errors"
	"fmt"
	"strconv"

	"assay/models/bpe"
	"assay/models/checkpoint"
	"assay/models/compute"
	"assay/models/gpt"
	"assay/models/train"
)

// LM is a language model with its optimiser and its tokenizer: a [Model]. Where
// the optimiser keeps an average of the weights, that is what is evaluated and
// saved.
type LM struct {
	Net       *gpt.Model
	Optimiser *compute.AdamW
	Tokenizer *bpe.Tokenizer
}

// Accumulate implements [train.Learner].
func (m *LM) Accumulate(b *train.Batch, scale float64, key uint64) (float64, error) {
	return m.Net.Accumulate(gpt.Batch(*b), scale, key)
}

// Update implements [train.Learner].
func (m *LM) Update(learningRate float64) (float64, error) { return m.Optimiser.Update(learningRate) }

// Evaluate implements [train.Learner].
func (m *LM) Evaluate(b *train.Batch) (loss float64, err error) {
	m.averaged(func() { loss, err = m.Net.Evaluate(gpt.Batch(*b)) })
	return loss, err
}

// Save implements [Model]: the checkpoint last, for without it the folder is none.
func (m *LM) Save(dir string) error {
	if err := m.Tokenizer.Save(dir); err != nil {
		return err
	}
	var err error
	m.averaged(func() { err = m.Net.Save(dir) })
	return err
}

// averaged calls f while the average of the weights is in their place.
func (m *LM) averaged(f func()) {
	swap := func() {
		for _, t := range m.Optimiser.Average() {
			weights := m.Net.Params().Get(t.Name).Value
			for i, v := range t.Values {
				t.Values[i], weights[i] = weights[i], v
			}
		}
	}
	swap()
	defer swap()
	f()
}

// noteOptimiser is the optimiser's own count of steps among a state's notes.
const noteOptimiser = "optimiser_steps"

// SaveState implements [Model].
func (m *LM) SaveState(path string, notes map[string]string) error {
	steps, tensors := m.Optimiser.State()
	var arrays []checkpoint.Array
	for _, p := range m.Net.Params().All() {
		arrays = append(arrays, checkpoint.Floats(p.Name, p.Value, p.Shape...))
	}
	for _, t := range tensors {
		arrays = append(arrays, checkpoint.Floats(t.Name, t.Values, t.Shape...))
	}
	all := map[string]string{noteOptimiser: strconv.Itoa(steps)}
	for k, v := range notes {
		all[k] = v
	}
	return checkpoint.Write(path, all, arrays)
}

// LoadState implements [Model].
func (m *LM) LoadState(path string) (notes map[string]string, err error) {
	f, err := checkpoint.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	notes = f.Metadata()
	steps, err := strconv.Atoi(notes[noteOptimiser])
	if err != nil {
		return nil, fmt.Errorf("%q steps of the optimiser; remove the file and train again", notes[noteOptimiser])
	}
	for _, p := range m.Net.Params().All() {
		values, err := f.Float32s(p.Name, p.Shape...)
		if err != nil {
			return nil, err
		}
		copy(p.Value, values)
	}
	return notes, m.Optimiser.Restore(steps, func(name string, shape []int) ([]float32, error) {
		return f.Float32s(name, shape...)
	})
}
