package plan

import (
	"path/filepath"
	"slices"

	"github.com/go-json-experiment/json"

	"assay/harness/yamlstruct"
)

// Canonical is the plan as JSON for the manifest. It has everything that decides the
// results and nothing else, so that equivalent plans give the same bytes. It leaves out
// limits on traffic, prices, further endpoints, names of key variables, names that servers
// answer with, and judges that no suite names. Of files it has only the base name, since
// only their content counts.
func (r *Run) Canonical() ([]byte, error) {
	c := *r
	c.Models = slices.Clone(r.Models)
	for i := range c.Models {
		c.Models[i].Spec = c.Models[i].Spec.withoutFolder()
	}
	c.Suites = slices.Clone(r.Suites)
	var named []string
	for i := range c.Suites {
		named = append(named, c.Suites[i].Judges...)
		yamlstruct.EachPath(&c.Suites[i], baseName)
	}
	c.Judges = nil
	for _, j := range r.Judges {
		if slices.Contains(named, j.Name) {
			j.Spec = j.Spec.withoutFolder()
			yamlstruct.EachPath(&j, baseName)
			c.Judges = append(c.Judges, j)
		}
	}
	return json.Marshal(&c, json.Deterministic(true))
}

// canonical is a training's plan as JSON, with the base names of its files. It changes the
// copy that it gets.
func canonical(copied any) ([]byte, error) {
	yamlstruct.EachPath(copied, baseName)
	return json.Marshal(copied, json.Deterministic(true))
}

// withoutFolder is the spec with the base name of a recorded file.
func (s Spec) withoutFolder() Spec {
	if s.Kind == Replay {
		s.Target = baseName(s.Target)
	}
	return s
}

func baseName(path string) string {
	if path == "" {
		return ""
	}
	return filepath.Base(path)
}
