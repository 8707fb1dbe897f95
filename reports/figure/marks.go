package figure

import (
	"image/color"
	"math"
	"slices"

	"assay/reports"
)

// mark is a point with its place among the marks at the same x.
type mark struct {
	reports.Point
	lane  int     // its series, measured or hollow, among those of the panel
	shift float64 // in lanes, from the middle of its x
}

// spread orders p's points by series and puts the points at one x side by side. A
// line keeps its distance from the middle at every x, so that it isn't bent. Bars
// and dots close up where one is missing. slots is the largest number side by
// side.
func spread(p reports.Panel, series int) (marks []mark, slots int) {
	lane := func(pt reports.Point) int {
		if pt.Hollow {
			return 2*pt.Series + 1
		}
		return 2 * pt.Series
	}
	used := make([]bool, 2*series)
	perX := make([]int, len(p.X))
	for _, pt := range p.Points {
		marks = append(marks, mark{Point: pt, lane: lane(pt)})
		used[lane(pt)] = true
		perX[pt.X]++
		slots = max(slots, perX[pt.X])
	}
	slices.SortFunc(marks, func(a, b mark) int {
		if a.lane != b.lane {
			return a.lane - b.lane
		}
		return a.X - b.X
	})
	place, lanes := make([]int, 2*series), 0
	for l, u := range used {
		place[l] = lanes
		if u {
			lanes++
		}
	}
	if p.Mark == reports.Lines && slots > 1 {
		slots = lanes
	}
	next := make([]int, len(p.X))
	for i := range marks {
		m := &marks[i]
		switch {
		case p.Mark != reports.Lines:
			m.shift = float64(next[m.X]) - float64(perX[m.X]-1)/2
			next[m.X]++
		case slots > 1:
			m.shift = float64(place[m.lane]) - float64(lanes-1)/2
		}
	}
	return marks, max(slots, 1)
}

// drawMarks draws, from back to front: bands, lines, bars, the reference line, error
// bars, glyphs.
func (fr *frame) drawMarks(sc *scene) {
	if fr.panel.Mark == reports.Curves {
		fr.drawReference(sc)
		fr.drawCurves(sc)
		return
	}
	fr.drawBands(sc)
	pitch := fr.pitch()
	if fr.panel.Mark == reports.Bars {
		for _, m := range fr.marks {
			fr.drawBar(sc, m, pitch)
		}
	}
	if fr.panel.Mark == reports.Bars && fr.values.min < 0 && fr.values.max > 0 {
		sc.line(partAxis, axisGrey(), 0.7, fr.along(0)...)
	}
	fr.drawReference(sc)
	if fr.panel.Mark == reports.Lines {
		fr.drawLines(sc, pitch)
	}
	for _, m := range fr.marks {
		shift := m.shift * pitch
		if fr.panel.Mark == reports.Bars {
			fr.drawBarErrors(sc, m, shift, pitch)
			continue
		}
		c := mix(fr.hue(m), ink(), 0.3)
		fr.drawError(sc, m.Point, shift, math.Min(2, 0.35*pitch), c)
	}
	if fr.panel.Mark == reports.Bars {
		return
	}
	for _, m := range fr.marks {
		size := math.Max(3.2, math.Min(5, 0.9*pitch))
		sc.glyph(partGlyph, fr.color(m), fr.at(m.X, m.Y, m.shift*pitch), size, m.Hollow)
	}
}

// drawBands draws each band across its category, up to the ends of the axis.
func (fr *frame) drawBands(sc *scene) {
	for _, b := range fr.panel.Bands {
		lo, hi := fr.values.min, fr.values.max
		if b.Lo != nil {
			lo = math.Min(math.Max(lo, *b.Lo), hi)
		}
		if b.Hi != nil {
			hi = math.Max(math.Min(hi, *b.Hi), lo)
		}
		half := 0.46 * fr.slot()
		from, to := fr.at(b.X, lo, -half), fr.at(b.X, hi, half)
		sc.rect(partBand, bandGrey(), from.x, from.y, to.x, to.y)
	}
}

// pitch is the distance between the middles of two marks at one x.
func (fr *frame) pitch() float64 {
	n := float64(fr.slots)
	switch {
	case fr.panel.Mark == reports.Bars:
		return math.Min(26, 0.82*fr.slot()/n)
	case fr.panel.Mark == reports.Lines:
		return math.Min(5, 0.6*fr.slot()/n)
	default:
		return math.Min(8, 0.75*fr.slot()/n)
	}
}

func (fr *frame) color(m mark) int { return fr.sheet.fig.Series[m.Series].Color }

func (fr *frame) hue(m mark) color.RGBA { return hue(fr.color(m)) }

// drawBar draws a bar from zero, in front of its grey one. A hollow bar is an
// outline.
func (fr *frame) drawBar(sc *scene, m mark, pitch float64) {
	half := 0.46 * pitch
	if m.Under != nil {
		a, b := fr.at(m.X, 0, m.shift*pitch), fr.at(m.X, m.Under.Y, m.shift*pitch)
		sc.rect(partUnder, underGrey(), a.x-half, b.y, a.x+half, a.y)
	}
	a, b := fr.at(m.X, 0, m.shift*pitch), fr.at(m.X, m.Y, m.shift*pitch)
	if !m.Hollow {
		sc.rect(partBar, fr.hue(m), a.x-half, b.y, a.x+half, a.y)
		return
	}
	half -= 0.5
	sc.add(item{part: partBar, fill: white(), stroke: fr.hue(m), width: 1, closed: true,
		paths: [][]point{{{a.x - half, b.y}, {a.x + half, b.y}, {a.x + half, a.y}, {a.x - half, a.y}}}})
}

// drawLines joins the points of each series, and hollow points by a dashed line of
// their own.
func (fr *frame) drawLines(sc *scene, pitch float64) {
	for i := 0; i < len(fr.marks); {
		j := i
		var pts []point
		for ; j < len(fr.marks) && fr.marks[j].lane == fr.marks[i].lane; j++ {
			m := fr.marks[j]
			pts = append(pts, fr.at(m.X, m.Y, m.shift*pitch))
		}
		if len(pts) > 1 {
			it := item{part: partLine, stroke: fr.hue(fr.marks[i]), width: 1.1, paths: [][]point{pts}}
			if fr.marks[i].Hollow {
				it.dash, it.width = 2, 0.8
			}
			sc.add(it)
		}
		i = j
	}
}

// drawReference draws the panel's reference line across its values.
func (fr *frame) drawReference(sc *scene) {
	if fr.panel.Reference == nil {
		return
	}
	sc.add(item{part: partReference, stroke: axisGrey(), width: 0.8, dash: 3,
		paths: [][]point{fr.along(*fr.panel.Reference)}})
}
