package figure

import (
	"math"
)

// glyph adds the mark of series colour i around at: filled, or white inside when
// hollow. Each of the first eight colours has its own shape.
func (s *scene) glyph(p part, i int, at point, size float64, hollow bool) {
	it := item{part: p, fill: hue(i), stroke: hue(i), width: 0.9, closed: true}
	if hollow {
		it.fill = white()
	}
	shape := (i + 3*(i/8)) % 8
	if shape == 0 {
		it.paths, it.radius = [][]point{{at}}, 0.5*size
		s.add(it)
		return
	}
	it.paths = [][]point{outline(shape, at, size)}
	s.add(it)
}

// outline is the polygon of a shape other than the disc, with about the same area.
func outline(shape int, at point, size float64) []point {
	switch shape {
	case 1:
		return polygon(4, 45, at, 0.64*size, 1) // square
	case 2:
		return polygon(3, 90, at, 0.72*size, 1) // triangle up
	case 3:
		return polygon(4, 90, at, 0.68*size, 1) // diamond
	case 4:
		return polygon(3, 270, at, 0.72*size, 1) // triangle down
	case 5:
		return polygon(5, 90, at, 0.85*size, 0.45) // star
	case 6:
		return polygon(4, 90, at, 0.85*size, 0.42) // four-pointed star
	default:
		return polygon(6, 0, at, 0.6*size, 1) // hexagon
	}
}

// polygon has n corners at the given radius, the first at angle degrees. With an
// inner radius below 1 (a part of the outer one) it is a star.
func polygon(n int, angle float64, at point, radius, inner float64) []point {
	var out []point
	step := 2 * math.Pi / float64(n)
	for k := range n {
		a := angle*math.Pi/180 + float64(k)*step
		out = append(out, around(at, radius, a))
		if inner < 1 {
			out = append(out, around(at, inner*radius, a+step/2))
		}
	}
	return out
}

func around(at point, r, a float64) point {
	return point{at.x + r*math.Cos(a), at.y - r*math.Sin(a)}
}
