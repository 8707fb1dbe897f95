package interop_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay/harness/interop"
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
		if math.Abs(x-w.value) > 1e-9*max(1, math.Abs(w.value)) || n != w.n || missing != w.missing {
			t.Errorf("%+v is %v over %d with %d missing; the tool printed %v over %d, and %d have no score", w.cell, x, n, missing, w.value, w.n, w.missing)
		}
	}
	said := strings.Join(r.notices, "\n")
	if !strings.Contains(said, fmt.Sprintf("%d of the files' own aggregates follow from the scores", agree)) || strings.Contains(said, " there, and ") {
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
	if said := strings.Join(r.notices, "\n"); strings.Count(said, " there, and ") != 1 || !strings.Contains(said, "acc of acme/beta is 0.25 there, and 0.5 by the 12 scores that were read") {
		t.Errorf("said %s", said)
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
