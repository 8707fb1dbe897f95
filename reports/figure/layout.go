package figure

import (
	"math"
	"slices"

	"assay/reports"
)

// Measurements of a page in points.
const (
	fullWidth    = 504.0 // the text width of a page, 7 inches
	widest       = 7200.0
	largestPage  = 14400.0 // the largest page that PDF readers open
	margin       = 5.0
	columnGap    = 16.0
	rowGap       = 10.0
	plotHeight   = 112.0
	minPlotWidth = 84.0
	tickLength   = 2.5
	textGap      = 3.0 // between a tick and its text
)

// sheet is a figure being laid out: first it is measured, then drawn.
type sheet struct {
	fig    reports.Figure
	face   typeface
	lying  bool // values run to the right and names are listed at the left
	rows   [][]*frame
	width  float64
	title  []string
	legend legend
}

// newSheet measures f. Where the names of a figure of dots don't fit under the
// axis, the axes are swapped.
func newSheet(f reports.Figure) (*sheet, error) {
	face, err := newTypeface()
	if err != nil {
		return nil, err
	}
	s := &sheet{fig: shareScale(f), face: face}
	s.arrange()
	dots := !slices.ContainsFunc(f.Panels, func(p reports.Panel) bool { return p.Mark != reports.Dots })
	if dots && slices.ContainsFunc(s.frames(), func(fr *frame) bool { return fr.angle > 0 }) {
		s.lying = true
		s.arrange()
	}
	return s, nil
}

func (s *sheet) frames() []*frame { return slices.Concat(s.rows...) }

// arrange puts the panels on a grid and fixes every width and height.
func (s *sheet) arrange() {
	columns := s.fig.Columns
	if columns == 0 || columns > len(s.fig.Panels) {
		columns = len(s.fig.Panels)
	}
	s.rows = nil
	for i, p := range s.fig.Panels {
		if i%columns == 0 {
			s.rows = append(s.rows, nil)
		}
		last := len(s.rows) - 1
		s.rows[last] = append(s.rows[last], newFrame(s, p))
	}
	s.shareLabels()
	lefts := s.leftEdges(columns)
	plot := s.plotWidth(columns, lefts)
	for range 2 { // the names' angle depends on the width, and the left edge on the angle
		for _, fr := range s.frames() {
			fr.w = plot
			fr.chooseAngle()
		}
		lefts = s.leftEdges(columns)
		plot = s.plotWidth(columns, lefts)
	}
	x := margin
	for c := range columns {
		x += lefts[c]
		edge := 0.0
		for _, row := range s.rows {
			if c < len(row) {
				row[c].x, row[c].w = x, plot
				edge = math.Max(edge, row[c].left())
			}
		}
		for _, row := range s.rows {
			if c < len(row) {
				row[c].labelEdge = edge
			}
		}
		x += plot + s.overhang() + columnGap
	}
	s.width = x - columnGap + margin
	s.title = s.face.wrap(titleStyle(), s.fig.Title, s.width-2*margin, 3)
	s.legend = newLegend(s, s.width-2*margin)
	for _, fr := range s.frames() {
		fr.chooseHeight()
	}
}

// shareLabels drops the labels that every panel would repeat: the y label stays
// at the left of each row, the x label under each column, and the names of a
// lying row at its left.
func (s *sheet) shareLabels() {
	all := s.frames()
	one := func(label func(*frame) string) bool {
		return !slices.ContainsFunc(all, func(fr *frame) bool { return label(fr) != label(all[0]) })
	}
	shareY := one(func(fr *frame) string { return fr.sideLabel })
	shareX := one(func(fr *frame) string { return fr.footLabel })
	for r, row := range s.rows {
		names := s.lying && !slices.ContainsFunc(row, func(fr *frame) bool {
			return !slices.Equal(fr.panel.X, row[0].panel.X)
		})
		for c, fr := range row {
			if shareY && c > 0 {
				fr.sideLabel = ""
			}
			if shareX && r+1 < len(s.rows) && c < len(s.rows[r+1]) {
				fr.footLabel = ""
			}
			fr.hideNames = names && c > 0
		}
	}
}

