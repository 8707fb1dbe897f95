package figure

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image/color"
	"strconv"
	"strings"
)

// fontStack names Liberation Sans and fonts of the same metrics. Each text also
// has its width, so that another font cannot make labels collide.
const fontStack = "Liberation Sans, Arial, Helvetica, sans-serif"

// encodeSVG writes s with one path or text for each item. Each path names the part
// of the figure that it draws.
func encodeSVG(s *scene, inline bool) []byte {
	var b bytes.Buffer
	if inline {
		fmt.Fprintf(&b, `<svg width="100%%" style="min-width:min(640px,%spx);max-width:%spx"`, num(s.w*4/3), num(s.w*4/3*1.35))
	} else {
		fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"+
			`<svg xmlns="http://www.w3.org/2000/svg" width="%spt" height="%spt"`, num(s.w), num(s.h))
	}
	fmt.Fprintf(&b, ` viewBox="0 0 %s %s" role="img" aria-label="%s" font-family="%s">`+"\n",
		num(s.w), num(s.h), escape(s.title), fontStack)
	fmt.Fprintf(&b, `<rect width="%s" height="%s" fill="#FFFFFF"/>`+"\n", num(s.w), num(s.h))
	for _, it := range s.items {
		if it.text != "" {
			svgText(&b, it)
		} else {
			svgShape(&b, it)
		}
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

func svgText(b *bytes.Buffer, it item) {
	fmt.Fprintf(b, `<text data-part="%s" x="%s" y="%s" font-size="%s" fill="%s" textLength="%s" lengthAdjust="spacingAndGlyphs"`,
		it.part, num(it.at.x), num(it.at.y), num(it.style.size), hex(it.fill), num(it.span))
	if it.style.bold {
		b.WriteString(` font-weight="bold"`)
	}
	if it.angle != 0 {
		fmt.Fprintf(b, ` transform="rotate(%s %s %s)"`, num(-it.angle), num(it.at.x), num(it.at.y))
	}
	fmt.Fprintf(b, ">%s</text>\n", escape(it.text))
}

func svgShape(b *bytes.Buffer, it item) {
	if it.radius > 0 {
		fmt.Fprintf(b, `<circle data-part="%s" cx="%s" cy="%s" r="%s"`,
			it.part, num(it.paths[0][0].x), num(it.paths[0][0].y), num(it.radius))
	} else {
		fmt.Fprintf(b, `<path data-part="%s" d="%s"`, it.part, pathData(it))
	}
	fmt.Fprintf(b, ` fill="%s"`, hex(it.fill))
	if it.stroke != nil {
		fmt.Fprintf(b, ` stroke="%s" stroke-width="%s"`, hex(it.stroke), num(it.width))
	}
	if it.dash > 0 {
		fmt.Fprintf(b, ` stroke-dasharray="%s"`, num(it.dash))
	}
	b.WriteString("/>\n")
}

func pathData(it item) string {
	var b strings.Builder
	for _, pts := range it.paths {
		for i, p := range pts {
			command := "L"
			if i == 0 {
				command = "M"
			}
			b.WriteString(command + num(p.x) + " " + num(p.y))
		}
		if it.closed {
			b.WriteString("Z")
		}
	}
	return b.String()
}

func escape(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a bytes.Buffer doesn't fail
	return b.String()
}

// num is v rounded to a hundredth of a point.
func num(v float64) string {
	s := strconv.FormatFloat(v, 'f', 2, 64)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}

func hex(c color.Color) string {
	if c == nil {
		return "none"
	}
	r, g, b := bytesOf(c)
	return fmt.Sprintf("#%02X%02X%02X", r, g, b)
}
