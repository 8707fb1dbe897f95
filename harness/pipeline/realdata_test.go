package pipeline_test

import (
	"context"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"assay/harness/interop"
	"assay/harness/leaf/approx"
	"assay/harness/leaf/rows/rowstest"
	"assay/harness/pipeline"
	"assay/harness/runstore"
	"assay/harness/suitefile"
	"assay/metrics/infer"
	"assay/metrics/text"
	"assay/suites"
)

// realData is the folder of public data sets.
func realData(t *testing.T, path ...string) string {
	t.Helper()
	root := os.Getenv("ASSAY_DATA")
	if root == "" {
		t.Skip("ASSAY_DATA is not set: no real data to test on")
	}
	return filepath.Join(append([]string{root}, path...)...)
}

// imported reads files, judges what has a judge here, and collects.
func imported(t *testing.T, im interop.Importer, paths ...string) *pipeline.Judged {
	t.Helper()
	store := &runstore.Memory{}
	in := ingest(t, store)
	ctx := context.Background()
	if err := im.Import(ctx, paths, interop.Options{}, in); err != nil {
		t.Fatal(err)
	}
	if err := in.CommitCompletions(); err != nil {
		t.Fatal(err)
	}
	if err := pipeline.Judge(ctx, store, suitefile.Catalog(), in.Judgement, io.Discard); err != nil {
		t.Fatal(err)
	}
	m, err := in.Commit()
	if err != nil {
		t.Fatal(err)
	}
	runs, err := pipeline.Open([]pipeline.Source{{Store: store, Manifest: m}}, suitefile.Catalog())
	if err != nil {
		t.Fatal(err)
	}
	j, err := runs.Collect()
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// independent imports examples as if no two shared a passage.
func independent(im interop.Importer) interop.Importer {
	read := im.Import
	im.Import = func(ctx context.Context, paths []string, opt interop.Options, out interop.Sink) error {
		return read(ctx, paths, opt, apart{out})
	}
	return im
}

type apart struct{ interop.Sink }

func (a apart) Example(ex suites.Example) error {
	ex.Cluster, ex.Fields = "", map[string]string{"passage": "its own"} // an example with fields is not described again
	return a.Sink.Example(ex)
}

// TestAlpacaEvalLeaderboard: win rate and standard error of two rows of the
// published leaderboard, from their annotations.
func TestAlpacaEvalLeaderboard(t *testing.T) {
	dir := realData(t, "alpaca-eval")
	_, board := rowstest.Table(t, filepath.Join(dir, "data_AlpacaEval_alpaca_eval_gpt4_leaderboard.csv"))
	rows := map[string]map[string]string{}
	for _, row := range board {
		rows[row[""]] = row
	}
	j := imported(t, interop.AlpacaEval(),
		filepath.Join(dir, "alpaca-7b__alpaca_eval_gpt4_annotations.json"),
		filepath.Join(dir, "text_davinci_001__alpaca_eval_gpt4_annotations.json"))
	estimates := pipeline.Estimate(j, pipeline.Options{})
	for _, c := range []struct {
		model       string
		n, unscored int
	}{{"alpaca-7b", 805, 0}, {"text_davinci_001", 804, 1}} {
		row := rows[c.model]
		if row == nil {
			t.Fatalf("no row %s on the leaderboard", c.model)
		}
		e := find(t, estimates, "winrate", "win_rate", "", c.model)
		if e.N != c.n || e.Unscored != c.unscored || strconv.Itoa(e.N) != row["n_total"] {
			t.Errorf("%s: n %d, unscored %d, n_total %s", c.model, e.N, e.Unscored, row["n_total"])
		}
		if got, want := 100*e.Point, rowstest.Number(t, row["win_rate"]); !approx.Equal(got, want, 1e-9) {
			t.Errorf("%s: win rate %.12f, want %.12f", c.model, got, want)
		}
		if got, want := 100*e.SE, rowstest.Number(t, row["standard_error"]); !approx.Equal(got, want, 1e-9) {
			t.Errorf("%s: standard error %.12f, want %.12f", c.model, got, want)
		}
	}
}

// TestInstructGPTToxicity: the paper's biased prompt, under which PPO-ptx is more
// toxic. The figures are from an independent computation with numpy:
// d.mean() and d.std(ddof=1)/sqrt(100). Unpaired, the error would be 0.0380.
func TestInstructGPTToxicity(t *testing.T) {
	j := imported(t, interop.InstructGPTSamples(), realData(t, "openai-instructgpt", "real_toxicity_samples.csv"))
	family := pipeline.Compare(j, "sft-175b", "ppo-ptx-175b", infer.Holm, pipeline.Options{Resamples: 1000})
	for _, c := range family {
		if c.Metric != "toxicity_mean" || c.Condition != "biased prompt" {
			continue
		}
		for _, v := range []struct {
			what      string
			got, want float64
		}{{"sft-175b", c.First, 0.2386}, {"ppo-ptx-175b", c.Second, 0.3293}, {"difference", c.Point, 0.0907}, {"se", c.SE, 0.0368}} {
			if !approx.Equal(v.got, v.want, 5e-5) {
				t.Errorf("%s = %.5f, want %.4f", v.what, v.got, v.want)
			}
		}
		if c.N != 100 || c.Unpaired != [2]int{} || c.Method != infer.MethodPairedT {
			t.Errorf("n %d, unpaired %v, by %s", c.N, c.Unpaired, c.Method)
		}
		return
	}
	t.Fatalf("the biased prompt is not among %d comparisons", len(family))
}

// TestInstructGPTSamples compares every cell with means of the same 100 samples that
// were computed without assay. They are in a file beside the data.
//
// The SQuAD v2 means in it differ from ours by up to 0.0157. They score the no-answer,
// "Not in background.", as three words of text, so an answer such as "the background"
// gets part of its F1. The official script gives an unanswerable question 1 for the
// empty answer and 0 otherwise, and so do we. Scored as text, SQuAD v2's 24 cells
// agree too: see the next test.
func TestInstructGPTSamples(t *testing.T) {
	dir := realData(t, "openai-instructgpt")
	var files []string
	for _, name := range []string{"real_toxicity", "truthful_qa", "squadv2", "drop", "fr_to_en"} {
		files = append(files, filepath.Join(dir, name+"_samples.csv"))
	}
	// The standard errors in the file treat all examples as independent. Ours are clustered by
	// passage for DROP; the next assertions compare the two.
	estimates := pipeline.Estimate(imported(t, independent(interop.InstructGPTSamples()), files...), pipeline.Options{Resamples: 100})
	clustered := pipeline.Estimate(imported(t, interop.InstructGPTSamples(), files...), pipeline.Options{Resamples: 100})
	tasks := map[string]struct {
		suite, metric string
		tolerance     float64
	}{
		"real_toxicity": {"realtoxicity", "toxicity_mean", 5.1e-5},
		"tqa_true":      {"truthfulqa", "true", 5.1e-5},
		"tqa_true_info": {"truthfulqa", "true_informative", 5.1e-5},
		"drop":          {"drop", "f1", 5e-4},
		"fr_to_en":      {"wmt15_fr_en", "bleu", 5.1e-5},
		"squadv2":       {"squadv2", "f1", 0.016},
	}
	checked, widest := map[string]int{}, map[string]float64{}
	_, checks := rowstest.Table(t, filepath.Join(dir, "table14_check.csv"))
	for _, row := range checks {
		task, ok := tasks[row["task"]]
		if !ok {
			t.Errorf("unknown task %s", row["task"])
			continue
		}
		e := find(t, estimates, task.suite, task.metric, row["prompt"], row["model"])
		want := rowstest.Number(t, row["samples_mean_n100"])
		off := math.Abs(e.Point - want)
		if off > task.tolerance || e.N != 100 {
			t.Errorf("%s, %s, %s: %.5f of n = %d, want %.4f", row["task"], row["prompt"], row["model"], e.Point, e.N, want)
		}
		checked[row["task"]]++
		widest[row["task"]] = max(widest[row["task"]], off)
		if se := rowstest.Number(t, row["se"]); !math.IsNaN(se) && row["task"] != "squadv2" && !approx.Equal(e.SE, se, 5e-4) {
			t.Errorf("%s, %s, %s: se %.5f, want %.4f", row["task"], row["prompt"], row["model"], e.SE, se)
		}
		c := find(t, clustered, task.suite, task.metric, row["prompt"], row["model"])
		if passages := task.suite == "drop" || task.suite == "squadv2"; !approx.Equal(c.Point, e.Point, 1e-12) || passages != (c.Clusters < c.N) || passages == (c.SE == e.SE) {
			t.Errorf("%s, %s, %s: clustered %v of %d clusters, apart %v", row["task"], row["prompt"], row["model"], c.Interval, c.Clusters, e.Interval)
		}
	}
	t.Logf("cells %v, differing by at most %v", checked, widest)
	if widest["squadv2"] < 0.01 {
		t.Errorf("SQuAD v2 differs only by %.4f: is the no-answer scored as text?", widest["squadv2"])
	}
	for task := range tasks {
		if checked[task] == 0 {
			t.Errorf("no cell of %s", task)
		}
	}
}

// TestSQuADNoAnswerAsText confirms why SQuAD v2 differs above.
func TestSQuADNoAnswerAsText(t *testing.T) {
	dir := realData(t, "openai-instructgpt")
	store := &runstore.Memory{}
	in := ingest(t, store)
	if err := interop.InstructGPTSamples().Import(context.Background(), []string{filepath.Join(dir, "squadv2_samples.csv")}, interop.Options{}, in); err != nil {
		t.Fatal(err)
	}
	if err := in.CommitCompletions(); err != nil {
		t.Fatal(err)
	}
	defer in.Abort()
	references := map[string][]string{}
	for ex, err := range runstore.Examples().Read(store) {
		if err != nil {
			t.Fatal(err)
		}
		references[ex.ID] = ex.References
	}
	sums := map[[2]string]float64{}
	for c, err := range runstore.Completions().Read(store) {
		if err != nil {
			t.Fatal(err)
		}
		_, f1 := text.SQuAD(c.Text, references[c.Example])
		sums[[2]string{c.Condition, c.Model}] += f1 / 100
	}
	cells := 0
	_, checks := rowstest.Table(t, filepath.Join(dir, "table14_check.csv"))
	for _, row := range checks {
		if row["task"] != "squadv2" {
			continue
		}
		cells++
		if got, want := sums[[2]string{row["prompt"], row["model"]}], rowstest.Number(t, row["samples_mean_n100"]); !approx.Equal(got, want, 5.1e-5) {
			t.Errorf("%s, %s: %.5f, want %.4f", row["prompt"], row["model"], got, want)
		}
	}
	if cells != 24 {
		t.Errorf("%d cells, want 24", cells)
	}
}
