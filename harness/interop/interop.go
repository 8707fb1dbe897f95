package interop

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"assay/harness"
	"assay/harness/leaf/rows"
	"assay/metrics"
	"assay/models"
	"assay/suites"
)

// Sink takes what an importer reads, in file order. It keeps the first of two
// equal examples. A second completion or judgement with the same key is an error
// that wraps [ErrDuplicate] if both are equal, else [ErrConflict].
type Sink interface {
	Example(suites.Example) error
	Completion(models.Completion) error
	Judgement(metrics.Judgement) error
	// Define defines a suite of an importer that brings its own: see [Importer.Own]. It may
	// come after the suite's records.
	Define(suites.Definition) error
	// Source records a file that has been read to its end.
	Source(harness.Source)
	// Setting records how the other harness made its requests, as far as its files say.
	Setting(harness.Setting)
	// Notice reports something to the user that is not an error.
	Notice(format string, args ...any)
	// Progress gets the bytes read.
	Progress() io.Writer
}

var (
	// ErrDuplicate: the same record came before.
	ErrDuplicate = errors.New("duplicate")
	// ErrConflict: another record came before under the same key.
	ErrConflict = errors.New("conflict")
)

// Options are a user's options for an import.
type Options struct {
	// Judge names who gave the recorded judgements, if it differs from the format's
	// usual judge.
	Judge string
	// KeepGoing skips bad rows and files, and reports them with [Sink.Notice]. It is an
	// error if nothing good is left.
	KeepGoing bool
	// Table describes a table, for importers that bring their own suites.
	Table Table
}

// Check refuses options that an importer doesn't take.
func (o *Options) Check(im Importer) error {
	switch {
	case !im.Own && !o.Table.empty():
		return fmt.Errorf("--column, --range, --direction and --kind are not for %s, whose metrics are those of assay; remove them", im.Name)
	case im.Name != Scores().Name && o.Table.Columns != nil:
		return fmt.Errorf("--column is for tables (scores); remove it, because %s has names of its own", im.Name)
	}
	return nil
}

// Importer reads one format.
type Importer struct {
	Name     string
	Short    string // one line of help
	Baseline string // the usual model to compare with, "" if the format has none
	// Own says that the suites and metrics are those of the files: the importer defines each of
	// them, and a suite of the catalog that has the same name is another one.
	Own bool
	// Deep says which files below a folder are read, at any depth, by their names. Nil: the files
	// in the folder itself.
	Deep   func(name string) bool
	Import func(ctx context.Context, paths []string, opt Options, out Sink) error
}

// Importers lists all formats.
func Importers() []Importer {
	return []Importer{InstructGPTSamples(), AlpacaEval(), Scores(), LMEval(), Inspect(), Promptfoo(), MTBench(), EveryEvalEver(), HELM(), LightEval(), OpenCompass()}
}

// Find looks up an importer by name.
func Find(name string) (Importer, bool) {
	for _, im := range Importers() {
		if im.Name == name {
			return im, true
		}
	}
	return Importer{}, false
}

// file is an open source. It hashes and counts what is read through it.
type file struct {
	io.Reader
	f    *os.File
	path string
	sum  hash.Hash
	n    int64
}

func open(path string, progress io.Writer) (*file, error) {
	f, err := rows.OpenFile(path)
	if err != nil {
		return nil, err
	}
	file := &file{f: f, path: path, sum: sha256.New()}
	file.Reader = io.TeeReader(f, io.MultiWriter(file, progress))
	return file, nil
}

// Write counts and hashes; it serves the TeeReader.
func (f *file) Write(p []byte) (int, error) {
	f.n += int64(len(p))
	return f.sum.Write(p)
}

func (f *file) Close() error { return f.f.Close() }

// source describes the file after it was read to the end.
func (f *file) source() harness.Source {
	return harness.Source{Name: filepath.Base(f.path), Bytes: f.n, SHA256: hex.EncodeToString(f.sum.Sum(nil))}
}

// Expand replaces each folder with the files in it, in order of name.
func Expand(paths []string) ([]string, error) {
	return inFolders(paths, func(folder string) (files []string, err error) {
		entries, err := os.ReadDir(folder)
		for _, e := range entries {
			if !e.IsDir() {
				files = append(files, filepath.Join(folder, e.Name()))
			}
		}
		return files, err
	})
}

// Walk replaces each folder with the files below it, at any depth and in order of name, whose
// names are wanted. Other paths stay as they are.
func Walk(paths []string, wanted func(name string) bool) ([]string, error) {
	return inFolders(paths, func(folder string) (files []string, err error) {
		err = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && wanted(d.Name()) {
				files = append(files, path)
			}
			return err
		})
		return files, err
	})
}

// inFolders replaces each folder with the files that list gives for it.
func inFolders(paths []string, list func(folder string) ([]string, error)) ([]string, error) {
	var files []string
	for _, p := range paths {
		info, err := os.Stat(p)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s: no such file or folder; check the path", p)
		}
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			files = append(files, p)
			continue
		}
		inside, err := list(p)
		if err != nil {
			return nil, err
		}
		files = append(files, inside...)
	}
	return files, nil
}

// Size is the number of bytes that an importer reads from paths. A path that doesn't exist is
// refused.
func Size(im Importer, paths []string) (int64, error) {
	expand := Expand
	if im.Deep != nil {
		expand = func(paths []string) ([]string, error) { return Walk(paths, im.Deep) }
	}
	files, err := expand(paths)
	if err != nil {
		return 0, err
	}
	var size int64
	for _, p := range files {
		if info, err := os.Stat(p); err == nil { // the importer reports a file that can't be read
			size += info.Size()
		}
	}
	return size, nil
}
