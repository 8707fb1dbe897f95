package figure

import (
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"assay/reports"
)

var samplesDir = flag.String("samples", "", "write every sample figure in every format to this folder")

// The samples have the shapes of the paper's figures. Their values are invented.

func families() []reports.Series {
	return []reports.Series{{Name: "GPT", Color: 0}, {Name: "SFT", Color: 1}, {Name: "PPO", Color: 2}, {Name: "PPO-ptx", Color: 3}}
}

func sizes() []string { return []string{"1.3B", "6B", "175B"} }

// interval is y with an interval of the given half width, kept within 0 and 1.
func interval(series, x int, y, half float64) reports.Point {
	return reports.Point{Series: series, X: x, Y: y, Lo: math.Max(0, y-half), Hi: math.Min(1, y+half)}
}

// familyPanel has a point for every family at every size.
func familyPanel(title string, mark reports.Mark, base, spread float64) reports.Panel {
	p := reports.Panel{Title: title, XLabel: "Model size", X: sizes(), Mark: mark}
	for s := range families() {
		for x := range sizes() {
			y := base + spread*(0.05*float64(s*x)+0.2*math.Sin(float64(3*s+2*x)))
			p.Points = append(p.Points, interval(s, x, y, 0.03+0.01*float64(2-x)))
		}
	}
	return p
}

func truthfulness() reports.Figure {
	f := reports.Figure{ID: "truthfulqa", Title: "TruthfulQA", Series: families(), Under: "truthful"}
	for i, prompt := range []string{"QA prompt", "Instruction + QA prompt", "Choice prompt"} {
		p := familyPanel(prompt, reports.Bars, 0.3+0.1*float64(i), 0.4)
		p.YLabel, p.YMax = "Share truthful and informative", 1
		for j := range p.Points {
			u := interval(0, 0, math.Min(0.96, p.Points[j].Y+0.08+0.03*float64(j%4)), 0.04)
			p.Points[j].Under = &u
		}
		f.Panels = append(f.Panels, p)
	}
	return f
}

func toxicity() reports.Figure {
	f := reports.Figure{ID: "toxicity", Series: families()}
	for i, prompt := range []string{"No prompt", "Respectful prompt", "Biased prompt"} {
		p := familyPanel(prompt, reports.Bars, 0.2+0.15*float64(i), 0.3)
		p.YLabel = "Mean toxicity"
		f.Panels = append(f.Panels, p)
	}
	return f
}

func alignmentTax() reports.Figure {
	f := reports.Figure{ID: "public", Title: "Public NLP data sets", Series: families(), Columns: 3}
	for i, name := range []string{"DROP (F1)", "HellaSwag (accuracy)", "QuAC (F1)", "SQuAD v2 (F1)", "WMT 2015 Fr→En (BLEU)"} {
		p := familyPanel(name, reports.Lines, 0.3+0.1*float64(i), 0.5)
		if i == 4 {
			for j := range p.Points {
				q := &p.Points[j]
				q.Y, q.Lo, q.Hi = 40*q.Y, 40*q.Lo, 40*q.Hi
			}
		}
		f.Panels = append(f.Panels, p)
	}
	return f
}

func modelNames() []string {
	return []string{"text-davinci-003", "gpt-3.5-turbo-instruct", "Llama-2-7b-chat", "Mistral-7B-Instruct-v0.2",
		"ppo-ptx-1.3b (ours)", "sft-1.3b (ours)", "gpt-1.3b (ours)"}
}

func winRates() reports.Figure {
	half := 0.5
	p := reports.Panel{YLabel: "Win rate against SFT 175B", X: modelNames(), Mark: reports.Dots, Reference: &half}
	for x := range p.X {
		p.Points = append(p.Points, interval(0, x, 0.85-0.11*float64(x), 0.03+0.006*float64(x)))
	}
	return reports.Figure{ID: "winrate", Title: "Win rate", Series: []reports.Series{{Name: "", Color: 0}}, Panels: []reports.Panel{p}}
}

