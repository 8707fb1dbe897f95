package figure

import (
	"bytes"
	"fmt"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgimg"
)

// Resolution of a PNG for print, in dots per inch, and the most dots that it may
// have. A larger page has fewer dots per inch.
const (
	dotsPerInch = 200
	mostDots    = 40e6
)

// encodePNG draws s through gonum/plot's raster canvas, whose y axis points up.
func encodePNG(s *scene) ([]byte, error) {
	t, err := newTypeface()
	if err != nil {
		return nil, err
	}
	c := vgimg.NewWith(vgimg.UseWH(vg.Points(s.w), vg.Points(s.h)), vgimg.UseDPI(resolution(s)))
	at := func(p point) vg.Point { return vg.Point{X: vg.Points(p.x), Y: vg.Points(s.h - p.y)} }
	for _, it := range s.items {
		if it.text != "" {
			c.Push()
			c.SetColor(it.fill)
			c.Translate(at(it.at))
			c.Rotate(it.angle * math.Pi / 180)
			c.FillString(t.face(it.style), vg.Point{}, it.text)
			c.Pop()
			continue
		}
		path := vgPath(it, at)
		if it.fill != nil {
			c.SetColor(it.fill)
			c.Fill(path)
		}
		if it.stroke != nil {
			c.SetColor(it.stroke)
			c.SetLineWidth(vg.Points(it.width))
			var dashes []vg.Length
			if it.dash > 0 {
				dashes = []vg.Length{vg.Points(it.dash), vg.Points(it.dash)}
			}
			c.SetLineDash(dashes, 0)
			c.Stroke(path)
		}
	}
	var out bytes.Buffer
	if _, err := (vgimg.PngCanvas{Canvas: c}).WriteTo(&out); err != nil {
		return nil, fmt.Errorf("encoding png: %w", err)
	}
	return out.Bytes(), nil
}

func resolution(s *scene) int {
	inches := s.w * s.h / (72 * 72)
	return min(dotsPerInch, max(1, int(math.Sqrt(mostDots/inches))))
}

func vgPath(it item, at func(point) vg.Point) vg.Path {
	var path vg.Path
	if it.radius > 0 {
		centre, r := at(it.paths[0][0]), vg.Points(it.radius)
		path.Move(vg.Point{X: centre.X + r, Y: centre.Y})
		path.Arc(centre, r, 0, 2*math.Pi)
		path.Close()
		return path
	}
	for _, pts := range it.paths {
		for i, p := range pts {
			if i == 0 {
				path.Move(at(p))
			} else {
				path.Line(at(p))
			}
		}
		if it.closed {
			path.Close()
		}
	}
	return path
}
