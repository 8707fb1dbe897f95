package score_test

import (
	"fmt"
	"strings"
	"testing"

	"assay/metrics"
	"assay/models"
	"assay/suites"
	"assay/suites/score"
)

// Wanted values: Python's 1 - math.comb(n-c, k) / math.comb(n, k).
func TestPassAt(t *testing.T) {
	for in, want := range map[[3]int]float64{
		{1, 5, 2}: 0.4, {3, 5, 2}: 0.9, {5, 5, 1}: 1, {5, 5, 0}: 0, {10, 200, 3}: 0.14330744632252168,
		{100, 200, 37}: 0.9999999999998803, {4, 10, 7}: 1,
	} {
		if got := score.PassAt(in[0], in[1], in[2]); !near(got, want) {
			t.Errorf("PassAt%v = %v, want %v", in, got, want)
		}
	}
}

// judged judges several samples and gathers them, as the engine does.
func judged(t *testing.T, m score.Metric, answers ...string) []metrics.Judgement {
	t.Helper()
	j := score.NewJudge("own", nil, m)
	ex := suites.NewExample("s", "2 + 2 =", []string{"4"}, "")
	var all []metrics.Judgement
	for i, a := range answers {
		c := models.Completion{ID: fmt.Sprint(i), Suite: "s", Example: ex.ID, Model: "m", Sample: i, Text: a}
		js, err := j.Judge(t.Context(), suites.Item{Example: ex, Completion: c})
		if err != nil {
			t.Fatal(err)
		}
		if a == "failed" {
			js = []metrics.Judgement{suites.NewMissing(c, m.Name, "own", "status 500")}
		}
		all = append(all, js...)
	}
	defined, gather := score.Gather([]score.Metric{m})
	out := gather(all)
	if len(out) != len(defined) {
		t.Fatalf("%d gathered, %d defined", len(out), len(defined))
	}
	for i := range out {
		if out[i].Metric != defined[i].Name || out[i].Validate() != nil || out[i].Sample != 0 {
			t.Errorf("%+v, %v", out[i], out[i].Validate())
		}
	}
	return out
}

func TestGather(t *testing.T) {
	m, err := score.Find("numeric", score.Settings{Name: "right", PassAt: []int{1, 2, 6}, Majority: true})
	if err != nil {
		t.Fatal(err)
	}
	if m.Extract, err = score.NewExtractor([]score.Step{{Regex: "= (.*)"}}); err != nil {
		t.Fatal(err)
	}
	line := func(js []metrics.Judgement) string {
		var parts []string
		for _, j := range js {
			value := fmt.Sprint(j.Missing)
			if j.Scored() {
				value = fmt.Sprintf("%.6g", j.Value[0])
			}
			parts = append(parts, j.Metric+" "+value)
		}
		return strings.Join(parts, "; ")
	}
	// 3 of 5 pass: pass@2 is 1 - C(2,2)/C(5,2). Two say 5, two 4, and one 4.0: the first of the two most frequent is 5.
	got := line(judged(t, m, "= 5", "= 4", "= 4 ", "= 5", "= 4.0"))
	if want := "right_pass_at_1 0.6; right_pass_at_2 0.9; right_pass_at_6 pass@6 of only 5 samples; right_majority 0"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	// What isn't found has no vote.
	got = line(judged(t, m, "none", "nothing", "nix", "= 4", "= 4", "= 5"))
	if want := "right_pass_at_1 0.333333; right_pass_at_2 0.6; right_pass_at_6 1; right_majority 1"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	got = line(judged(t, m, "= 4", "failed"))
	if want := "1 of 2 samples not scored: status 500"; strings.Count(got, want) != 4 {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestGatherRefuses(t *testing.T) {
	for want, s := range map[string]score.Settings{
		"pass_at: needs a metric whose values are 0 and 1": {PassAt: []int{1}, Name: "f1"},
		"pass_at: 0; write different numbers":              {PassAt: []int{0}, Name: "exact_match"},
		"pass_at: 2; write different numbers":              {PassAt: []int{2, 2}, Name: "exact_match"},
		"majority: needs a metric of one number":           {Majority: true, Name: "bleu"},
	} {
		if _, err := score.Find(s.Name, s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", s, err, want)
		}
	}
	if defined, gather := score.Gather(nil); defined != nil || gather != nil {
		t.Error("nothing to gather, but something is gathered")
	}
}

// A judgement has what was extracted, and the choices of an example are found.
func TestJudge(t *testing.T) {
	em, _ := score.Find("exact_match", score.Settings{})
	em.Extract, _ = score.NewExtractor([]score.Step{{Line: true, Take: score.Last}})
	acc, _ := score.Find("accuracy", score.Settings{})
	ex := suites.Example{ID: "1", Suite: "s", References: []string{"b"}, Choices: []string{"a", "b", "c"}}
	j := score.NewJudge("own", nil, em, acc)
	js, err := j.Judge(t.Context(), suites.Item{Example: ex, Completion: models.Completion{Suite: "s", Example: "1", Model: "m", Text: "well\nb\n", Scores: []float64{-2, -1, -3}}})
	if err != nil || len(js) != 2 || js[0].Answer != "b" || js[0].Value[0] != 1 || js[1].Value[0] != 1 || js[1].Answer != "" {
		t.Errorf("%+v, %v", js, err)
	}
	if names := strings.Join(j.Metrics(), " "); names != "exact_match accuracy" || j.Name() != "own" {
		t.Errorf("%s: %s", j.Name(), names)
	}
}
