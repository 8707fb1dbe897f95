package figure

import (
	"image/color"
	"math"

	"assay/reports"
)

// drawBarErrors keeps a bar's interval and that of its grey bar side by side.
func (fr *frame) drawBarErrors(sc *scene, m mark, shift, pitch float64) {
	tip := math.Min(2, 0.22*pitch)
	if m.Under == nil {
		fr.drawError(sc, m.Point, shift, tip, ink())
		return
	}
	apart := 0.2 * pitch
	tip = math.Min(1.6, 0.16*pitch)
	under := *m.Under
	under.X = m.X
	fr.drawError(sc, under, shift+apart, tip, mix(underGrey(), ink(), 0.65))
	fr.drawError(sc, m.Point, shift-apart, tip, ink())
}

// drawError draws the interval of pt with a small cap at each end.
func (fr *frame) drawError(sc *scene, pt reports.Point, shift, tip float64, c color.Color) {
	if !hasInterval(pt) {
		return
	}
	end := func(v float64) []point {
		return []point{fr.at(pt.X, v, shift-tip), fr.at(pt.X, v, shift+tip)}
	}
	sc.add(item{part: partError, stroke: c, width: 0.7, paths: [][]point{
		{fr.at(pt.X, pt.Lo, shift), fr.at(pt.X, pt.Hi, shift)}, end(pt.Lo), end(pt.Hi),
	}})
}
