package catalog_test

import (
	"path/filepath"
	"slices"
	"testing"

	"assay/fixtures/world"
	"assay/metrics"
	"assay/models"
	"assay/suites"
	"assay/suites/catalog"
)

const probeLine = `{"name": "copy, headed", "prompt": "copy : red -> red\nblue ->", "want": "blue"}` + "\n"

// All of a world's own probes have known names, and the judge finds the expected
// words right under the one metric that a probe counts in.
func TestProbes(t *testing.T) {
	w, dir := worldFolder(t, world.Options{Seed: 1})
	set := load(t, "world_probes", suites.Files{Data: filepath.Join(dir, "probes.jsonl")})
	s, _ := catalog.Find("world_probes")
	texts := map[string]bool{}
	for _, p := range w.Probes(100) {
		texts[p.Prompt] = true
	}
	if len(set.Examples) != len(texts) || len(texts) < 900 {
		t.Errorf("%d examples of %d texts", len(set.Examples), len(texts))
	}
	count := map[string]int{}
	for _, ex := range set.Examples {
		if got := set.Ask(&ex, "").Prompt; got != ex.Input || !texts[got] {
			t.Fatalf("asked %q", got)
		}
		want := ex.References[0]
		js := probed(t, s, ex, want)
		if len(js) != 1 || !slices.Equal(js[0].Value, []float64{1}) {
			t.Fatalf("%q to %q: %+v", want, ex.Input, js)
		}
		count[js[0].Metric]++
		absent := suites.Absent(s.Judge, suites.Item{Example: ex, Completion: models.Completion{Suite: ex.Suite, Example: ex.ID, Model: "m"}}, "gone")
		if len(absent) != 1 || absent[0].Metric != js[0].Metric || absent[0].Missing != "gone" {
			t.Fatalf("missing: %+v", absent)
		}
	}
	if count["mappings"] < 390 || count["mappings_bare"] < 390 || count["retrieval"] != 100 || count["facts"] < 50 {
		t.Errorf("examples by metric: %v", count)
	}
}

func probed(t *testing.T, s suites.Suite, ex suites.Example, text string) []metrics.Judgement {
	t.Helper()
	js, err := s.Judge.Judge(t.Context(), suites.Item{Example: ex, Completion: models.Completion{ID: "c", Suite: ex.Suite, Example: ex.ID, Model: "m", Text: text}})
	if err != nil {
		t.Fatal(err)
	}
	return js
}

func TestProbeRule(t *testing.T) {
	s, _ := catalog.Find("world_probes")
	for _, c := range []struct {
		name, want, said string
		metric           string
		right            float64
	}{
		{"copy, headed", "red blue", " red blue", "mappings", 1},
		{"copy, headed", "red blue", " red blue .", "mappings", 0},
		{"copy, headed", "red blue", " red", "mappings", 0},
		{"sort", "one two", "one two ", "mappings_bare", 1},
		{"sort", "one two", "two one", "mappings_bare", 0},
		{"retrieval", "inn", " inn . sam key", "retrieval", 1},
		{"retrieval", "inn", " the inn", "retrieval", 0},
		{"fact", "baker", " baker .", "facts", 1},
		{"fact", "baker", "", "facts", 0},
	} {
		js := probed(t, s, suites.NewExample(s.Name, "x", []string{c.want}, c.name), c.said)
		if len(js) != 1 || js[0].Metric != c.metric || js[0].Value[0] != c.right {
			t.Errorf("%s: %q where %q is expected: %+v, want %s %v", c.name, c.said, c.want, js, c.metric, c.right)
		}
	}
	if _, err := s.Judge.Judge(t.Context(), suites.Item{Example: suites.NewExample(s.Name, "x", []string{"a"}, "divide")}); err == nil {
		t.Error("an example that is not a probe was judged")
	}
}

func TestProbeFaults(t *testing.T) {
	for name, tt := range map[string]struct{ content, line, want string }{
		"empty":          {"", ":1", "the file is empty"},
		"torn":           {probeLine + `{"name": "copy`, ":2", "torn"},
		"no name":        {probeLine + `{"prompt": "a", "want": "b"}`, ":2", `member "name" is missing`},
		"another name":   {probeLine + `{"name": "divide, headed", "prompt": "a", "want": "b"}`, ":2", `unknown probe "divide, headed"`},
		"headed fact":    {probeLine + `{"name": "fact, headed", "prompt": "a", "want": "b"}`, ":2", "unknown probe"},
		"no prompt":      {probeLine + `{"name": "fact", "prompt": " ", "want": "b"}`, ":2", `member "prompt" is empty`},
		"null answer":    {probeLine + `{"name": "fact", "prompt": "a", "want": null}`, ":2", `member "want" is missing`},
		"another answer": {probeLine + `{"name": "copy, headed", "prompt": "copy : red -> red\nblue ->", "want": "red"}`, ":2", "the same prompt as on line 1"},
	} {
		t.Run(name, func(t *testing.T) {
			path := write(t, "probes.jsonl", tt.content)
			wantFault(t, "world_probes", suites.Files{Data: path}, path+tt.line, tt.want)
		})
	}
	set := load(t, "world_probes", suites.Files{Data: write(t, "probes.jsonl", probeLine+probeLine)})
	if len(set.Examples) != 1 || len(set.Notices) != 1 {
		t.Errorf("the same twice: %d examples, notices %q", len(set.Examples), set.Notices)
	}
}
