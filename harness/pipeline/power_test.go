package pipeline_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"assay/harness/leaf/approx"
	"assay/harness/pipeline"
	"assay/harness/plan"
	"assay/metrics"
	"assay/models"
	"assay/reports"
)

// pilot is a run of two models with three draws of each of n prompts: shares of "pref flips"
// and lengths of "quiz".
func pilot(t *testing.T, n int) *pipeline.Judged {
	t.Helper()
	r := rand.New(rand.NewPCG(5, 6))
	var all []metrics.Judgement
	for i := range n {
		base := 50 + 10*r.NormFloat64()
		for m, model := range []string{"old", "new"} {
			at := base + float64(m)*4*r.NormFloat64()
			for sample := range 3 {
				j := judgement("quiz", "length", fmt.Sprint(i), "zero", model, math.Round(max(0, min(100, at+6*r.NormFloat64()))))
				j.Sample = sample
				all = append(all, j)
			}
		}
	}
	src := source(t, nil, all...)
	src.Manifest.Models, src.Manifest.Baseline = []models.Info{{Name: "old"}, {Name: "new"}}, "old"
	return collect(t, src)
}

func powerInput(j *pipeline.Judged) pipeline.PowerInput {
	return pipeline.PowerInput{Pilot: j, Catalog: small(), Baseline: "old", Model: "new", Margin: 2, Power: .8, Judgements: 1}
}

// TestPowerOfPilot: the components are those that the pilot was drawn with (between 4, a draw
// 6), and the n is Miller's: (z.95 + z.8)^2 (16 + 36/K + 36/K)/margin^2.
func TestPowerOfPilot(t *testing.T) {
	plans, err := pipeline.Power(powerInput(pilot(t, 2000)))
	if err != nil {
		t.Fatal(err)
	}
	if len(plans) != 1 {
		t.Fatalf("%d plans", len(plans))
	}
	p := plans[0]
	if !approx.Equal(p.Between, 4, .4) || p.Within == nil || !approx.Equal(*p.Within, 6, .2) || p.Judge != nil || p.Pilot != 2000 || p.Draws != 3 {
		t.Errorf("%+v", p)
	}
	for k, draws := range []float64{1, 2, 4, 8} {
		want := math.Pow(1.6449+.8416, 2) * (p.Between*p.Between + 2**p.Within**p.Within/draws) / 4
		if p.Needed[k] == nil || !approx.Equal(float64(*p.Needed[k]), want, 3) {
			t.Errorf("%v draws: n %v, want %.1f", draws, *p.Needed[k], want)
		}
	}
	if p.Now == nil || *p.Now < .999 {
		t.Errorf("power of the pilot: %v", p.Now)
	}
}

func TestPowerWithoutPilot(t *testing.T) {
	in := pipeline.PowerInput{Catalog: small(), Power: .8, Judgements: 1, Gates: []metrics.Gate{{Suite: "quiz", Metric: "both", Margin: .1}, {Suite: "quiz", Metric: "length", Margin: 5}}}
	plans, err := pipeline.Power(in)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{.2, 900} { // the variances that docs/power.md names
		p := plans[i]
		if v := p.Between*p.Between + 2**p.Within**p.Within; !approx.Equal(v, want, 1e-9*want) || !strings.Contains(fmt.Sprint(p.Notes), "assumed:") || p.Now != nil {
			t.Errorf("variance %v, want %v; %+v", v, want, p)
		}
	}
	in.SDBetween, in.SDWithin = 3, 4
	if plans, err = pipeline.Power(in); err != nil || !approx.Equal(plans[1].Between, 3, 1e-12) || !approx.Equal(*plans[1].Within, 4, 1e-12) {
		t.Errorf("%v, %+v", err, plans)
	}
}

