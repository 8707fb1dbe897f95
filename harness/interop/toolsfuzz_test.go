package interop_test

import (
	"archive/zip"
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assay/harness/interop"
)

// fuzzed are the files of each tool that a fuzzer changes, with what must be beside them.
var fuzzed = []struct {
	im     interop.Importer
	name   string            // of the file that is changed
	seed   string            // its content, or a pattern of files below testdata
	beside map[string]string // other files, by name: patterns of files below testdata
}{
	{interop.LMEval(), "samples_town_new_T.jsonl", "lm-eval/acme__beta/samples_town_new_*", map[string]string{"results_T.json": "lm-eval/acme__beta/results_*"}},
	{interop.LMEval(), "results_T.json", "lm-eval/acme__beta/results_*", map[string]string{"samples_town_new_T.jsonl": "lm-eval/acme__beta/samples_town_new_*"}},
	{interop.Inspect(), "log.json", "inspect/graded-beta.json", nil},
	{interop.Inspect(), "log.eval", "inspect/town-alpha.eval", nil},
	{interop.Promptfoo(), "results.json", "promptfoo/three.json", nil},
	{interop.MTBench(), "gpt-4_single.jsonl", "mt-bench/gpt-4_single.jsonl", nil},
	{interop.MTBench(), "gpt-4_pair.jsonl", "mt-bench/gpt-4_pair.jsonl", nil},
	{interop.EveryEvalEver(), "x_samples.jsonl", "every-eval-ever/town_new/acme/beta/*_samples.jsonl", map[string]string{"x.json": "every-eval-ever/town_new/acme/beta/*8b74.json"}},
	{interop.EveryEvalEver(), "x.json", "every-eval-ever/town_new/acme/beta/*8b74.json", map[string]string{"x_samples.jsonl": "every-eval-ever/town_new/acme/beta/*_samples.jsonl"}},
	{interop.HELM(), "per_instance_stats.json", helmSamples, map[string]string{"run_spec.json": helmRunSpec}},
	{interop.HELM(), "scenario_state.json", `{"request_states": [{"instance": {"id": "id1", "input": {"text": "Who?"}, "references": [], "split": "test"}, "train_trial_index": 0, "result": {"success": true, "completions": [{"text": "Me."}]}}]}`, map[string]string{"run_spec.json": helmRunSpec, "per_instance_stats.json": helmSamples}},
}

const (
	helmRunSpec = `{"name": "town:subject=mill,model=acme_alpha", "adapter_spec": {"model": "acme/alpha", "max_train_instances": 5}}`
	helmSamples = `[{"instance_id": "id1", "train_trial_index": 0, "stats": [{"name": {"name": "exact_match", "split": "test"}, "count": 1, "sum": 1, "mean": 1}, {"name": {"name": "num_prompt_tokens", "split": "test"}, "count": 1, "sum": 9, "mean": 9}]}]`
)

func contentOf(t testing.TB, text string) string {
	if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
		return text
	}
	names, err := filepath.Glob(filepath.Join("testdata", text))
	if err != nil || len(names) == 0 {
		t.Fatal(text, err)
	}
	content, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// tryTool imports a changed file. Whatever is in it, there is a definition, or an error of one
// line that names a file.
func tryTool(t *testing.T, k int, content string) (*recorder, error) {
	f := fuzzed[k]
	files := map[string]string{f.name: content}
	for name, from := range f.beside {
		files[name] = contentOf(t, from)
	}
	dir := folder(t, files)
	r := new(recorder)
	err := f.im.Import(context.Background(), []string{dir}, interop.Options{}, r)
	if err == nil && len(r.defined) == 0 {
		t.Error("import ended well without a suite")
	}
	if err != nil && (strings.ContainsAny(err.Error(), "\n\r") || !strings.Contains(err.Error(), dir)) {
		t.Errorf("the message has several lines, or names no file: %q", err)
	}
	return r, err
}

func FuzzTools(f *testing.F) {
	for k := range fuzzed {
		content := contentOf(f, fuzzed[k].seed)
		f.Add(k, content)
		f.Add(k, content[:len(content)/2])
		f.Add(k, strings.ReplaceAll(content, "1", "NaN"))
		f.Add(k, strings.ReplaceAll(content, "\"", "{"))
	}
	f.Fuzz(func(t *testing.T, k int, content string) {
		if k >= 0 && k < len(fuzzed) {
			tryTool(t, k, content)
		}
	})
}

// Hostile files end in an error, soon and without much memory.
func TestHostileFiles(t *testing.T) {
	deep := strings.Repeat("[", 1<<20)
	for k := range fuzzed {
		if strings.HasSuffix(fuzzed[k].name, ".eval") {
			continue
		}
		for name, content := range map[string]string{"deep": `{"results": ` + deep, "deeper": deep, "deep sample": `[{"x":` + deep, "empty": "", "null": "null", "cut": `{"results": {"a": [1, 2`} {
			start := time.Now()
			if _, err := tryTool(t, k, content); err == nil {
				t.Errorf("%s, %s: no error", fuzzed[k].name, name)
			}
			if time.Since(start) > 20*time.Second {
				t.Errorf("%s, %s: took %v", fuzzed[k].name, name, time.Since(start))
			}
		}
	}
}

// An .eval file that would unpack to far more than its size is refused before it is unpacked, and
// one whose member is too large as well.
func TestInspectBomb(t *testing.T) {
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	w, err := z.Create("header.json")
	if err != nil {
		t.Fatal(err)
	}
	w.Write([]byte(`{"status": "success", "eval": {"task": "t", "model": "m"}}`))
	zeros := make([]byte, 1<<20)
	w, err = z.Create("samples/a_epoch_1.json")
	if err != nil {
		t.Fatal(err)
	}
	w.Write([]byte(`{"id": "a", "epoch": 1, "input": "`))
	for range 100 { // more than the longest text
		w.Write(bytes.ReplaceAll(zeros, []byte{0}, []byte("x")))
	}
	w.Write([]byte(`"}`))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	dir := folder(t, map[string]string{"bomb.eval": packed.String(), "cut.eval": packed.String()[:packed.Len()/2]})
	for name, want := range map[string]string{"bomb.eval": "a text or number of more than 64 MiB", "cut.eval": "no complete zip file"} {
		err := interop.Inspect().Import(context.Background(), []string{filepath.Join(dir, name)}, interop.Options{}, new(recorder))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", name, err, want)
		}
	}
}
