package runstore

import (
	"errors"
	"io/fs"

	"assay/harness"
	"assay/metrics"
	"assay/models"
	"assay/suites"
	"assay/suites/labels"
)

// Kind is a kind of record: its stream's name, its schema version and the check
// that each record must pass when it is written and read.
type Kind[T any] struct {
	Name    string
	Version int
	Check   func(*T) error // nil accepts everything
	// quick reads a line of the usual form, and may share strings with the record before it; it
	// reports false for a line that only the general decoder reads. Nil reads none.
	quick func(line []byte, record, last *T) bool
}

// The kinds of a run, by the stage that writes them.
func Examples() Kind[suites.Example] {
	return Kind[suites.Example]{Name: "examples", Version: 1, Check: (*suites.Example).Validate}
}

func Completions() Kind[models.Completion] {
	return Kind[models.Completion]{Name: "completions", Version: 1, Check: (*models.Completion).Validate}
}

// Verdicts are the answers of judges that are models.
func Verdicts() Kind[models.Completion] {
	return Kind[models.Completion]{Name: "verdicts", Version: 1, Check: (*models.Completion).Validate}
}

// Earlier are verdicts of judges that an earlier form of the run's plan named. A
// run has them only if its judges changed.
func Earlier() Kind[models.Completion] {
	return Kind[models.Completion]{Name: "earlier", Version: 1, Check: (*models.Completion).Validate}
}

// Answers are completions and verdicts in order of arrival: the journal of an
// unfinished run.
func Answers() Kind[models.Completion] {
	return Kind[models.Completion]{Name: "answers", Version: 1, Check: (*models.Completion).Validate}
}

func Judgements() Kind[metrics.Judgement] {
	return Kind[metrics.Judgement]{Name: "judgements", Version: 1, Check: (*metrics.Judgement).Validate, quick: quickJudgement}
}

// Repeats are judgements of answers that judges were asked about again. Only the audit of the judges
// reads them. A run has them only if its plan repeats requests of a judge.
func Repeats() Kind[metrics.Repeat] {
	return Kind[metrics.Repeat]{Name: "repeats", Version: 1, Check: (*metrics.Repeat).Validate}
}

// Known are judgements of pairs whose better answer is known. Only the audit of the judges reads them.
// A run has them only if its plan names such pairs for a judge.
func Known() Kind[metrics.Judgement] {
	return Kind[metrics.Judgement]{Name: "known", Version: 1, Check: (*metrics.Judgement).Validate}
}

// Labels are what people said, as it was given. Judgements of them are among the run's others. Only
// runs of labels have them.
func Labels() Kind[labels.Row] {
	return Kind[labels.Row]{Name: "labels", Version: 1, Check: (*labels.Row).Validate}
}

func Estimates() Kind[metrics.Estimate] {
	return Kind[metrics.Estimate]{Name: "estimates", Version: 1, Check: checkEstimate}
}

// TrainSteps are a training's steps, and its journal while it runs.
func TrainSteps() Kind[models.TrainStep] {
	return Kind[models.TrainStep]{Name: "train", Version: 1, Check: (*models.TrainStep).Validate}
}

// Changes are adaptations that servers required. A run has them only if a server
// did.
func Changes() Kind[harness.Change] {
	return Kind[harness.Change]{Name: "changes", Version: 1, Check: (*harness.Change).Validate}
}

func Timings() Kind[harness.Timing] {
	return Kind[harness.Timing]{Name: "timings", Version: 1, Check: nil}
}

// File is the stream's name in a store.
func (k Kind[T]) File() string { return k.Name + ".jsonl" }

// Exists reports whether the store has the stream.
func (k Kind[T]) Exists(s Store) (bool, error) {
	r, err := s.Open(k.File())
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, r.Close()
}

type header struct {
	Kind    string `json:"assay"`
	Version int    `json:"version"`
}
