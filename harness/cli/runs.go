package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"assay/harness"
	"assay/harness/pipeline"
	"assay/harness/runstore"
)

// openRun reads a run's manifest.
func openRun(path string) (pipeline.Source, error) {
	info, err := os.Stat(path)
	if err != nil {
		return pipeline.Source{}, fmt.Errorf("%s: no such run; make one with 'assay run' or 'assay import'", path)
	}
	if !info.IsDir() {
		return pipeline.Source{}, fmt.Errorf("%s is a file, not a run's folder", path)
	}
	store := runstore.Dir(path)
	m, err := runstore.ReadManifest(store)
	if err != nil {
		return pipeline.Source{}, err
	}
	return pipeline.Source{Store: store, Manifest: m}, nil
}

// openRuns opens several runs for one report. Models of one name are one model,
// unless two runs judged them on the same suite: then each takes its run's name.
func openRuns(paths []string) ([]pipeline.Source, error) {
	var sources []pipeline.Source
	for i, p := range paths {
		if slices.Contains(paths[:i], p) {
			return nil, fmt.Errorf("run %s is named twice", p)
		}
		src, err := openRun(p)
		if err != nil {
			return nil, err
		}
		sources = append(sources, src)
	}
	for i := range sources {
		clash := map[string]bool{}
		for k := range sources {
			if k != i && shareSuite(sources[i].Manifest, sources[k].Manifest) {
				for _, m := range sources[k].Manifest.Models {
					clash[m.Name] = true
				}
			}
		}
		sources[i].Label = func(model string) string {
			if model != "" && clash[model] {
				return model + " (" + filepath.Base(paths[i]) + ")"
			}
			return model
		}
	}
	return sources, nil
}

func shareSuite(a, b *harness.Manifest) bool {
	return slices.ContainsFunc(a.Counts, func(c harness.Count) bool {
		return slices.ContainsFunc(b.Counts, func(d harness.Count) bool { return c.Suite == d.Suite })
	})
}

// side is one argument of compare, RUN[:MODEL].
type side struct {
	path, model string
	source      pipeline.Source
}

// parseSide opens the run and finds the model. A path that holds a colon of its
// own is taken whole where it exists.
func parseSide(arg string) (side, error) {
	s := side{path: arg}
	if _, err := os.Stat(arg); err != nil {
		if i := strings.LastIndexByte(arg, ':'); i >= 0 {
			s.path, s.model = arg[:i], arg[i+1:]
		}
	}
	var err error
	if s.source, err = openRun(s.path); err != nil {
		return s, err
	}
	var names []string
	for _, m := range s.source.Manifest.Models {
		names = append(names, m.Name)
	}
	switch {
	case s.model == "" && len(names) == 1:
		s.model = names[0]
	case s.model == "":
		return s, fmt.Errorf("%s has %d models; name one as %s:MODEL: %s", s.path, len(names), s.path, strings.Join(names, ", "))
	case !slices.Contains(names, s.model):
		return s, fmt.Errorf("%s has no model %s; it has %s", s.path, s.model, strings.Join(names, ", "))
	}
	return s, nil
}
