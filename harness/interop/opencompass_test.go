package interop_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assay/harness/interop"
)

// The files are those of four runs of OpenCompass 0.5.4 with --dump-eval-details, on two small
// models: questions judged by AccEvaluator, which writes no verdicts; choices by perplexity, with
// AccEvaluator; choices by generation, with OptionSimAccEvaluator. The values are those of its
// summary, which are in percent: 37.50, 50.00, 37.50 and 25.00.
func TestOpenCompass(t *testing.T) {
	dir := filepath.Join("testdata", "opencompass")
	qa := checkPrinted(t, interop.OpenCompass(), filepath.Join(dir, "qa"), 2, []want{
		{cell{"town_qa", "correct", "sft_hf", ""}, 0.375, 8, 0},
		{cell{"town_qa", "correct", "ppo_hf", ""}, 0.5, 8, 0},
	})
	var right []string
	inputs := map[string]string{}
	for _, ex := range qa.examples {
		inputs[ex.ID] = ex.Input + strings.Join(ex.References, "|")
	}
	for _, j := range qa.judgements {
		if j.Model == "ppo_hf" && j.Value[0] == 1 {
			right = append(right, inputs[j.Example])
		}
	}
	if want := []string{"tell me the colour of leru . in one word .\nwhite .", "what colour is the crown ?\nit is blue .", "tell me the colour of the gaven .\nred .", "Passage: quin ring . sam hat . what is the object of bovu ?\nunknown ."}; !slices.Equal(right, want) {
		t.Errorf("right are %q, want %q", right, want)
	}
	if said := strings.Join(qa.notices, "\n"); strings.Count(said, "the evaluator wrote no verdicts; 8 answers were compared with their references") != 2 {
		t.Errorf("said %s", said)
	}
	ppl := checkPrinted(t, interop.OpenCompass(), filepath.Join(dir, "ppl"), 1, []want{{cell{"town_mcq", "correct", "sft_hf", ""}, 0.375, 8, 0}})
	gen := checkPrinted(t, interop.OpenCompass(), filepath.Join(dir, "gen"), 1, []want{{cell{"town_mcq", "correct", "sft_hf", ""}, 0.25, 8, 0}})
	for _, c := range []struct {
		*recorder
		text string
	}{{qa, "it is blue ."}, {ppl, "A"}, {gen, "faso ."}} {
		found := false
		for _, answer := range c.completions {
			found = found || answer.Text == c.text
		}
		if ex := c.examples[0]; !found || len(c.completions) != len(c.judgements) || len(ex.References) != 1 || ex.Input == "" {
			t.Errorf("no answer %q in %+v to %+v", c.text, c.completions, ex)
		}
	}
	if ex := gen.examples[0]; ex.References[0] != "C" || !strings.HasPrefix(ex.Input, "Question: Passage: kami park . ") {
		t.Errorf("example %+v", ex)
	}
}

// refused imports a folder, which must fail in the file of results for a reason.
func refused(t *testing.T, dir, reason string) {
	t.Helper()
	err := interop.OpenCompass().Import(t.Context(), []string{dir}, interop.Options{}, new(recorder))
	if err == nil || !strings.HasPrefix(err.Error(), filepath.Join(dir, "results", "m", "town_qa.json")+":") || !strings.Contains(err.Error(), reason) {
		t.Errorf("error %v, want %s", err, reason)
	}
}

// readFile reads a file of testdata.
func readFile(t *testing.T, names ...string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(append([]string{"testdata"}, names...)...))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// Answers without verdicts are compared with their references only if the printed accuracy
// follows. The file is the one of the real run, changed in one place.
func TestOpenCompassUnjudged(t *testing.T) {
	real := readFile(t, "opencompass", "qa", "results", "sft_hf", "town_qa.json")
	predictions := readFile(t, "opencompass", "qa", "predictions", "sft_hf", "town_qa.json")
	first := `"prompt": "list four colours without gray .\n",`
	last := `"prompt": "write about vera and gipi .\n",`
	for _, c := range []struct{ old, new, fault string }{
		{`"accuracy": 37.5`, `"accuracy": 50.0`, "give an accuracy of 37.5, where OpenCompass printed 50; "},
		{`"accuracy": 37.5`, `"accuracy": 37.4999`, "give an accuracy of 37.5, where OpenCompass printed 37.4999; "},
		{`"accuracy": 37.5`, `"accuracy": NaN`, "no accuracy to check verdicts with"},
		{`"accuracy": 37.5`, `"score": 37.5`, "no accuracy to check verdicts with"},
		{`"accuracy": 37.5`, `"accuracy (2 runs average)": 37.5`, "no accuracy to check verdicts with"},
		{first, first + ` "correct": false,`, `no member "correct", which the details before have; `},
		{last, last + ` "correct": true,`, `a member "correct", which the details before have not; `},
		{`"references": "white ."`, `"references": ["white .", "white"]`, "not one prediction and one reference to compare"},
	} {
		changed := strings.Replace(real, c.old, c.new, 1)
		if changed == real {
			t.Fatalf("no %s in the file", c.old)
		}
		refused(t, folder(t, map[string]string{"results/m/town_qa.json": changed}), c.fault)
	}

	bad := strings.Replace(real, `"references": "white ."`, `"references": ["white .", "white"]`, 1)
	files := map[string]string{"results/m/town_qa.json": bad, "results/n/town_qa.json": real}
	r := new(recorder)
	if err := interop.OpenCompass().Import(t.Context(), []string{folder(t, files)}, interop.Options{KeepGoing: true}, r); err != nil {
		t.Fatal(err)
	}
	if said := strings.Join(r.notices, "\n"); len(r.judgements) != 8 || len(r.sources) != 1 || r.judgements[0].Model != "n" || !strings.Contains(said, "skipped a file: ") {
		t.Errorf("%d judgements of %d files; said %s", len(r.judgements), len(r.sources), said)
	}

	files["results/m/town_qa.json"] = real[:len(real)/2] // the accuracy is before the cut
	r = new(recorder)
	if err := interop.OpenCompass().Import(t.Context(), []string{folder(t, files)}, interop.Options{KeepGoing: true}, r); err != nil {
		t.Fatal(err)
	}
	if said := strings.Join(r.notices, "\n"); len(r.judgements) != 8 || len(r.sources) != 1 || !strings.Contains(said, "skipped a file: ") || !strings.Contains(said, "cut-off file") {
		t.Errorf("%d judgements of %d files; said %s", len(r.judgements), len(r.sources), said)
	}

	// without --dump-eval-details, the predictions are all there is
	without := folder(t, map[string]string{"results/m/town_qa.json": `{"accuracy": 37.5}`, "predictions/m/town_qa.json": predictions})
	checkPrinted(t, interop.OpenCompass(), without, 1, []want{{cell{"town_qa", "correct", "m", ""}, 0.375, 8, 0}})
	refused(t, folder(t, map[string]string{"results/m/town_qa.json": `{"accuracy": 25.0}`, "predictions/m/town_qa.json": predictions}), "printed 25; ")
	wantError(t, interop.OpenCompass(), folder(t, map[string]string{"results/m/town_qa.json": `{"accuracy": 37.5}`}), "results/m/town_qa.json:1: no details")
}