func published() reports.Figure {
	f := reports.Figure{ID: "published", Title: "Measured (filled) and published (hollow)", Series: families()[:2]}
	for i, mark := range []reports.Mark{reports.Lines, reports.Bars, reports.Dots} {
		p := reports.Panel{Title: []string{"Lines", "Bars", "Dots"}[i], YLabel: "Accuracy", XLabel: "Model size", X: sizes(), Mark: mark}
		for s := range 2 {
			for x := range sizes() {
				y := 0.3 + 0.12*float64(x) + 0.08*float64(s)
				p.Points = append(p.Points, interval(s, x, y, 0.04),
					reports.Point{Series: s, X: x, Y: y + 0.03, Hollow: true})
			}
		}
		f.Panels = append(f.Panels, p)
	}
	return f
}

func longNames() reports.Figure {
	f := reports.Figure{ID: "long", Title: "Bars with names that don't fit", Series: []reports.Series{{Name: "exact match", Color: 0}, {Name: "F1", Color: 1}}}
	for i := range 2 {
		p := reports.Panel{Title: fmt.Sprintf("Data set %d", i+1), YLabel: "Score", X: modelNames(), Mark: reports.Bars}
		for x := range p.X {
			p.Points = append(p.Points, interval(0, x, 0.3+0.05*float64(x), 0.05), interval(1, x, 0.4+0.06*float64(x), 0.05))
		}
		f.Panels = append(f.Panels, p)
	}
	return f
}

func nine() reports.Figure {
	f := reports.Figure{ID: "nine", Title: "Nine panels, nine series, values below zero", Columns: 3}
	for s := range 9 {
		f.Series = append(f.Series, reports.Series{Name: fmt.Sprintf("a series called %d", s), Color: s})
	}
	for i := range 9 {
		p := reports.Panel{Title: fmt.Sprintf("Panel %d", i+1), YLabel: "Difference from the baseline, percentage points", X: sizes(), Mark: reports.Mark(i % 2)}
		for s := range 9 {
			for x := range 3 {
				y := 4*math.Sin(float64(i+s+3*x)) + 1
				p.Points = append(p.Points, reports.Point{Series: s, X: x, Y: y, Lo: y - 1, Hi: y + 0.8})
			}
		}
		f.Panels = append(f.Panels, p)
	}
	return f
}

func forest() reports.Figure {
	zero := 0.0
	f := reports.Figure{ID: "forest", Series: families()}
	for i := range 3 {
		p := reports.Panel{Title: []string{"Hallucination", "Follows the instruction", "Fit for a customer assistant"}[i],
			YLabel: "Difference from SFT", X: modelNames(), Mark: reports.Dots, Reference: &zero}
		for x := range p.X {
			for s := range 2 {
				y := 0.3 - 0.1*float64(x) + 0.05*float64(s+i)
				p.Points = append(p.Points, reports.Point{Series: 2*s + 1, X: x, Y: y, Lo: y - 0.08, Hi: y + 0.1})
			}
		}
		f.Panels = append(f.Panels, p)
	}
	f.Series[0].Name, f.Series[2].Name = "", ""
	return f
}

func hostile() reports.Figure {
	one := 1.0
	f := reports.Figure{ID: "hostile", Title: `<script>alert("x")</script> & 'quotes'`,
		Series: []reports.Series{{Name: "模型<1>", Color: 4}, {Name: "мо\x00дель & \"γ\"", Color: 6}, {Name: "line\nbreak\u202Eback", Color: 7}}, Under: "]]>"}
	p := reports.Panel{Title: "\x1b[31mred\x1b[0m \xff\xfe", XLabel: "", YLabel: "é ü × −", Mark: reports.Bars, Reference: &one,
		X: []string{"模型-7b", "a\tb", "🙂", "µ μ Ω Ω", string(make([]byte, 3)), "x" + fmt.Sprintf("%0300d", 1)}}
	for x := range p.X {
		u := interval(0, x, 0.8, 0.1)
		p.Points = append(p.Points, reports.Point{Series: x % 3, X: x, Y: 0.6, Lo: 0.5, Hi: 0.7, Under: &u})
	}
	f.Panels = []reports.Panel{p, {Title: "Nothing scored: é ü × −", YLabel: "Share", X: sizes(), YMax: 1}, {}}
	return f
}

func samples() []reports.Figure {
	return []reports.Figure{truthfulness(), toxicity(), alignmentTax(), winRates(), published(), longNames(), nine(), forest(), hostile()}
}

func TestWriteSamples(t *testing.T) {
	if *samplesDir == "" {
		t.Skip("no -samples folder given")
	}
	for _, f := range samples() {
		for _, format := range Formats() {
			b, err := Render(f, format)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(*samplesDir, f.ID+"."+string(format)), b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
