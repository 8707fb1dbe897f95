package figure

import (
	"math"
	"testing"

	"assay/harness/leaf/approx"
	"assay/reports"
)

func box(it item) (x0, y0, x1, y1 float64) {
	x0, x1 = project(it.paths[0], 1, 0)
	y0, y1 = project(it.paths[0], 0, 1)
	return x0, y0, x1, y1
}

func parts(sc *scene, p part) []item {
	var out []item
	for _, it := range sc.items {
		if it.part == p {
			out = append(out, it)
		}
	}
	return out
}

func TestBarsAreProportionalAndStartAtZero(t *testing.T) {
	values := []float64{0.2, 0.4, -0.1}
	p := reports.Panel{X: []string{"a", "b", "c"}}
	for x, v := range values {
		p.Points = append(p.Points, reports.Point{X: x, Y: v, Lo: v - 0.05, Hi: v + 0.1})
	}
	f := reports.Figure{Series: []reports.Series{{Name: "s"}}, Panels: []reports.Panel{p}}
	sc := mustCompose(t, f)
	bars, errors := parts(sc, partBar), parts(sc, partError)
	if len(bars) != 3 || len(errors) != 3 {
		t.Fatalf("got %d bars and %d error bars, want 3 of each", len(bars), len(errors))
	}
	_, top, _, zero := box(bars[0])
	scale := (zero - top) / values[0] // points a unit
	for i, v := range values {
		_, y0, _, y1 := box(bars[i])
		if got, want := y1-y0, math.Abs(v)*scale; !approx.Equal(got, want, 1e-6) {
			t.Errorf("bar %d is %v high, want %v", i, got, want)
		}
		if onZero := math.Min(math.Abs(y0-zero), math.Abs(y1-zero)); onZero > 1e-6 {
			t.Errorf("bar %d doesn't touch zero", i)
		}
		_, e0, _, e1 := box(errors[i])
		if !approx.Equal(e0, (zero-(v+0.1)*scale), 1e-6) || !approx.Equal(e1, (zero-(v-0.05)*scale), 1e-6) {
			t.Errorf("error bar %d from %v to %v", i, e0, e1)
		}
	}
}

func TestUnderBarIsBeneathAtTheSamePlace(t *testing.T) {
	sc := mustCompose(t, truthfulness())
	bars, unders := parts(sc, partBar), parts(sc, partUnder)
	for i := range bars {
		bx0, by0, bx1, _ := box(bars[i])
		ux0, uy0, ux1, _ := box(unders[i])
		if !approx.Equal(bx0, ux0, 1e-6) || !approx.Equal(bx1, ux1, 1e-6) {
			t.Errorf("bar %d spans %v-%v, the grey one %v-%v", i, bx0, bx1, ux0, ux1)
		}
		if uy0 >= by0 {
			t.Errorf("grey bar %d is hidden", i)
		}
	}
	// No two intervals are drawn over each other.
	seen := map[float64]bool{}
	for _, e := range parts(sc, partError) {
		if x := math.Round(e.paths[0][0].x * 100); seen[x] {
			t.Errorf("two error bars at x = %v", x/100)
		} else {
			seen[x] = true
		}
	}
}

func TestLinesAreDodgedByTheSameAmountEverywhere(t *testing.T) {
	p := familyPanel("", reports.Lines, 0.5, 0.2)
	p.Points = append(p.Points[:4], p.Points[5:]...) // SFT lacks 6B
	marks, slots := spread(p, 4)
	if slots != 4 {
		t.Errorf("got %d slots, want 4", slots)
	}
	for _, m := range marks {
		if want := float64(m.Series) - 1.5; m.shift != want {
			t.Errorf("series %d at x %d is shifted by %v, want %v", m.Series, m.X, m.shift, want)
		}
	}
}

func TestBarsCloseUpWhereOneIsMissing(t *testing.T) {
	// One model in each family, each with its own name: no bar needs to make room.
	p := reports.Panel{X: []string{"a", "b"}, Points: []reports.Point{{Series: 0, X: 0, Y: 1}, {Series: 1, X: 1, Y: 1}}}
	marks, slots := spread(p, 2)
	if slots != 1 || marks[0].shift != 0 || marks[1].shift != 0 {
		t.Errorf("got %d slots, shifts %v and %v; want 1, 0, 0", slots, marks[0].shift, marks[1].shift)
	}
	p.Points = append(p.Points, reports.Point{Series: 1, X: 0, Y: 1})
	if marks, slots = spread(p, 2); slots != 2 || marks[0].shift != -0.5 || marks[1].shift != 0.5 || marks[2].shift != 0 {
		t.Errorf("got %d slots and %+v", slots, marks)
	}
}

