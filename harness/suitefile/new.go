package suitefile

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"assay/harness/leaf/outfile"
	"assay/suites/score"
)

//go:embed new.yaml new.csv
var examples embed.FS

// New writes a commented suite file to start from, and a small data file for it, which checks
// clean. Neither may exist. It returns the paths.
func New(path string) (files []string, err error) {
	if ext := strings.ToLower(filepath.Ext(path)); ext != ".yaml" && ext != ".yml" {
		return nil, fmt.Errorf("%s: a suite file's name ends in .yaml; name it %s.yaml", path, strings.TrimSuffix(path, filepath.Ext(path)))
	}
	data := strings.TrimSuffix(path, filepath.Ext(path)) + ".csv"
	for _, one := range []string{path, data} {
		if _, err := os.Stat(one); err == nil {
			return nil, fmt.Errorf("%s is there already; choose another name", one)
		}
	}
	for _, one := range []struct{ path, from string }{{data, "new.csv"}, {path, "new.yaml"}} {
		content, err := examples.ReadFile(one.from)
		if err != nil {
			return files, err
		}
		text := strings.ReplaceAll(string(content), "DATA", filepath.Base(data))
		if err := outfile.WriteBytes(one.path, []byte(text)); err != nil {
			return files, err
		}
		files = append(files, one.path)
	}
	return files, nil
}

// Help lists the metrics that suite files can name, with their settings.
func Help() string {
	var b strings.Builder
	for _, k := range score.Kinds() {
		fmt.Fprintf(&b, "  %-18s %s\n", k.Name, k.About)
		if len(k.Settings) > 0 {
			fmt.Fprintf(&b, "  %-18s   %s\n", "", strings.Join(k.Settings, ", "))
		}
	}
	return b.String()
}
