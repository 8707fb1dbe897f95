package html

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"assay/reports"
)

// hostile holds what must never reach a reader's browser unchanged.
const hostile = "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">" +
	"'\"`&amp; <!-- \u2028\u2029 \u202eevil\u202c \u2066iso\u2069 \x00\x1b[31m\x7f\u0085 \ufeff \xff https://example.org/?a=b javascript:alert(1)"

var words = strings.Fields(`the a of in to was by and its city river school year first team game season music
company field goal yards quarter passed later found made under north small large between report people
government court film name water long early found served north`)

func prose(r *rand.Rand, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(words[r.IntN(len(words))])
		if r.IntN(14) == 0 {
			b.WriteByte('.')
		}
	}
	return b.String()
}

// fullReport is the size and shape of a run over 12 models: verdicts, seven
// sections with a figure each, tables of 60 and 286 rows, and samples with the
// given number of items.
func fullReport(items int) reports.Report {
	r := rand.New(rand.NewPCG(1, 2))
	var models []string
	for _, family := range []string{"gpt", "sft", "ppo", "ppo-ptx"} {
		for _, size := range []string{"1.3b", "6b", "175b"} {
			models = append(models, family+"-"+size)
		}
	}
	report := reports.Report{
		Title:    "Twelve checkpoints against sft-175b",
		Subtitle: "Four families at three sizes on seven suites, two prompt types; baseline sft-175b; 95% intervals throughout.",
		Facts: []reports.Fact{
			{Name: "Run", Value: "runs/paper-stack"},
			{Name: "Examples", Value: "sha256:3f6c1be5a5a7cf1fc3f5a0c3a21e7d4e2f9ab1e07a1f5f5f3d2f6a0c8f9e1b2c"},
			{Name: "Completions", Value: "16,800 attempted, 16,791 scored, 9 missing"},
			{Name: "Version", Value: "assay 0.1.0, commit 9efaa62"},
		},
	}
	tones := []reports.Tone{reports.Good, reports.Bad, reports.Unsure, reports.Marked, reports.Unsure, reports.Good}
	texts := []string{
		"ppo-ptx-175b against sft-175b: 4 better, 1 worse, 21 undecided",
		"ppo-175b against sft-175b: 3 better, 5 worse, 18 undecided. Worse on SQuADv2 F1, DROP F1 and French to English BLEU under all prompt types: the alignment tax.",
		"gpt-175b against sft-175b: 0 better, 0 worse, 26 undecided; the smallest detectable difference at 80% power is 0.12",
		"9 of 16,800 completions were never scored: toxicity service timed out",
		"sft-6b against sft-175b: nothing can be said",
		"Gate truthfulqa.truthful >= -0.02: passed for 3 of 3 checkpoints",
	}
	for i, text := range texts {
		h := reports.Headline{Text: text, Tone: tones[i]}
		if i < 3 {
			t := estimates(r, "verdict-"+fmt.Sprint(i), "Differences by suite and metric", models[:1], 26)
			h.Details = &t
		}
		report.Verdicts = append(report.Verdicts, h)
	}
	suites := []string{"truthfulqa", "realtoxicity", "squadv2", "drop", "fr-to-en", "tldr", "crows-pairs"}
	for i, s := range suites {
		section := reports.Section{
			ID: s, Title: strings.ToUpper(s[:1]) + s[1:],
			Text:    "Judged by two classifiers of truthfulness and informativeness at a threshold of 0.5. A hundred contexts, the same for every model, so that every comparison is paired.",
			Figures: []reports.Figure{{ID: s, Title: "Figure " + fmt.Sprint(i+1), Caption: "Bars are means over 100 contexts; whiskers are 95% Wilson intervals; the dashed line is the baseline."}},
		}
		switch i {
		case 0:
			section.Tables = append(section.Tables, estimates(r, s, "Estimates", models, 24), estimates(r, s+"-all", "Estimates by category", models, 60))
		case 1:
			section.Tables = append(section.Tables, estimates(r, s, "All comparisons", models, 286))
		default:
			section.Tables = append(section.Tables, estimates(r, s, "Estimates", models, 12))
		}
		report.Sections = append(report.Sections, section)
	}
	report.Samples = samples(r, models, suites, items)
	return report
}

func estimates(r *rand.Rand, id, title string, models []string, rows int) reports.Table {
	t := reports.Table{ID: id, Title: title, Notes: []string{"Intervals: Wilson; differences: paired scores (Newcombe 1998, method 10).", "! differs from the published value"}}
	t.Columns = []reports.Column{{Name: "Model"}, {Name: "Condition"}, {Name: "Metric"}, {Name: "Point", Align: reports.Right},
		{Name: "95% interval", Align: reports.Right}, {Name: "vs sft-175b", Align: reports.Right}, {Name: "n", Align: reports.Right}, {Name: "Unscored", Align: reports.Right}, {Name: "Method"}, {Name: "Warnings"}}
	for i := range rows {
		p := r.Float64()
		d := r.NormFloat64() / 10
		tone := []reports.Tone{reports.Plain, reports.Unsure, reports.Good, reports.Bad, reports.Marked}[r.IntN(5)]
		t.Rows = append(t.Rows, []reports.Cell{
			{Text: models[i%len(models)]}, {Text: []string{"qa", "instruction"}[i/len(models)%2]}, {Text: "truthful and informative"},
			{Text: fmt.Sprintf("%.3f", p), Raw: fmt.Sprint(p)}, {Text: fmt.Sprintf("%.3f to %.3f", p*0.9, p*1.1)},
			{Text: strings.Replace(fmt.Sprintf("%+.3f", d), "-", "−", 1), Raw: fmt.Sprint(d), Tone: tone},
			{Text: "100"}, {Text: "0"}, {Text: "wilson"}, {Text: []string{"", "", "", "n is small for the method"}[r.IntN(4)]},
		})
	}
	return t
}

