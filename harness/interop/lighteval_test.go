package interop_test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay/harness/interop"
)

// lightOutput is the output folder of lighteval in testdata under the names that lighteval gave:
// a Go module can't have "|" in the name of a file.
func lightOutput(t *testing.T) string {
	t.Helper()
	files := map[string]string{}
	root := filepath.Join("testdata", "lighteval")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		name, _ := filepath.Rel(root, path)
		files[strings.NewReplacer("said_0", "said|0", "choice_0", "choice|0").Replace(filepath.ToSlash(name))] = string(content)
		return err
	})
	if err != nil || len(files) != 9 {
		t.Fatalf("%d files, error %v", len(files), err)
	}
	return folder(t, files)
}

// The files are those of three runs of lighteval 0.13.0, accelerate with --save-details, with two
// tasks of their own on three small models; the values are those of its results files. Only the
// download for its tinyBenchmarks, which these tasks don't use, was left out.
func TestLightEval(t *testing.T) {
	said, choice := "town_said|0", "town_choice|0"
	r := checkPrinted(t, interop.LightEval(), lightOutput(t), 15, []want{
		{cell{said, "em", "town/sft", ""}, 0.375, 8, 0},
		{cell{said, "f1", "town/sft", ""}, 0.7532967032967033, 8, 0},
		{cell{said, "rouge1", "town/sft", ""}, 0.5797619047619047, 8, 0},
		{cell{choice, "acc", "town/sft", ""}, 1, 8, 0},
		{cell{said, "em", "town/ppo", ""}, 0.5, 8, 0},
		{cell{said, "f1", "town/ppo", ""}, 0.7653769841269842, 8, 0},
		{cell{said, "rouge1", "town/ppo", ""}, 0.6138392857142857, 8, 0},
		{cell{choice, "mrr", "town/ppo", ""}, 1, 8, 0},
		{cell{said, "em", "town/gpt", ""}, 0, 8, 0},
		{cell{said, "f1", "town/gpt", ""}, 0.04700854700854701, 8, 0},
		{cell{choice, "acc", "town/gpt", ""}, 0.375, 8, 0},
		{cell{choice, "mrr", "town/gpt", ""}, 0.6875, 8, 0},
	})
	inputs := map[string]string{}
	for _, ex := range r.examples {
		inputs[ex.ID] = ex.Input
		if ex.Suite == said && ex.Input == "write about ivan and divo .\n" && (len(ex.References) != 1 || ex.References[0] != "ivan has hen . divo eats corn .") {
			t.Errorf("example %+v", ex)
		}
		if ex.Suite == choice && (len(ex.References) != 1 || len(ex.Incorrect) != 2) {
			t.Errorf("example %+v", ex)
		}
	}
	texts, chosen := 0, 0
	for _, c := range r.completions {
		switch {
		case c.Model != "town/sft":
		case inputs[c.Example] == "write about ivan and divo .\n" && c.Text == "ivan has hen . divo has cow .":
			texts++
		case inputs[c.Example] == "write about bovu using the word works .\n" && len(c.Scores) == 3 && c.Scores[0] > -25.8 && c.Scores[0] < -25.79 && c.Scores[1] < -64.6 && c.Scores[2] > -46.1:
			chosen++
		}
	}
	if texts != 1 || chosen != 1 || len(r.completions) != 48 {
		t.Errorf("answers %+v", r.completions)
	}
	settings := map[string]string{}
	for _, s := range r.settings {
		if s.Suite == said && s.Model == "town/ppo" {
			settings[s.Name] = s.Value
		}
	}
	if want := map[string]string{"shots": "0", "temperature": "0", "max_tokens": "16", "stop": "\n"}; !maps.Equal(settings, want) {
		t.Errorf("settings %q, want %q", settings, want)
	}
}
