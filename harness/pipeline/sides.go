package pipeline

import (
	"fmt"
	"path/filepath"
	"slices"

	"assay/harness"
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
// model, unless two runs judged them on the same suite, perhaps under two names that paired
// pairs (see [Joining]). Then each gets its run's name.
func NameApart(sources []Source, paired []string) {
	for i := range sources {
		clash := map[string]bool{}
		for k := range sources {
			if k != i && shareSuite(sources[i].Manifest, sources[k].Manifest, paired) {
				for _, m := range sources[k].Manifest.Models {
					clash[m.Name] = true
				}
			}
		}
		run := filepath.Base(sources[i].Path)
		sources[i].Label = func(model string) string {
			if model != "" && clash[model] {
				return fromRun(model, run)
			}
			return model
		}
	}
}

func shareSuite(a, b *harness.Manifest, paired []string) bool {
	return slices.ContainsFunc(a.Counts, func(c harness.Count) bool {
		return slices.ContainsFunc(b.Counts, func(d harness.Count) bool {
			return c.Suite == d.Suite || slices.Contains(paired, c.Suite+"="+d.Suite) || slices.Contains(paired, d.Suite+"="+c.Suite)
		})
	})
}
