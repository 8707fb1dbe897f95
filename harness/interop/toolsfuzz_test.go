package interop_test

import (
	"archive/zip"
	"bytes"
	"context"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"assay/harness/interop"
	"assay/harness/leaf/cputime"
	"assay/harness/leaf/racetest"
)

// fuzzed are the files of each tool that a fuzzer changes, with what must be beside them.
var fuzzed = []struct {
	im     interop.Importer
	name   string            // of the file that is changed
	seed   string            // its content, or a pattern of files below testdata
	beside map[string]string // other files, by name: patterns of files below testdata
}{
	{interop.LMEval(), "samples_town_new_T.jsonl", "lm-eval/acme__beta/samples_town_new_*", map[string]string{"results_T.json": "lm-eval/acme__beta/results_*", "samples_town_places_T.jsonl": "lm-eval/acme__beta/samples_town_places_*"}},
	{interop.LMEval(), "results_T.json", "lm-eval/acme__beta/results_*", map[string]string{"samples_town_new_T.jsonl": "lm-eval/acme__beta/samples_town_new_*", "samples_town_places_T.jsonl": "lm-eval/acme__beta/samples_town_places_*"}},
	{interop.Inspect(), "log.json", "inspect/graded-beta.json", nil},
	{interop.Inspect(), "log.eval", "inspect/town-alpha.eval", nil},
	{interop.Promptfoo(), "results.json", "promptfoo/three.json", nil},
	{interop.MTBench(), "gpt-4_single.jsonl", "mt-bench/mt_bench/model_judgment/gpt-4_single.jsonl", nil},
	{interop.MTBench(), "gpt-4_pair.jsonl", "mt-bench/all/gpt-4_pair.jsonl", nil},
	{interop.EveryEvalEver(), "x_samples.jsonl", "every-eval-ever/town_new/acme/beta/*_samples.jsonl", map[string]string{"x.json": "every-eval-ever/town_new/acme/beta/*8b74.json"}},
	{interop.EveryEvalEver(), "x.json", "every-eval-ever/town_new/acme/beta/*8b74.json", map[string]string{"x_samples.jsonl": "every-eval-ever/town_new/acme/beta/*_samples.jsonl"}},
	{interop.HELM(), "per_instance_stats.json", helmSamples, map[string]string{"run_spec.json": helmRunSpec}},
	{interop.LightEval(), "results_T.json", lightResults, map[string]string{"details_town_said|0_T.parquet": lightDetails}},
	{interop.LightEval(), "details_town_said|0_T.parquet", lightDetails, map[string]string{"results_T.json": lightResults}},
	{interop.OpenCompass(), "results/alpha/town.json", compassResults, map[string]string{"predictions/alpha/town.json": compassPredictions}},
	{interop.OpenCompass(), "predictions/alpha/town.json", compassPredictions, map[string]string{"results/alpha/town.json": compassResults}},
	{interop.OpenCompass(), "results/alpha/town_qa.json", "opencompass/qa/results/sft_hf/town_qa.json", nil},
	{interop.OpenCompass(), "results/alpha/town_mcq.json", "opencompass/gen/results/sft_hf/town_mcq.json", map[string]string{"predictions/alpha/town_mcq.json": "opencompass/gen/predictions/sft_hf/town_mcq.json"}},
	{interop.Scores(), "scores.parquet", "scores.parquet", nil},
	{interop.HELM(), "scenario_state.json", `{"request_states": [{"instance": {"id": "id1", "input": {"text": "Who?"}, "references": [], "split": "test"}, "train_trial_index": 0, "result": {"success": true, "completions": [{"text": "Me."}]}}]}`, map[string]string{"run_spec.json": helmRunSpec, "per_instance_stats.json": helmSamples}},
}

