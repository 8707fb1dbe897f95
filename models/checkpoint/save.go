package checkpoint

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
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
	if err := swap(model, configPath, config); err != nil {
		return inFile(configPath, plainIO(err))
	}
	return nil
}

// swap publishes the model between removing the old configuration and publishing the new one, unless they are
// equal.
func swap(model stagedFile, configPath string, text []byte) error {
	if old, err := readSmall(configPath, configLimit); err == nil && bytes.Equal(old, text) {
		return model.publish()
	}
	config, err := stage(configPath, writeText(text))
	if err != nil {
		return errors.Join(err, os.Remove(model.temp))
	}
	if err := os.Remove(configPath); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, os.Remove(model.temp), os.Remove(config.temp))
	}
	if err := syncFolder(filepath.Dir(configPath)); err != nil {
		return errors.Join(err, os.Remove(model.temp), os.Remove(config.temp))
	}
	if err := model.publish(); err != nil {
		return errors.Join(err, os.Remove(config.temp))
	}
	return config.publish()
}

// prepareFolder creates the folder and removes temporary files of interrupted saves.
func prepareFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !isTemp(e.Name()) {
			continue
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return syncFolder(filepath.Dir(filepath.Clean(dir)))
}

func isTemp(name string) bool {
	for _, base := range []string{modelName, configName} {
		if ok, _ := filepath.Match(tempPattern(base), name); ok { // the pattern is well-formed
			return true
		}
	}
	return false
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
			return nil, tensorError(s.Name, "it has %d values, but shape %s needs %d", len(values), shapeText(s.Shape), s.Elements())
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
