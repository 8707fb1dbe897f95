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
	im, ok := interop.Find(format)
	if !ok {
		t.Fatalf("no importer %s", format)
	}
	dir := t.TempDir()
	_, err := pipeline.Import(context.Background(), runstore.Dir(dir), im, paths, pipeline.ImportOptions{
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
		return strings.Contains(n, "town_new mcc") && strings.Contains(n, "left out")
	}) {
		t.Errorf("notices %q", notices)
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
