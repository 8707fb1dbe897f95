package local

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"assay/fixtures"
	"assay/harness"
	"assay/harness/leaf/place"
	"assay/harness/plan"
	"assay/models/linear"
)

// Linear is an open judge of 'assay train judge'.
type Linear struct {
	*linear.Model
	SHA256 string          // of its file
	Source *harness.Source // its file; nil for a judge that assay carries
}

// OpenLinear opens a trained judge, which must be for a task.
func OpenLinear(spec plan.Spec, task plan.JudgeTask) (m *Linear, err error) {
	if spec.Kind == plan.Own {
		m, err = carriedLinear(spec.Target)
	} else {
		m, err = linearFolder(spec.Target)
	}
	if err == nil && m.Kind != string(task) {
		return nil, fmt.Errorf("%s is a judge of kind %s, and this needs one of kind %s; name another", spec, m.Kind, task)
	}
	return m, err
}

func linearFolder(dir string) (*Linear, error) {
	path := filepath.Join(dir, linear.File)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(filepath.Join(dir, "model", linear.File)); err == nil {
			return nil, fmt.Errorf("%s is a training's folder; its judge is %s", dir, filepath.Join(dir, "model"))
		}
		return nil, fmt.Errorf("%s: no trained judge here; name the DIR/model of 'assay train judge'", dir)
	}
	source, err := harness.FileSource(path)
	if err != nil {
		return nil, err
	}
	m, err := linear.Open(dir)
	return &Linear{m, source.SHA256, &source}, err
}

// carriedLinear opens a judge that is built into assay.
func carriedLinear(name string) (m *Linear, err error) {
	content, ok := fixtures.Judge(name)
	if !ok {
		return nil, fmt.Errorf("assay:%s: no such judge; %s", name, place.Choose(name, fixtures.Judges()))
	}
	dir, err := os.MkdirTemp("", "assay-judge-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }() // the weights are in memory then
	if err := os.WriteFile(filepath.Join(dir, linear.File), content, 0o600); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(content)
	opened, err := linear.Open(dir)
	return &Linear{opened, hex.EncodeToString(sum[:]), nil}, err
}