// Several draws are lists in the details, and follow one another in the predictions. The form is
// that of BaseEvaluator.evaluate with n = 2, and the names of verdicts are those it knows.
func TestOpenCompassDraws(t *testing.T) {
	for _, verdict := range []string{"correct", "is_correct", "cascade_correct"} {
		dir := folder(t, map[string]string{
			"results/m/town.json":     fmt.Sprintf(`{"accuracy (2 runs average)": 75.0, "details": [{"example_abbr": "town_0", "pred": ["N", "S"], "answer": ["N", "N"], %[1]q: [true, false]}, {"example_abbr": "town_1", "pred": ["S", "S"], "answer": ["S", "S"], %[1]q: [true, true]}]}`, verdict),
			"predictions/m/town.json": `{"0": {"origin_prompt": "Mill?", "prediction": "north", "gold": "N"}, "1": {"origin_prompt": "Inn?", "prediction": "south", "gold": "S"}, "2": {"origin_prompt": "Mill?", "prediction": "South!", "gold": "N"}, "3": {"origin_prompt": "Inn?", "prediction": "Southern", "gold": "S"}}`,
		})
		r := checkPrinted(t, interop.OpenCompass(), dir, 1, []want{{cell{"town", "correct", "m", ""}, 0.75, 4, 0}})
		inputs, got := map[string]string{}, map[string]float64{}
		for _, ex := range r.examples {
			inputs[ex.ID] = ex.Input
		}
		for i, c := range r.completions {
			got[fmt.Sprint(inputs[c.Example], c.Sample, c.Text)] = r.judgements[i].Value[0]
		}
		if want := map[string]float64{"Mill?0north": 1, "Mill?1South!": 0, "Inn?0south": 1, "Inn?1Southern": 1}; !maps.Equal(got, want) {
			t.Errorf("answers %v, want %v", got, want)
		}
	}
}

// The form is that of evaluators with details, written by hand: a prediction is in both files, a
// prompt is a conversation, and a verdict is missing.
func TestOpenCompassMissing(t *testing.T) {
	r := importAll(t, interop.OpenCompass(), folder(t, map[string]string{
		"predictions/alpha/town.json": `{"0": {"origin_prompt": [{"role": "HUMAN", "prompt": "Where is the mill?"}], "prediction": "north", "gold": "north"}, "1": {"origin_prompt": "And the inn?", "prediction": "south", "gold": "west"}}`,
		"results/alpha/town.json":     `{"accuracy": 50.0, "details": {"type": "GEN", "0": {"prompt": "Where is the mill?", "predictions": "north", "references": "north", "correct": true}, "1": {"prompt": "And the inn?", "predictions": "south", "references": "west", "correct": false}}}`,
		"results/beta/town.json":      `{"accuracy": 75.0, "details": {"type": "GEN", "0": {"prompt": "Where is the mill?", "predictions": "north", "references": "north", "correct": true}, "1": {"prompt": "And the inn?", "predictions": "south", "references": "west", "correct": null}}}`,
	}))
	if x, n, missing := r.point(t, cell{"town", "correct", "alpha", ""}); x != 0.5 || n != 2 || missing != 0 {
		t.Errorf("alpha is %v over %d, %d missing", x, n, missing)
	}
	if x, n, missing := r.point(t, cell{"town", "correct", "beta", ""}); x != 1 || n != 1 || missing != 1 {
		t.Errorf("beta is %v over %d, %d missing", x, n, missing)
	}
	said := strings.Join(r.notices, "\n")
	if !strings.Contains(said, "town correct of beta is 0.75 in the file, but 1 by the 1 score that was read") || !strings.Contains(said, "1 aggregate in the files agrees with the scores") {
		t.Errorf("said %s", said)
	}
	if c := r.completions[0]; c.Text != "north" || r.examples[0].Input != "Where is the mill?" || r.examples[0].References[0] != "north" {
		t.Errorf("answer %+v to %+v", c, r.examples[0])
	}
}
