package cli

import (
	"fmt"
	"os"
	"slices"
	"strings"

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
	return pipeline.Source{Store: store, Path: path, Manifest: m}, nil
}

// openRuns opens several runs for one report.
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
	pipeline.NameApart(sources)
	return sources, nil
}

// openSide reads RUN[:MODEL]: it opens the run and finds the model. A path that exists may
// contain a colon.
func openSide(arg string) (pipeline.Side, error) {
	path, model := arg, ""
	if _, err := os.Stat(arg); err != nil {
		if i := strings.LastIndexByte(arg, ':'); i >= 0 {
			path, model = arg[:i], arg[i+1:]
		}
	}
	src, err := openRun(path)
	if err != nil {
		return pipeline.Side{}, err
	}
	var names []string
	for _, m := range src.Manifest.Models {
		names = append(names, m.Name)
	}
	switch {
	case model == "" && len(names) == 1:
		model = names[0]
	case model == "":
		return pipeline.Side{}, fmt.Errorf("%s has %d models; name one as %s:MODEL: %s", path, len(names), path, strings.Join(names, ", "))
	case !slices.Contains(names, model):
		return pipeline.Side{}, fmt.Errorf("%s has no model %s; it has %s", path, model, strings.Join(names, ", "))
	}
	return pipeline.Side{Source: src, Model: model}, nil
}
