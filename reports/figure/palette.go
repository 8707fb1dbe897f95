package figure

import (
	"image/color"
	"math"
)

// hues is the palette of Okabe and Ito 2008 ("Color Universal Design"), which
// stays distinct under the common colour vision deficiencies, ordered so that
// the first four also differ in lightness.
func hues() [8]color.RGBA {
	return [8]color.RGBA{
		{0x00, 0x72, 0xB2, 0xFF}, // blue
		{0xE6, 0x9F, 0x00, 0xFF}, // orange
		{0x00, 0x9E, 0x73, 0xFF}, // bluish green
		{0xD5, 0x5E, 0x00, 0xFF}, // vermillion
		{0x56, 0xB4, 0xE9, 0xFF}, // sky blue
		{0xCC, 0x79, 0xA7, 0xFF}, // reddish purple
		{0x76, 0x76, 0x76, 0xFF}, // grey, for black: error bars show on it
		{0xF0, 0xE4, 0x42, 0xFF}, // yellow, weak on white: last
	}
}

// hue is the colour of a series. After the end of the palette the colours repeat,
// darker.
func hue(i int) color.RGBA {
	c := hues()[i%8]
	return mix(c, ink(), 1-math.Pow(0.6, float64(i/8)))
}

func white() color.RGBA     { return color.RGBA{0xFF, 0xFF, 0xFF, 0xFF} }
func ink() color.RGBA       { return color.RGBA{0x1A, 0x1A, 0x1A, 0xFF} } // text, error bars
func axisGrey() color.RGBA  { return color.RGBA{0x4D, 0x4D, 0x4D, 0xFF} }
func underGrey() color.RGBA { return color.RGBA{0xC8, 0xC8, 0xC8, 0xFF} }
func bandGrey() color.RGBA  { return color.RGBA{0xDC, 0xE9, 0xF2, 0xFF} } // bluish, so that grid lines show beside it
func gridGrey() color.RGBA  { return color.RGBA{0xEA, 0xEA, 0xEA, 0xFF} }

// mix is a given part of the way from a to b.
func mix(a, b color.RGBA, part float64) color.RGBA {
	m := func(x, y uint8) uint8 { return uint8(math.Round(float64(x) + part*(float64(y)-float64(x)))) }
	return color.RGBA{m(a.R, b.R), m(a.G, b.G), m(a.B, b.B), 0xFF}
}

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
