package wire

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strings"

	"assay/harness/engine"
	"assay/harness/local"
	"assay/harness/plan"
	"assay/models/sample"
)

// local opens a model on this machine.
func (w *wiring) local(p *plan.Model, m *engine.Model) (*local.Model, error) {
	opened, err := w.checkpoint(p.Spec, sample.Options{Literal: p.SplitSpecial})
	if err != nil {
		return nil, err
	}
	if opened.Config().ScalarHead {
		return nil, fmt.Errorf("%s is a reward model: it scores texts and generates none", p.Spec.Target)
	}
	if m.Info.Parameters == 0 {
		m.Info.Parameters, m.Info.Size = float64(opened.Config().Parameters()), local.SizeName(opened.Config().Parameters())
	}
	m.Info.Fingerprint = opened.Fingerprint
	m.Sampling = allTokens(m.Sampling)
	m.Concurrency = cmp.Or(p.Concurrency, local.Concurrency)
	if p.BestOf == 0 {
		w.locals = append(w.locals, named{p.Name, opened})
	}
	return opened, nil
}

// rewardModel opens a reward model on this machine.
func (w *wiring) rewardModel(spec plan.Spec) (*local.Model, error) {
	m, err := w.checkpoint(spec, sample.Options{})
	if err == nil && !m.Config().ScalarHead {
		return nil, fmt.Errorf("%s is not a reward model; 'assay train reward' makes one", spec.Target)
	}
	return m, err
}

// checkpoint opens a folder beside the plan, or a checkpoint that is built into assay, and
// adds its files to the job's sources.
func (w *wiring) checkpoint(spec plan.Spec, o sample.Options) (m *local.Model, err error) {
	if w.checkpoints == nil {
		if w.checkpoints, err = local.New(w.Note); err != nil {
			return nil, err
		}
		w.job.closers = append(w.job.closers, w.checkpoints.Close)
	}
	dir := w.beside(spec.Target)
	if spec.Kind == plan.World {
		m, err = w.checkpoints.Carried(spec.Target, o)
	} else {
		m, err = w.checkpoints.Folder(dir, o)
	}
	if err != nil {
		return nil, err
	}
	for _, src := range m.Sources {
		if strings.Contains(src.Name, ".safetensors") { // every checkpoint has files of these names
			src.Name = local.Name(dir) + "/" + src.Name
		}
		w.addSource(src)
	}
	return m, nil
}

// beside resolves a path in the plan relative to the plan's folder.
func (w *wiring) beside(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(w.plan.Path), path)
}
