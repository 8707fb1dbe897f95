package figure

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	stdfont "golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"gonum.org/v1/plot/font"
)

// style is a size in points and a weight.
type style struct {
	size float64
	bold bool
}

// The figure's text sizes, for a page 7 inches wide.
func titleStyle() style  { return style{10, true} }
func panelStyle() style  { return style{9, false} }
func labelStyle() style  { return style{8.5, false} }
func tickStyle() style   { return style{8, false} }
func legendStyle() style { return style{8.5, false} }

// leading is the distance between baselines, and capHeight the height of a digit,
// both relative to the size.
const (
	leading   = 1.2
	capHeight = 0.72
)

// typeface measures text in Liberation Sans.
type typeface struct{ regular, bold *opentype.Font }

func newTypeface() (typeface, error) {
	regular, err := opentype.Parse(liberationsansregular.TTF)
	if err != nil {
		return typeface{}, fmt.Errorf("reading the regular font: %w", err)
	}
	bold, err := opentype.Parse(liberationsansbold.TTF)
	if err != nil {
		return typeface{}, fmt.Errorf("reading the bold font: %w", err)
	}
	return typeface{regular, bold}, nil
}

// face is st in the form that gonum/plot's canvases take.
func (t typeface) face(st style) font.Face {
	f := font.Face{
		Font: font.Font{Typeface: "Liberation", Variant: "Sans", Size: font.Points(st.size)},
		Face: t.regular,
	}
	if st.bold {
		f.Font.Weight, f.Face = stdfont.WeightBold, t.bold
	}
	return f
}

// width of s in points. A character outside the font counts as one size.
func (t typeface) width(st style, s string) float64 {
	f := t.face(st)
	var known strings.Builder
	missing := 0
	for _, r := range s {
		if t.has(r) {
			known.WriteRune(r)
		} else {
			missing++
		}
	}
	return f.Width(known.String()).Points() + float64(missing)*st.size
}

// has reports whether the font can draw r.
func (t typeface) has(r rune) bool {
	var buf sfnt.Buffer
	i, err := t.regular.GlyphIndex(&buf, r)
	return err == nil && i != 0 && r <= 0xFFFF
}

// shorten cuts the middle out of s until it is at most width wide.
func (t typeface) shorten(st style, s string, width float64) string {
	if t.width(st, s) <= width {
		return s
	}
	rs := []rune(s)
	// Bisect the number of characters to keep: the width grows with it.
	lo, hi := 0, len(rs)-1
	cut := func(n int) string {
		tail := n / 2
		return string(rs[:n-tail]) + "…" + string(rs[len(rs)-tail:])
	}
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if t.width(st, cut(mid)) <= width {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return cut(lo)
}

// wrap breaks s at spaces into lines at most width wide, and shortens what still
// doesn't fit into the given number of lines. An empty s gives no lines.
func (t typeface) wrap(st style, s string, width float64, lines int) []string {
	var out []string
	words := strings.Fields(s)
	for len(words) > 0 {
		n := 1
		for n < len(words) && t.width(st, strings.Join(words[:n+1], " ")) <= width {
			n++
		}
		if len(out) == lines-1 {
			n = len(words)
		}
		out = append(out, t.shorten(st, strings.Join(words[:n], " "), width))
		words = words[n:]
	}
	return out
}

// text is a line of text to be placed. alignX and alignY say which of its points
// is put at the place: 0 is the left or bottom, 0.5 the middle, 1 the right or the
// top of the capitals.
type text struct {
	part           part
	style          style
	color          color.Color
	alignX, alignY float64
	angle          float64
}

// place puts s at (x, y) on sc and rotates it around that point.
func (t typeface) place(sc *scene, tx text, s string, x, y float64) {
	if s == "" {
		return
	}
	w := t.width(tx.style, s)
	dx, dy := -tx.alignX*w, tx.alignY*capHeight*tx.style.size
	sin, cos := math.Sincos(tx.angle * math.Pi / 180)
	sc.add(item{part: tx.part, fill: tx.color, text: s, style: tx.style, span: w,
		at:    point{x + dx*cos + dy*sin, y - dx*sin + dy*cos},
		angle: tx.angle})
}
