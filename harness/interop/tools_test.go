package interop_test

import (
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"assay/harness"
	"assay/harness/interop"
	"assay/harness/leaf/approx"
	"assay/harness/leaf/plural"
	"assay/metrics"
	"assay/metrics/statistic"
	"assay/suites"
)

// cell is a metric of a model.
type cell struct{ suite, metric, model, condition string }

// point computes a cell's aggregate from the recorded judgements.
func (r *recorder) point(t *testing.T, c cell) (x float64, n, missing int) {
	t.Helper()
	var sums statistic.Sums
	for i := range r.defined {
		for _, d := range r.defined[i].Metrics {
			if r.defined[i].Name == c.suite && d.Name == c.metric {
				m := d.Metric()
				var err error
				if sums, err = statistic.Of(&m); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if sums.Add == nil {
		t.Fatalf("%+v is not defined", c)
	}
	all, one := make([]float64, sums.Size), make([]float64, sums.Size)
	for _, j := range r.judgements {
		if j.Suite != c.suite || j.Metric != c.metric || j.Model != c.model || j.Condition != c.condition {
			continue
		}
		if !j.Scored() {
			missing++
			continue
		}
		n++
		sums.Add(one, j.Value)
		for i := range all {
			all[i] += one[i]
		}
	}
	return sums.Point(all, float64(n)), n, missing
}

// want is what a tool printed, and how many scores it has.
type want struct {
	cell
	value      float64
	n, missing int
}

// checkPrinted imports a folder and compares with what the tool printed. agree is how many
// aggregates of the files must follow from the scores; none may differ.
func checkPrinted(t *testing.T, im interop.Importer, dir string, agree int, wants []want) *recorder {
	t.Helper()
	r := importAll(t, im, dir)
	for _, w := range wants {
		x, n, missing := r.point(t, w.cell)
		if !approx.Equal(x, w.value, 1e-9*max(1, math.Abs(w.value))) || n != w.n || missing != w.missing {
			t.Errorf("%+v is %v over %d with %d missing; the tool printed %v over %d, and %d have no score", w.cell, x, n, missing, w.value, w.n, w.missing)
		}
	}
	said := strings.Join(r.notices, "\n")
	if !strings.Contains(said, fmt.Sprintf("%s in the files %s with the scores", plural.Of(agree, "aggregate"), plural.Word(agree, "agrees", "agree"))) || strings.Contains(said, " by the ") {
		t.Errorf("want %d aggregates that agree, and none that differs; said\n%s", agree, said)
	}
	return r
}

// The logs are those of inspect_ai 0.3.285 with its mock model; the values are those of
// log.results.scores.
func TestInspect(t *testing.T) {
	alpha, beta := "mockllm/alpha", "mockllm/beta"
	r := checkPrinted(t, interop.Inspect(), filepath.Join("testdata", "inspect"), 14, []want{
		{cell{"town", "includes", alpha, ""}, 0, 6, 0},
		{cell{"town", "length", alpha, ""}, 2.3199999999999994, 5, 1},
		{cell{"town", "includes", beta, ""}, 0.3333333333333333, 6, 0},
		{cell{"town", "length", beta, ""}, 2.375, 4, 2},
		{cell{"town_graded", "clarity", alpha, ""}, 3.8333333333333335, 6, 0},
		{cell{"town_graded", "tone", alpha, ""}, 0.4166666666666667, 6, 0},
		{cell{"town_graded", "clarity", beta, ""}, 3.8333333333333335, 6, 0},
		{cell{"town_graded", "tone", beta, ""}, 0.16666666666666666, 6, 0},
		{cell{"town_choice", "choice", alpha, ""}, 0.16666666666666666, 6, 0},
		{cell{"town_epochs", "match", beta, ""}, 0.27777777777777773, 18, 0},
		{cell{"town_epochs", "match/mode", beta, ""}, 0.3333333333333333, 6, 0},
		{cell{"town_epochs", "match/at_least_2", beta, ""}, 0.3333333333333333, 6, 0},
		{cell{"town_epochs", "match/pass_at_2", beta, ""}, 0.4444444444444444, 6, 0},
		{cell{"town_epochs", "match/max", beta, ""}, 0.5, 6, 0},
	})
	for _, c := range r.completions {
		if c.Suite == "town" && c.Model == alpha && c.Example == suites.ExampleID("town", "q-harbour") {
			if c.Text != "By it stands the mill" || c.Finish != "stop" {
				t.Errorf("answer %+v", c)
			}
		}
	}
	if ex := r.examples[0]; ex.Fields["topic"] == "" && ex.Suite == "town" {
		t.Errorf("example %+v has no metadata", ex)
	}
}

// The files are those of lm_eval 0.4.13 with a model of random numbers; the values are those of
// its results files.
func TestLMEval(t *testing.T) {
	alpha, beta, gamma := "acme/alpha", "acme/beta", "acme/gamma"
	r := checkPrinted(t, interop.LMEval(), filepath.Join("testdata", "lm-eval"), 36, []want{
		{cell{"town_places", "acc", alpha, "0-shot"}, 0.4166666666666667, 12, 0},
		{cell{"town_places", "acc_norm", alpha, "0-shot"}, 0.4166666666666667, 12, 0},
		{cell{"town_places", "brier_score", alpha, "0-shot"}, 0.9436341007455896, 12, 0},
		{cell{"town_new", "acc", alpha, ""}, 0.5833333333333334, 12, 0},
		{cell{"town_new", "f1", alpha, ""}, 0.2857142857142857, 12, 0},
		{cell{"town_new", "mcc", alpha, ""}, 0.0, 12, 0},
		{cell{"town_steps", "exact_match,strict-match", alpha, "0-shot"}, 0.0, 12, 0},
		{cell{"town_steps", "exact_match,flexible", alpha, "0-shot"}, 0.16666666666666666, 12, 0},
		{cell{"town_text", "word_perplexity", alpha, ""}, 1.0280614147030611, 12, 0},
		{cell{"town_text", "byte_perplexity", alpha, ""}, 1.0063874970912492, 12, 0},
		{cell{"town_text", "bits_per_byte", alpha, ""}, 0.009185904042381137, 12, 0},
		{cell{"town_last", "perplexity", alpha, ""}, 5.208090515478331, 12, 0},
		{cell{"town_last", "acc", alpha, ""}, 0.5833333333333334, 12, 0},
		{cell{"town", "acc", alpha, "0-shot"}, 0.5, 24, 0},
		{cell{"town_translate", "bleu", alpha, ""}, 4.576005756015692, 12, 0},
		{cell{"town_translate", "chrf", alpha, ""}, 16.312359148240695, 12, 0},
		{cell{"town_translate", "ter", alpha, ""}, 94.44444444444444, 12, 0},
		{cell{"town_places", "acc", beta, "0-shot"}, 0.16666666666666666, 12, 0},
		{cell{"town_places", "acc_norm", beta, "0-shot"}, 0.16666666666666666, 12, 0},
		{cell{"town_places", "brier_score", beta, "0-shot"}, 1.0204201471508978, 12, 0},
		{cell{"town_new", "acc", beta, ""}, 0.5, 12, 0},
		{cell{"town_new", "f1", beta, ""}, 0.25, 12, 0},
		{cell{"town_new", "mcc", beta, ""}, -0.125, 12, 0},
		{cell{"town_steps", "exact_match,strict-match", beta, "0-shot"}, 0.0, 12, 0},
		{cell{"town_steps", "exact_match,flexible", beta, "0-shot"}, 0.08333333333333333, 12, 0},
		{cell{"town_text", "word_perplexity", beta, ""}, 1.0217202408523391, 12, 0},
		{cell{"town_text", "byte_perplexity", beta, ""}, 1.0049559330078899, 12, 0},
		{cell{"town_text", "bits_per_byte", beta, ""}, 0.007132241080979733, 12, 0},
		{cell{"town_last", "perplexity", beta, ""}, 15.00287017841019, 12, 0},
		{cell{"town_last", "acc", beta, ""}, 0.5, 12, 0},
		{cell{"town", "acc", beta, "0-shot"}, 0.3333333333333333, 24, 0},
		{cell{"town_places", "acc", gamma, "2-shot"}, 0.375, 8, 0},
		{cell{"town_places", "acc_norm", gamma, "2-shot"}, 0.375, 8, 0},
		{cell{"town_places", "brier_score", gamma, "2-shot"}, 0.9145082348373973, 8, 0},
		{cell{"town_steps", "exact_match,strict-match", gamma, "2-shot"}, 0.0, 8, 0},
		{cell{"town_steps", "exact_match,flexible", gamma, "2-shot"}, 0.0, 8, 0},
	})
	if ex := r.examples[0]; len(ex.References) != 1 || ex.Suite == "town_places" && len(ex.Incorrect) != 2 {
		t.Errorf("example %+v", ex)
	}
}

// The files are those of promptfoo 0.12x with a provider of its own; the values are the sums and
// counts of its prompts' metrics. Two results of the first file are errors.
func TestPromptfoo(t *testing.T) {
	where, say := "Where is the {{place}}?", "Say briefly where the {{place}} is."
	r := checkPrinted(t, interop.Promptfoo(), filepath.Join("testdata", "promptfoo"), 34, []want{
		{cell{"town", "pass", "alpha", where}, 2.0 / 6, 6, 0},
		{cell{"town", "score", "alpha", where}, 2.7666666666666666 / 6, 6, 0},
		{cell{"town", "length", "alpha", where}, 2.3 / 6, 6, 0},
		{cell{"town", "pass", "alpha", say}, 2.0 / 4, 4, 2},
		{cell{"town", "score", "alpha", say}, 2.2416666666666667 / 4, 4, 2},
		{cell{"town", "length", "alpha", say}, 1.725 / 4, 4, 2},
		{cell{"town", "direction", "beta", where}, 0, 6, 0},
		{cell{"town", "length", "beta", say}, 2.875 / 6, 6, 0},
	})
	twice := 0
	for _, j := range r.judgements {
		if j.Suite == "town south" && j.Sample == 1 {
			twice++
		}
	}
	if twice == 0 {
		t.Error("repeats are no samples")
	}
}

// The files are those of FastChat 0.2.36: gen_api_answer against assay serve with three small
// models, one of which refused a prompt; gen_judgment in the modes single, pairwise-baseline and
// pairwise-all against a server with a judge of fixed verdicts, some of them without a rating; the
// values are what show_result printed, with its digits.
func TestMTBench(t *testing.T) {
	r := importAll(t, interop.MTBench(), filepath.Join("testdata", "mt-bench", "mt_bench"))
	for _, w := range []struct {
		cell
		value      float64
		n, missing int
		within     float64
	}{
		{cell{"mt_bench", "score", "gpt", ""}, 5.95, 10, 2, 5e-7},
		{cell{"mt_bench", "score", "ppo", ""}, 5.277778, 9, 3, 5e-7},
		{cell{"mt_bench", "score", "sft", ""}, 4.25, 10, 2, 5e-7},
		{cell{"mt_bench", "win_rate", "ppo", ""}, 0.55, 10, 2, 1e-9}, // win_rate_adjusted
		{cell{"mt_bench", "win_rate", "sft", ""}, 0.5, 10, 2, 1e-9},
	} {
		x, n, missing := r.point(t, w.cell)
		if !approx.Equal(x, w.value, w.within) || n != w.n || missing != w.missing {
			t.Errorf("%+v is %v over %d, %d missing; want %v over %d, %d missing", w.cell, x, n, missing, w.value, w.n, w.missing)
		}
	}
	turns := map[string]string{}
	for _, ex := range r.examples {
		turns[ex.ID] = ex.Fields["turn"]
	}
	sums, ns := map[string]float64{}, map[string]float64{}
	for _, j := range r.judgements {
		if j.Metric == "score" && j.Scored() {
			key := j.Model + " " + turns[j.Example]
			sums[key] += j.Value[0]
			ns[key]++
		}
		if j.Metric == "win_rate" && (j.Baseline != "gpt" || j.Judge != "gpt-4") {
			t.Errorf("judgement %+v", j)
		}
	}
	for key, want := range map[string]float64{"gpt 1": 6.2, "ppo 1": 5.5, "sft 1": 4.25, "gpt 2": 5.7, "ppo 2": 5, "sft 2": 4.25} {
		if got := sums[key] / ns[key]; !approx.Equal(got, want, 5e-7) {
			t.Errorf("%s: %v, want %v", key, got, want)
		}
	}
	if !slices.ContainsFunc(r.examples, func(ex suites.Example) bool {
		return ex.Cluster == "81" && ex.Category == "writing" && strings.HasSuffix(ex.Input, "of gofu ?\n\nlist four colours without gray .") && ex.Fields["turn"] == "2"
	}) {
		t.Errorf("examples %+v", r.examples)
	}
}

// In pairwise-all, show_result counts each pair for both models. The values are its wins, losses,
// ties and win_rate_adjusted.
func TestMTBenchAll(t *testing.T) {
	r := importAll(t, interop.MTBench(), filepath.Join("testdata", "mt-bench", "all"))
	type counts struct{ wins, losses, ties int }
	all := map[string]counts{}
	count := func(model string, x float64) {
		c := all[model]
		switch x {
		case 1:
			c.wins++
		case 0:
			c.losses++
		default:
			c.ties++
		}
		all[model] = c
	}
	missing := 0
	for _, j := range r.judgements {
		if !j.Scored() {
			missing++
			continue
		}
		count(j.Model, j.Value[0])
		count(j.Baseline, 1-j.Value[0])
	}
	if want := map[string]counts{"ppo": {4, 3, 10}, "sft": {2, 2, 13}, "gpt": {3, 4, 13}}; !reflect.DeepEqual(all, want) || missing != 36-27 {
		t.Errorf("%+v and %d missing, want %+v", all, missing, want)
	}
}

// The modes pairwise-baseline and pairwise-all write to one file: the first three rows are of the
// first mode, with gpt as the baseline, the others of the second, which has each pair in the order of
// names. A pair stays one metric, with its winner, and isn't counted twice.
func TestMTBenchBothModes(t *testing.T) {
	row := func(question int, one, two, first, second string) string {
		return fmt.Sprintf(`{"question_id": %d, "model_1": %q, "model_2": %q, "g1_winner": %q, "g2_winner": %q, "judge": ["gpt-4", "pair-v2"], "turn": 1}`+"\n", question, one, two, first, second)
	}
	lines := []string{
		row(81, "ppo", "gpt", "model_1", "model_1"), row(82, "ppo", "gpt", "model_1", "model_1"), row(81, "sft", "gpt", "model_2", "model_2"),
		row(83, "gpt", "ppo", "model_2", "model_2"), row(84, "gpt", "ppo", "model_1", "model_1"), row(85, "gpt", "ppo", "model_2", "tie"), row(86, "gpt", "ppo", "error", "model_1"),
		row(83, "gpt", "sft", "model_2", "model_2"), row(84, "gpt", "sft", "model_2", "model_2"),
		row(83, "ppo", "sft", "model_1", "model_1"), row(84, "ppo", "sft", "model_2", "model_1"),
	}
	r := importAll(t, interop.MTBench(), folder(t, map[string]string{"gpt-4_pair.jsonl": strings.Join(lines, "")}))
	got := map[string][]float64{} // sum of scores, scored, missing
	for _, j := range r.judgements {
		of := got[j.Model+" against "+j.Baseline]
		if of == nil {
			of = make([]float64, 3)
			got[j.Model+" against "+j.Baseline] = of
		}
		if !j.Scored() {
			of[2]++
			continue
		}
		of[0], of[1] = of[0]+j.Value[0], of[1]+1
	}
	want := map[string][]float64{"ppo against gpt": {1 + 1 + 1 + 0 + 0.5, 5, 1}, "sft against gpt": {0 + 1 + 1, 3, 0}, "ppo against sft": {1 + 0.5, 2, 0}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	// Each has its verdict with the model's answer first, and then with the baseline's.
	var both []string
	for _, j := range r.judgements {
		if j.Scored() {
			both = append(both, fmt.Sprint(j.Model, j.Orders))
		}
	}
	if want := "ppo[1 1] ppo[1 1] sft[0 0] ppo[1 1] ppo[0 0] ppo[0.5 1] sft[1 1] sft[1 1] ppo[1 1] ppo[0 1]"; strings.Join(both, " ") != want {
		t.Errorf("orders %s, want %s", strings.Join(both, " "), want)
	}
	// A pair that both modes judged, with the same verdict, with another and with another side first.
	for _, again := range []string{lines[1], row(82, "ppo", "gpt", "model_2", "model_2"), row(82, "gpt", "ppo", "model_2", "model_2"), row(82, "gpt", "ppo", "tie", "tie")} {
		dir := folder(t, map[string]string{"gpt-4_pair.jsonl": strings.Join(lines, "") + again})
		err := interop.MTBench().Import(t.Context(), []string{dir}, interop.Options{}, new(recorder))
		for _, w := range []string{"gpt-4_pair.jsonl:12: ", `have a judgment of turn 1 of question "82" by this judge already; if rows of pairwise-baseline and of pairwise-all are mixed, keep one mode's`} {
			if err == nil || !strings.Contains(err.Error(), w) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: %v, want one line with %q", again, err, w)
			}
		}
	}
}

// Battles of the arena: of two models the baseline is the first by name, whichever side it was on.
func TestArena(t *testing.T) {
	dir := folder(t, map[string]string{"battles.json": `[
{"question_id": "x", "model_a": "beta", "model_b": "alpha", "winner": "model_a", "judge": "arena_user_1", "language": "English", "conversation_a": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}], "conversation_b": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yes?"}]},
{"question_id": "y", "model_a": "alpha", "model_b": "beta", "winner": "model_a", "judge": "arena_user_2"},
{"model_a": "alpha", "model_b": "beta", "winner": "tie (bothbad)", "judge": "arena_user_2"},
{"question_id": "z", "model_a": "alpha", "model_b": "beta", "winner": "model_b"}]`})
	r := importAll(t, interop.MTBench(), dir)
	if x, n, _ := r.point(t, cell{"arena", "win_rate", "beta", ""}); x != 0.625 || n != 4 {
		t.Errorf("win rate %v over %d, want 0.625 over 4", x, n)
	}
	if len(r.completions) != 2 || r.completions[0].Model != "alpha" || r.completions[0].Text != "Yes?" || r.judgements[0].Labeler != "arena_user_1" {
		t.Errorf("answers %+v, judgement %+v", r.completions, r.judgements[0])
	}
	wantError(t, interop.MTBench(), folder(t, map[string]string{"b.jsonl": `{"question_id": 1, "model_a": "a", "model_b": "b", "winner": "c"}` + "\n"}), `b.jsonl:1: the winner "c"; it is model_a, model_b, tie`)
}

// The files are those of every_eval_ever 0.3.0's converter over lm-evaluation-harness's results;
// the values are its aggregates' scores.
func TestEveryEvalEver(t *testing.T) {
	r := checkPrinted(t, interop.EveryEvalEver(), filepath.Join("testdata", "every-eval-ever"), 10, []want{
		{cell{"town_steps/flexible", "exact_match", "acme/beta", ""}, 0.08333333333333333, 12, 0},
		{cell{"town_steps/strict-match", "exact_match", "acme/beta", ""}, 0, 12, 0},
		{cell{"town_new", "acc", "acme/beta", ""}, 0.5, 12, 0},
		{cell{"town_new", "acc", "acme/alpha", ""}, 0.5833333333333334, 12, 0},
		{cell{"town_places", "acc", "acme/beta", ""}, 0.16666666666666666, 12, 0},
	})
	if said := strings.Join(r.notices, "\n"); !strings.Contains(said, "town_new f1 of acme/alpha is 0.2857142857142857 in the file, but no score of it was read") {
		t.Errorf("said %s", said)
	}
}

// The files are those of three runs of helm-run, crfm-helm 0.5.16, with a scenario and run
// specification of their own, on two small models by its Hugging Face client; the values are those
// of stats.json. The first model's answers to perturbed instances are others than to plain ones.
func TestHELM(t *testing.T) {
	said, choice := "town:subject=said,data_augmentation=lower", "town:subject=choice"
	r := checkPrinted(t, interop.HELM(), filepath.Join("testdata", "helm"), 20, []want{
		{cell{said, "exact_match", "town/sft", ""}, 0.25, 4, 0},
		{cell{said, "f1_score", "town/sft", ""}, 0.7708333333333333, 4, 0},
		{cell{said, "exact_match", "town/sft", "lowercase"}, 0.25, 4, 0},
		{cell{said, "f1_score", "town/sft", "lowercase"}, 0.7291666666666666, 4, 0},
		{cell{said, "quasi_exact_match", "town/ppo", ""}, 0, 4, 0},
		{cell{said, "exact_match", "town/ppo", "lowercase"}, 0.25, 4, 0},
		{cell{said, "f1_score", "town/ppo", "lowercase"}, 0.4722222222222222, 4, 0},
		{cell{choice, "quasi_prefix_exact_match", "town/sft", ""}, 0, 4, 0},
	})
	for _, d := range r.defined {
		if slices.ContainsFunc(d.Metrics, func(m suites.MetricDefinition) bool {
			return strings.HasPrefix(m.Name, "num_") || m.Name == "inference_runtime"
		}) {
			t.Errorf("statistics of requests are no metrics: %+v", d.Metrics)
		}
	}
	for _, ex := range r.examples {
		if ex.Suite == choice && (len(ex.References) != 1 || len(ex.Incorrect) != 2 || !strings.HasPrefix(ex.Input, "Q: ")) {
			t.Errorf("example %+v", ex)
		}
	}
	if len(r.completions) != 20 || len(r.examples) != 8 {
		t.Errorf("%d answers to %d examples", len(r.completions), len(r.examples))
	}
}

// An aggregate that does not follow from the scores is named.
func TestPrintedDiffers(t *testing.T) {
	dir := t.TempDir()
	for _, name := range glob(t, filepath.Join("testdata", "lm-eval", "acme__beta", "*")) {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Replace(string(content), `"acc,none": 0.5,`, `"acc,none": 0.25,`, 1)
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(name)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := importAll(t, interop.LMEval(), dir)
	if said := strings.Join(r.notices, "\n"); strings.Count(said, " in the file, but ") != 1 || !strings.Contains(said, "acc of acme/beta is 0.25 in the file, but 0.5 by the 12 scores that were read") {
		t.Errorf("said %s", said)
	}
}

// A group whose results are over tasks that have no samples file here has no number over the rest.
func TestLMEvalGroupIncomplete(t *testing.T) {
	const stamp = "2026-12-01T00-44-19.588745"
	files := map[string]string{}
	for _, name := range glob(t, filepath.Join("testdata", "lm-eval", "acme__alpha", "*"+stamp+"*")) {
		files[filepath.Base(name)] = readFile(t, "lm-eval", "acme__alpha", filepath.Base(name))
	}
	for _, missing := range []string{"town_new", "town_places", "town_text"} { // the last is in no group
		name := "samples_" + missing + "_" + stamp + ".jsonl"
		some := maps.Clone(files)
		delete(some, name)
		dir := folder(t, some)
		grouped := missing != "town_text"
		if grouped {
			wantError(t, interop.LMEval(), dir, "results_"+stamp+".json:1: group town: no samples file of 1 of its 2 tasks ("+name+"); copy the missing ones beside this file, or add --keep-going")
		}
		r := new(recorder)
		if err := interop.LMEval().Import(t.Context(), []string{dir}, interop.Options{KeepGoing: grouped}, r); err != nil {
			t.Fatal(err)
		}
		said := strings.Join(r.notices, "\n")
		if !strings.Contains(said, "1 task without a samples file, not imported: "+name) || strings.Contains(said, "("+name+"), so the group is left out") != grouped {
			t.Errorf("without %s, said\n%s", name, said)
		}
		var got []string
		for _, d := range r.defined {
			got = append(got, d.Name)
		}
		slices.Sort(got)
		want := slices.DeleteFunc([]string{"town", "town_last", "town_new", "town_places", "town_steps", "town_text"}, func(name string) bool { return name == missing || name == "town" && grouped })
		if !slices.Equal(got, want) {
			t.Errorf("without %s, suites %q, want %q", name, got, want)
		}
	}
}

// An evaluation that is in two files is refused, and so are two files with answers of a model to
// the same tests. Their answers are no repeats.
func TestPromptfooTwice(t *testing.T) {
	one := readFile(t, "promptfoo", "one.json")
	const id = `"evalId": "eval-Dud-2026-12-01T00:57:00"`
	if strings.Count(one, id) != 1 {
		t.Fatal("the file has another id")
	}
	for _, tt := range []struct{ second, want string }{
		{one, `b.json:1: the evaluation eval-Dud-2026-12-01T00:57:00 was read from `},
		{strings.Replace(one, id, `"evalId": "eval-again"`, 1), `duplicate: a score of this answer came before; import the runs apart`},
		{strings.Replace(one, id, `"evalId": null`, 1), `duplicate: a score of this answer came before; import the runs apart`},
	} {
		dir := folder(t, map[string]string{"a.json": one, "b.json": tt.second})
		if err := interop.Promptfoo().Import(t.Context(), []string{dir}, interop.Options{}, new(recorder)); err == nil || !strings.Contains(err.Error(), filepath.Join(dir, "b.json")+":") || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("error %v, want %s", err, tt.want)
		}
		r, alone := new(recorder), importAll(t, interop.Promptfoo(), filepath.Join(dir, "a.json"))
		if err := interop.Promptfoo().Import(t.Context(), []string{dir}, interop.Options{KeepGoing: true}, r); err != nil {
			t.Fatal(err)
		}
		if len(r.judgements) != len(alone.judgements) || !strings.Contains(strings.Join(r.notices, "\n"), "skipped a file: ") {
			t.Errorf("%d scores, want %d; said %q", len(r.judgements), len(alone.judgements), r.notices)
		}
	}
}

// The rows of a second copy of an evaluation are no repeats.
func TestEveryEvalEverTwice(t *testing.T) {
	files := map[string]string{}
	for _, name := range glob(t, filepath.Join("testdata", "every-eval-ever", "town_new", "acme", "beta", "*")) {
		content, base := readFile(t, "every-eval-ever", "town_new", "acme", "beta", filepath.Base(name)), filepath.Base(name)
		files["a/"+base], files["b/"+base] = content, content
	}
	dir := folder(t, files)
	err := interop.EveryEvalEver().Import(t.Context(), []string{dir}, interop.Options{}, new(recorder))
	if err == nil || !strings.HasPrefix(err.Error(), filepath.Join(dir, "b")) || !strings.Contains(err.Error(), "duplicate: a score of this answer came before; import the runs apart") {
		t.Errorf("error %v", err)
	}
	r, alone := new(recorder), importAll(t, interop.EveryEvalEver(), filepath.Join(dir, "a"))
	if err := interop.EveryEvalEver().Import(t.Context(), []string{dir}, interop.Options{KeepGoing: true}, r); err != nil {
		t.Fatal(err)
	}
	if len(alone.judgements) == 0 || len(r.judgements) != len(alone.judgements) {
		t.Errorf("%d scores, want %d", len(r.judgements), len(alone.judgements))
	}
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatal(pattern, err)
	}
	return names
}

// A run that is made up: failed and cut answers, requests for each choice, splits, directions of metrics, and
// files that lack something.
func TestHELMParts(t *testing.T) {
	stat := func(name, split string, count int, mean string) string {
		return fmt.Sprintf(`{"name": {"name": %q, "split": %q}, "count": %d, "sum": 8, "mean": %s}`, name, split, count, mean)
	}
	request := func(id, split, more string) string {
		return fmt.Sprintf(`{"instance": {"id": %q, "split": %q, "input": {"text": "Ask %s"}, "references": [{"output": {"text": "yes"}, "tags": ["correct"]}, {"output": {"text": "no"}, "tags": []}]%s`, id, split, id, more)
	}
	files := map[string]string{
		"run/run_spec.json": `{"name": "town:subject=said,model=town_sft,model_deployment=town_sft,groups=x", "adapter_spec": {"model": "town/sft", "max_train_instances": 5, "temperature": 0.25, "stop_sequences": ["a", "b"]}}`,
		"run/scenario_state.json": `{"request_states": [` + strings.Join([]string{
			request("id1", "test", `}, "train_trial_index": 0, "result": {"success": true, "completions": [{"text": "one", "finish_reason": {"reason": "length"}}]}}`),
			request("id2", "test", `}, "train_trial_index": 0, "result": {"success": false, "error": "no\nlight", "completions": []}}`),
			request("id3", "test", `}, "train_trial_index": 1, "result": {"success": true, "completions": [{"text": "three", "finish_reason": {"reason": "unknown"}}]}}`),
			request("id4", "valid", `}, "train_trial_index": 0, "result": {"success": true, "completions": [{"text": "A"}]}}`),
			request("id4", "valid", `}, "train_trial_index": 0, "result": {"success": true, "completions": [{"text": "B"}]}}`),
			request("id1", "test", `, "perturbation": {"name": "typos"}}, "train_trial_index": 0, "result": {"success": true, "completions": [{"text": "eno"}]}}`),
		}, ",") + `]}`,
		"run/per_instance_stats.json": `[
{"instance_id": "id1", "train_trial_index": 0, "stats": [` + strings.Join([]string{stat("exact_match", "train", 1, "0"), stat("exact_match", "test", 1, "1"), stat("exact_match", "test", 1, "0"), stat("rouge_l", "test", 1, "0.5"),
			stat("perplexity", "test", 1, "7"), stat("num_prompt_tokens", "test", 1, "9"), stat("exact_match@5", "test", 1, "1"), stat("judged", "test", 1, "3"), stat("my_f1", "test", 1, "0.25"), stat("bleu_4", "test", 1, "0.75")}, ",") + `]},
{"instance_id": "id2", "train_trial_index": 0, "stats": [` + stat("exact_match", "test", 0, "0") + `]},
{"instance_id": "id5", "train_trial_index": 0, "stats": [` + stat("exact_match", "test", 0, "0") + `]},
{"instance_id": "id3", "train_trial_index": 1, "stats": [{"name": {"name": "exact_match", "split": "test"}, "count": 1, "sum": 1}]},
{"instance_id": "id4", "train_trial_index": 0, "stats": [` + stat("exact_match", "valid", 1, "1") + `]},
{"instance_id": "id1", "perturbation": {"name": "typos"}, "train_trial_index": 0, "stats": [` + stat("exact_match", "test", 1, "0") + `]},
{"instance_id": "id9", "train_trial_index": 0, "stats": [` + stat("exact_match", "test", 1, "0") + `]}]`,
	}
	r := importAll(t, interop.HELM(), folder(t, files))
	const suite = "town:subject=said,groups=x"
	values := map[string]string{}
	examples := map[string]suites.Example{}
	for _, ex := range r.examples {
		if ex.Suite != suite {
			t.Errorf("suite %q, want %q", ex.Suite, suite)
		}
		examples[ex.ID] = ex
	}
	id := func(name string) string { return suites.ExampleID(suite, name) }
	for _, j := range r.judgements {
		value := j.Missing
		if j.Scored() {
			value = fmt.Sprint(j.Value[0])
		}
		for _, name := range []string{"id1", "id2", "id3", "id4", "id5", "id9"} {
			if j.Example == id(name) {
				values[fmt.Sprint(name, " ", j.Condition, " ", j.Sample, " ", j.Metric)] = value
			}
		}
	}
	want := map[string]string{
		"id1  0 exact_match": "1", "id1  0 rouge_l": "0.5", "id1  0 perplexity": "7", "id1  0 exact_match@5": "1", "id1  0 judged": "3", "id1  0 my_f1": "0.25", "id1  0 bleu_4": "0.75",
		"id2  0 exact_match": "the request failed: no", "id5  0 exact_match": "HELM gave no score", "id3  1 exact_match": "1", "id4  0 exact_match": "1", "id1 typos 0 exact_match": "0", "id9  0 exact_match": "0",
	}
	if !reflect.DeepEqual(values, want) {
		t.Errorf("values %v, want %v", values, want)
	}
	if ex := examples[id("id4")]; ex.Input != "Ask id4" || ex.Fields["split"] != "valid" || !slices.Equal(ex.References, []string{"yes"}) || !slices.Equal(ex.Incorrect, []string{"no"}) {
		t.Errorf("example %+v", ex)
	}
	answers := map[string]string{}
	for _, c := range r.completions {
		answers[c.Example+c.Condition] = strings.Join([]string{c.Text, c.Missing, string(c.Finish)}, "|")
	}
	for key, want := range map[string]string{id("id1"): "one||length", id("id1") + "typos": "eno||", id("id2"): "|the request failed: no", id("id3"): "three||"} {
		if !strings.HasPrefix(answers[key], want) {
			t.Errorf("answer %q, want %q", answers[key], want)
		}
	}
	if a := answers[id("id4")]; strings.HasPrefix(a, "A") || strings.HasPrefix(a, "B") {
		t.Errorf("the requests for two choices became the answer %q", a)
	}
	for _, m := range r.defined[0].Metrics {
		lower, bounded := m.Name == "perplexity", m.Name != "perplexity" && m.Name != "judged"
		if (m.Direction == metrics.LowerIsBetter) != lower || (m.Range.Hi != nil && *m.Range.Hi == 1 && *m.Range.Lo == 0) != bounded || (m.Kind == metrics.Proportion) != strings.HasPrefix(m.Name, "exact_match") {
			t.Errorf("metric %+v", m)
		}
	}
	settings := map[string]string{}
	for _, s := range r.settings {
		settings[s.Name] = s.Value
	}
	if settings["shots"] != "5" || settings["temperature"] != "0.25" || settings["stop"] != "a, b" {
		t.Errorf("settings %v", settings)
	}
	for name, c := range map[string]struct{ file, old, new, want string }{
		"spec":     {"run/run_spec.json", `"name": "town`, `"name": "", "was": "town`, "no name, or no model in adapter_spec"},
		"model":    {"run/run_spec.json", `"model": "town/sft"`, `"model": ""`, "no name, or no model in adapter_spec"},
		"request":  {"run/scenario_state.json", `"id": "id2", `, "", "an instance without an id"},
		"instance": {"run/per_instance_stats.json", `"instance_id": "id2", `, "", "an instance without an id"},
		"value":    {"run/per_instance_stats.json", `"mean": 0.5`, `"mean": "half"`, "rouge_l: "},
	} {
		changed := map[string]string{}
		for path, content := range files {
			changed[path] = content
		}
		changed[c.file] = strings.Replace(changed[c.file], c.old, c.new, 1)
		err := interop.HELM().Import(t.Context(), []string{folder(t, changed)}, interop.Options{}, new(recorder))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
	delete(files, "run/run_spec.json")
	if err := interop.HELM().Import(t.Context(), []string{folder(t, files)}, interop.Options{}, new(recorder)); err == nil || !strings.Contains(err.Error(), "no run_spec.json beside it") {
		t.Errorf("without a specification: %v", err)
	}
	if err := interop.HELM().Import(t.Context(), []string{folder(t, map[string]string{"a/run_spec.json": "{}"})}, interop.Options{}, new(recorder)); err == nil || !strings.Contains(err.Error(), "no per_instance_stats.json found") {
		t.Errorf("without statistics: %v", err)
	}
}

// Answers beside the judgments are the models' texts, by turn. The reference answers are no model's.
func TestMTBenchTexts(t *testing.T) {
	files := map[string]string{
		"question.jsonl":               `{"question_id": 81, "category": "writing", "turns": ["First.", "Then."]}` + "\n",
		"model_answer/ppo.jsonl":       `{"question_id": 81, "model_id": "ppo", "choices": [{"turns": ["One.", "Two."]}, {"turns": ["Other."]}]}` + "\n",
		"reference_answer/gpt-4.jsonl": `{"question_id": 81, "model_id": "gpt-4", "choices": [{"turns": ["Known."]}]}` + "\n",
		"model_judgment/gpt-4_single.jsonl": `{"question_id": 81, "model": "ppo", "judge": ["gpt-4", "single-v1", "extra"], "score": 10, "turn": 2}` + "\n" + `{"question_id": 81, "model": "ppo", "judge": ["gpt-4", "single-v1", "extra"], "score": 1, "turn": 1}` + "\n" +
			`{"question_id": 81, "model": "gpt-4", "judge": [], "score": -1, "turn": 3}` + "\n",
	}
	r := importAll(t, interop.MTBench(), folder(t, files))
	texts := map[string]string{}
	for _, c := range r.completions {
		if c.Missing == "" {
			texts[c.Model+" "+c.Example] = c.Text
		}
	}
	first, second := suites.ExampleID("mt_bench", "81 turn 1"), suites.ExampleID("mt_bench", "81 turn 2")
	if want := map[string]string{"ppo " + first: "One.", "ppo " + second: "Two."}; !reflect.DeepEqual(texts, want) {
		t.Errorf("texts %v, want %v", texts, want)
	}
	for _, ex := range r.examples {
		if ex.ID == second && ex.Input != "First.\n\nThen." || ex.ID == first && ex.Input != "First." || ex.Cluster != "81" {
			t.Errorf("example %+v", ex)
		}
	}
	if m := r.defined[0].Metrics[0]; *m.Range.Lo != 1 || *m.Range.Hi != 10 || m.Kind != metrics.Mean {
		t.Errorf("metric %+v", m)
	}
	if len(r.judgements) != 3 || r.judgements[0].Judge != "gpt-4" || r.judgements[0].Value[0] != 10 || r.judgements[2].Scored() {
		t.Errorf("judgements %+v", r.judgements)
	}
	if !slices.ContainsFunc(r.settings, func(s harness.Setting) bool { return s.Name == "judge prompt" && s.Value == "single-v1, extra" }) {
		t.Errorf("settings %+v", r.settings)
	}
	row := func(more string) string { return `{"question_id": 1, "judge": ["j", "p"], "turn": 1, ` + more + "}\n" }
	for rows, want := range map[string]string{
		row(`"model_1": "a", "model_2": "b", "g1_winner": "a", "g2_winner": "tie"`):   `the winner "a"; it is model_1, model_2, tie or error`,
		row(`"model_1": "a", "model_2": "b", "g1_winner": "tie", "g2_winner": ""`):    `the winner ""; it is model_1`,
		row(`"model_1": "a", "model_2": "a", "g1_winner": "tie", "g2_winner": "tie"`): `the models "a" and "a"; a pair has two`,
		row(`"model_1": "", "model_2": "b", "g1_winner": "tie", "g2_winner": "tie"`):  `the models "" and "b"; a pair has two`,
		row(`"model_1": "a", "model_2": "", "g1_winner": "tie", "g2_winner": "tie"`):  `the models "a" and ""; a pair has two`,
		row(`"model_a": "a", "model_b": "a", "winner": "tie"`):                        `the models "a" and "a"; a battle has two`,
		row(`"model_a": "", "model_b": "a", "winner": "tie"`):                         `the models "" and "a"; a battle has two`,
		row(`"model_a": "a", "winner": "tie"`):                                        `the models "a" and ""; a battle has two`,
		row(`"model": "a"`):                                                           "a row without score, g1_winner or winner",
		`{"model": "a", "judge": ["j"], "score": 3, "turn": 1}` + "\n":                "no question_id; each judgment has one",
		row(`"model": "a", "score": "high"`):                                          "score: ",
	} {
		wantError(t, interop.MTBench(), folder(t, map[string]string{"j.jsonl": rows}), "j.jsonl:1: "+want)
	}
	if err := interop.MTBench().Import(t.Context(), []string{folder(t, map[string]string{"question.jsonl": files["question.jsonl"]})}, interop.Options{}, new(recorder)); err == nil || !strings.Contains(err.Error(), "no judgments found") {
		t.Errorf("questions alone: %v", err)
	}
}

// The counts are those of LLMBar's program: of four verdicts in two orders, correct_average is the share
// for the better answer, and equal that of pairs with one winner.
func TestLLMBar(t *testing.T) {
	row := func(input, label, straight, swapped string) string {
		results := ""
		if straight != "" {
			results = fmt.Sprintf(`, "results": [{"swap = False": {"winner": "1"}, "swap = True": {"winner": "1"}}, {"swap = False": {"completion": ["x", "stop"], "winner": %s}, "swap = True": {"winner": %s}}]`, straight, swapped)
		}
		return fmt.Sprintf(`{"input": %q, "output_1": "one", "output_2": "two", "label": %s%s}`, input, label, results)
	}
	dir := t.TempDir()
	write := func(name string, rows ...string) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("["+strings.Join(rows, ",\n")+"]"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("Natural/dataset.json", row("a", "1", "", ""), row("z", "2", "", ""))
	write("Natural/evaluators/GPT-4/Swap/result.json", row("a", "1", `"1"`, `"1"`), row("b", "2", `"1"`, `"2"`), row("c", "2", `"1"`, `"1"`), row("d", "2", `"2"`, `null`), row("e", "1", `"1"`, `"2"`))
	write("Natural/evaluators/GPT-4/Swap/statistics.json", `{}`)
	r := importAll(t, interop.LLMBar(), dir)
	var got []string
	for _, j := range r.judgements {
		got = append(got, fmt.Sprint(j.Judge, " ", j.Value, j.Orders, j.Missing))
		if j.Model != "better answer" || j.Baseline != "worse answer" || j.Suite != "known_pairs" || j.Metric != "win_rate" {
			t.Errorf("judgement %+v", j)
		}
	}
	// b: in the straight order, the worse answer is first and wins; e: likewise the better one.
	want := []string{"GPT-4/Swap [1] [1 1]", "GPT-4/Swap [0.5] [1 0]", "GPT-4/Swap [0] [0 0]", "GPT-4/Swap [] []no winner was found in a verdict", "GPT-4/Swap [0.5] [1 0]"}
	if !slices.Equal(got, want) {
		t.Errorf("judgements %q, want %q", got, want)
	}
	if len(r.examples) != 6 || len(r.completions) != 12 || r.examples[0].Category != "Natural" {
		t.Errorf("%d examples, %d completions: %+v", len(r.examples), len(r.completions), r.examples[0])
	}
	wantError(t, interop.LLMBar(), folder(t, map[string]string{"result.json": "[" + row("a", "3", "", "") + "]"}), `result.json:1: label "3"; write 1`)
	wantError(t, interop.LLMBar(), folder(t, map[string]string{"result.json": `[{"input": "a", "output_1": "x", "output_2": "y", "label": 1, "results": [{"rating": 1}]}]`}), `result.json:1: the last of results has no "swap = False"`)
}
