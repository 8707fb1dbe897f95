package figure

import "image/color"

// scene is a drawn page: its items in drawing order, in points from the top left
// corner.
type scene struct {
	title string
	w, h  float64
	items []item
}

type point struct{ x, y float64 }

// item is a path, a disc or a line of text.
type item struct {
	part   part
	fill   color.Color // nil: not filled
	stroke color.Color // nil: not stroked
	width  float64     // width of the stroke
	dash   float64     // length of dash and gap; 0 draws a solid line

	paths  [][]point
	closed bool
	radius float64 // radius of a disc around the first point of the first path

	text  string
	style style
	at    point   // where the baseline starts
	angle float64 // counter-clockwise, in degrees
	span  float64 // width of the text
}

// part says what an item represents.
type part string

const (
	partGrid      part = "grid"
	partAxis      part = "axis"
	partReference part = "reference"
	partBand      part = "band"
	partBar       part = "bar"
	partUnder     part = "under"
	partError     part = "error"
	partLine      part = "line"
	partGlyph     part = "glyph"
	partKey       part = "key" // a legend's swatch
	partLegend    part = "legend"
	partTitle     part = "title"
	partPanel     part = "panel"
	partLabel     part = "label"
	partCategory  part = "category"
	partTick      part = "tick"
	partNote      part = "note"
)

func (s *scene) add(it item) { s.items = append(s.items, it) }

func (s *scene) line(p part, c color.Color, width float64, pts ...point) {
	s.add(item{part: p, stroke: c, width: width, paths: [][]point{pts}})
}

func (s *scene) rect(p part, fill color.Color, x0, y0, x1, y1 float64) {
	s.add(item{part: p, fill: fill, closed: true,
		paths: [][]point{{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}}})
}
