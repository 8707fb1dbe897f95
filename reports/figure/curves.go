package figure

import (
	"image/color"
	"math"

	"assay/reports"
)

// mostVertices is how many points of a curve are drawn. A page can't show more, so
// each is the mean of its neighbours.
const mostVertices = 600

// numberAxis is the x axis of a panel of curves, from the smallest number to the
// largest.
func numberAxis(p reports.Panel) axis {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, c := range p.Curves {
		for _, x := range c.X {
			lo, hi = math.Min(lo, x), math.Max(hi, x)
		}
	}
	switch {
	case lo > hi:
		lo, hi = 0, 1
	case hi-lo <= math.Max(1e-9*math.Max(math.Abs(lo), math.Abs(hi)), tiny):
		lo, hi = widen(lo, hi)
	}
	step := niceStep((hi - lo) / 4)
	return axis{min: lo, max: hi, ticks: ticks(lo, hi, step)}
}

// drawNumbers draws the ticks of a number axis under the panel.
func (fr *frame) drawNumbers(sc *scene) {
	st := text{part: partTick, style: tickStyle(), color: ink(), alignX: 0.5, alignY: 1}
	for _, t := range fr.numbers.ticks {
		x := fr.x + fr.numbers.fraction(t.at)*fr.w
		sc.line(partAxis, axisGrey(), 0.7, point{x, fr.y + fr.h}, point{x, fr.y + fr.h + tickLength})
		fr.sheet.face.place(sc, st, t.text, x, fr.y+fr.h+tickLength+textGap)
	}
}

// drawCurves draws faint curves behind the others.
func (fr *frame) drawCurves(sc *scene) {
	for _, faint := range []bool{true, false} {
		for _, c := range fr.panel.Curves {
			if c.Faint != faint || len(c.X) == 0 {
				continue
			}
			var stroke color.Color = hue(fr.sheet.fig.Series[c.Series].Color)
			width := 1.2
			if faint {
				stroke, width = mix(hue(fr.sheet.fig.Series[c.Series].Color), white(), 0.65), 0.6
			}
			fr.drawCurve(sc, c, stroke, width)
		}
	}
}

func (fr *frame) drawCurve(sc *scene, c reports.Curve, stroke color.Color, width float64) {
	xs, ys := thin(c.X, c.Y, mostVertices)
	pts := make([]point, len(xs))
	for i := range xs {
		pts[i] = point{fr.x + fr.numbers.fraction(xs[i])*fr.w, fr.y + (1-fr.values.fraction(ys[i]))*fr.h}
	}
	if len(pts) == 1 {
		sc.glyph(partGlyph, fr.sheet.fig.Series[c.Series].Color, pts[0], 3.2, false)
		return
	}
	sc.add(item{part: partLine, stroke: stroke, width: width, paths: [][]point{pts}})
}

// thin takes the means of runs of points, so that at most n are left.
func thin(xs, ys []float64, n int) (tx, ty []float64) {
	if len(xs) <= n {
		return xs, ys
	}
	for i := range n {
		from, to := i*len(xs)/n, (i+1)*len(xs)/n
		var x, y float64
		for k := from; k < to; k++ {
			x += xs[k] / float64(to-from)
			y += ys[k] / float64(to-from)
		}
		tx, ty = append(tx, x), append(ty, y)
	}
	return tx, ty
}