// leftEdges are the widths each column needs left of its axes.
func (s *sheet) leftEdges(columns int) []float64 {
	out := make([]float64, columns)
	for _, row := range s.rows {
		for c, fr := range row {
			out[c] = math.Max(out[c], fr.left())
			if c == 0 || fr.angle != row[c-1].angle {
				out[c] = math.Max(out[c], fr.nameOverhang())
			}
		}
	}
	return out
}

// plotWidth is the width of every panel's axes. It is at least what keeps the
// marks apart, at most what they fill well, and between these the page's share.
func (s *sheet) plotWidth(columns int, lefts []float64) float64 {
	need, want := minPlotWidth, 120.0
	for _, fr := range s.frames() {
		n, w := fr.widths()
		need, want = math.Max(need, n), math.Max(want, w)
	}
	around := 2*margin + float64(columns-1)*columnGap + float64(columns)*s.overhang()
	for _, l := range lefts {
		around += l
	}
	share := (fullWidth - around) / float64(columns)
	limit := (widest - around) / float64(columns)
	return math.Min(math.Max(need, math.Min(want, share)), math.Max(limit, minPlotWidth))
}

// overhang is how far the last number's text extends beyond the end of a lying
// axis, or of the x axis of curves.
func (s *sheet) overhang() float64 {
	var w float64
	for _, fr := range s.frames() {
		if n := len(fr.numbers.ticks); n > 0 {
			w = math.Max(w, s.face.width(tickStyle(), fr.numbers.ticks[n-1].text)/2)
		}
	}
	if s.lying {
		for _, fr := range s.frames() {
			w = math.Max(w, fr.numberWidth()/2)
		}
	}
	return w
}

// shareScale gives the bars of one quantity one scale where f fixes none, because
// readers compare their lengths across panels.
func shareScale(f reports.Figure) reports.Figure {
	lo, hi := 0.0, 0.0
	for _, p := range f.Panels {
		if p.Mark != reports.Bars || p.YLabel == "" || p.YLabel != f.Panels[0].YLabel || p.YMin < p.YMax {
			return f
		}
		if len(p.Points) > 0 {
			l, h := extent(p)
			lo, hi = math.Min(lo, l), math.Max(hi, h)
		}
	}
	if len(f.Panels) == 1 || lo == hi || !finite(hi-lo) {
		return f
	}
	whole := newAxis(reports.Panel{Mark: reports.Bars, Points: []reports.Point{{Y: lo}, {Y: hi}}}, 5)
	f.Panels = slices.Clone(f.Panels)
	for i := range f.Panels {
		f.Panels[i].YMin, f.Panels[i].YMax = whole.min, whole.max
	}
	return f
}

// draw places everything from the top down.
func (s *sheet) draw() *scene {
	sc := &scene{title: s.fig.Title, w: s.width}
	if sc.title == "" {
		sc.title = s.fig.ID
	}
	y := margin
	for _, line := range s.title {
		y += titleStyle().size
		s.face.place(sc, text{part: partTitle, style: titleStyle(), color: ink()}, line, margin, y)
		y += (leading - 1) * titleStyle().size
	}
	if len(s.title) > 0 {
		y += 3
	}
	y = s.legend.draw(s, sc, y)
	for i, row := range s.rows {
		if i > 0 {
			y += rowGap
		}
		y = drawRow(sc, row, y)
	}
	sc.h = math.Ceil(y + margin)
	return sc
}

// drawRow aligns the axes of a row and returns where it ends.
func drawRow(sc *scene, row []*frame, y float64) float64 {
	var top, height, bottom float64
	for _, fr := range row {
		top = math.Max(top, fr.top())
		height = math.Max(height, fr.h)
	}
	for _, fr := range row {
		fr.y, fr.h = y+top, height
		bottom = math.Max(bottom, fr.bottom())
		fr.draw(sc)
	}
	return y + top + height + bottom
}
