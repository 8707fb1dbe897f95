package figure

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"assay/harness/leaf/approx"
	"assay/reports"
)

func mustCompose(t *testing.T, f reports.Figure) *scene {
	t.Helper()
	s, err := compose(f)
	if err != nil {
		t.Fatalf("compose(%s): %v", f.ID, err)
	}
	return s
}

// corners are those of a text's box, from the baseline to the top of its capitals.
func corners(it item) []point {
	sin, cos := math.Sincos(it.angle * math.Pi / 180)
	h := capHeight * it.style.size
	at := func(dx, dy float64) point {
		return point{it.at.x + dx*cos + dy*sin, it.at.y - dx*sin + dy*cos}
	}
	return []point{at(0, 0), at(it.span, 0), at(it.span, -h), at(0, -h)}
}

// apart reports whether a line separates two convex polygons (the separating
// axis theorem).
func apart(a, b []point) bool {
	for _, poly := range [][]point{a, b} {
		for i, p := range poly {
			q := poly[(i+1)%len(poly)]
			nx, ny := q.y-p.y, p.x-q.x
			loA, hiA := project(a, nx, ny)
			loB, hiB := project(b, nx, ny)
			if hiA <= loB || hiB <= loA {
				return true
			}
		}
	}
	return false
}

func project(poly []point, nx, ny float64) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, p := range poly {
		d := p.x*nx + p.y*ny
		lo, hi = math.Min(lo, d), math.Max(hi, d)
	}
	return lo, hi
}

// crowded are figures that are hard to lay out.
func crowded() []reports.Figure {
	var out []reports.Figure
	for _, n := range []int{1, 5, 12, 40} {
		for _, mark := range []reports.Mark{reports.Bars, reports.Lines, reports.Dots} {
			for _, columns := range []int{0, 1, 3} {
				f := reports.Figure{ID: fmt.Sprintf("n=%d mark=%d columns=%d", n, mark, columns), Columns: columns,
					Title: strings.Repeat("a long title ", 20), Series: families(), Under: strings.Repeat("w", 200)}
				for i := range 4 {
					p := reports.Panel{Title: strings.Repeat("panel ", 5*i+1), XLabel: fmt.Sprint("x label ", i),
						YLabel: strings.Repeat("share of all answers ", i+1), Mark: mark}
					for x := range n {
						p.X = append(p.X, fmt.Sprintf("organisation/model-%d-%dB", x, x*x*x))
						y := -1000 * float64(x*i)
						p.Points = append(p.Points, reports.Point{Series: x % 4, X: x, Y: y, Lo: y - 1, Hi: y + 123456},
							reports.Point{Series: (x + 1) % 4, X: x, Y: y, Hollow: true})
					}
					f.Panels = append(f.Panels, p)
				}
				out = append(out, f)
			}
		}
	}
	return out
}

func TestTextsAreApartAndOnThePage(t *testing.T) {
	for _, f := range append(samples(), crowded()...) {
		sc := mustCompose(t, f)
		var texts []item
		for _, it := range sc.items {
			if it.text == "" {
				continue
			}
			texts = append(texts, it)
			for _, p := range corners(it) {
				if p.x < 0 || p.x > sc.w || p.y < 0 || p.y > sc.h {
					t.Errorf("%s: %q leaves the page", f.ID, it.text)
					break
				}
			}
		}
		for i, a := range texts {
			for _, b := range texts[:i] {
				if !apart(corners(a), corners(b)) {
					t.Errorf("%s: %s %q covers %s %q", f.ID, a.part, a.text, b.part, b.text)
				}
			}
		}
	}
}

func TestMarksStayInsideTheAxes(t *testing.T) {
	for _, f := range append(samples(), crowded()...) {
		sh, err := newSheet(clean(f))
		if err != nil {
			t.Fatal(err)
		}
		sh.draw()
		for _, fr := range sh.frames() {
			var sc scene
			fr.drawMarks(&sc)
			for _, it := range sc.items {
				for _, pts := range it.paths {
					for _, p := range pts {
						// Glyphs and caps may overlap the axis by half their size.
						if p.x < fr.x-4 || p.x > fr.x+fr.w+4 || p.y < fr.y-4 || p.y > fr.y+fr.h+4 {
							t.Fatalf("%s: a %s at %v leaves the axes", f.ID, it.part, p)
						}
					}
				}
			}
		}
	}
}

func TestLegendWraps(t *testing.T) {
	f := toxicity()
	for i := range 30 {
		f.Series = append(f.Series, reports.Series{Name: fmt.Sprintf("another family %d", i), Color: i})
	}
	sh, err := newSheet(f)
	if err != nil {
		t.Fatal(err)
	}
	entries := 0
	for i, row := range sh.legend.rows {
		entries += len(row)
		if sh.legend.widths[i] > sh.width-2*margin {
			t.Errorf("row %d is %.0f points wide on a page of %.0f", i, sh.legend.widths[i], sh.width)
		}
	}
	if len(sh.legend.rows) < 2 || entries != 34 {
		t.Errorf("got %d entries in %d rows, want 34 in several", entries, len(sh.legend.rows))
	}
}

func TestNamesListedInOrderWhenLying(t *testing.T) {
	sc := mustCompose(t, winRates())
	y := 0.0
	var names []string
	for _, it := range sc.items {
		if it.part != partCategory {
			continue
		}
		if it.at.y <= y || it.angle != 0 {
			t.Errorf("%q at height %.1f, angle %.0f, after one at %.1f", it.text, it.at.y, it.angle, y)
		}
		y = it.at.y
		names = append(names, it.text)
	}
	if got, want := strings.Join(names, " "), strings.Join(modelNames(), " "); got != want {
		t.Errorf("names %q, want %q", got, want)
	}
}

func TestFullWidth(t *testing.T) {
	for _, f := range []reports.Figure{truthfulness(), toxicity(), alignmentTax()} {
		if sc := mustCompose(t, f); sc.w > fullWidth+1e-6 || sc.w < 0.9*fullWidth {
			t.Errorf("%s: %.1f points wide, want about %.0f", f.ID, sc.w, fullWidth)
		}
	}
}

func TestTooLarge(t *testing.T) {
	p := reports.Panel{Mark: reports.Dots}
	for x := range 2000 {
		p.X = append(p.X, fmt.Sprintf("some model with a long name %d", x))
	}
	_, err := compose(reports.Figure{ID: "huge", Panels: []reports.Panel{p}})
	if err == nil || !strings.Contains(err.Error(), "figure huge: ") {
		t.Errorf("got error %v, want one naming the figure", err)
	}
}

func TestShorten(t *testing.T) {
	face, err := newTypeface()
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("model", 40)
	for _, width := range []float64{20, 60, 150} {
		got := face.shorten(tickStyle(), long, width)
		if w := face.width(tickStyle(), got); w > width || w < width-2*tickStyle().size {
			t.Errorf("shorten to %.0f gave %q, %.1f wide", width, got, w)
		}
	}
	if got := face.shorten(tickStyle(), "short", 100); got != "short" {
		t.Errorf("got %q, want it unchanged", got)
	}
	// Helvetica's own metrics, which Liberation Sans shares: A 667, B 667, a 556 thousandths.
	if got, want := face.width(style{1000, false}, "aBa"), 556.0+667+556; !approx.Equal(got, want, 2) {
		t.Errorf("width of aBa at 1000 points is %.1f, want %.1f", got, want)
	}
}
