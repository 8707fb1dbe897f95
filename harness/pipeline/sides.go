package pipeline

import (
	"fmt"
	"maps"
	"path/filepath"

	"assay/suites"
)

// Side is one of two models to compare: a model of a run.
type Side struct {
	Source Source
	Model  string // by its name in the run
}

// OpenSides opens the runs of two sides, with only these two models, and joins them. It
// returns the models' names; two models of one name in two runs get their runs' names.
func OpenSides(first, second Side, catalog []suites.Suite, how Joining) (runs Runs, baseline, model string, err error) {
	a, b := first.Source, second.Source
	baseline, model = first.Model, second.Model
	sources := []Source{a, b}
	switch {
	case filepath.Clean(a.Path) != filepath.Clean(b.Path):
		if baseline == model {
			baseline, model = fromRun(baseline, filepath.Base(a.Path)), fromRun(model, filepath.Base(b.Path))
		}
		if baseline == model {
			baseline, model = fromRun(first.Model, a.Path), fromRun(second.Model, b.Path)
		}
		sources[0].Label, sources[1].Label = labeled(map[string]string{first.Model: baseline}), labeled(map[string]string{second.Model: model})
	case baseline == model:
		return Runs{}, "", "", fmt.Errorf("both sides are %s:%s; name two different models", a.Path, model)
	default:
		sources = sources[:1]
		sources[0].Label = labeled(map[string]string{baseline: baseline, model: model})
	}
	how.Compared = true
	runs, err = OpenJoined(sources, catalog, &how)
	return runs, baseline, model, err
}

// labeled keeps the models that have a label.
func labeled(of map[string]string) func(string) string {
	return func(model string) string { return of[model] }
}

// fromRun adds its run's name to a model's name.
func fromRun(model, run string) string { return model + " (" + run + ")" }

// NameApart labels the models of several runs for one report. Models of one name are one
// model, unless two runs judged them on the same suite (perhaps under two names that paired
// pairs, see [Joining]) by the same metric, or judged different answers. Then each gets its
// run's name.
func NameApart(sources []Source, paired []string) error {
	clashes := make([]map[string]bool, len(sources))
	for i := range sources {
		clashes[i] = map[string]bool{}
	}
	for i := range sources {
		for k := range sources {
			if i == k {
				continue
			}
			names, err := apart(&sources[k], &sources[i], paired)
			if err != nil {
				return err
			}
			maps.Copy(clashes[k], names)
		}
	}
	for i := range sources {
		clash, run := clashes[i], filepath.Base(sources[i].Path)
		sources[i].Label = func(model string) string {
			if model != "" && clash[model] {
				return fromRun(model, run)
			}
			return model
		}
	}
	return nil
}