const (
	lightResults       = "lighteval/results/town/sft/results_*.json"
	lightDetails       = "lighteval/details/town/sft/*/details_town_said_*.parquet"
	compassResults     = `{"accuracy": 50.0, "details": {"type": "GEN", "0": {"prompt": "Where?", "predictions": "north", "references": "north", "correct": true}, "1": {"prompt": "And?", "pred": ["south"], "answer": "west", "correct": [false, null]}}}`
	compassPredictions = `{"0": {"origin_prompt": [{"role": "HUMAN", "prompt": "Where?"}], "prediction": "north", "gold": "north"}, "1": {"origin_prompt": "And?", "prediction": "south", "gold": ["west"]}}`
	helmRunSpec        = `{"name": "town:subject=mill,model=acme_alpha", "adapter_spec": {"model": "acme/alpha", "max_train_instances": 5}}`
	helmSamples        = `[{"instance_id": "id1", "train_trial_index": 0, "stats": [{"name": {"name": "exact_match", "split": "test"}, "count": 1, "sum": 1, "mean": 1}, {"name": {"name": "num_prompt_tokens", "split": "test"}, "count": 1, "sum": 9, "mean": 9}]}]`
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
func tryTool(t *testing.T, k int, content string, keep bool) (*recorder, error) {
	f := fuzzed[k]
	files := map[string]string{f.name: content}
	for name, from := range f.beside {
		files[name] = contentOf(t, from)
	}
	dir := folder(t, files)
	r := new(recorder)
	err := f.im.Import(context.Background(), []string{dir}, interop.Options{KeepGoing: keep}, r)
	if err == nil && len(r.defined) == 0 {
		t.Error("import ended well without a suite")
	}
	if err != nil && (strings.ContainsAny(err.Error(), "\n\r") || !strings.Contains(err.Error(), dir)) {
		t.Errorf("the message has several lines, or names no file: %q", err)
	}
	return r, err
}

func FuzzLMEval(f *testing.F)        { fuzzTool(f, interop.LMEval()) }
func FuzzInspect(f *testing.F)       { fuzzTool(f, interop.Inspect()) }
func FuzzPromptfoo(f *testing.F)     { fuzzTool(f, interop.Promptfoo()) }
func FuzzMTBench(f *testing.F)       { fuzzTool(f, interop.MTBench()) }
func FuzzEveryEvalEver(f *testing.F) { fuzzTool(f, interop.EveryEvalEver()) }
func FuzzHELM(f *testing.F)          { fuzzTool(f, interop.HELM()) }
func FuzzLightEval(f *testing.F)     { fuzzTool(f, interop.LightEval()) }
func FuzzOpenCompass(f *testing.F)   { fuzzTool(f, interop.OpenCompass()) }
func FuzzScoresParquet(f *testing.F) { fuzzTool(f, interop.Scores()) }

// fuzzTool changes the files of one importer. k chooses the file; keep is --keep-going.
func fuzzTool(f *testing.F, im interop.Importer) {
	var own []int
	for k := range fuzzed {
		if fuzzed[k].im.Name != im.Name {
			continue
		}
		content := contentOf(f, fuzzed[k].seed)
		for _, keep := range []bool{false, true} {
			f.Add(len(own), content, keep)
			f.Add(len(own), content[:len(content)/2], keep)
			f.Add(len(own), strings.ReplaceAll(content, "1", "NaN"), keep)
			f.Add(len(own), strings.ReplaceAll(content, "\"", "{"), keep)
		}
		own = append(own, k)
	}
	if own == nil {
		f.Fatal("no file of " + im.Name)
	}
	f.Fuzz(func(t *testing.T, k int, content string, keep bool) {
		if k >= 0 && k < len(own) {
			tryTool(t, own[k], content, keep)
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
			start := cputime.Used()
			if _, err := tryTool(t, k, content, false); err == nil {
				t.Errorf("%s, %s: no error", fuzzed[k].name, name)
			}
			if took := cputime.Used() - start; took > 20*time.Second {
				t.Errorf("%s, %s: took %v", fuzzed[k].name, name, took)
			}
		}
	}
}

// An .eval file that would unpack to far more than its size is refused before it is unpacked, and
// one whose member is too large as well.
func TestInspectBomb(t *testing.T) {
	racetest.SkipSequential(t, "hundreds of MiB are packed and read")
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
	var many bytes.Buffer // of short texts, in a member that would fill the memory
	z = zip.NewWriter(&many)
	for name, parts := range map[string][]string{
		"header.json":            {`{"status": "success", "eval": {"task": "t", "model": "m"}}`, "", ""},
		"samples/a_epoch_1.json": {`{"id": "a", "epoch": 1, "input": ["`, strings.Repeat("x", 1<<20-4) + `", "`, `"]}`},
	} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(parts[0]))
		for range 65 {
			w.Write([]byte(parts[1]))
		}
		w.Write([]byte(parts[2]))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	dir := folder(t, map[string]string{"bomb.eval": packed.String(), "cut.eval": packed.String()[:packed.Len()/2], "many.eval": many.String()})
	for name, want := range map[string]string{"bomb.eval": "a text or number of more than 64 MiB", "cut.eval": "no complete zip file", "many.eval": "the input has more than 64 MiB"} {
		err := interop.Inspect().Import(context.Background(), []string{filepath.Join(dir, name)}, interop.Options{}, new(recorder))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", name, err, want)
		}
	}
}

