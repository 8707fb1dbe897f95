package figure

import (
	"math"
	"strings"
	"testing"

	"assay/reports"
)

func TestCheckNamesFigureAndPanel(t *testing.T) {
	nan, inf, zero, one := math.NaN(), math.Inf(1), 0.0, 1.0
	edit := func(fn func(*reports.Panel)) func(*reports.Figure) {
		return func(f *reports.Figure) { fn(&f.Panels[1]) }
	}
	for _, test := range []struct {
		name string
		edit func(*reports.Figure)
		want string
	}{
		{"no panels", func(f *reports.Figure) { f.Panels = nil }, "figure toxicity: no panels"},
		{"columns", func(f *reports.Figure) { f.Columns = -1 }, "figure toxicity: -1 columns"},
		{"color", func(f *reports.Figure) { f.Series[2].Color = -1 }, `figure toxicity: series 2 ("PPO"): color -1`},
		{"series", edit(func(p *reports.Panel) { p.Points[3].Series = 4 }),
			`figure toxicity: panel 1 ("Respectful prompt"): point 3: series 4 of 4`},
		{"negative series", edit(func(p *reports.Panel) { p.Points[3].Series = -1 }), "point 3: series -1 of 4"},
		{"x", edit(func(p *reports.Panel) { p.Points[3].X = 3 }), "point 3: x 3 of 3"},
		{"nan", edit(func(p *reports.Panel) { p.Points[0].Y = nan }), "point 0: value NaN"},
		{"infinite interval", edit(func(p *reports.Panel) { p.Points[0].Hi = inf }), "+Inf]"},
		{"upside down", edit(func(p *reports.Panel) { p.Points[0].Lo = 2 }), "upside down"},
		{"under", edit(func(p *reports.Panel) { p.Points[0].Under = &reports.Point{Y: nan} }), "point 0: value behind: value NaN"},
		{"under under", edit(func(p *reports.Panel) { p.Points[0].Under = &reports.Point{Under: &reports.Point{}} }), "behind the value behind"},
		{"under dots", edit(func(p *reports.Panel) { p.Mark, p.Points[0].Under = reports.Dots, &reports.Point{} }), "only bars"},
		{"mark", edit(func(p *reports.Panel) { p.Mark = 4 }), "unknown mark 4"},
		{"axis", edit(func(p *reports.Panel) { p.YMin, p.YMax = 1, 0.5 }), "axis from 1 to 0.5"},
		{"infinite axis", edit(func(p *reports.Panel) { p.YMax = inf }), "axis from 0 to +Inf"},
		{"reference", edit(func(p *reports.Panel) { p.Reference = &nan }), "reference line at NaN"},
		{"band", edit(func(p *reports.Panel) { p.Bands = []reports.Band{{X: 3}} }), "band 0: x 3 of 3"},
		{"two bands", edit(func(p *reports.Panel) { p.Bands = []reports.Band{{}, {}} }), `band 1: a second band at "1.3B"`},
		{"band of nan", edit(func(p *reports.Panel) { p.Bands = []reports.Band{{Hi: &nan}} }), "band 0: an end is not finite"},
		{"band upside down", edit(func(p *reports.Panel) { p.Bands = []reports.Band{{Lo: &one, Hi: &zero}} }), "band 0: from 1 to 0"},
		{"twice", edit(func(p *reports.Panel) { p.Points[1] = p.Points[0] }), `point 1: a second point of series "GPT" at "1.3B"`},
		{"too far apart", edit(func(p *reports.Panel) { p.Points[0].Lo, p.Points[0].Hi = -1.7e308, 1.7e308 }), "too far apart"},
	} {
		f := toxicity()
		test.edit(&f)
		for _, format := range Formats() {
			_, err := Render(f, format)
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "figure toxicity: ") {
				t.Errorf("%s, %s: got error %v, want one with %q", test.name, format, err, test.want)
			}
		}
	}
	if err := check(toxicity()); err != nil {
		t.Errorf("unchanged: %v", err)
	}
}
