package pipeline

import (
	"slices"

	"assay/harness/runstore"
	"assay/metrics"
	"assay/reports"
	"assay/suites"
)

// EstimateInput says what [EstimateRuns] estimates.
type EstimateInput struct {
	Catalog []suites.Suite
	Paths   []string // of runs, which are read together
	By      string   // the field that results are broken down by; "" for none
	Control LengthControl
	Only    Selection
	Options Options
}

// Estimated are the estimates of runs.
type Estimated struct {
	Subject  reports.Subject
	Selected []metrics.Estimate
	Empty    bool // nothing was judged
	all      []metrics.Estimate
	store    runstore.Store // of the run that keeps them; nil for none
}

// EstimateRuns opens runs, and estimates what was judged in them.
func EstimateRuns(in EstimateInput) (*Estimated, error) {
	sources, err := OpenRuns(in.Paths, nil)
	if err != nil {
		return nil, err
	}
	for i := range sources {
		if err := sources[i].RefuseTraining(); err != nil {
			return nil, err
		}
	}
	runs, err := OpenJoined(sources, in.Catalog, &Joining{})
	if err != nil {
		return nil, err
	}
	if runs, err = runs.ControlLength(in.Control); err != nil {
		return nil, err
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
	if len(judged.Cells()) == 0 {
		return &Estimated{Empty: true}, nil
	}
	in.Only = in.Only.withControlled(in.Control)
	if err := in.Only.Check(judged.Cells()); err != nil {
		return nil, err
	}
	e := &Estimated{all: Estimate(judged, in.Options), Subject: judged.Subject(runs.Sources, "")}
	if err := in.Options.Stopped(); err != nil {
		return nil, err
	}
	if in.By == "" && len(sources) == 1 && in.Control == (LengthControl{}) {
		e.store = sources[0].Store
	}
	e.Selected = slices.DeleteFunc(slices.Clone(e.all), func(e metrics.Estimate) bool { return !in.Only.Has(e.Suite, e.Metric, e.Condition) })
	return e, nil
}

// Keep writes all estimates into the folder of a single run that is neither broken down nor controlled
// for length.
func (e *Estimated) Keep() error {
	if e.store == nil {
		return nil
	}
	return runstore.Estimates().WriteAll(e.store, e.all)
}
