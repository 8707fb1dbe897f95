package pipeline

import (
	"cmp"

	"assay/harness/plan"
	"assay/metrics/infer"
	"assay/suites"
)

// CompareInput says what [CompareSides] compares.
type CompareInput struct {
	Catalog []suites.Suite
	// Baseline and Model are the two sides, RUN[:MODEL] as in [OpenSide].
	Baseline, Model string
	With            []string // further runs: see [OpenSides]
	Joining         Joining
	Gates           string // a file of gates; "" for none
	By              string // the field that results are broken down by; "" for none
	Only            Selection
	Flips           int // the most examples that are listed in each direction; 0 for no list
	Adjustment      infer.Adjustment
	Options         Options
	Control         LengthControl
}

// CompareSides opens the runs of two sides, collects what both were judged on, and compares
// them.
func CompareSides(in CompareInput) (*Outcome, error) {
	in.Only = in.Only.withControlled(in.Control)
	q := Question{Adjustment: in.Adjustment, Options: in.Options, Only: in.Only.Has}
	judged, err := in.collect(&q)
	if err != nil {
		return nil, err
	}
	outcome := judged.Answer(q)
	if err := in.Options.Stopped(); err != nil {
		return nil, err
	}
	if in.Flips > 0 {
		if outcome.Flips, err = judged.Flips(q.Baseline, q.Model, in.Only.Flips(in.Flips)); err != nil {
			return nil, err
		}
	}
	return outcome, nil
}

// collect collects what both sides were judged on, and completes the question with their names
// and the gates on their suites.
func (in *CompareInput) collect(q *Question) (*Judged, error) {
	first, err := OpenSide(in.Baseline)
	if err != nil {
		return nil, err
	}
	second, err := OpenSide(in.Model)
	if err != nil {
		return nil, err
	}
	var with []Source
	for _, path := range in.With {
		src, err := OpenRun(path)
		if err != nil {
			return nil, err
		}
		if err := src.RefuseTraining(); err != nil {
			return nil, err
		}
		with = append(with, src)
	}
	var runs Runs
	if runs, q.Baseline, q.Model, err = OpenSides(first, second, in.Catalog, in.Joining, with...); err != nil {
		return nil, err
	}
	if runs, err = runs.ControlLength(in.Control); err != nil {
		return nil, err
	}
	if in.Gates != "" {
		if q.Gates, err = plan.ReadGates(in.Gates, runs.Suites); err != nil {
			return nil, err
		}
	}
	if in.By != "" {
		if runs, err = runs.DivideBy(in.By); err != nil {
			return nil, err
		}
	}
	judged, err := runs.Collect()
	if err != nil {
		return nil, err
	}
	return judged, cmp.Or(in.Only.Check(judged.Cells()), judged.CheckGates(q.Gates))
}
