package figure

// draw puts the panel on sc.
func (fr *frame) draw(sc *scene) {
	fr.drawTitle(sc)
	fr.drawValueAxis(sc)
	fr.drawMarks(sc)
	fr.drawNames(sc)
	fr.drawNumbers(sc)
	sc.line(partAxis, axisGrey(), 0.7,
		point{fr.x, fr.y}, point{fr.x, fr.y + fr.h}, point{fr.x + fr.w, fr.y + fr.h})
	fr.drawLabels(sc)
}

func (fr *frame) drawTitle(sc *scene) {
	lines := fr.titleLines()
	st := text{part: partPanel, style: panelStyle(), color: ink(), alignX: 0.5}
	for i, line := range lines {
		above := float64(len(lines)-1-i)*leading*panelStyle().size + 6
		fr.sheet.face.place(sc, st, line, fr.x+fr.w/2, fr.y-above)
	}
}

// drawValueAxis draws the grid, the ticks and their numbers.
func (fr *frame) drawValueAxis(sc *scene) {
	st := text{part: partTick, style: tickStyle(), color: ink()}
	for _, t := range fr.values.ticks {
		along := fr.values.fraction(t.at)
		if fr.sheet.lying {
			x := fr.x + along*fr.w
			sc.line(partGrid, gridGrey(), 0.5, point{x, fr.y}, point{x, fr.y + fr.h})
			sc.line(partAxis, axisGrey(), 0.7, point{x, fr.y + fr.h}, point{x, fr.y + fr.h + tickLength})
			st.alignX, st.alignY = 0.5, 1
			fr.sheet.face.place(sc, st, t.text, x, fr.y+fr.h+tickLength+textGap)
			continue
		}
		y := fr.y + (1-along)*fr.h
		sc.line(partGrid, gridGrey(), 0.5, point{fr.x, y}, point{fr.x + fr.w, y})
		sc.line(partAxis, axisGrey(), 0.7, point{fr.x - tickLength, y}, point{fr.x, y})
		st.alignX, st.alignY = 1, 0.5
		fr.sheet.face.place(sc, st, t.text, fr.x-tickLength-textGap, y)
	}
}

// drawNames writes the categories under the axis or, for a lying panel, in a list
// beside it.
func (fr *frame) drawNames(sc *scene) {
	st := text{part: partCategory, style: tickStyle(), color: ink()}
	for i, name := range fr.panel.X {
		p := fr.at(i, fr.values.min, 0)
		switch {
		case fr.sheet.lying:
			sc.line(partAxis, axisGrey(), 0.7, p, point{p.x - tickLength, p.y})
			if !fr.hideNames {
				st.alignX, st.alignY = 1, 0.5
				name = fr.sheet.face.shorten(st.style, name, longestListed)
				fr.sheet.face.place(sc, st, name, p.x-tickLength-textGap, p.y)
			}
		case fr.angle > 0:
			sc.line(partAxis, axisGrey(), 0.7, p, point{p.x, p.y + tickLength})
			st.alignX, st.alignY, st.angle = 1, 0.5, fr.angle
			name = fr.sheet.face.shorten(st.style, name, longestTilted)
			fr.sheet.face.place(sc, st, name, p.x, p.y+tickLength+textGap+1)
		default:
			sc.line(partAxis, axisGrey(), 0.7, p, point{p.x, p.y + tickLength})
			st.alignX, st.alignY = 0.5, 1
			fr.sheet.face.place(sc, st, name, p.x, p.y+tickLength+textGap)
		}
	}
}

// drawLabels writes the axis labels, and "no data" where there is nothing to draw.
func (fr *frame) drawLabels(sc *scene) {
	size := labelStyle().size
	foot := text{part: partLabel, style: labelStyle(), color: ink(), alignX: 0.5, alignY: 1}
	for i, line := range fr.footLines() {
		y := fr.y + fr.h + fr.nameBottom() + 4 + float64(i)*leading*size
		fr.sheet.face.place(sc, foot, line, fr.x+fr.w/2, y)
	}
	side := text{part: partLabel, style: labelStyle(), color: ink(), alignX: 0.5, angle: 90}
	lines := fr.sideLines()
	for i, line := range lines {
		x := fr.x - fr.labelEdge + size*capHeight + float64(i)*leading*size
		fr.sheet.face.place(sc, side, line, x, fr.y+fr.h/2)
	}
	if len(fr.marks)+len(fr.panel.Curves) == 0 {
		none := text{part: partNote, style: tickStyle(), color: axisGrey(), alignX: 0.5, alignY: 0.5}
		fr.sheet.face.place(sc, none, "no data", fr.x+fr.w/2, fr.y+fr.h/2)
	}
}
