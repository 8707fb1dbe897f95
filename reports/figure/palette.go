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

func white() color.RGBA { return color.RGBA{0xFF, 0xFF, 0xFF, 0xFF} }

func ink() color.RGBA { return color.RGBA{0x1A, 0x1A, 0x1A, 0xFF} } // text, error bars

func axisGrey() color.RGBA { return color.RGBA{0x4D, 0x4D, 0x4D, 0xFF} }

func underGrey() color.RGBA { return color.RGBA{0xC8, 0xC8, 0xC8, 0xFF} }

func bandGrey() color.RGBA { return color.RGBA{0xDC, 0xE9, 0xF2, 0xFF} } // bluish, so that grid lines show beside it

func gridGrey() color.RGBA { return color.RGBA{0xEA, 0xEA, 0xEA, 0xFF} }

// mix is a given part of the way from a to b.
func mix(a, b color.RGBA, part float64) color.RGBA {
	m := func(x, y uint8) uint8 { return uint8(math.Round(float64(x) + part*(float64(y)-float64(x)))) }
	return color.RGBA{m(a.R, b.R), m(a.G, b.G), m(a.B, b.B), 0xFF}
}
