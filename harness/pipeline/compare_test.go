package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"assay/harness/pipeline"
	"assay/metrics"
	"assay/metrics/infer"
)

// three models: b is like a, c is worse only under "few".
func three() []metrics.Judgement {
	var js []metrics.Judgement
	for i := range 60 {
		x := fmt.Sprint(i)
		for m, model := range []string{"a", "b", "c"} {
			for _, condition := range []string{"zero", "few"} {
				v := float64((7*i+3*m)%10) + 50
				if model == "c" && condition == "few" {
					v -= 20
				}
				js = append(js, judgement("quiz", "length", x, condition, model, v))
			}
		}
	}
	return js
}

func TestCompareAllIsOneFamily(t *testing.T) {
	j := collect(t, source(t, []string{"a", "b", "c"}, three()...))
	opt := pipeline.Options{Resamples: 300}
	all := pipeline.CompareAll(j, "a", infer.Holm, opt)
	var names []string
	for _, p := range all {
		names = append(names, p.Model+" "+p.Condition)
		if p.Baseline != "a" || p.Suite != "quiz" {
			t.Errorf("%s: baseline %s, suite %s", p.Model, p.Baseline, p.Suite)
		}
	}
	if want := []string{"b zero", "b few", "c zero", "c few"}; !slices.Equal(names, want) {
		t.Errorf("family %q, want %q", names, want)
	}
	if c := all[3]; c.Verdict != metrics.Worse || c.PAdjusted != 4*c.P {
		t.Errorf("c under few: %s, p %v adjusted to %v, want four times", c.Verdict, c.P, c.PAdjusted)
	}
	pair := pipeline.Compare(j, "a", "c", infer.Holm, opt)
	if len(pair) != 2 || pair[1].PAdjusted != 2*pair[1].P || pair[1].P != all[3].P {
		t.Errorf("the pair alone: %v", pair)
	}
	if each := pipeline.CompareEach(j, "a", infer.Holm, opt); len(each) != 4 || each[3].PAdjusted != pair[1].PAdjusted || each[3].Family != 2 {
		t.Errorf("each pair as its own family: %+v, want c's comparisons as those of the pair alone", each)
	}
	if records := pipeline.Records(all); len(records) != 4 || records[3].Point != all[3].Point {
		t.Errorf("records %v", records)
	}
}

func TestGates(t *testing.T) {
	js := append(three(), toxicity("a", 40, 0.2)...)
	for i := range 40 {
		js = append(js, judgement("toxic", "mean", fmt.Sprint("prompt ", i), "", "b"))                // an outage
		js = append(js, judgement("toxic", "mean", fmt.Sprint("another prompt ", i), "", "c", 0.123)) // other prompts
	}
	j := collect(t, source(t, []string{"a", "b", "c"}, js...))
	opt := pipeline.Options{Resamples: 300}
	gates := []metrics.Gate{
		{Suite: "quiz", Metric: "length", Margin: 5},
		{Suite: "quiz", Metric: "length", Condition: "one", Margin: 5},
		{Suite: "toxic", Metric: "mean", Margin: 0.1},
		{Suite: "ratio", Metric: "ratio", Margin: 0.1},
	}
	for _, c := range []struct {
		model string
		want  []string
	}{
		{"b", []string{
			"quiz zero: pass", "quiz few: pass", "quiz one: not attempted (no scored judgements of a or b)",
			"toxic : not attempted (no scored judgements of b)", "ratio : not attempted (no scored judgements of a or b)"}},
		{"c", []string{
			"quiz zero: pass", "quiz few: regress", "quiz one: not attempted (no scored judgements of a or c)",
			"toxic : not attempted (the two models have no scored example in common)", "ratio : not attempted (no scored judgements of a or c)"}},
	} {
		family := pipeline.Compare(j, "a", c.model, infer.Holm, opt)
		var got []string
		for _, r := range pipeline.Gates(j, gates, family, "a", c.model) {
			line := fmt.Sprintf("%s %s: %s", r.Suite, r.Condition, r.Verdict)
			if r.Reason != "" {
				line += " (" + r.Reason + ")"
			}
			got = append(got, line)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.model, got, c.want)
		}
	}
}

// A context that ends stops estimates and comparisons between two cells.
func TestInferenceStops(t *testing.T) {
	j := collect(t, source(t, []string{"a", "b"}, append(toxicity("a", 50, 0.4), toxicity("b", 50, 0.5)...)...))
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var steps []string
	opt := pipeline.Options{Resamples: 200, Context: ctx, Step: func(done, all int) {
		steps = append(steps, fmt.Sprint(done, "/", all))
	}}
	all, pairs := len(pipeline.Estimate(j, opt)), len(pipeline.Pairs(j, "a", "b", opt))
	if all < 2 || pairs < 1 || len(steps) != all || steps[1] != fmt.Sprint(2, "/", all) || opt.Stopped() != nil {
		t.Fatalf("%d estimates, %d pairs, steps %v, error %v", all, pairs, steps, opt.Stopped())
	}
	steps, opt.Step = nil, func(done, _ int) { steps = append(steps, fmt.Sprint(done)); cancel() }
	if got := pipeline.Estimate(j, opt); got != nil || len(steps) != 1 || !errors.Is(opt.Stopped(), context.Canceled) {
		t.Errorf("%d estimates after %v steps, error %v", len(got), steps, opt.Stopped())
	}
	if got := pipeline.Pairs(j, "a", "b", opt); got != nil {
		t.Errorf("%d pairs", len(got))
	}
}
