package network

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"assay/models/bpe"
	"assay/models/checkpoint"
	"assay/models/compute"
	"assay/models/gpt"
)

// Network is weights and their optimiser: what a training's state is made of.
type Network struct {
	Net       *gpt.Model
	Optimiser *compute.AdamW
}

// Update takes one step of the optimiser along the gradients, clipped, and zeroes
// them. It returns their global norm before clipping.
func (n *Network) Update(learningRate float64) (float64, error) {
	return n.Optimiser.Update(learningRate)
}

// Averaged calls f while the average of the weights is in their place.
func (n *Network) Averaged(f func()) {
	swap := func() {
		for _, t := range n.Optimiser.Average() {
			weights := n.Net.Params().Get(t.Name).Value
			for i, v := range t.Values {
				t.Values[i], weights[i] = weights[i], v
			}
		}
	}
	swap()
	defer swap()
	f()
}

// Save writes the network, or the average of its weights if the optimiser keeps one, and its
// tokenizer into a folder. The checkpoint is written last, because a folder without one is
// not a model.
func (n *Network) Save(dir string, t *bpe.Tokenizer) error {
	if err := t.Save(dir); err != nil {
		return err
	}
	var err error
	n.Averaged(func() { err = n.Net.Save(dir) })
	return err
}

// noteOptimiser is the optimiser's own count of steps among a state's notes.
const noteOptimiser = "optimiser_steps"

// SaveState writes weights and moments to a file, with notes: half of [training.Model].
func (n *Network) SaveState(path string, notes map[string]string) error {
	return SaveStates(path, notes, map[string]*Network{"": n})
}

// LoadState reads what [Network.SaveState] wrote, and returns its notes.
func (n *Network) LoadState(path string) (notes map[string]string, err error) {
	return LoadStates(path, map[string]*Network{"": n})
}

// SaveStates writes the weights and moments of several networks to a file, with notes. The
// keys of networks are the prefixes of their tensors' names.
func SaveStates(path string, notes map[string]string, networks map[string]*Network) error {
	all := maps.Clone(notes)
	var arrays []checkpoint.Array
	for _, prefix := range slices.Sorted(maps.Keys(networks)) {
		n := networks[prefix]
		add := func(name string, values []float32, shape []int) error {
			arrays = append(arrays, checkpoint.Floats(prefix+name, values, shape...))
			return checkpoint.CheckFinite(prefix+name, values, shape...)
		}
		for _, p := range n.Net.Params().All() {
			if err := add(p.Name, p.Value, p.Shape); err != nil {
				return fmt.Errorf("the training's state: %w", err)
			}
		}
		steps, tensors := n.Optimiser.State()
		for _, t := range tensors {
			if err := add(t.Name, t.Values, t.Shape); err != nil {
				return fmt.Errorf("the training's state: %w", err)
			}
		}
		all[prefix+noteOptimiser] = strconv.Itoa(steps)
	}
	return checkpoint.Write(path, all, arrays)
}

// LoadStates reads what [SaveStates] wrote, and returns its notes.
func LoadStates(path string, networks map[string]*Network) (notes map[string]string, err error) {
	f, err := checkpoint.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	notes = f.Metadata()
	for prefix, n := range networks {
		steps, err := strconv.Atoi(notes[prefix+noteOptimiser])
		if err != nil {
			return nil, fmt.Errorf("%q steps of the optimiser; remove the file and train again", notes[prefix+noteOptimiser])
		}
		for _, p := range n.Net.Params().All() {
			values, err := finiteTensor(f, prefix+p.Name, p.Shape)
			if err != nil {
				return nil, err
			}
			copy(p.Value, values)
		}
		err = n.Optimiser.Restore(steps, func(name string, shape []int) ([]float32, error) {
			return finiteTensor(f, prefix+name, shape)
		})
		if err != nil {
			return nil, err
		}
	}
	return notes, nil
}

// finiteTensor reads a tensor in which every number must be finite.
func finiteTensor(f *checkpoint.File, name string, shape []int) ([]float32, error) {
	values, err := f.Float32s(name, shape...)
	if err != nil {
		return nil, err
	}
	if err := checkpoint.CheckFinite(name, values, shape...); err != nil {
		return nil, fmt.Errorf("%s: %w", f.Path(), err)
	}
	return values, nil
}
