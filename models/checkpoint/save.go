package checkpoint

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"assay/harness/leaf/outfile"
	"assay/harness/leaf/plural"
)

// Save writes a checkpoint into a folder, which it creates if necessary: model.safetensors with type F32, and
// config.json. The tensors are those of [Names] by canonical name, but without biases if the model has none.
// Other files in the folder stay.
//
// If killed at any instant, it leaves the old checkpoint, the new one, or a folder that [Load] refuses
// because config.json is missing; never a mixture. If config.json doesn't change, the folder always has one
// of the two. A folder may have only one writer at a time.
func Save(dir string, c Config, tensors map[string][]float32) error {
	modelPath, configPath := filepath.Join(dir, modelName), filepath.Join(dir, configName)
	config, err := encodeConfig(c)
	if err != nil {
		return inFile(configPath, err)
	}
	arrays, err := collect(c, tensors)
	if err != nil {
		return inFile(modelPath, err)
	}
	metadata := map[string]string{"format": "pt"} // transformers requires the origin of the tensors
	if !c.Bias {
		metadata[remarkKey] = noBiases
	}
	if err := prepareFolder(dir); err != nil {
		return inFile(dir, plainIO(err))
	}
	model, err := stageArrays(modelPath, metadata, arrays)
	if err != nil {
		return err
	}
	defer model.Abort()
	return swap(model, modelPath, configPath, config)
}

// swap publishes the model between the removal of the old configuration and the publishing of the new one,
// unless they are equal.
func swap(model *outfile.File, modelPath, configPath string, text []byte) error {
	if old, err := readSmall(configPath, configLimit); err == nil && bytes.Equal(old, text) {
		return committed(model, modelPath)
	}
	config, err := stage(configPath, text)
	if err != nil {
		return err
	}
	defer config.Abort()
	err = os.Remove(configPath)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		err = outfile.SyncFolder(filepath.Dir(configPath))
	}
	if err != nil {
		return inFile(configPath, plainIO(err))
	}
	if err := committed(model, modelPath); err != nil {
		return err
	}
	return committed(config, configPath)
}

// prepareFolder creates the folder and removes what killed writers left in it.
func prepareFolder(dir string) error {
	if _, err := outfile.MkdirAll(dir); err != nil {
		return err
	}
	return outfile.Sweep(dir, modelName, configName)
}

// collect puts the tensors into the order of Names, with zeros for biases that the model doesn't have.
func collect(c Config, tensors map[string][]float32) ([]Array, error) {
	var arrays []Array
	wanted := map[string]bool{}
	for _, s := range Names(c) {
		values, ok := tensors[s.Name]
		switch {
		case s.Bias && !c.Bias:
			values = make([]float32, s.Elements())
		case !ok:
			return nil, tensorError(s.Name, "it is missing, but by its configuration the model has it")
		default:
			wanted[s.Name] = true
		}
		if len(values) != s.Elements() {
			return nil, tensorError(s.Name, "it has %s, but shape %s needs %d", plural.Of(len(values), "value"), shapeText(s.Shape), s.Elements())
		}
		if err := CheckFinite(s.Name, values, s.Shape...); err != nil {
			return nil, err
		}
		arrays = append(arrays, Floats(s.Name, values, s.Shape...))
	}
	for _, name := range slices.Sorted(maps.Keys(tensors)) {
		if !wanted[name] {
			return nil, tensorError(name, "by its configuration the model doesn't have it")
		}
	}
	return arrays, nil
}
