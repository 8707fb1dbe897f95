package export_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/harness/export"
	"assay/harness/interop"
	"assay/harness/leaf/approx"
	"assay/harness/pipeline"
	"assay/harness/runstore"
	"assay/harness/suitefile"
	"assay/metrics"
)

// imported reads files into a new run.
func imported(t *testing.T, format string, table interop.Table, paths ...string) pipeline.Source {
	t.Helper()
	im, err := interop.Find(format)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	_, err = pipeline.Import(context.Background(), runstore.Dir(dir), im, paths, pipeline.ImportOptions{
		Options: interop.Options{Table: table}, Catalog: suitefile.Catalog(), Seed: 1, Reading: io.Discard, Judging: func(int) io.Writer { return io.Discard },
	})
	if err != nil {
		t.Fatal(err)
	}
	src, err := pipeline.OpenRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// estimates are a run's estimates, by name.
func estimates(t *testing.T, src pipeline.Source) map[string]metrics.Estimate {
	t.Helper()
	runs, err := pipeline.Open([]pipeline.Source{src}, suitefile.Catalog())
	if err != nil {
		t.Fatal(err)
	}
	judged, err := runs.Collect()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]metrics.Estimate{}
	for _, e := range pipeline.Estimate(judged, pipeline.Options{}) {
		all[strings.Join([]string{e.Suite, e.Metric, e.Model, e.Condition, e.Baseline}, "|")] = e
	}
	return all
}

func exported(t *testing.T, src pipeline.Source, format string) (dir string, notices []string) {
	t.Helper()
	f, err := export.Find(format)
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	err = export.Write(dir, src, f, export.Options{Catalog: suitefile.Catalog(), Version: "0", Time: 1_800_000_000, Notice: func(format string, args ...any) { notices = append(notices, fmt.Sprintf(format, args...)) }})
	if err != nil {
		t.Fatal(err)
	}
	return dir, notices
}

var testdata = filepath.Join("..", "interop", "testdata")

// What is exported is read back to equal estimates: points, intervals, counts and methods, of
// metrics of all kinds, with conditions, samples, clusters, missing values and preferences.
func TestReadBack(t *testing.T) {
	for source, folder := range map[string]string{"lm-eval": "lm-eval", "inspect": "inspect", "promptfoo": "promptfoo", "mt-bench": "mt-bench/mt_bench"} {
		src := imported(t, source, interop.Table{}, filepath.Join(testdata, filepath.FromSlash(folder)))
		want := estimates(t, src)
		if len(want) < 3 {
			t.Fatalf("%s: %d estimates", source, len(want))
		}
		for _, format := range []string{"every-eval-ever", "lm-eval"} {
			dir, _ := exported(t, src, format)
			back := imported(t, format, interop.Table{}, dir)
			if diff := cmp.Diff(want, estimates(t, back)); diff != "" {
				t.Errorf("%s as %s: %.2000s", source, format, diff)
			}
		}
	}
}

