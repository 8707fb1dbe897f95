package local

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"assay/fixtures"
	"assay/harness"
	"assay/harness/leaf/place"
	"assay/harness/plan"
	"assay/models/head"
	"assay/models/learned"
	"assay/models/linear"
)

// Trained is an open judge of 'assay train judge'.
type Trained struct {
	Kind        string           // what it judges
	Known       string           // what it says about itself
	Contexts    bool             // whether it learned to compare a text with a context
	Fingerprint string           // what its answers depend on
	Sources     []harness.Source // its files; none for a judge that assay carries
	Learned     *learned.Texts   // what it learned; nil if its folder doesn't say
	Concurrency int              // texts at a time
	Probability func(context.Context, linear.Text) (float64, error)
}

// OpenTrained opens a trained judge, which must be for a task. checkpoint opens the checkpoint in a
// folder, for a judge that is one.
func OpenTrained(spec plan.Spec, task plan.JudgeTask, checkpoint func(dir string) (*Model, error)) (t *Trained, err error) {
	dir := spec.Target
	switch {
	case spec.Kind == plan.Own:
		t, err = carriedTrained(dir)
	case has(dir, linear.File):
		t, err = linearTrained(dir)
	case head.Is(dir):
		t, err = headTrained(dir, checkpoint)
	case has(filepath.Join(dir, "model"), linear.File), head.Is(filepath.Join(dir, "model")):
		err = fmt.Errorf("%s is a training's folder; its judge is %s", dir, filepath.Join(dir, "model"))
	case has(dir, learned.File):
		err = fmt.Errorf("%s: the training of this judge has not ended: %s is missing; run 'assay train judge' again with the same configuration and -o", dir, head.File)
	default:
		err = fmt.Errorf("%s: no trained judge here; name the DIR/model of 'assay train judge'", dir)
	}
	if err == nil && t.Kind != string(task) {
		return nil, fmt.Errorf("%s is a judge of kind %s, and this needs one of kind %s; name another", spec, t.Kind, task)
	}
	return t, err
}

func has(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name))
	return !errors.Is(err, fs.ErrNotExist)
}

// ofLinear is a judge that is a linear model; sum is the SHA-256 of its file.
func ofLinear(m *linear.Model, sum string) *Trained {
	return &Trained{
		Kind: m.Kind, Known: m.Known, Contexts: m.Contexts, Fingerprint: "linear " + sum, Concurrency: runtime.GOMAXPROCS(0),
		Probability: func(_ context.Context, t linear.Text) (float64, error) { return m.Probability(t), nil },
	}
}

func linearTrained(dir string) (*Trained, error) {
	source, err := harness.FileSource(filepath.Join(dir, linear.File))
	if err != nil {
		return nil, err
	}
	m, err := linear.Open(dir)
	if err != nil {
		return nil, err
	}
	t := ofLinear(m, source.SHA256)
	t.Sources = []harness.Source{source}
	t.Learned, err = learned.Open(dir)
	return t, err
}

func headTrained(dir string, checkpoint func(dir string) (*Model, error)) (*Trained, error) {
	source, err := harness.FileSource(filepath.Join(dir, head.File))
	if err != nil {
		return nil, err
	}
	s, err := head.Read(dir)
	if err != nil {
		return nil, err
	}
	net, err := checkpoint(dir)
	if err != nil {
		return nil, err
	}
	m, err := head.New(dir, s, net.Model)
	if err != nil {
		return nil, err
	}
	t := &Trained{
		Kind: s.Kind, Known: s.Known, Contexts: s.Contexts, Concurrency: Concurrency,
		Fingerprint: "head " + source.SHA256 + " " + net.Fingerprint, Sources: []harness.Source{source}, Probability: m.Probability,
	}
	t.Learned, err = learned.Open(dir)
	return t, err
}

// carriedTrained opens a judge that is built into assay.
func carriedTrained(name string) (t *Trained, err error) {
	files, ok := fixtures.Judge(name)
	if !ok {
		return nil, fmt.Errorf("assay:%s: no such judge; %s", name, place.Choose(name, fixtures.Judges()))
	}
	err = withinTemporary(func(dir string) error {
		for file, content := range files {
			if err := os.WriteFile(filepath.Join(dir, file), content, 0o600); err != nil {
				return err
			}
		}
		m, err := linear.Open(dir)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(files[linear.File])
		t = ofLinear(m, hex.EncodeToString(sum[:]))
		t.Learned, err = learned.Open(dir)
		return err
	})
	return t, err
}
