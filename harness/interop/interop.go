package interop

import (
	"context"
	"errors"
	"fmt"
	"io"

	"assay/harness"
	"assay/harness/leaf/place"
	"assay/metrics"
	"assay/models"
	"assay/suites"
	"assay/suites/labels"
)

// Sink takes what an importer reads, in file order. It keeps the first of two
// equal examples. A second completion or judgement with the same key is an error
// that wraps [ErrDuplicate] if both are equal, else [ErrConflict].
type Sink interface {
	Example(suites.Example) error
	Completion(models.Completion) error
	Judgement(metrics.Judgement) error
	// Label takes a row of labels, which the run keeps as it was given. A second row of one labeler,
	// output, baseline and kind of item is an error, as above.
	Label(*labels.Row) error
	// Define defines a suite of an importer that brings its own: see [Importer.Own]. It may
	// come after the suite's records.
	Define(suites.Definition) error
	// Source records a file that has been read to its end.
	Source(harness.Source)
	// Setting records how the other harness made its requests, as far as its files say.
	Setting(harness.Setting)
	// Notice reports something to the user that is not an error.
	Notice(format string, args ...any)
	// At says where the records that follow were read.
	At(path string, line int)
	// Progress gets the bytes read.
	Progress() io.Writer
}

var (
	// ErrDuplicate: the same record came before.
	ErrDuplicate = errors.New("duplicate")
	// ErrConflict: another record came before under the same key.
	ErrConflict = errors.New("conflict")
)

// Repeated is [ErrDuplicate] or [ErrConflict], with the place of the first record.
type Repeated struct {
	Err   error
	First place.Seen
}

func (r *Repeated) Error() string { return r.Err.Error() }

// Unwrap returns the cause.
func (r *Repeated) Unwrap() error { return r.Err }

// before says behind "came before" where the first record is: ", in line 3"; "" if that is unknown.
func before(err error, path string) string {
	if r, ok := errors.AsType[*Repeated](err); ok && r.First.Line > 0 {
		return ", in " + r.First.From(path)
	}
	return ""
}

// Options are a user's options for an import.
type Options struct {
	// Judge names who gave the recorded judgements, if it differs from the format's
	// usual judge.
	Judge string
	// Baseline is the model that the user wants to compare with; "" if they named none.
	Baseline string
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
	case im.Name == Labels().Name && !o.Table.empty():
		return errors.New("--column, --range, --direction and --kind are not for labels, which have names and ranges of their own; remove them")
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
	return []Importer{InstructGPTSamples(), AlpacaEval(), Scores(), Labels(), LMEval(), Inspect(), Promptfoo(), MTBench(), LLMBar(), EveryEvalEver(), HELM(), LightEval(), OpenCompass()}
}

// Find looks up an importer by name.
func Find(name string) (Importer, error) {
	var names []string
	for _, im := range Importers() {
		if im.Name == name {
			return im, nil
		}
		names = append(names, im.Name)
	}
	return Importer{}, fmt.Errorf("unknown import format %q; %s", name, place.Choose(name, names))
}
