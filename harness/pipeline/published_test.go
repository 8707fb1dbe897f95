package pipeline_test

import (
	"slices"
	"strings"
	"testing"

	"assay/harness/pipeline"
	"assay/harness/suitefile"
	"assay/metrics"
	"assay/models"
	"assay/reports"
)

// A report of the paper's models on its public data sets has the paper's number beside each of its
// own, and one figure with all of them: Figure 25 and Table 14.
func TestThePapersPublicDataSets(t *testing.T) {
	published, err := pipeline.Table14()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{ // suite to metric
		"hellaswag": "accuracy_per_token", "rte": "accuracy_per_token", "sst2": "accuracy_per_token", "wsc": "accuracy_per_token",
		"quac": "f1", "squadv2": "f1", "drop": "f1", "wmt15_fr_en": "bleu", "cnn_dm": "rouge_l", "tldr": "rouge_l",
	}
	var subject reports.Subject
	conditions := map[string][]string{}
	for _, s := range suitefile.Catalog() {
		metric, ok := want[s.Name]
		if !ok {
			continue
		}
		if s.Plot.Group != "public-nlp" || s.Plot.Metric != metric {
			t.Errorf("%s: figure %s of %s, want public-nlp of %s", s.Name, s.Plot.Group, s.Plot.Metric, metric)
		}
		conditions[s.Name] = s.Conditions
		if len(s.Conditions) == 0 || s.Name == "tldr" { // the paper has TL;DR without examples only
			conditions[s.Name] = []string{""}
		}
		subject.Suites = append(subject.Suites, reports.Suite{Name: s.Name, Title: s.Title, Metrics: s.Metrics, Plot: reports.Plot{Group: s.Plot.Group, Metric: s.Plot.Metric, Mark: reports.Lines}})
	}
	// A run that measured 0.02 more than the paper, or 2 BLEU.
	var estimates []metrics.Estimate
	values := map[[3]string]float64{}
	for _, p := range published {
		metric, ok := want[p.Suite]
		if !ok {
			continue
		}
		if p.Metric != metric || !slices.Contains(conditions[p.Suite], p.Condition) {
			t.Errorf("%s: a published %s under %q, which the suite doesn't have", p.Suite, p.Metric, p.Condition)
		}
		unit := 0.01
		if metric == "bleu" {
			unit = 1
		}
		if !slices.ContainsFunc(subject.Models, func(m models.Info) bool { return m.Name == p.Model }) {
			subject.Models = append(subject.Models, models.ParseName(p.Model))
		}
		values[[3]string{p.Suite, p.Condition, p.Model}] = p.Value
		point := p.Value + 2*unit
		estimates = append(estimates, metrics.Estimate{
			Suite: p.Suite, Metric: p.Metric, Condition: p.Condition, Model: p.Model, Confidence: 0.95, Method: "t", N: 100, Clusters: 100,
			Interval: &metrics.Interval{Point: point, SE: 4 * unit, Lo: point - 8*unit, Hi: point + 8*unit},
		})
	}
	if len(estimates) != 216 { // 8 suites of two conditions and 2 of one, for 12 models
		t.Errorf("%d published numbers, want 216", len(estimates))
	}
	table, _ := reports.PublishedTable(&subject, estimates, published, "the paper")
	if len(table.Rows) != len(estimates) {
		t.Errorf("%d of %d numbers have the paper's beside them", len(table.Rows), len(estimates))
	}
	for _, row := range table.Rows {
		if row[6].Text != "0.50" {
			t.Errorf("%s %s %s: z is %s, want 0.50 of twice a hundredth above, with an error of four", row[0].Text, row[1].Text, row[2].Text, row[6].Text)
		}
	}
	for _, cell := range []struct {
		suite, condition, model string
		value                   float64
	}{{"hellaswag", "fewshot", "ppo-ptx-175b", 0.820}, {"wsc", "zeroshot", "sft-6b", 0.606}, {"rte", "fewshot", "ppo-noptx-175b", 0.711}, {"sst2", "zeroshot", "gpt-175b", 0.898}, {"quac", "fewshot", "sft-175b", 0.4877}, {"cnn_dm", "", "gpt-xl", 0.182}} {
		if got := values[[3]string{cell.suite, cell.condition, cell.model}]; got != cell.value {
			t.Errorf("%s %s %s: %v, want %v", cell.suite, cell.condition, cell.model, got, cell.value)
		}
	}
	figures := reports.Figures(&subject, estimates)
	if len(figures) != 1 || figures[0].ID != "public-nlp" {
		t.Fatalf("%d figures, want public-nlp alone", len(figures))
	}
	panels := map[string]int{}
	for _, p := range figures[0].Panels {
		panels[strings.Join([]string{p.Title, p.YLabel}, ": ")] = len(p.Points)
	}
	for _, s := range subject.Suites {
		for _, c := range conditions[s.Name] {
			title := s.Title
			if c != "" {
				title += ", " + c
			}
			if n := panels[title+": "+s.Metric(want[s.Name]).Title]; n != 12 {
				t.Errorf("%s has %d points in the figure, want 12 models", title, n)
			}
		}
	}
}
