package pipeline

import (
	"errors"
	"fmt"
	"slices"

	"assay/harness/leaf/place"
	"assay/harness/plan"
	"assay/suites"
)

// Open opens the runs at paths, reads the file gates, "" for none, and collects the judgements,
// also divided by in.By. It completes in, whose Baseline "" becomes the runs' own.
func (in *ReportInput) Open(paths []string, catalog []suites.Suite, how Joining, gates string) (*Judged, error) {
	sources, err := OpenRuns(paths, how.Suites)
	if err != nil {
		return nil, err
	}
	runs, err := OpenJoined(sources, catalog, &how)
	if err != nil {
		return nil, err
	}
	if runs, err = runs.ControlLength(in.Control); err != nil {
		return nil, err
	}
	in.Sources = runs.Sources
	if gates != "" {
		if in.Gates, err = plan.ReadGates(gates, runs.Suites); err != nil {
			return nil, err
		}
	}
	in.PublishedBy = "Table 14 of the InstructGPT paper"
	if in.Published, err = Table14(); err != nil {
		return nil, err
	}
	judged, err := runs.Collect()
	if err != nil {
		return nil, err
	}
	if in.By != "" {
		divided, err := runs.DivideBy(in.By)
		if err != nil {
			return nil, err
		}
		if in.Divided, err = divided.Collect(); err != nil {
			return nil, err
		}
	}
	if in.Baseline, err = judged.ResolveBaseline(in.Baseline); err != nil {
		return nil, err
	}
	return judged, in.checkModels(judged.Models)
}

// checkModels checks the candidates, and that gates have a baseline.
func (in *ReportInput) checkModels(models []string) error {
	for _, name := range in.Candidates {
		if !slices.Contains(models, name) {
			return fmt.Errorf("--candidates %s: no such model; %s", name, place.Choose(name, models))
		}
		if name == in.Baseline {
			return fmt.Errorf("--candidates: %s is the baseline; leave it out, or name another --baseline", name)
		}
	}
	if in.Gates != nil && in.Baseline == "" {
		return errors.New("--gates needs a baseline, but the run has none; add --baseline MODEL")
	}
	return nil
}
