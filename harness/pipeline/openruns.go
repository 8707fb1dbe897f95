package pipeline

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
	"assay/harness/runstore"
)

// OpenRun reads a run's manifest.
func OpenRun(path string) (Source, error) {
	info, err := os.Stat(path)
	if i := strings.LastIndexByte(path, ':'); err != nil && i > 0 {
		if _, run := os.Stat(path[:i]); run == nil {
			return Source{}, fmt.Errorf("%s: no such run; a complete run is needed here, so write %s without its model", path, path[:i])
		}
	}
	if err != nil {
		return Source{}, fmt.Errorf("%s: no such run; make one with 'assay run' or 'assay import'", path)
	}
	if !info.IsDir() {
		return Source{}, fmt.Errorf("%s is a file; name a run's folder", path)
	}
	store := runstore.Dir(path)
	m, err := runstore.ReadManifest(store)
	if err != nil {
		return Source{}, err
	}
	return Source{Store: store, Path: path, Manifest: m}, nil
}

// RefuseTraining returns an error if the source is a training, which has no judgements.
func (s *Source) RefuseTraining() error {
	if s.isTraining() {
		return fmt.Errorf("%s is a training's folder, not a run's; 'assay report %[1]s -o DIR' draws its curves", s.Path)
	}
	return nil
}

// OpenRuns opens several runs, and renames models of one name in several of them ([NameApart]).
func OpenRuns(paths, paired []string) ([]Source, error) {
	var sources []Source
	for i, p := range paths {
		if slices.Contains(paths[:i], p) {
			return nil, fmt.Errorf("the run %s is given twice; name each run once", p)
		}
		src, err := OpenRun(p)
		if err != nil {
			return nil, err
		}
		sources = append(sources, src)
	}
	return sources, NameApart(sources, paired)
}

// OpenSide reads RUN[:MODEL]: it opens the run and finds the model. Both may contain colons:
// the run is the longest part that exists.
func OpenSide(arg string) (Side, error) {
	path, model := arg, ""
	for i := len(arg); i >= 0; i = strings.LastIndexByte(arg[:i], ':') {
		if _, err := os.Stat(arg[:i]); err == nil {
			path, model = arg[:i], strings.TrimPrefix(arg[i:], ":")
			break
		}
		if model == "" && i < len(arg) { // no part may exist: the error names the usual one
			path, model = arg[:i], arg[i+1:]
		}
	}
	src, err := OpenRun(path)
	if err != nil {
		return Side{}, err
	}
	if err := src.RefuseTraining(); err != nil {
		return Side{}, err
	}
	var names []string
	for _, m := range src.Manifest.Models {
		names = append(names, m.Name)
	}
	switch {
	case model == "" && len(names) == 1:
		model = names[0]
	case model == "":
		return Side{}, fmt.Errorf("%s has %s, %s; name one, as in %s:%s", path, plural.Of(len(names), "model"), strings.Join(names[:len(names)-1], ", ")+" and "+names[len(names)-1], path, names[0])
	case !slices.Contains(names, model):
		return Side{}, fmt.Errorf("%s has no model %s; %s", path, model, place.Choose(model, names))
	}
	return Side{Source: src, Model: model}, nil
}
