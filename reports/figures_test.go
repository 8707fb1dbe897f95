package reports_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/metrics"
	"assay/reports"
)

// places lists the places of a panel's points: series name and x.
func places(f reports.Figure, p reports.Panel) []string {
	var out []string
	for _, at := range p.Points {
		out = append(out, f.Series[at.Series].Name+"@"+p.X[at.X])
	}
	return out
}

func panelTitles(f reports.Figure) []string {
	var out []string
	for _, p := range f.Panels {
		out = append(out, p.Title)
	}
	return out
}

func TestFiguresByFamilyAndSize(t *testing.T) {
	s := subject("ppo-ptx-175b", "sft-6b", "sft-xl", "mine-6b")
	var estimates []metrics.Estimate
	for _, m := range s.Models {
		estimates = append(estimates, estimate("fr", "bleu", m.Name, "", 30))
	}
	f := reports.Figures(s, estimates)[0]
	if f.Title != "French" || f.ID != "nlp" || len(f.Panels) != 1 {
		t.Fatalf("got figure %q (%s) of %d panels", f.Title, f.ID, len(f.Panels))
	}
	p := f.Panels[0]
	if d := cmp.Diff([]string{"1.3B", "6B", "175B"}, p.X); d != "" {
		t.Errorf("x -want +got\n%s", d)
	}
	if d := cmp.Diff([]string{"PPO-ptx@175B", "SFT@6B", "SFT@1.3B", "mine@6B"}, places(f, p)); d != "" {
		t.Errorf("points -want +got\n%s", d)
	}
	if d := cmp.Diff([]reports.Series{{Name: "SFT", Color: 0}, {Name: "PPO-ptx", Color: 1}, {Name: "mine", Color: 2}}, f.Series); d != "" {
		t.Errorf("series -want +got\n%s", d)
	}
	if p.Mark != reports.Lines || p.XLabel != "model size (parameters)" || p.YLabel != "BLEU" {
		t.Errorf("got mark %d, labels %q and %q", p.Mark, p.XLabel, p.YLabel)
	}
	if got := p.Points[0]; got.Y != 30 || got.Lo != 29.9 || got.Hi != 30.1 {
		t.Errorf("got point %+v, want 30 [29.9, 30.1]", got)
	}
	if want := "Error bars are 95% intervals, each from 100 judgements. Judge: bleu-13a."; f.Caption != want {
		t.Errorf("caption: got %q, want %q", f.Caption, want)
	}
}

// Names are on the x axis where sizes are unknown, and where family and size do
// not distinguish two models.
func TestFiguresByName(t *testing.T) {
	twice := subject("sft-6b", "sft-6b (after)")
	twice.Models[1].Family, twice.Models[1].Size, twice.Models[1].Parameters = "sft", "6B", 6e9
	twoRecipes := subject("ppo-6b", "ppo-noptx-6b")
	for _, tt := range []struct {
		name string
		s    *reports.Subject
	}{
		{"no size", subject("sft-6b", "llama")}, {"one family and size", twice}, {"one title for two families", twoRecipes},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var estimates []metrics.Estimate
			var want []string
			for _, m := range tt.s.Models {
				estimates = append(estimates, estimate("fr", "bleu", m.Name, "", 30))
				want = append(want, "@"+m.Name)
			}
			f := reports.Figures(tt.s, estimates)[0]
			if d := cmp.Diff(want, places(f, f.Panels[0])); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
			if f.Panels[0].Mark != reports.Dots {
				t.Errorf("mark %d joins names, want dots", f.Panels[0].Mark)
			}
		})
	}
}

// With one size, families are beside each other in their colours, without a legend.
func TestFiguresOfOneSize(t *testing.T) {
	s := subject("ppo-ptx-6b", "prompted-6b", "gpt-6b", "t0-6b")
	var estimates []metrics.Estimate
	for i, m := range s.Models {
		estimates = append(estimates, estimate("fr", "bleu", m.Name, "", float64(i)))
	}
	f := reports.Figures(s, estimates)[0]
	p := f.Panels[0]
	if d := cmp.Diff([]string{"GPT", "GPT (prompted)", "PPO-ptx", "T0"}, p.X); d != "" {
		t.Errorf("x -want +got\n%s", d)
	}
	if d := cmp.Diff([]reports.Series{{Color: 0}, {Color: 1}, {Color: 2}, {Color: 3}}, f.Series); d != "" {
		t.Errorf("series -want +got\n%s", d)
	}
	for _, at := range p.Points {
		if want := map[string]float64{"PPO-ptx": 0, "GPT (prompted)": 1, "GPT": 2, "T0": 3}[p.X[at.X]]; at.Y != want || at.Series != at.X {
			t.Errorf("%s: got %v in series %d, want %v", p.X[at.X], at.Y, at.Series, want)
		}
	}
	if p.Mark != reports.Dots || p.XLabel != "models of 6B parameters" {
		t.Errorf("got mark %d under %q, want dots", p.Mark, p.XLabel)
	}
}

