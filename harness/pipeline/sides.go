package pipeline

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"assay/models"
	"assay/suites"
)

// Side is one of two models to compare: a model of a run.
type Side struct {
	Source Source
	Model  string // by its name in the run
}

// OpenSides opens the runs of two sides, with only these two models, and joins them. It
// returns the models' names; two models of one name in two runs get their runs' names. with are
// further runs that judged the same answers of the two models by other metrics.
func OpenSides(first, second Side, catalog []suites.Suite, how Joining, with ...Source) (runs Runs, baseline, model string, err error) {
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
	for _, src := range with {
		if err := further(&src, first, second, how.Suites); err != nil {
			return Runs{}, "", "", err
		}
		src.Label = labeled(map[string]string{first.Model: baseline, second.Model: model})
		sources = append(sources, src)
	}
	how.Compared = true
	runs, err = OpenJoined(sources, catalog, &how)
	return runs, baseline, model, err
}

// further refuses a further run that has none of the two models, or other answers of them, or the same
// metrics.
func further(src *Source, first, second Side, paired []string) error {
	if first.Model == second.Model {
		return fmt.Errorf("--with %s: both sides are called %s, so it isn't clear which of them it judged; compare two models of one run", src.Path, first.Model)
	}
	has := false
	for _, side := range []Side{first, second} {
		own := slices.ContainsFunc(src.Manifest.Models, func(m models.Info) bool { return m.Name == side.Model })
		has = has || own
		if !own {
			continue
		}
		clash, err := apart(&side.Source, src, paired)
		if err != nil {
			return err
		}
		if clash[side.Model] {
			return fmt.Errorf("--with %s: it judged other answers of %s than %s, or by the same metrics; name a run that judged the same answers by other metrics", src.Path, side.Model, side.Source.Path)
		}
	}
	if !has {
		return fmt.Errorf("--with %s: it has neither %s nor %s; name a run that judged them", src.Path, first.Model, second.Model)
	}
	return nil
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
