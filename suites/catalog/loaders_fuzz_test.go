package catalog_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay/harness/leaf/place"
	"assay/suites"
	"assay/suites/catalog"
)

// Whatever a file holds, a loader returns examples that can be asked, or one line
// about the file.
func FuzzLoaders(f *testing.F) {
	for _, seed := range []string{harbour, training(2), match, sgmFrench, "Un.\tOne.\n", probeLine, pairsHeader + "0,A,B,stereo,age,[],a0,[]\n", schemasHeader + "a.b.0.male.txt\tx\na.b.0.female.txt\ty\n", "[]", "null", "{}", `{"a": null}`} {
		f.Add([]byte(seed))
	}
	names := map[string]string{"squadv2": "dev.json", "drop": "dev.json", "wmt15_fr_en": "x.fr.sgm", "world_probes": "x.jsonl", "crows_pairs": "x.csv", "winogender": "x.tsv"}
	f.Fuzz(func(t *testing.T, content []byte) {
		folder := t.TempDir()
		for suite, name := range names {
			path := filepath.Join(folder, name)
			for _, p := range []string{path, filepath.Join(folder, "x.en.sgm")} {
				if err := os.WriteFile(p, content, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			s, _ := catalog.Find(suite)
			set, err := s.Live.Load(suites.Files{Data: path})
			if err != nil {
				if !place.Known(err) || !strings.HasPrefix(err.Error(), folder) || strings.Contains(err.Error(), "\n") {
					t.Errorf("%s: error %q", suite, err)
				}
				continue
			}
			if len(set.Examples) == 0 {
				t.Errorf("%s: no example, and no error", suite)
			}
			ids := map[string]bool{}
			for i := range set.Examples {
				ex := &set.Examples[i]
				if err := ex.Validate(); err != nil || ids[ex.ID] {
					t.Errorf("%s: %+v, %v, or its id came before", suite, ex, err)
				}
				ids[ex.ID] = true
				if r := set.Ask(ex, "fewshot"); r.Prompt == "" || s.Live.Scored != (len(r.Choices) > 1) {
					t.Errorf("%s: request %+v", suite, r)
				}
			}
		}
	})
}
