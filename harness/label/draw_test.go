package label_test

import (
	"fmt"
	"slices"
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
		{"nine of nine", func(p *plan.Label) { p.Limit = 9 }, 9, 9, 3, 4, 1},
		{"ten of nine", func(p *plan.Label) { p.Limit = 10 }, 9, 9, 3, 4, 1},
		{"one of nine", func(p *plan.Label) { p.Limit = 1 }, 1, 9, 3, 4, 1.0 / 9},
		{"pairs with a", func(p *plan.Label) { p.Form, p.Baseline = plan.PairwiseForm, "a" }, 9*3 + 3*2, 33, 0, 2, 1},
		{"three of four", func(p *plan.Label) { p.Outputs = 3 }, 12, 12, 0, 3, -1},
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
		if len(d.Items) != tt.items || d.From != tt.from || d.Left != tt.left || len(it.Outputs) != tt.width || tt.probability > 0 && !approx.Equal(it.Probability, tt.probability, 1e-12) || *it.ClosedDomain || it.Constraint != "short" {
			t.Errorf("%s: %d of %d, %d left, %d outputs, probability %v", tt.name, len(d.Items), d.From, d.Left, len(it.Outputs), it.Probability)
		}
		ids, models := map[string]bool{}, map[string]int{}
		for _, it := range d.Items {
			ids[it.ID] = true
			for _, o := range it.Outputs {
				models[o.Model]++
			}
			// With three outputs of those that are there, an output has the chance 3/4, or 1 where d has none.
			if tt.name == "three of four" {
				want := 0.75
				if n := strings.TrimPrefix(it.Prompt, "prompt "); n == "0" || n == "1" || n == "2" {
					want = 1
				}
				if it.Probability != want {
					t.Errorf("%s: probability %v of %q", tt.name, it.Probability, it.Prompt)
				}
			}
			for _, o := range it.Outputs {
				if number := strings.TrimPrefix(it.Prompt, "prompt "); o.Text != o.Model+" on "+number {
					t.Errorf("%s: %q under %q of %s", tt.name, o.Text, it.Prompt, o.Model)
				}
			}
			if p.Baseline != "" && it.Outputs[1].Model != p.Baseline {
				t.Errorf("%s: the second model is %s", tt.name, it.Outputs[1].Model)
			}
		}
		if tt.name == "three of four" && (models["a"] == 12 || models["b"] == 12 || models["c"] == 12 || models["d"] == 0) {
			t.Errorf("%s: the models are shown %v times", tt.name, models)
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

// writeParts writes a run of three models with two suites, two conditions and two samples, its records in
// order or backwards.
func writeParts(t *testing.T, backwards bool) string {
	t.Helper()
	dir := t.TempDir()
	m := &harness.Manifest{Schema: harness.ManifestSchema}
	var examples []suites.Example
	var completions []models.Completion
	for _, suite := range []string{"s", "t"} {
		for i := range 5 {
			ex := suites.NewExample(suite, fmt.Sprint(suite, " prompt ", i), nil, "chat")
			examples = append(examples, ex)
			for _, condition := range []string{"plain", "polite"} {
				for sample := range 2 {
					for _, model := range []string{"a", "b", "c"} {
						text := fmt.Sprint(model, suite, i, condition, sample)
						completions = append(completions, models.Completion{ID: text, Suite: suite, Example: ex.ID, Condition: condition, Sample: sample, Model: model, Text: text})
					}
				}
			}
		}
		m.Counts = append(m.Counts, harness.Count{Suite: suite, Examples: 5})
	}
	if backwards {
		slices.Reverse(examples)
		slices.Reverse(completions)
	}
	for _, model := range []string{"a", "b", "c"} {
		m.Models = append(m.Models, models.Info{Name: model})
	}
	store := runstore.Dir(dir)
	for _, err := range []error{runstore.Examples().WriteAll(store, examples), runstore.Completions().WriteAll(store, completions), runstore.WriteManifest(store, m)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// The draw depends on the records, not on their order in the run. Only wanted suites and conditions are
// drawn from, and each sample is an item of its own.
func TestDrawParts(t *testing.T) {
	forwards, backwards := writeParts(t, false), writeParts(t, true)
	for name, c := range map[string]struct {
		suites, conditions []string
		from               int
	}{
		"all":       {nil, nil, 40},
		"suite":     {[]string{"t"}, nil, 20},
		"condition": {nil, []string{"polite"}, 20},
		"both":      {[]string{"s"}, []string{"plain"}, 10},
	} {
		draw := func(run string) *label.Drawn {
			p := plan.LabelRuns([]string{run})
			p.Suites, p.Conditions, p.Outputs, p.Limit, p.Seed = c.suites, c.conditions, 2, 7, 11
			d, err := label.Draw(p)
			if err != nil {
				t.Fatal(err)
			}
			return d
		}
		d, again := draw(forwards), draw(backwards)
		if d.From != c.from || len(d.Items) != 7 {
			t.Errorf("%s: %d of %d", name, len(d.Items), d.From)
		}
		var ids, others []string
		samples := map[int]int{}
		for i, it := range d.Items {
			ids, others = append(ids, it.ID), append(others, again.Items[i].ID)
			samples[it.Sample]++
			if len(c.suites) > 0 && it.Suite != c.suites[0] || len(c.conditions) > 0 && it.Condition != c.conditions[0] {
				t.Errorf("%s: drew suite %s, condition %s", name, it.Suite, it.Condition)
			}
			for _, o := range it.Outputs {
				if want := fmt.Sprint(o.Model, it.Suite, it.Prompt[len(it.Prompt)-1:], it.Condition, it.Sample); o.Text != want {
					t.Errorf("%s: the text %s, want %s", name, o.Text, want)
				}
			}
		}
		if !slices.Equal(ids, others) {
			t.Errorf("%s: the draws %v and %v", name, ids, others)
		}
		if slices.IsSortedFunc(d.Items, func(a, b *label.Item) int { return strings.Compare(a.Example, b.Example) }) {
			t.Errorf("%s: the items are in the order of their examples", name)
		}
	}
	p := plan.LabelRuns([]string{forwards})
	p.Conditions = []string{"plian"}
	if _, err := label.Draw(p); err == nil || !strings.Contains(err.Error(), `no condition "plian"; did you mean plain?`) {
		t.Errorf("error %v", err)
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
