package figure

import (
	"strings"
	"testing"

	"assay/harness/leaf/approx"
	"assay/reports"
)

func TestAxis(t *testing.T) {
	one := 1.0
	for _, test := range []struct {
		name  string
		panel reports.Panel
		want  string // want lists the ticks
		min   float64
		max   float64
	}{
		{"bars from zero", panel(reports.Bars, 0.31, 0.47), "0.0 0.1 0.2 0.3 0.4 0.5", 0, 0.5},
		{"bars up to one", panel(reports.Bars, 0.5, 1), "0.0 0.2 0.4 0.6 0.8 1.0", 0, 1},
		{"bars both ways", panel(reports.Bars, -3, 4), "−4 −2 0 2 4", -4, 4},
		{"bars all negative", panel(reports.Bars, -3, -1), "−3 −2 −1 0", -3, 0},
		{"lines fit the data", panel(reports.Lines, 31, 38), "30 32 34 36 38 40", 30, 40},
		{"lines don't cross zero", panel(reports.Lines, 0.001, 0.9), "0.0 0.2 0.4 0.6 0.8 1.0", 0, 1},
		{"lines don't cross one", panel(reports.Lines, 0.1, 0.995), "0.0 0.2 0.4 0.6 0.8 1.0", 0, 1},
		{"one value", panel(reports.Dots, 0.5, 0.5), "0.35 0.40 0.45 0.50 0.55 0.60 0.65", 0.35, 0.65},
		{"only zero", panel(reports.Bars, 0, 0), "0.0 0.2 0.4 0.6 0.8 1.0", 0, 1},
		{"nothing", reports.Panel{}, "0.0 0.2 0.4 0.6 0.8 1.0", 0, 1},
		{"fixed", fixed(panel(reports.Lines, 0.31, 0.47), 0.05, 0.93), "0.2 0.4 0.6 0.8", 0.05, 0.93},
		{"fixed, but bars start at zero", fixed(panel(reports.Bars, 0.31, 0.47), 0.3, 0.5), "0.0 0.1 0.2 0.3 0.4 0.5", 0, 0.5},
		{"fixed, but a value is above", fixed(panel(reports.Lines, 0.31, 0.97), 0, 0.5), "0.0 0.2 0.4 0.6 0.8 1.0", 0, 1},
		{"fixed, but a value is below", fixed(panel(reports.Lines, -0.3, 0.5), 0, 1), "−0.5 0.0 0.5 1.0", -0.5, 1},
		{"contains the reference", reports.Panel{Mark: reports.Dots, Reference: &one, Points: []reports.Point{{Y: 0.6}}}, "0.5 0.6 0.7 0.8 0.9 1.0", 0.5, 1},
		{"large", panel(reports.Bars, 0, 4e6), "0 1e+06 2e+06 3e+06 4e+06", 0, 4e6},
	} {
		a := newAxis(test.panel, 5)
		var labels []string
		for _, tk := range a.ticks {
			labels = append(labels, tk.text)
		}
		if got := strings.Join(labels, " "); got != test.want || !approx.Equal(a.min, test.min, 1e-9) || !approx.Equal(a.max, test.max, 1e-9) {
			t.Errorf("%s: got %v to %v with ticks %q; want %v to %v with %q", test.name, a.min, a.max, got, test.min, test.max, test.want)
		}
	}
}

func panel(mark reports.Mark, lo, hi float64) reports.Panel {
	return reports.Panel{Mark: mark, X: []string{"a"}, Points: []reports.Point{{Y: (lo + hi) / 2, Lo: lo, Hi: hi}, {Y: hi}}}
}

func fixed(p reports.Panel, lo, hi float64) reports.Panel {
	p.YMin, p.YMax = lo, hi
	return p
}

func TestBarsOfOneQuantityShareTheScale(t *testing.T) {
	f := toxicity()
	for _, p := range shareScale(f).Panels {
		if p.YMin != 0 || !approx.Equal(p.YMax, 0.8, 1e-9) {
			t.Errorf("%s: axis from %v to %v, want 0 to 0.8", p.Title, p.YMin, p.YMax)
		}
	}
	f.Panels[1].YLabel = "Another quantity"
	for _, p := range shareScale(f).Panels {
		if p.YMin != 0 || p.YMax != 0 {
			t.Errorf("%s: axis from %v to %v, want it left to fit", p.Title, p.YMin, p.YMax)
		}
	}
}

func TestDegenerateRanges(t *testing.T) {
	for _, v := range []float64{1e-300, 1e300, -1e300, 123456789.123, 5e-324} {
		for _, mark := range []reports.Mark{reports.Bars, reports.Lines} {
			a := newAxis(panel(mark, v, v), 5)
			if !(a.min < a.max) || len(a.ticks) > 14 {
				t.Errorf("%v: axis from %v to %v with %d ticks", v, a.min, a.max, len(a.ticks))
			}
		}
	}
}
