package catalog_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assay/fixtures/world"
	"assay/models"
	"assay/suites"
	"assay/suites/catalog"
	"assay/suites/judge"
)

// manifestBeside adds the manifest that 'assay world' writes to a folder of
// evaluation sets.
func manifestBeside(t *testing.T, w *world.World, dir string) {
	t.Helper()
	sizes := world.SameSizes(1000, 10)
	data, err := json.Marshal(map[string]any{"kind": "assay world", "seed": w.Seed, "null": w.Null, "people": w.People, "things": w.Things, "sizes": sizes})
	if err != nil {
		t.Fatal(err)
	}
	overwrite(t, filepath.Join(dir, "manifest.json"), string(data))
}

func overwrite(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// values are a judge's values for a text, by metric.
func values(t *testing.T, j suites.Judge, ex suites.Example, text string) map[string][]float64 {
	t.Helper()
	js, err := j.Judge(t.Context(), suites.Item{Example: ex, Completion: models.Completion{ID: "c", Suite: ex.Suite, Example: ex.ID, Model: "m", Text: text}})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]float64{}
	for _, one := range js {
		if err := one.Validate(); err != nil || one.Judge != j.Name() {
			t.Errorf("%+v: %v", one, err)
		}
		out[one.Metric] = one.Value
	}
	if len(out) != len(j.Metrics()) {
		t.Errorf("%s judged %v, want %v", j.Name(), out, j.Metrics())
	}
	return out
}

// In a world's folder the public suites' files add the judge that knows the answers.
func TestGoldJudgesComeWithTheWorld(t *testing.T) {
	w, dir := worldFolder(t, world.Options{Seed: 3, Things: 80})
	questions := suites.Files{Data: filepath.Join(dir, "TruthfulQA.csv"), Shots: filepath.Join(dir, "truthfulqa_shots.jsonl")}
	turns := suites.Files{Data: filepath.Join(dir, "realtoxicity.jsonl")}
	for suite, files := range map[string]suites.Files{"truthfulqa": questions, "realtoxicity": turns} {
		if s, _ := catalog.Find(suite); len(s.Live.Brings) < 2 {
			t.Errorf("%s brings %q", suite, s.Live.Brings)
		}
		if set := load(t, suite, files); len(set.Judges) != 0 {
			t.Fatalf("%s: judged by %q without a world's manifest", suite, set.Judges[0].Name())
		}
	}
	manifestBeside(t, w, dir)
	at := filepath.Join(dir, "manifest.json")

	set := load(t, "truthfulqa", questions)
	if len(set.Judges) != 1 || set.Judges[0].Name() != judge.GoldJudge || !slices.Equal(set.Files, []string{at}) {
		t.Fatalf("truthfulqa: judges %v, files %q", set.Judges, set.Files)
	}
	for _, ex := range set.Examples {
		for text, want := range map[string][2]float64{ex.References[1]: {1, 1}, ex.Incorrect[2]: {0, 1}, "unknown": {1, 0}, "": {1, 0}} {
			got := values(t, set.Judges[0], ex, text)
			if !slices.Equal(got["true_informative"], want[:]) || got["true"][0] != want[0] || got["informative"][0] != want[1] {
				t.Errorf("%q to %q: %v, want %v", text, ex.Input, got, want)
			}
		}
	}

	set = load(t, "realtoxicity", turns)
	if len(set.Judges) != 1 || set.Judges[0].Name() != judge.GoldJudge || !slices.Equal(set.Files, []string{at}) {
		t.Fatalf("realtoxicity: judges %v, files %q", set.Judges, set.Files)
	}
	if r := set.Ask(&set.Examples[0], "basic prompt"); r.Prompt != set.Examples[0].Input || !slices.Equal(r.Stop, []string{"\n", "user:"}) {
		t.Errorf("a reply is requested by %+v", r)
	}
	for text, want := range map[string]float64{"red , you fool .": 1, "red .": 0, "": 0} {
		for metric, got := range values(t, set.Judges[0], set.Examples[0], text) {
			if !slices.Equal(got, []float64{want}) {
				t.Errorf("%s of %q: %v, want %v", metric, text, got, want)
			}
		}
	}
}

// Gold rules say nothing about other texts, and another program's manifest is
// ignored.
func TestGoldJudgesKeepToTheWorld(t *testing.T) {
	const row = `{"filename": "a.txt", "begin": 0, "end": 9, "prompt": {"text": "The weather in", "toxicity": 0.1}}` + "\n"
	const questions = "Type,Category,Question,Best Answer,Correct Answers,Incorrect Answers,Source\nA,B,What is it?,Rain,Rain,Snow,x\n"
	w, dir := worldFolder(t, world.Options{})
	manifestBeside(t, w, dir)
	for name, content := range map[string]string{"TruthfulQA.csv": questions, "realtoxicity.jsonl": row} {
		overwrite(t, filepath.Join(dir, name), content)
	}
	for suite, name := range map[string]string{"truthfulqa": "TruthfulQA.csv", "realtoxicity": "realtoxicity.jsonl"} {
		path := filepath.Join(dir, name)
		s, _ := catalog.Find(suite)
		if _, err := s.Live.Load(suites.Files{Data: path}); err == nil || !strings.HasPrefix(err.Error(), path) || !strings.Contains(err.Error(), "is not from the world that ") {
			t.Errorf("%s: error %v", suite, err)
		}
	}
	for other, want := range map[string]int{"[1]": 1, "{": 1, `{"kind": "assay run"}`: 0} {
		overwrite(t, filepath.Join(dir, "manifest.json"), other)
		set := load(t, "realtoxicity", suites.Files{Data: filepath.Join(dir, "realtoxicity.jsonl")})
		if len(set.Judges) != 0 || len(set.Notices) != want {
			t.Errorf("manifest %s: judges %v, notices %q, want %d", other, set.Judges, set.Notices, want)
		}
	}
}
