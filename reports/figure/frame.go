package figure

import (
	"math"

	"assay/reports"
)

// frame is a panel with its measurements. x, y, w and h are the rectangle inside
// its axes.
type frame struct {
	sheet      *sheet
	panel      reports.Panel
	values     axis
	numbers    axis // x axis of curves
	marks      []mark
	slots      int // the most marks side by side at one x
	sideLabel  string
	footLabel  string
	hideNames  bool
	angle      float64 // angle of the names under the axis, in degrees
	labelEdge  float64 // where the side label starts, left of the axis
	x, y, w, h float64
}

// longest name that is written in full, in points.
const (
	longestTilted = 170.0
	longestListed = 240.0
)

func newFrame(s *sheet, p reports.Panel) *frame {
	fr := &frame{sheet: s, panel: p, sideLabel: p.YLabel, footLabel: p.XLabel}
	if s.lying {
		fr.sideLabel, fr.footLabel = p.XLabel, p.YLabel
	}
	fr.values = newAxis(p, 5)
	fr.marks, fr.slots = spread(p, len(s.fig.Series))
	if p.Mark == reports.Curves {
		fr.numbers = numberAxis(p)
	}
	return fr
}

// at is the place of value v at category x, shifted along the categories.
func (fr *frame) at(x int, v, shift float64) point {
	along := (float64(x) + 0.5) / float64(len(fr.panel.X))
	up := fr.values.fraction(v)
	if fr.sheet.lying {
		return point{fr.x + up*fr.w, fr.y + along*fr.h + shift}
	}
	return point{fr.x + along*fr.w + shift, fr.y + (1-up)*fr.h}
}

// along is the line through v across the panel.
func (fr *frame) along(v float64) []point {
	f := fr.values.fraction(v)
	if fr.sheet.lying {
		return []point{{fr.x + f*fr.w, fr.y}, {fr.x + f*fr.w, fr.y + fr.h}}
	}
	return []point{{fr.x, fr.y + (1-f)*fr.h}, {fr.x + fr.w, fr.y + (1-f)*fr.h}}
}

// slot is the length of one category along its axis.
func (fr *frame) slot() float64 {
	if fr.sheet.lying {
		return fr.h / float64(max(1, len(fr.panel.X)))
	}
	return fr.w / float64(max(1, len(fr.panel.X)))
}

// widths are the smallest possible and the best width inside the axes.
func (fr *frame) widths() (need, want float64) {
	n, k := float64(len(fr.panel.X)), float64(fr.slots)
	switch {
	case fr.sheet.lying, fr.panel.Mark == reports.Curves:
		return 90, 190
	case fr.panel.Mark == reports.Bars:
		return n * (k*4.4 + 4), n * (k*13 + 14)
	default:
		return n * math.Max(14, k*4.5+4), n * math.Max(52, k*9+14)
	}
}

// chooseHeight fixes the height inside the axes.
func (fr *frame) chooseHeight() {
	fr.h = plotHeight
	if fr.sheet.lying {
		fr.h = math.Max(40, float64(len(fr.panel.X))*math.Max(15, float64(fr.slots)*7+4))
	}
}

// chooseAngle tilts the names only as far as needed to keep them apart. A lying
// panel has numbers there, and takes as many as fit.
func (fr *frame) chooseAngle() {
	fr.angle = 0
	if fr.sheet.lying {
		for n := 5; n >= 2; n-- {
			fr.values = newAxis(fr.panel, n)
			if fr.numberWidth()+6 <= fr.w/float64(max(1, len(fr.values.ticks)-1)) {
				return
			}
		}
		return
	}
	widest, _ := fr.nameSize(math.Inf(1))
	if widest+4 <= fr.slot() {
		return
	}
	for _, fr.angle = range []float64{35, 50, 70, 90} {
		if fr.slot()*math.Sin(fr.angle*math.Pi/180) >= 1.1*tickStyle().size {
			return
		}
	}
}

// nameSize is the width of the longest name, at most limit, and a line's height.
func (fr *frame) nameSize(limit float64) (w, h float64) {
	for _, name := range fr.panel.X {
		w = math.Max(w, fr.sheet.face.width(tickStyle(), name))
	}
	return math.Min(w, limit), tickStyle().size
}

// sideLines and footLines are the labels broken into lines.
func (fr *frame) sideLines() []string {
	room := plotHeight + 30
	if fr.sheet.lying {
		room = math.Max(60, float64(len(fr.panel.X))*15)
	}
	return fr.sheet.face.wrap(labelStyle(), fr.sideLabel, room, 2)
}

func (fr *frame) footLines() []string {
	return fr.sheet.face.wrap(labelStyle(), fr.footLabel, math.Max(fr.w, minPlotWidth)+0.5*columnGap, 3)
}

func (fr *frame) titleLines() []string {
	return fr.sheet.face.wrap(panelStyle(), fr.panel.Title, math.Max(fr.w, minPlotWidth)+0.5*columnGap, 3)
}

// left is the width that ticks, their text and the label take beside the axis.
func (fr *frame) left() float64 {
	var w float64
	if fr.sheet.lying {
		if !fr.hideNames {
			w, _ = fr.nameSize(longestListed)
		}
	} else {
		w = fr.numberWidth()
	}
	if w > 0 {
		w += tickLength + textGap
	}
	if fr.sheet.lying {
		w = math.Max(w, fr.numberWidth()/2)
	}
	if n := len(fr.sideLines()); n > 0 {
		w += 4 + float64(n)*leading*labelStyle().size
	}
	return w
}

// numberWidth is the width of the axis' longest number.
func (fr *frame) numberWidth() float64 {
	var w float64
	for _, t := range fr.values.ticks {
		w = math.Max(w, fr.sheet.face.width(tickStyle(), t.text))
	}
	return w
}

// nameOverhang is how far the first tilted name reaches left of the axis.
func (fr *frame) nameOverhang() float64 {
	if fr.angle == 0 || len(fr.panel.X) == 0 {
		return 0
	}
	var reach float64
	cos := math.Cos(fr.angle * math.Pi / 180)
	for i, name := range fr.panel.X {
		w := math.Min(fr.sheet.face.width(tickStyle(), name), longestTilted)
		reach = math.Max(reach, w*cos+4-(float64(i)+0.5)*fr.slot())
	}
	return reach
}

func (fr *frame) top() float64 {
	n := len(fr.titleLines())
	if n == 0 {
		return 4
	}
	return float64(n)*leading*panelStyle().size + 5
}

// bottom is the height that ticks, names and the label take under the axis.
func (fr *frame) bottom() float64 {
	h := fr.nameBottom()
	if n := len(fr.footLines()); n > 0 {
		h += 3 + float64(n)*leading*labelStyle().size
	}
	return h
}

func (fr *frame) nameBottom() float64 {
	if fr.sheet.lying || fr.angle == 0 {
		return tickLength + textGap + tickStyle().size
	}
	w, h := fr.nameSize(longestTilted)
	sin, cos := math.Sincos(fr.angle * math.Pi / 180)
	return tickLength + textGap + w*sin + h*cos
}