// A file without row ends is refused before it fills the memory. The files are sparse: they read as
// zeros, and take no room.
func TestLongRows(t *testing.T) {
	racetest.SkipSequential(t, "rows of 64 MiB are read")
	beside := func(name string) string { return contentOf(t, "lm-eval/acme__beta/"+name) }
	for _, c := range []struct {
		im     interop.Importer
		name   string
		begin  string
		beside map[string]string
		want   string
	}{
		{interop.MTBench(), "gpt-4_single.jsonl", `{"question_id": "`, nil, "gpt-4_single.jsonl:1: a row of more than 64 MiB"},
		{interop.MTBench(), "pairs.json", "[\n{\"question_id\": \"", nil, "pairs.json:1: a row of more than 64 MiB"},
		{interop.LMEval(), "samples_town_new_T.jsonl", "\n\n{\"doc_id\": \"", map[string]string{"results_T.json": beside("results_*"), "samples_town_places_T.jsonl": beside("samples_town_places_*")}, "samples_town_new_T.jsonl:1: a row of more than 64 MiB"},
		{interop.Scores(), "t.csv", "example,model,metric,value\na,m,f1,1\n\"", nil, "t.csv:3: a row of more than 64 MiB"},
		{interop.Scores(), "t.jsonl", `{"example": "`, nil, "t.jsonl:1: a row of more than 64 MiB"},
		{interop.AlpacaEval(), "annotations.json", `[{"instruction": "`, nil, "annotations.json:1: a row of more than 64 MiB"},
	} {
		files := map[string]string{c.name: c.begin}
		maps.Copy(files, c.beside)
		dir := folder(t, files)
		path := filepath.Join(dir, c.name)
		if err := os.Truncate(path, 1<<30); err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := c.im.Import(t.Context(), []string{dir}, interop.Options{}, new(recorder))
		runtime.ReadMemStats(&after)
		if err == nil || !strings.HasPrefix(err.Error(), filepath.Join(dir, c.want)) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
		if taken := (after.TotalAlloc - before.TotalAlloc) >> 20; taken > 1024 {
			t.Errorf("%s: %d MiB were allocated", c.name, taken)
		}
	}
}

