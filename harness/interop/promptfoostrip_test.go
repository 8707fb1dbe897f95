package interop_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay/harness/interop"
)

// promptfoo removes texts if its environment says so. Without variables, tests can't be told apart;
// without its output, an answer has no text, and its scores stay. The changes are those of promptfoo
// 0.123.1's toEvaluateResult.
func TestPromptfooStripped(t *testing.T) {
	content, err := os.ReadFile(filepath.Join("testdata", "promptfoo", "one.json"))
	if err != nil {
		t.Fatal(err)
	}
	type object = map[string]any
	written := func(change func(i int, result object)) string {
		t.Helper()
		var file object
		if err := json.Unmarshal(content, &file); err != nil {
			t.Fatal(err)
		}
		for i, r := range file["results"].(object)["results"].([]any) {
			change(i, r.(object))
		}
		changed, err := json.Marshal(file)
		if err != nil {
			t.Fatal(err)
		}
		return folder(t, map[string]string{"one.json": string(changed)})
	}
	withoutVars := func(r object) {
		r["vars"] = object{}
		delete(r["testCase"].(object), "vars")
	}
	withoutPrompt := func(r object) { r["prompt"].(object)["raw"] = "[prompt stripped]" }

	whole := importAll(t, interop.Promptfoo(), written(func(int, object) {}))
	for name, change := range map[string]func(int, object){
		"variables":             func(_ int, r object) { withoutVars(r) },
		"variables and prompts": func(_ int, r object) { withoutVars(r); withoutPrompt(r) },
	} {
		err := interop.Promptfoo().Import(context.Background(), []string{written(change)}, interop.Options{}, new(recorder))
		if err == nil || !strings.Contains(err.Error(), "one.json:") || !strings.Contains(err.Error(), "the variables of the tests are missing, so tests can't be told apart; run promptfoo eval without PROMPTFOO_STRIP_TEST_VARS") {
			t.Errorf("without %s: %v", name, err)
		}
	}
	prompts := importAll(t, interop.Promptfoo(), written(func(_ int, r object) { withoutPrompt(r) }))
	if len(prompts.examples) != len(whole.examples) || len(prompts.judgements) != len(whole.judgements) {
		t.Errorf("without prompts: %d examples, want %d", len(prompts.examples), len(whole.examples))
	}
	removed := 0
	texts := importAll(t, interop.Promptfoo(), written(func(i int, r object) {
		if response, ok := r["response"].(object); ok && i%2 == 0 && response["output"] != nil && r["failureReason"] != 2.0 {
			response["output"] = "[output stripped]"
			removed++
		}
	}))
	if removed == 0 || len(texts.judgements) != len(whole.judgements) || len(texts.completions) != len(whole.completions)-removed {
		t.Errorf("without %d texts: %d judgements and %d answers, with them %d and %d", removed, len(texts.judgements), len(texts.completions), len(whole.judgements), len(whole.completions))
	}
	for _, c := range texts.completions {
		if strings.Contains(c.Text, "stripped") {
			t.Errorf("answer %q", c.Text)
		}
	}
	said := strings.Join(texts.notices, "\n")
	if !strings.Contains(said, "promptfoo removed the texts of") || strings.Contains(strings.Join(whole.notices, ""), "removed") {
		t.Errorf("notices %s", said)
	}
}