// A margin without gates is for the main metric of each suite of the plan, or for the selected ones.
func TestPowerOfPlanWithoutGates(t *testing.T) {
	planned := &plan.Run{Suites: []plan.Suite{{Suite: "quiz", Conditions: []string{"few"}}, {Suite: "toxic"}}}
	in := pipeline.PowerInput{Catalog: small(), Planned: planned, Power: .8, Judgements: 1, Margin: .1}
	named := func() (names []string) {
		plans, err := pipeline.Power(in)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range plans {
			names = append(names, fmt.Sprint(p.Suite, " ", p.Metric, " ", p.Condition, " ", p.Margin))
		}
		return names
	}
	if got := named(); !slices.Equal(got, []string{"quiz both few 0.1", "toxic mean  0.1"}) {
		t.Errorf("main metrics: %q", got)
	}
	in.Only = pipeline.Selection{Metrics: []string{"length"}}
	if got := named(); !slices.Equal(got, []string{"quiz length few 0.1"}) {
		t.Errorf("selected: %q", got)
	}
	in.Only = pipeline.Selection{Suites: []string{"toxic"}}
	in.Gates = []metrics.Gate{{Suite: "quiz", Metric: "both", Margin: .3}, {Suite: "toxic", Metric: "mean", Margin: .3}}
	if got := named(); !slices.Equal(got, []string{"toxic mean  0.1"}) {
		t.Errorf("selected gates: %q", got)
	}
	for want, change := range map[string]func(*pipeline.PowerInput){
		"--suite drop: no such suite; the plan has quiz, toxic":                             func(in *pipeline.PowerInput) { in.Only.Suites = []string{"drop"} },
		"toxic: the margin is 5; it must be above 0 and below 1, the width of mean's range": func(in *pipeline.PowerInput) { in.Margin = 5 },
		"no gate of the plan is selected; change --suite, --metric or --condition":          func(in *pipeline.PowerInput) { in.Gates = in.Gates[:1] },
		"--margin needs suites with metrics; add --pilot RUN, or write gates in the plan":   func(in *pipeline.PowerInput) { *in = pipeline.PowerInput{Margin: 1, Planned: &plan.Run{}} },
	} {
		one := in
		change(&one)
		if _, err := pipeline.Power(one); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// Where no number of prompts is enough, the table says so, and why: a dash is for what the pilot can't tell.
func TestPowerThatNoNumberReaches(t *testing.T) {
	for _, tt := range []struct {
		truth float64
		want  string // "" plans
	}{
		{-1.5, "the true difference that is assumed (-1.5) is a loss of the margin (1) or more"},
		{-1, "is a loss of the margin (1) or more"},
		{-.5, ""},
	} {
		in := pipeline.PowerInput{Catalog: small(), Power: .8, Judgements: 1, True: tt.truth, Gates: []metrics.Gate{{Suite: "quiz", Metric: "length", Margin: 1}}}
		plans, err := pipeline.Power(in)
		if err != nil {
			t.Fatal(err)
		}
		var none int
		table := reports.PowerTable(&reports.Subject{}, plans)
		for _, c := range table.Rows[0] {
			if c.Text == "none" {
				none++
			}
		}
		notes := fmt.Sprint(table.Notes)
		if want := len(reports.PowerDraws); tt.want != "" && (none != want || !strings.Contains(notes, tt.want)) || tt.want == "" && (none > 0 || strings.Contains(notes, "none:")) {
			t.Errorf("true %v: %d times none, notes %s", tt.truth, none, notes)
		}
	}
}

func TestPowerRefuses(t *testing.T) {
	j := pilot(t, 20)
	for want, change := range map[string]func(*pipeline.PowerInput){
		"nothing to plan for; give a margin":                                                   func(in *pipeline.PowerInput) { in.Margin = 0 },
		"--true 101: must be from -100 to 100 for quiz length, whose values are from 0 to 100": func(in *pipeline.PowerInput) { in.True = 101 },
		"--true -100.5: must be from -100 to 100":                                              func(in *pipeline.PowerInput) { in.True = -100.5 },
		"--suite drop: no such suite":                                                          func(in *pipeline.PowerInput) { in.Only.Suites = []string{"drop"} },
	} {
		in := powerInput(j)
		change(&in)
		if _, err := pipeline.Power(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	for _, c := range []struct{ baseline, model, first, second, err string }{
		{"", "", "old", "new", ""}, {"new", "", "new", "old", ""}, {"", "old", "new", "old", ""}, {"x", "", "", "", "--baseline x: no such model; use one of old, new"},
	} {
		a, b, err := j.PowerModels(c.baseline, c.model)
		if a != c.first || b != c.second || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%+v: %s, %s, %v", c, a, b, err)
		}
	}
}
