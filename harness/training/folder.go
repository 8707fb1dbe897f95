package training

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"assay/harness/runstore"
	"assay/harness/session"
	"assay/models/compute/kernels"
)

// Names of token files in a training's folder.
const (
	TrainTokens      = "train.tokens"
	ValidationTokens = "validation.tokens"
	TextTokens       = "text.tokens" // pretraining text that another training mixes in
)

// Folder is a training's folder, which this process holds, and the CPU it trains on.
type Folder struct {
	Dir runstore.Dir
	CPU *kernels.CPU

	files []io.Closer
}

// Name is the folder's own name, by which its model is known.
func (f *Folder) Name() string { return filepath.Base(filepath.Clean(string(f.Dir))) }

// Close keeps a file open until the folder is released.
func (f *Folder) Close(file io.Closer) { f.files = append(f.files, file) }

// Within calls work while this process alone may write to a folder, which it makes if
// needed. If work fails before the training's first step, a folder that was made is removed.
// The environment variable ASSAY_CPU chooses the CPU path.
func Within(out string, work func(*Folder) error) error {
	path, err := kernels.Choose(os.Getenv("ASSAY_CPU"))
	if err != nil {
		return err
	}
	cpu := kernels.New(path, 0)
	defer cpu.Close()
	return sessionIn(out).Work(func(dir runstore.Dir) (err error) {
		f := &Folder{Dir: dir, CPU: cpu}
		defer func() {
			for _, file := range f.files {
				err = errors.Join(err, file.Close())
			}
		}()
		return work(f)
	})
}

// WithinTemporary calls work within a temporary folder, for a training of which nothing is
// kept. It checks the folder out as [Within] does.
func WithinTemporary(out string, work func(*Folder) error) error {
	if err := sessionIn(out).Check(); out != "" && err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "assay-dry-run-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	return Within(dir, work)
}

// sessionIn is the session of a training in a folder. Token files are worth nothing without
// steps.
func sessionIn(out string) session.Folder {
	return session.Folder{Path: out, Scratch: []string{TrainTokens, ValidationTokens, TextTokens}, Holds: Holds}
}