func TestFamiliesKeepColorsOverFigures(t *testing.T) {
	s := subject("gpt-6b", "sft-6b", "ppo-ptx-6b", "sft-175b")
	figures := reports.Figures(s, []metrics.Estimate{
		estimate("qa", "f1", "gpt-6b", "", 0.5), estimate("qa", "f1", "sft-6b", "", 0.5), estimate("qa", "f1", "sft-175b", "", 0.5),
		estimate("win", "win", "sft-175b", "", 0.5), estimate("win", "win", "ppo-ptx-6b", "", 0.5),
	})
	if len(figures) != 2 {
		t.Fatalf("got %d figures, want 2", len(figures))
	}
	colors := map[string]int{}
	for _, f := range figures {
		for _, series := range f.Series {
			if was, ok := colors[series.Name]; ok && was != series.Color {
				t.Errorf("%s is color %d, then %d", series.Name, was, series.Color)
			}
			colors[series.Name] = series.Color
		}
	}
	if d := cmp.Diff(map[string]int{"GPT": 0, "SFT": 1, "PPO-ptx": 2}, colors); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

// Suites of one group share a figure: a row for each condition, and the suite
// without conditions in the first row.
func TestFiguresOfAGroup(t *testing.T) {
	s := subject("sft-6b", "sft-175b")
	estimates := []metrics.Estimate{
		estimate("qa", "f1", "sft-6b", "zero", 0.5), estimate("qa", "f1", "sft-175b", "zero", 0.5),
		estimate("qa", "f1", "sft-6b", "few", 0.5), unscored("qa", "f1", "sft-6b", "none"),
		estimate("fr", "bleu", "sft-6b", "", 30),
	}
	estimates[0].N = 60
	f := reports.Figures(s, estimates)[0]
	if d := cmp.Diff([]string{"QA, zero", "French", "QA, few"}, panelTitles(f)); d != "" {
		t.Errorf("panels -want +got\n%s", d)
	}
	if f.Columns != 2 || f.Title != "QA, French" {
		t.Errorf("got %d columns under %q, want 2 under QA, French", f.Columns, f.Title)
	}
	if want := "QA / F1; French / BLEU. Error bars are 95% intervals, each from 60 to 100 judgements. Judges: exact, bleu-13a."; f.Caption != want {
		t.Errorf("caption: got %q, want %q", f.Caption, want)
	}
}

func TestFiguresKeepTheEmptyConditionBesideOthers(t *testing.T) {
	f := reports.Figures(subject("sft-6b"), []metrics.Estimate{estimate("qa", "f1", "sft-6b", "", 0.5), estimate("qa", "f1", "sft-6b", "few", 0.6)})[0]
	if d := cmp.Diff([]string{"", "few"}, panelTitles(f)); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

func TestFiguresLeaveOutWhatHasNoPoints(t *testing.T) {
	if got := reports.Figures(subject("sft-6b"), []metrics.Estimate{unscored("qa", "f1", "sft-6b", "few"), estimate("win", "other", "sft-6b", "", 0.5)}); len(got) != 0 {
		t.Errorf("got %d figures without a point", len(got))
	}
}

// A point without an interval is drawn without an error bar, and the caption says so.
func TestFiguresOfPointsWithoutInterval(t *testing.T) {
	alone := unscored("win", "win", "b", "")
	alone.Alone = new(12.25)
	f := reports.Figures(subject("a", "b"), []metrics.Estimate{estimate("win", "win", "a", "", 0.5), alone})[0]
	points := f.Panels[0].Points
	if len(points) != 2 || points[1].Y != 12.25 || points[1].Lo != 12.25 || points[1].Hi != 12.25 {
		t.Errorf("points %+v", points)
	}
	if !strings.Contains(f.Caption, "A point without an error bar has no interval") {
		t.Errorf("caption %q", f.Caption)
	}
}

func TestFiguresUnderAndReference(t *testing.T) {
	s := subject("sft-6b")
	s.Suites = s.Suites[:1]
	s.Suites[0].Metrics = []metrics.Metric{{Name: "both", Title: "True and informative", Hi: 1}, {Name: "true", Title: "True", Hi: 1}}
	s.Suites[0].Plot = reports.Plot{Group: "qa", Metric: "both", Under: "true", Mark: reports.Bars, Reference: 0.25}
	f := reports.Figures(s, []metrics.Estimate{estimate("qa", "both", "sft-6b", "", 0.25), estimate("qa", "true", "sft-6b", "", 0.5)})[0]
	if f.Under != "True" {
		t.Errorf("legend of the grey bars: got %q, want True", f.Under)
	}
	p := f.Panels[0]
	if p.Reference == nil || *p.Reference != 0.25 {
		t.Errorf("reference: got %v, want 0.25", p.Reference)
	}
	if len(p.Points) != 1 || p.Points[0].Under == nil || p.Points[0].Under.Y != 0.5 || p.Points[0].Under.Lo != 0.4 {
		t.Errorf("points: got %+v, want one over 0.5 [0.4, 0.6]", p.Points)
	}
	if want := "Grey bars: true; coloured bars inside: true and informative. The dashed line means no difference. Error bars are 95% intervals, each from 100 judgements. Judge: exact."; f.Caption != want {
		t.Errorf("caption: got %q, want %q", f.Caption, want)
	}
}

// An interval beyond the ends of a metric's scale is drawn only up to the end.
func TestFiguresCutIntervals(t *testing.T) {
	s := subject("sft-6b", "sft-175b")
	f := reports.Figures(s, []metrics.Estimate{estimate("win", "win", "sft-6b", "", 0.04), estimate("win", "win", "sft-175b", "", 0.97)})[0]
	low, high := f.Panels[0].Points[0], f.Panels[0].Points[1]
	if low.Lo != 0 || low.Hi != 0.14 || high.Hi != 1 {
		t.Errorf("got intervals [%v, %v] and [%v, %v], want [0, 0.14] and [0.87, 1]", low.Lo, low.Hi, high.Lo, high.Hi)
	}
	if !strings.Contains(f.Caption, reports.CutNote) {
		t.Errorf("caption %q doesn't say that intervals are cut", f.Caption)
	}
	if f := reports.Figures(s, []metrics.Estimate{estimate("win", "win", "sft-6b", "", 0.5)})[0]; strings.Contains(f.Caption, reports.CutNote) {
		t.Errorf("caption %q although no interval is cut", f.Caption)
	}
}
