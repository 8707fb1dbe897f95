package label_test

import (
	"fmt"
	"strings"
	"testing"

	"assay/harness"
	"assay/harness/label"
	"assay/harness/leaf/approx"
	"assay/harness/plan"
	"assay/harness/runstore"
	"assay/models"
	"assay/suites"
)

// writeRun writes a run of four models with twelve prompts. The model d has no text for the
// first three prompts: a choice, a failure, and nothing at all.
func writeRun(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	m := &harness.Manifest{Schema: harness.ManifestSchema}
	var examples []suites.Example
	var completions []models.Completion
	for i := range 12 {
		ex := suites.NewExample("s", fmt.Sprintf("prompt %d", i), nil, "chat")
		ex.Fields = map[string]string{"closed domain": "no", "constraint": "short"}
		examples = append(examples, ex)
		for _, model := range []string{"a", "b", "c", "d"} {
			c := models.Completion{ID: fmt.Sprint(model, i), Suite: "s", Example: ex.ID, Model: model, Text: fmt.Sprintf("%s on %d", model, i)}
			switch {
			case model == "d" && i == 0:
				c.Scores = []float64{-1, -2}
			case model == "d" && i == 1:
				c.Missing = "timed out"
			case model == "d" && i == 2:
				continue
			}
			completions = append(completions, c)
		}
	}
	for _, model := range []string{"a", "b", "c", "d"} {
		m.Models = append(m.Models, models.Info{Name: model})
	}
	m.Counts = []harness.Count{{Suite: "s", Examples: len(examples)}}
	store := runstore.Dir(dir)
	for _, err := range []error{runstore.Examples().WriteAll(store, examples), runstore.Completions().WriteAll(store, completions), runstore.WriteManifest(store, m)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestDraw(t *testing.T) {
	run := writeRun(t)
	for _, tt := range []struct {
		name              string
		change            func(p *plan.Label)
		items, from, left int
		width             int
		probability       float64 // of the last item
	}{
		{"all models", func(*plan.Label) {}, 9, 9, 3, 4, 1},
		{"six of nine", func(p *plan.Label) { p.Limit = 6 }, 6, 9, 3, 4, 6.0 / 9},
		{"three models", func(p *plan.Label) { p.Models = []string{"a", "b", "c"} }, 12, 12, 0, 3, 1},
		{"two of three", func(p *plan.Label) { p.Models, p.Outputs, p.Limit = []string{"a", "b", "c"}, 2, 3 }, 3, 12, 0, 2, 3.0 / 12 * 2 / 3},
		{"all pairs", func(p *plan.Label) { p.Form = plan.PairwiseForm }, 9*6 + 3*3, 63, 0, 2, 1},
		{"pairs with d", func(p *plan.Label) { p.Form, p.Baseline, p.Limit = plan.PairwiseForm, "d", 9 }, 9, 27, 3, 2, 1.0 / 3},
	} {
		p := plan.LabelRuns([]string{run})
		tt.change(p)
		d, err := label.Draw(p)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		it := d.Items[len(d.Items)-1]
		if len(d.Items) != tt.items || d.From != tt.from || d.Left != tt.left || len(it.Outputs) != tt.width || !approx.Equal(it.Probability, tt.probability, 1e-12) || *it.ClosedDomain || it.Constraint != "short" {
			t.Errorf("%s: %d of %d, %d left, %d outputs, probability %v", tt.name, len(d.Items), d.From, d.Left, len(it.Outputs), it.Probability)
		}
		ids := map[string]bool{}
		for _, it := range d.Items {
			ids[it.ID] = true
			for _, o := range it.Outputs {
				if number := strings.TrimPrefix(it.Prompt, "prompt "); o.Text != o.Model+" on "+number {
					t.Errorf("%s: %q under %q of %s", tt.name, o.Text, it.Prompt, o.Model)
				}
			}
			if p.Baseline != "" && it.Outputs[1].Model != p.Baseline {
				t.Errorf("%s: the second model is %s", tt.name, it.Outputs[1].Model)
			}
		}
		if len(ids) != len(d.Items) {
			t.Errorf("%s: %d ids for %d items", tt.name, len(ids), len(d.Items))
		}
		again, err := label.Draw(p)
		if err != nil || again.Items[0].ID != d.Items[0].ID || again.Items[tt.items-1].ID != it.ID {
			t.Errorf("%s: drawn again, the items differ", tt.name)
		}
	}
}

func TestDrawFaults(t *testing.T) {
	run := writeRun(t)
	for want, change := range map[string]func(p *plan.Label){
		`no model "dd"; use one of a, b, c, d`:     func(p *plan.Label) { p.Models = []string{"a", "dd"} },
		`no suite "t"`:                             func(p *plan.Label) { p.Suites = []string{"t"} },
		`no condition "plain"`:                     func(p *plan.Label) { p.Conditions = []string{"plain"} },
		"an item has 5 outputs, but the runs have": func(p *plan.Label) { p.Outputs = 5 },
		`no model "e", the plan's baseline`:        func(p *plan.Label) { p.Form, p.Baseline = plan.PairwiseForm, "e" },
		"no such run":                              func(p *plan.Label) { p.Runs = []string{run + "x"} },
	} {
		p := plan.LabelRuns([]string{run})
		change(p)
		if _, err := label.Draw(p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
