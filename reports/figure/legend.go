package figure

import (
	"assay/reports"
)

// legend is the figure's only legend: its entries in rows above the panels.
type legend struct {
	rows   [][]entry
	widths []float64 // width of each row
}

// entry is one name with its swatch. series is -1 for the grey bars' name.
type entry struct {
	name   string
	series int
	width  float64
}

const (
	entryGap  = 14.0
	swatchGap = 4.0
	legendRow = 12.0
)

// newLegend breaks the entries into rows at most width wide.
func newLegend(s *sheet, width float64) legend {
	var l legend
	swatch := s.swatchWidth()
	add := func(name string, series int) {
		if name == "" {
			return
		}
		name = s.face.shorten(legendStyle(), name, width-swatch-swatchGap)
		e := entry{name, series, swatch + swatchGap + s.face.width(legendStyle(), name)}
		last := len(l.rows) - 1
		if last < 0 || l.widths[last]+entryGap+e.width > width {
			l.rows, l.widths = append(l.rows, []entry{e}), append(l.widths, e.width)
			return
		}
		l.rows[last] = append(l.rows[last], e)
		l.widths[last] += entryGap + e.width
	}
	for i, series := range s.fig.Series {
		add(series.Name, i)
	}
	add(s.fig.Under, -1)
	return l
}

func (s *sheet) has(m reports.Mark) bool {
	for _, p := range s.fig.Panels {
		if p.Mark == m {
			return true
		}
	}
	return false
}

// swatchWidth leaves room for a piece of line where the figure has lines.
func (s *sheet) swatchWidth() float64 {
	switch {
	case s.has(reports.Lines), s.has(reports.Curves):
		return 16
	case s.has(reports.Bars):
		return 8
	default:
		return 6
	}
}

// draw centres the rows under y and returns where they end.
func (l legend) draw(s *sheet, sc *scene, y float64) float64 {
	for i, row := range l.rows {
		x := (s.width - l.widths[i]) / 2
		middle := y + legendRow/2
		for _, e := range row {
			s.drawSwatch(sc, e.series, x, middle)
			s.face.place(sc, text{part: partLegend, style: legendStyle(), color: ink(), alignY: 0.5},
				e.name, x+s.swatchWidth()+swatchGap, middle)
			x += e.width + entryGap
		}
		y += legendRow
	}
	if len(l.rows) > 0 {
		y += 4
	}
	return y
}

// drawSwatch shows a series as the panels do: a square for bars, otherwise its
// glyph, on a piece of line where there are lines.
func (s *sheet) drawSwatch(sc *scene, series int, x, y float64) {
	w := s.swatchWidth()
	if series < 0 {
		sc.rect(partKey, underGrey(), x+w-8, y-4, x+w, y+4)
		return
	}
	i := s.fig.Series[series].Color
	switch {
	case s.has(reports.Lines):
		sc.line(partKey, hue(i), 1.1, point{x, y}, point{x + w, y})
		sc.glyph(partKey, i, point{x + w/2, y}, 5, false)
	case s.has(reports.Curves):
		sc.line(partKey, hue(i), 1.4, point{x, y}, point{x + w, y})
	case s.has(reports.Bars):
		sc.rect(partKey, hue(i), x, y-4, x+w, y+4)
	default:
		sc.glyph(partKey, i, point{x + w/2, y}, 5.5, false)
	}
}
