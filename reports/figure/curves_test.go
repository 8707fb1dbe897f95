package figure

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"assay/harness/leaf/approx"
	"assay/reports"
)

// training is a loss that falls over many noisy steps, and its validation.
func training() reports.Figure {
	var step, loss, at, held []float64
	for i := 1; i <= 2000; i++ {
		x := float64(i)
		step, loss = append(step, x), append(loss, 1.5+2.8*math.Exp(-x/300)+0.15*math.Sin(x*x))
		if i%250 == 0 {
			at, held = append(at, x), append(held, 1.6+2.8*math.Exp(-x/300))
		}
	}
	return reports.Figure{
		ID: "training", Title: "Pretraining", Series: []reports.Series{{Name: "training", Color: 0}, {Name: "validation", Color: 1}},
		Panels: []reports.Panel{
			{Title: "Loss", XLabel: "Step", YLabel: "Nats a token", Mark: reports.Curves, Curves: []reports.Curve{
				{Series: 0, X: step, Y: loss, Faint: true}, {Series: 1, X: at, Y: held}}},
			{Title: "Nothing yet", XLabel: "Step", Mark: reports.Curves},
			{Title: "One", XLabel: "Step", Mark: reports.Curves, Curves: []reports.Curve{{Series: 1, X: []float64{5}, Y: []float64{2}}}},
		},
	}
}

func TestCurves(t *testing.T) {
	f := training()
	sc, err := compose(f)
	if err != nil {
		t.Fatal(err)
	}
	var lines []item
	for _, it := range sc.items {
		if it.part == partLine {
			lines = append(lines, it)
		}
	}
	if len(lines) != 2 || len(lines[0].paths[0]) != mostVertices || len(lines[1].paths[0]) != 8 {
		t.Fatalf("%d curves of %d and %d points", len(lines), len(lines[0].paths[0]), len(lines[1].paths[0]))
	}
	noise, mean := lines[0].paths[0], lines[1].paths[0]
	for i := 1; i < len(noise); i++ {
		if noise[i].x <= noise[i-1].x {
			t.Fatalf("the curve runs back at %d", i)
		}
	}
	if first, last := mean[0], mean[7]; last.y <= first.y { // down the page
		t.Errorf("a falling loss is drawn from %v to %v", first, last)
	}
	svg, err := Render(f, SVG)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{">500<", ">2000<", ">no data<", ">Step<", ">validation<"} {
		if !bytes.Contains(svg, []byte(want)) {
			t.Errorf("no %s in the figure", want)
		}
	}
	for _, format := range []Format{PNG, PDF} {
		if _, err := Render(f, format); err != nil {
			t.Error(err)
		}
	}
}

func TestThinKeepsTheMean(t *testing.T) {
	xs, ys := make([]float64, 1000), make([]float64, 1000)
	var want float64
	for i := range xs {
		xs[i], ys[i] = float64(i), float64(i%7)
		want += ys[i] / 1000
	}
	tx, ty := thin(xs, ys, 100)
	var got float64
	for _, y := range ty {
		got += y / 100
	}
	if len(tx) != 100 || !approx.Equal(got, want, 1e-9) || tx[0] != 4.5 {
		t.Errorf("%d points, mean %g, first at %g; want 100, %g, 4.5", len(tx), got, tx[0], want)
	}
}

func TestCurvesRefused(t *testing.T) {
	for _, tt := range []struct {
		name  string
		panel reports.Panel
		want  string
	}{
		{"series", reports.Panel{Mark: reports.Curves, Curves: []reports.Curve{{Series: 1}}}, "series 1 of 1"},
		{"lengths", reports.Panel{Mark: reports.Curves, Curves: []reports.Curve{{X: []float64{1}}}}, "0 y for 1 x"},
		{"number", reports.Panel{Mark: reports.Curves, Curves: []reports.Curve{{X: []float64{1}, Y: []float64{math.NaN()}}}}, "not finite"},
		{"order", reports.Panel{Mark: reports.Curves, Curves: []reports.Curve{{X: []float64{2, 1}, Y: []float64{0, 0}}}}, "ascend"},
		{"points", reports.Panel{Mark: reports.Curves, X: []string{"a"}}, "with points or names"},
		{"bars", reports.Panel{Mark: reports.Bars, Curves: []reports.Curve{{}}}, "another mark"},
	} {
		_, err := Render(reports.Figure{ID: "f", Series: []reports.Series{{Name: "s"}}, Panels: []reports.Panel{tt.panel}}, SVG)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

// A path goes back where its x does, and the axis covers all of it.
func TestPathGoesBack(t *testing.T) {
	path := reports.Curve{X: []float64{1, 4, 2, 0}, Y: []float64{0, 1, 2, 3}, Path: true}
	f := reports.Figure{Series: []reports.Series{{Name: "s"}}, Panels: []reports.Panel{{Mark: reports.Curves, Curves: []reports.Curve{path}}}}
	pts := parts(mustCompose(t, f), partLine)[0].paths[0]
	unit := (pts[1].x - pts[0].x) / 3
	for i, x := range path.X {
		if got := pts[0].x + (x-1)*unit; !approx.Equal(got, pts[i].x, 1e-6) {
			t.Errorf("x %v is drawn at %v, want %v", x, pts[i].x, got)
		}
	}
	if pts[3].x >= pts[0].x || pts[1].x <= pts[2].x {
		t.Errorf("the path runs through %v", pts)
	}
	f.Panels[0].Curves[0].Path = false
	if _, err := Render(f, SVG); err == nil || !strings.Contains(err.Error(), "does not ascend") {
		t.Errorf("a curve that goes back: got error %v", err)
	}
}