// samples gives every second sample the input of the one before, under the other
// condition, and some missing scores, empty outputs and long contexts.
func samples(r *rand.Rand, models, suites []string, items int) reports.Samples {
	s := reports.Samples{Models: models, Left: 240}
	var last reports.Sample
	for i := range items {
		item := reports.Sample{ID: fmt.Sprintf("%024x", i/2), Suite: suites[i/2%len(suites)], Condition: "qa", Input: prose(r, 30)}
		if i%10 == 4 {
			item.Input = "Passage: " + prose(r, 700) + "\n\nQuestion: " + prose(r, 8) + "?"
		}
		item.References = []string{prose(r, 6), prose(r, 4)}[:1+i%2]
		if i%2 == 1 {
			item.ID, item.Suite, item.Input, item.References = last.ID, last.Suite, last.Input, last.References
			item.Condition = "instruction"
		}
		for j, m := range models {
			out := reports.Output{Model: m, Text: prose(r, 10+r.IntN(30))}
			for _, metric := range []string{"truthful", "toxicity"} {
				score := reports.Score{Metric: metric, Value: math.Round(r.Float64()*1000) / 1000}
				if metric == "truthful" {
					score.Value = float64(r.IntN(2))
				}
				if r.IntN(60) == 0 {
					score = reports.Score{Metric: metric, Missing: "the judge gave no verdict"}
				}
				out.Scores = append(out.Scores, score)
			}
			if r.IntN(80) == 0 {
				out.Text = ""
			}
			if r.IntN(100) == 0 && j > 1 {
				continue
			}
			item.Outputs = append(item.Outputs, out)
		}
		last = item
		s.Items = append(s.Items, item)
	}
	return s
}

// draw replaces the figure renderer: bars with dark text, with the prolog,
// comments, namespaces and ids that such documents have.
func draw(f reports.Figure) ([]byte, error) {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?>
<!-- Generated -->
<svg width="720pt" height="240pt" viewBox="0 0 720 240" xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">
<defs><clipPath id="c"><rect width="720" height="240"/></clipPath></defs><g clip-path="url(#c)" style="font-family:sans-serif">`)
	colors := []string{"#0072b2", "#e69f00", "#009e73", "#cc79a7"}
	for i := range 24 {
		h := 30 + (i*37+len(f.ID)*13)%140
		fmt.Fprintf(&b, `<rect x="%d" y="%d" width="20" height="%d" style="fill:%s"/>`, 40+i*28, 200-h, h, colors[i%4])
	}
	b.WriteString(`<path d="M30 200H715" style="fill:none;stroke:#000"/><text x="300" y="225" style="font-size:14px">model size</text></g></svg>`)
	return []byte(b.String()), nil
}

// hostileReport has the hostile text in every field.
func hostileReport() reports.Report {
	cell := reports.Cell{Text: hostile, Raw: hostile + "raw", Tone: reports.Bad}
	t := reports.Table{ID: hostile, Title: hostile, Columns: []reports.Column{{Name: hostile}, {Name: hostile, Align: reports.Right}},
		Rows: [][]reports.Cell{{cell, cell}}, Notes: []string{hostile}}
	for range collapseRows {
		t.Rows = append(t.Rows, t.Rows[0])
	}
	return reports.Report{
		Title: hostile, Subtitle: hostile, Facts: []reports.Fact{{Name: hostile, Value: hostile}},
		Verdicts: []reports.Headline{{Text: hostile, Tone: reports.Bad, Details: &t}},
		Sections: []reports.Section{{ID: hostile, Title: hostile, Text: hostile,
			Figures: []reports.Figure{{ID: hostile, Title: hostile, Caption: hostile}}, Tables: []reports.Table{t}}},
		Samples: reports.Samples{Models: []string{hostile, "b"}, Left: 1, Items: []reports.Sample{{
			ID: hostile, OwnID: hostile, Suite: hostile, Condition: hostile, Input: hostile, References: []string{hostile},
			Outputs: []reports.Output{
				{Model: hostile, Text: hostile, Scores: []reports.Score{{Metric: hostile, Value: 0.25}}},
				{Model: "b", Text: "tame", Scores: []reports.Score{{Metric: hostile, Missing: hostile}}},
			},
		}}},
	}
}

func render(t *testing.T, r reports.Report) string {
	t.Helper()
	var b strings.Builder
	if err := Write(&b, r, Options{Draw: draw, FigureDir: "figures"}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