// With --keep-going, a row with a member of the wrong type is skipped and the next is read, in
// files that are one document too. The faults are at several depths, and in the row itself.
func TestKeepGoingInDocuments(t *testing.T) {
	good := func(id string) string {
		return `{"instance_id": "` + id + `", "train_trial_index": 0, "stats": [{"name": {"name": "exact_match", "split": "test"}, "count": 1, "sum": 1, "mean": 1}]}`
	}
	detail := `{"prompt": "Where?", "predictions": "north", "references": "north", "correct": true}`
	for _, bad := range []string{`{"train_trial_index": {"a": [1]}, "stats": []}`, `{"stats": [{"name": {"name": ["x", {}]}}, 2], "z": [1]}`, `[1, [2]]`, `"row"`, `7`} {
		r := new(recorder)
		dir := folder(t, map[string]string{"run_spec.json": helmRunSpec, "per_instance_stats.json": "[" + good("a") + ",\n" + bad + ",\n" + good("b") + "]"})
		if err := interop.HELM().Import(t.Context(), []string{dir}, interop.Options{KeepGoing: true}, r); err != nil {
			t.Fatal(bad, err)
		}
		if said := strings.Join(r.notices, "\n"); len(r.judgements) != 2 || !strings.Contains(said, "skipped 1 of 3 rows; the first error: "+filepath.Join(dir, "per_instance_stats.json")+":2: ") || !strings.Contains(said, " is needed; get a file as the tool wrote it") {
			t.Errorf("%s: %d judgements; said %s", bad, len(r.judgements), said)
		}
		err := interop.HELM().Import(t.Context(), []string{dir}, interop.Options{}, new(recorder))
		if err == nil || !strings.Contains(err.Error(), " is needed; get a file as the tool wrote it") {
			t.Errorf("%s: without --keep-going, error %v", bad, err)
		}
	}
	result := `{"vars": {"place": "mill"}, "provider": "m", "success": true, "score": 1}`
	for _, c := range []struct {
		im      interop.Importer
		name    string
		content string
		scores  int
	}{
		{interop.OpenCompass(), "results/m/town.json", `{"details": {"type": "GEN", "0": ` + detail + `, "1": {"pred": 1, "correct": {"a": 1}}, "2": ` + detail + `}, "accuracy": 100}`, 2},
		{interop.Promptfoo(), "results.json", `{"results": {"results": [` + result + `, {"error": {"a": 1}}, 7, ` + result + `]}}`, 4},
		{interop.Inspect(), "log.json", `{"status": "success", "eval": {"task": "t", "model": "m"}, "samples": [{"id": 1, "epoch": 1, "scores": {"f": {"value": 1}}}, {"id": 2, "epoch": {}}, {"id": 3, "epoch": 1, "scores": {"f": {"value": 0}}}]}`, 2},
	} {
		r := new(recorder)
		dir := folder(t, map[string]string{c.name: c.content})
		if err := c.im.Import(t.Context(), []string{dir}, interop.Options{KeepGoing: true}, r); err != nil || len(r.judgements) != c.scores || !strings.Contains(strings.Join(r.notices, "\n"), ": skipped ") {
			t.Errorf("%s: error %v, %d judgements, want %d; said %v", c.name, err, len(r.judgements), c.scores, r.notices)
		}
		if err := c.im.Import(t.Context(), []string{dir}, interop.Options{}, new(recorder)); err == nil {
			t.Errorf("%s: no error without --keep-going", c.name)
		}
	}
}

// A table is the same in CSV and in Parquet, as pyarrow 26 wrote it from the CSV file.
func TestScoresParquet(t *testing.T) {
	table, parquet := importAll(t, interop.Scores(), filepath.Join("testdata", "scores.csv")), importAll(t, interop.Scores(), filepath.Join("testdata", "scores.parquet"))
	if len(table.judgements) != 8 || !reflect.DeepEqual(table.judgements, parquet.judgements) || !reflect.DeepEqual(table.examples, parquet.examples) || !reflect.DeepEqual(table.completions, parquet.completions) {
		t.Errorf("judgements\n%+v, and from Parquet\n%+v", table.judgements, parquet.judgements)
	}
}
