package wire

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"

	"assay/harness"
	"assay/harness/interop"
	"assay/harness/plan"
	"assay/harness/runstore"
	"assay/models/replay"
)

// replay opens recorded outputs: a run's folder, a file of completions, or a file of outputs
// in AlpacaEval's format. The second result is their fingerprint.
func (w *wiring) replay(spec plan.Spec, name string) (*replay.Model, string, error) {
	path := w.beside(spec.Target)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", fmt.Errorf("replay:%s: no such file or folder; check the path", path)
	}
	if err != nil {
		return nil, "", err
	}
	dir := filepath.Dir(path)
	if info.IsDir() {
		dir, path = path, filepath.Join(path, runstore.Completions().File())
	}
	src, err := harness.FileSource(path)
	if err != nil {
		return nil, "", fmt.Errorf("replay: %w", err)
	}
	w.job.Plan.Sources = append(w.job.Plan.Sources, src)
	recorded := cmp.Or(spec.Name, name)
	var m *replay.Model
	if filepath.Base(path) == runstore.Completions().File() {
		m, err = replay.New(recorded, values(runstore.Completions().Read(runstore.Dir(dir))))
	} else {
		var outputs map[string]string
		if outputs, err = interop.ReadOutputs(path, spec.Name); err == nil {
			m, err = replay.NewOutputs(recorded, outputs)
		}
	}
	if err != nil {
		return nil, "", err
	}
	return m, fmt.Sprintf("replay:%s#%s", src.SHA256, recorded), nil
}

// values yields the records that the pointers point to.
func values[T any](records iter.Seq2[*T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for r, err := range records {
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			if !yield(*r, nil) {
				return
			}
		}
	}
}