func TestHollowPointsAreWhiteAndJoinedApart(t *testing.T) {
	f := published()
	f.Panels = f.Panels[:1]
	sc := mustCompose(t, f)
	hollow, solid := 0, 0
	for _, g := range parts(sc, partGlyph) {
		if g.fill == white() {
			hollow++
		} else {
			solid++
		}
	}
	dashed := 0
	lines := parts(sc, partLine)
	for _, l := range lines {
		if l.dash > 0 {
			dashed++
		}
	}
	if hollow != 6 || solid != 6 || len(lines) != 4 || dashed != 2 {
		t.Errorf("got %d hollow and %d filled glyphs, %d lines, %d of them dashed; want 6, 6, 4, 2", hollow, solid, len(lines), dashed)
	}
	// Published values have no interval.
	if n := len(parts(sc, partError)); n != 6 {
		t.Errorf("got %d error bars, want 6", n)
	}
}

func TestReferenceLine(t *testing.T) {
	f := toxicity()
	half := 0.2
	f.Panels[1].Reference = &half
	if n := len(parts(mustCompose(t, f), partReference)); n != 1 {
		t.Errorf("got %d reference lines, want 1", n)
	}
}

// A band extends from its own end to the axis' end where the other end is open. It is
// behind the marks and stays in its category, both upright and lying.
func TestBands(t *testing.T) {
	zero, lo, hi := 0.0, -0.05, 0.05
	for _, lying := range []bool{false, true} {
		names := []string{"above", "within", "free"}
		if lying {
			names[0] = "a name that is much too long to stand below an axis of this width among others"
		}
		sc := mustCompose(t, reports.Figure{
			Series: []reports.Series{{Name: "s"}},
			Panels: []reports.Panel{{X: names, Mark: reports.Dots,
				Points: []reports.Point{{X: 0, Y: 0.2, Lo: 0.1, Hi: 0.3}, {X: 1, Y: 0.05, Lo: 0, Hi: 0.1}, {X: 2, Y: 0}},
				Bands:  []reports.Band{{X: 0, Lo: &zero}, {X: 1, Lo: &lo, Hi: &hi}}}},
		})
		bands, glyphs := parts(sc, partBand), parts(sc, partGlyph)
		if len(bands) != 2 || len(glyphs) != 3 {
			t.Fatalf("got %d bands and %d glyphs, want 2 and 3", len(bands), len(glyphs))
		}
		// along is an extent in the direction of values, upwards or to the right.
		along := func(it item) (from, to float64) {
			x0, y0, x1, y1 := box(it)
			if lying {
				return x0, x1
			}
			return -y1, -y0
		}
		at := func(i int) float64 {
			if p := glyphs[i].paths[0][0]; !lying {
				return -p.y
			} else {
				return p.x
			}
		}
		unit := (at(0) - at(2)) / 0.2 // glyph 2 is at zero
		from, to := along(bands[0])
		if !approx.Equal(from, at(2), 1e-6) || to < at(0)+0.1*unit {
			t.Errorf("lying %v: the open band runs from %v to %v, want from zero at %v past the interval", lying, from, to, at(2))
		}
		if from, to = along(bands[1]); !approx.Equal(to, at(1), 1e-6) || !approx.Equal((to-from), 0.1*unit, 1e-6) {
			t.Errorf("lying %v: the closed band runs from %v to %v, want %v to %v", lying, from, to, at(1)-0.1*unit, at(1))
		}
		x0, y0, x1, y1 := box(bands[0])
		u0, v0, u1, v1 := box(bands[1])
		if apart := u0 > x1 || v0 > y1; !apart {
			t.Errorf("lying %v: bands meet: %v %v %v %v and %v %v %v %v", lying, x0, y0, x1, y1, u0, v0, u1, v1)
		}
	}
}
