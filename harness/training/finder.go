package training

import (
	"os"
	"path/filepath"
	"strings"

	"assay/harness"
	"assay/harness/leaf/place"
	"assay/harness/local"
)

// Finder finds the files that a plan names, beside the plan and below the folder of data
// sets, and describes each for the manifest.
type Finder struct {
	Plan    string           // the plan's path
	Data    string           // the folder of data sets; "" for none
	Sources []harness.Source // the files found so far, in order
}

// Files returns the paths of files that a line of the plan names. Line 0 is unknown.
func (f *Finder) Files(line int, names []string) ([]string, error) {
	var paths []string
	for _, name := range names {
		path, err := f.find(line, name)
		if err != nil {
			return nil, err
		}
		source, err := harness.FileSource(path)
		if err != nil {
			return nil, err
		}
		paths, f.Sources = append(paths, path), append(f.Sources, source)
	}
	return paths, nil
}

// Checkpoint returns the path of a model's folder that a line of the plan names; "" for "".
func (f *Finder) Checkpoint(line int, name string) (string, error) {
	if name == "" {
		return "", nil
	}
	path, err := f.find(line, name)
	if err != nil {
		return "", err
	}
	sources, err := local.Files(path)
	f.Sources = append(f.Sources, sources...)
	return path, err
}

func (f *Finder) find(line int, name string) (string, error) {
	places := []string{name}
	if !filepath.IsAbs(name) {
		places = []string{filepath.Join(filepath.Dir(f.Plan), name)}
		if f.Data != "" {
			places = append(places, filepath.Join(f.Data, name))
		}
	}
	for _, place := range places {
		if _, err := os.Stat(place); err == nil {
			return place, nil
		}
	}
	if len(places) == 1 && places[0] == name {
		return "", place.Errorf(f.Plan, line, "%s: no such file or folder; check the path", name)
	}
	return "", place.Errorf(f.Plan, line, "%s: no such file or folder; assay looked for %s: check the path", name, strings.Join(places, " and "))
}