// In results of lm-evaluation-harness, a metric under a filter is METRIC,FILTER.
func TestFilters(t *testing.T) {
	src := imported(t, "lm-eval", interop.Table{}, filepath.Join(testdata, "lm-eval"))
	dir, _ := exported(t, src, "lm-eval")
	names, err := filepath.Glob(filepath.Join(dir, "lm-eval", "*beta", "results_*.json"))
	if err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	text, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Results map[string]map[string]any `json:"results"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	keys := slices.Sorted(maps.Keys(file.Results["town_steps (0-shot)"]))
	if want := []string{"alias", "exact_match,flexible", "exact_match,strict-match", "exact_match_stderr,flexible", "exact_match_stderr,strict-match", "name", "sample_len"}; !slices.Equal(keys, want) || file.Results["town_steps (0-shot)"]["exact_match,flexible"] != 1.0/12 {
		t.Errorf("keys %q, want %q; %v", keys, want, file.Results)
	}
}

// A table doesn't say what its metrics are, but the notices name the flags.
func TestTables(t *testing.T) {
	src := imported(t, "promptfoo", interop.Table{}, filepath.Join(testdata, "promptfoo"))
	want := estimates(t, src)
	for _, format := range []string{"csv", "parquet"} {
		dir, _ := exported(t, src, format)
		back := imported(t, "scores", interop.Table{Kinds: []string{"pass=proportion"}}, dir)
		got := estimates(t, back)
		if len(got) != len(want) {
			t.Errorf("%s: %d estimates, want %d", format, len(got), len(want))
		}
		for name, w := range want {
			g := got[name]
			// A mean without a range has no interval where all values are equal; a table of 0 and 1 is
			// one of proportions.
			if g.Interval == nil && w.Interval != nil || g.N != w.N || w.Interval != nil && !approx.Equal(g.Point, w.Point, 1e-12) {
				t.Errorf("%s: %s is %+v, want %+v", format, name, g, w)
			}
		}
	}
	lm := imported(t, "lm-eval", interop.Table{}, filepath.Join(testdata, "lm-eval"))
	if _, notices := exported(t, lm, "csv"); !slices.ContainsFunc(notices, func(n string) bool {
		return strings.Contains(n, "town_new/mcc") && strings.Contains(n, "left out")
	}) {
		t.Errorf("notices %q", notices)
	}
}

// table writes a file of scores, imports it, and gives the run.
func table(t *testing.T, o interop.Table, content string) pipeline.Source {
	t.Helper()
	file := filepath.Join(t.TempDir(), "scores.csv")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return imported(t, "scores", o, file)
}

// Tables have every column that an import reads, also with what probability an answer was drawn.
func TestTablesHaveAllColumns(t *testing.T) {
	src := table(t, interop.Table{}, "example,model,metric,value,suite,condition,sample,labeler,judge,baseline,category,cluster,prompt,output,probability\n"+
		"a,m,win,1,s,plain,0,ann,people,b,qa,u,Say a.,A,0.25\na,m,win,0,s,plain,1,bob,people,b,qa,u,Say a.,B,0.25\nc,m,win,,s,polite,0,ann,people,b,,u,Say c.,,\nd,m,win,0.5,s,,0,ann,people,b,,,Say d.,D,1\n")
	read := func(src pipeline.Source) (all []metrics.Judgement) {
		for j, err := range runstore.Judgements().Read(src.Store) {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, metrics.Judgement{Suite: j.Suite, Condition: j.Condition, Sample: j.Sample, Labeler: j.Labeler, Judge: j.Judge, Baseline: j.Baseline, Value: j.Value, Missing: j.Missing, Probability: j.Probability})
		}
		return all
	}
	want := read(src)
	if len(want) != 4 || want[1].Probability != 0.25 || want[3].Probability != 1 || want[2].Probability != 0 {
		t.Fatalf("%+v", want)
	}
	for _, format := range []string{"csv", "parquet"} {
		dir, _ := exported(t, src, format)
		back := imported(t, "scores", interop.Table{}, dir)
		if diff := cmp.Diff(want, read(back)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", format, diff)
		}
		var prompts []string
		for ex, err := range runstore.Examples().Read(back.Store) {
			if err != nil {
				t.Fatal(err)
			}
			prompts = append(prompts, strings.Join([]string{ex.Input, ex.Category, ex.Cluster}, "|"))
		}
		if want := []string{"Say a.|qa|u", "Say c.||u", "Say d.||"}; !slices.Equal(prompts, want) {
			t.Errorf("%s: examples %q, want %q", format, prompts, want)
		}
	}
}

// With several conditions and baselines, each result has the estimate of its own condition and baseline.
func TestResultsByConditionAndBaseline(t *testing.T) {
	var rows strings.Builder
	rows.WriteString("example,model,metric,value,condition,baseline\n")
	want := map[string]float64{}
	for c, condition := range []string{"", "plain", "polite"} {
		for b, baseline := range []string{"base", "plain"} { // the second has the name of a condition
			share := 1 + 3*c + b // of 10
			for i := range 10 {
				fmt.Fprintf(&rows, "%d,m,win,%d,%s,%s\n", i, map[bool]int{true: 1}[i < share], condition, baseline)
			}
			id := "win, "
			if condition != "" {
				id += "condition " + condition + ", "
			}
			want[id+"against "+baseline] = float64(share) / 10
		}
	}
	dir, _ := exported(t, table(t, interop.Table{}, rows.String()), "every-eval-ever")
	names, err := filepath.Glob(filepath.Join(dir, "data", "scores", "unknown", "m", "*.json"))
	if err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	text, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	var log interop.EEELog
	if err := json.Unmarshal(text, &log); err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, result := range log.Results {
		got[result.ID] = result.Score.Score
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
}

// A point without an interval is exported as a point, and comes back as one.
func TestPointsWithoutInterval(t *testing.T) {
	var rows strings.Builder
	rows.WriteString("example,model,metric,value\n")
	for k := range 30 {
		fmt.Fprintf(&rows, "%d,beta,length,12\n%d,gamma,length,%d\n", k, k, k)
	}
	file := filepath.Join(t.TempDir(), "scores.csv")
	if err := os.WriteFile(file, []byte(rows.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	src := imported(t, "scores", interop.Table{Kinds: []string{"length=mean"}}, file)
	for _, format := range []string{"every-eval-ever", "lm-eval"} {
		dir, _ := exported(t, src, format)
		found := 0
		for name, e := range estimates(t, imported(t, format, interop.Table{}, dir)) {
			if strings.Contains(name, "beta") {
				found++
				if e.Interval != nil || e.Alone == nil || *e.Alone != 12 {
					t.Errorf("%s: %s is %+v", format, name, e)
				}
			}
		}
		if found != 1 {
			t.Errorf("%s: %d estimates", format, found)
		}
	}
}

// AlpacaEval's preferences are those of its own import, and a run without preferences is refused.
func TestAlpacaEval(t *testing.T) {
	src := imported(t, "mt-bench", interop.Table{}, filepath.Join(testdata, "mt-bench", "mt_bench"))
	dir, notices := exported(t, src, "alpaca-eval")
	if !strings.Contains(strings.Join(notices, "\n"), "preferences only: 36 other judgements") {
		t.Errorf("notices %q", notices)
	}
	text, err := os.ReadFile(filepath.Join(dir, "annotations.json"))
	if err != nil || strings.Count(string(text), `"preference": null`) != 4 || strings.Count(string(text), `"generator_1": "gpt"`) != 24 {
		t.Errorf("%v %.1500s", err, text)
	}
	back := estimates(t, imported(t, "alpaca-eval", interop.Table{}, dir))
	want := estimates(t, src)
	for _, model := range []string{"ppo", "sft"} {
		g, w := back["winrate|win_rate|"+model+"||gpt"], want["mt_bench|win_rate|"+model+"||gpt"]
		if g.Interval == nil || w.Interval == nil || !approx.Equal(g.Point, w.Point, 1e-12) || g.N != w.N {
			t.Errorf("%s: %+v, want %+v; have %v", model, g, w, back)
		}
	}
	f, err := export.Find("alpaca-eval")
	if err != nil {
		t.Fatal(err)
	}
	lm := imported(t, "lm-eval", interop.Table{}, filepath.Join(testdata, "lm-eval"))
	if err := export.Write(t.TempDir(), lm, f, export.Options{Notice: func(string, ...any) {}}); err == nil || !strings.Contains(err.Error(), "no preferences") {
		t.Errorf("error %v", err)
	}
}

// labelRows have what judgements don't: ranks, notes, seconds, probabilities, items, skipped rows,
// an empty output, and rows without their prompt.
const labelRows = `{"example":"e1","prompt":"Sum up.","category":"sum","closed_domain":true,"context":"x","constraint":"short","cluster":"c","model":"a","output":"","labeler":"ann","group":"training","likert":4,"hallucination":true,"rank":2,"seconds":3.5,"probability":0.25}
{"example":"e1","model":"b","sample":1,"labeler":"ann","group":"training","likert":7,"sexual":false,"rank":1,"notes":"fine"}
{"suite":"other","prompt":"Say hi.","model":"a","condition":"plain","labeler":"bob","baseline":"b","baseline_output":"Hi.","preference":"baseline","strength":3}
{"prompt":"Say hi.","model":"b","labeler":"bob","skipped":"no idea"}
{"prompt":"Known.","model":"b","labeler":"bob","likert":1,"item":"gold"}
`

// Labels come back byte for byte.
func TestLabelsRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "in.jsonl")
	if err := os.WriteFile(path, []byte(labelRows), 0o644); err != nil {
		t.Fatal(err)
	}
	first := imported(t, "labels", interop.Table{}, path)
	dir, _ := exported(t, first, "labels")
	path = filepath.Join(dir, "labels.jsonl")
	if got, err := os.ReadFile(path); err != nil || string(got) != labelRows {
		t.Errorf("exported %s, error %v", cmp.Diff(labelRows, string(got)), err)
	}
	if want, got := estimates(t, first), estimates(t, imported(t, "labels", interop.Table{}, path)); len(want) != 7 || !cmp.Equal(got, want) {
		t.Errorf("%d estimates, %s", len(want), cmp.Diff(want, got))
	}
}

// Judgements of labelers in any run are labels, such as those of the small world's two groups. What
// has no labeler is counted.
func TestLabelsOfJudgements(t *testing.T) {
	var b strings.Builder
	b.WriteString("example,model,metric,value,suite,condition,sample,labeler,judge,baseline,prompt,output\n")
	for e := range 5 {
		for l := range 3 {
			for m, model := range []string{"sft", "ppo"} {
				row := func(metric, judge, labeler string, value any, baseline string) {
					fmt.Fprintf(&b, "e%d,%s,%s,%v,world,plain,0,%s,%s,%s,p%d,o%d%d\n", e, model, metric, value, labeler, judge, baseline, e, e, m)
				}
				row("likert", "training labelers", fmt.Sprint("t", l), 1+(e+l+m)%7, "")
				row("heldout_likert", "held-out labelers", fmt.Sprint("h", l), 1+(e*l+2*m)%7, "")
				row("opinion", "training labelers", fmt.Sprint("t", l), (e+l*m)%2, "")
				if m == 1 {
					row("heldout_win_rate", "held-out labelers", fmt.Sprint("h", l), []string{"0.5", "1", "0", ""}[(e+l)%4], "sft")
				}
			}
		}
		fmt.Fprintf(&b, "e%d,sft,reward_score,%d,world,plain,0,,reward,,p%d,o%d0\n", e, e, e, e)
	}
	path := filepath.Join(t.TempDir(), "in.csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	first := imported(t, "scores", interop.Table{Ranges: []string{"likert=1:7", "heldout_likert=1:7"}}, path)
	dir, notices := exported(t, first, "labels")
	if len(notices) != 1 || !strings.HasSuffix(notices[0], "have no place for them: 5 judgements") {
		t.Errorf("notices %q", notices)
	}
	runs, err := pipeline.Open([]pipeline.Source{imported(t, "labels", interop.Table{}, filepath.Join(dir, "labels.jsonl"))}, suitefile.Catalog())
	if err != nil {
		t.Fatal(err)
	}
	if runs, err = runs.DivideBy("labeler group"); err != nil {
		t.Fatal(err)
	}
	judged, err := runs.Collect()
	if err != nil {
		t.Fatal(err)
	}
	got, want := map[string]metrics.Estimate{}, estimates(t, first)
	for _, e := range pipeline.Estimate(judged, pipeline.Options{}) {
		got[strings.Join([]string{e.Condition, e.Metric, e.Model}, "|")] = e
	}
	for name, of := range map[string]string{
		"plain, labeler group: training labelers|likert|ppo":   "world|likert|ppo|plain|",
		"plain, labeler group: held-out labelers|likert|sft":   "world|heldout_likert|sft|plain|",
		"plain, labeler group: training labelers|opinion|ppo":  "world|opinion|ppo|plain|",
		"plain, labeler group: held-out labelers|win_rate|ppo": "world|heldout_win_rate|ppo|plain|sft",
	} {
		g, w := got[name], want[of]
		if g.Interval == nil || w.Interval == nil || *g.Interval != *w.Interval || g.N != w.N || g.Unscored != w.Unscored {
			t.Errorf("%s: %+v, want %+v", name, g, w)
		}
	}
}
