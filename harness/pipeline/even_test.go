package pipeline_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"assay/harness/leaf/approx"
	"assay/harness/pipeline"
	"assay/metrics"
	"assay/metrics/infer"
)

// wins are 80 preferences of a over its baseline, 60 of them won.
func wins(model, baseline string) []metrics.Judgement {
	var js []metrics.Judgement
	for i := range 80 {
		won := 1.0
		if i%4 == 3 {
			won = 0
		}
		js = append(js, against(judgement("pref", "win_rate", fmt.Sprint(i), "", model, won), baseline))
		js = append(js, against(judgement("pref", "flips", fmt.Sprint(i), "", model, float64(i%2)), baseline))
	}
	return js
}

func compared(j *pipeline.Judged, baseline, model string) []string {
	var out []string
	for _, p := range pipeline.Compare(j, baseline, model, infer.Holm, pipeline.Options{Resamples: 200}) {
		out = append(out, fmt.Sprintf("%s %s: %.2f to %.2f, %s of %d", p.Metric, p.Condition, p.First, p.Second, p.Verdict, p.Family))
	}
	return out
}

// The win rate over the baseline itself is compared with 0.5, from either side. A metric
// that has no value for two equal models is not.
func TestWinRateOverTheBaseline(t *testing.T) {
	j := collect(t, source(t, []string{"sft", "ppo"}, wins("ppo", "sft")...))
	if got, want := compared(j, "sft", "ppo"), []string{"win_rate : 0.50 to 0.75, better of 1"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := compared(j, "ppo", "sft"), []string{"win_rate : 0.50 to 0.25, worse of 1"}; !slices.Equal(got, want) {
		t.Errorf("turned: %q, want %q", got, want)
	}
	gates := []metrics.Gate{{Suite: "pref", Metric: "win_rate", Margin: 0.05}, {Suite: "pref", Metric: "flips", Margin: 0.05}}
	for _, tt := range []struct {
		baseline, model string
		want            metrics.Verdict
	}{{"sft", "ppo", metrics.Pass}, {"ppo", "sft", metrics.Regress}} {
		family := pipeline.Compare(j, tt.baseline, tt.model, infer.Holm, pipeline.Options{})
		results := pipeline.Gates(j, gates, family, tt.baseline, tt.model)
		if r := results[0]; r.Verdict != tt.want || r.Baseline != tt.baseline || r.Model != tt.model || r.N != 80 {
			t.Errorf("%s against %s: %+v", tt.model, tt.baseline, r)
		}
		const none = "it was judged only of ppo against sft, and the metric has no value for two equal models"
		if r := results[1]; r.Verdict != metrics.NotAttempted || r.Reason != none {
			t.Errorf("flips: %s, %q", r.Verdict, r.Reason)
		}
	}
}

// A win rate over a third model is kept apart, and so is a model that was never compared
// with the baseline.
func TestWinRatesOverSeveral(t *testing.T) {
	js := slices.Concat(wins("ppo", "sft"), wins("ppo", "gpt"), wins("sft", "gpt"))
	j := collect(t, source(t, []string{"gpt", "sft", "ppo"}, js...))
	want := []string{"win_rate against gpt: 0.75 to 0.75, undecided of 3", "win_rate against sft: 0.50 to 0.75, better of 3", "flips against gpt: 0.50 to 0.50, undecided of 3"}
	if got := compared(j, "sft", "ppo"); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	alone := collect(t, source(t, []string{"sft", "ppo", "other"}, wins("ppo", "sft")...))
	if got := compared(alone, "other", "ppo"); len(got) != 0 {
		t.Errorf("compared with a model that was never its opponent: %q", got)
	}
	r := pipeline.Gates(alone, []metrics.Gate{{Suite: "pref", Metric: "win_rate", Margin: 0.1}}, nil, "other", "ppo")[0]
	if r.Verdict != metrics.NotAttempted || r.Reason != "no scored judgements of other" {
		t.Errorf("%s: %q", r.Verdict, r.Reason)
	}
}

// Two runs: the opponent is identified by its name, and a warning says if it is another model.
func TestWinRateOverABaselineOfAnotherRun(t *testing.T) {
	for fingerprint, warned := range map[string]bool{"one": false, "another": true} {
		before, after := source(t, []string{"sft"}, judgement("toxic", "mean", "x", "", "sft", 0.1)), source(t, []string{"sft", "ppo"}, wins("ppo", "sft")...)
		before.Manifest.Models[0].Fingerprint, after.Manifest.Models[0].Fingerprint = "one", fingerprint
		after.Label = func(m string) string {
			if m == "ppo" {
				return m
			}
			return ""
		}
		j := collect(t, before, after)
		family := pipeline.Compare(j, "sft", "ppo", infer.Holm, pipeline.Options{})
		if len(family) != 1 || !approx.Equal(family[0].Point, 0.25, 1e-12) {
			t.Fatalf("compared %v", family)
		}
		if got := strings.Contains(strings.Join(family[0].Warnings, ";"), "another model with the name sft"); got != warned {
			t.Errorf("fingerprint %s: warnings %q", fingerprint, family[0].Warnings)
		}
		r := pipeline.Gates(j, []metrics.Gate{{Suite: "pref", Metric: "win_rate", Margin: 0.1}}, family, "sft", "ppo")[0]
		if strings.Contains(r.Reason, "another model with the name sft") != warned || strings.HasSuffix(r.Reason, "; ") {
			t.Errorf("fingerprint %s: %s, reason %q", fingerprint, r.Verdict, r.Reason)
		}
	}
}

// A gate without a condition applies to the conditions of both sides, also to those that
// only one side has.
func TestGateConditionsOfBothSides(t *testing.T) {
	var js []metrics.Judgement
	for i := range 50 {
		for _, c := range [][2]string{{"zero", "a"}, {"zero", "b"}, {"few", "a"}, {"mine", "b"}} {
			js = append(js, judgement("quiz", "length", fmt.Sprint(i), c[0], c[1], float64(40+i%3)))
		}
	}
	j := collect(t, source(t, []string{"a", "b", "c"}, js...))
	for _, pair := range [][2]string{{"a", "b"}, {"b", "a"}} {
		family := pipeline.Compare(j, pair[0], pair[1], infer.Holm, pipeline.Options{})
		var got []string
		for _, r := range pipeline.Gates(j, []metrics.Gate{{Suite: "quiz", Metric: "length", Margin: 10}}, family, pair[0], pair[1]) {
			got = append(got, fmt.Sprintf("%s: %s (%s)", r.Condition, r.Verdict, r.Reason))
		}
		want := []string{"zero: pass ()", "few: not attempted (no scored judgements of b)", "mine: not attempted (no scored judgements of a)"}
		if !slices.Equal(got, want) {
			t.Errorf("%s against %s: %q, want %q", pair[1], pair[0], got, want)
		}
	}
}
