package linear

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"

	"github.com/go-json-experiment/json"

	"assay/harness/leaf/outfile"
	"assay/harness/leaf/place"
	"assay/models/checkpoint"
)

// File is the name of a model's file in its folder: safetensors, with the settings in its metadata.
const File = "linear.safetensors"

// Names in the file.
const (
	weightsName  = "weights"
	settingsName = "assay.linear"
)

// Save writes the model into a folder, complete or not at all.
func (m *Model) Save(dir string) error {
	if _, err := outfile.MkdirAll(dir); err != nil {
		return err
	}
	settings, err := json.Marshal(&m.Settings, json.Deterministic(true))
	if err != nil {
		return err
	}
	return checkpoint.Write(filepath.Join(dir, File), map[string]string{settingsName: string(settings)},
		[]checkpoint.Array{checkpoint.Floats(weightsName, m.weights, len(m.weights))})
}

// Open reads the model in a folder. Files are not trusted: an error names the file, what is wrong
// and what to do.
func Open(dir string) (*Model, error) {
	path := filepath.Join(dir, File)
	f, err := checkpoint.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	m, err := read(f)
	if err != nil {
		return nil, place.Errorf(path, 0, "%w; name the model folder of 'assay train judge'", err)
	}
	return m, nil
}

func read(f *checkpoint.File) (*Model, error) {
	text, ok := f.Metadata()[settingsName]
	if !ok {
		return nil, errors.New("not a linear model: its metadata has no " + settingsName)
	}
	var s Settings
	if err := json.Unmarshal([]byte(text), &s, json.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("the settings are damaged: %w", err)
	}
	if err := s.Features.Check(); err != nil {
		return nil, err
	}
	if names := f.Names(); !slices.Equal(names, []string{weightsName}) {
		return nil, fmt.Errorf("the tensors are %q; a linear model has one, %s", names, weightsName)
	}
	if t, err := f.Tensor(weightsName); err != nil || t.DType != checkpoint.F32 {
		return nil, errors.New("the weights are not F32")
	}
	weights, err := f.Float32s(weightsName, s.Features.Size())
	if err == nil {
		err = checkpoint.CheckFinite(weightsName, weights, s.Features.Size())
	}
	if err != nil {
		return nil, err
	}
	return New(s, slices.Clone(weights))
}

func (s *Settings) check(weights int) error {
	if err := s.Features.Check(); err != nil {
		return err
	}
	switch {
	case s.Kind == "":
		return errors.New("the model doesn't say what it judges")
	case weights != s.Features.Size():
		return fmt.Errorf("%d weights; the features need %d", weights, s.Features.Size())
	case !finite(s.Scale) || !finite(s.Shift):
		return errors.New("the calibration is not finite")
	}
	return nil
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
