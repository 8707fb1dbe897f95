package wire

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"assay/harness/engine"
	"assay/harness/runstore"
)

// Folder is the folder of a plan's run if none is named: the plan's name without .yaml, .yml
// or .json.
func Folder(path string) (string, error) {
	name := filepath.Base(path)
	switch ext := filepath.Ext(name); strings.ToLower(ext) {
	case ".yaml", ".yml", ".json":
		name = strings.TrimSuffix(name, ext)
	}
	if info, err := os.Stat(name); err == nil && !info.IsDir() {
		return "", fmt.Errorf("the run's folder would be %s, which is a file; name a folder with -o", name)
	}
	return name, nil
}

// Reused opens the runs of --reuse.
func Reused(paths []string) ([]runstore.Store, error) {
	var stores []runstore.Store
	for _, p := range paths {
		if info, err := os.Stat(p); err != nil || !info.IsDir() {
			return nil, fmt.Errorf("--reuse %s: no such run; check the path", p)
		}
		if !engine.Holds(runstore.Dir(p)) {
			return nil, fmt.Errorf("--reuse %s: the folder holds no run; check the path", p)
		}
		stores = append(stores, runstore.Dir(p))
	}
	return stores, nil
}
