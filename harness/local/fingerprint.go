package local

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"

	"assay/harness"
	"assay/models/bpe"
	"assay/models/sample"
)

// readKey identifies a model and how it reads prompts.
func readKey(name string, o sample.Options) string {
	if o.Literal {
		return name + " split_special_tokens"
	}
	return name
}

// Files describes the files that a checkpoint's answers depend on, in order of name.
func Files(dir string) ([]harness.Source, error) {
	names := append(bpe.Files(), "config.json")
	weights, err := filepath.Glob(filepath.Join(escapeGlob(dir), "*.safetensors*"))
	if err != nil {
		return nil, err
	}
	for _, path := range weights {
		names = append(names, filepath.Base(path))
	}
	slices.Sort(names)
	var files []harness.Source
	for _, name := range names {
		src, err := harness.FileSource(filepath.Join(dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		files = append(files, src)
	}
	return files, nil
}

// escapeGlob makes a pattern match a folder's name literally.
func escapeGlob(dir string) string {
	var out []rune
	for _, r := range dir {
		if r == '*' || r == '?' || r == '[' || r == '\\' && filepath.Separator == '/' {
			out = append(out, '\\')
		}
		out = append(out, r)
	}
	return string(out)
}
