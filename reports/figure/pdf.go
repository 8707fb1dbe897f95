package figure

import (
	"bytes"
	"fmt"
	"image/color"
	"time"

	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"codeberg.org/go-pdf/fpdf"
)

// pdfFamily names the embedded font inside the document.
const pdfFamily = "sans"

// encodePDF writes s as one page. Its dates are fixed and its resources sorted, so
// that equal scenes give equal bytes.
func encodePDF(s *scene) ([]byte, error) {
	d := fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", Size: fpdf.SizeType{Wd: s.w, Ht: s.h}})
	day := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	d.SetCreationDate(day)
	d.SetModificationDate(day)
	d.SetCatalogSort(true)
	d.SetTitle(s.title, true)
	d.SetProducer("assay", false)
	d.SetMargins(0, 0, 0)
	d.SetAutoPageBreak(false, 0)
	d.AddUTF8FontFromBytes(pdfFamily, "", liberationsansregular.TTF)
	d.AddUTF8FontFromBytes(pdfFamily, "B", liberationsansbold.TTF)
	d.AddPage()
	d.SetLineJoinStyle("miter")
	for _, it := range s.items {
		if it.text != "" {
			pdfText(d, it)
		} else {
			pdfShape(d, it)
		}
	}
	var out bytes.Buffer
	if err := d.Output(&out); err != nil {
		return nil, fmt.Errorf("encoding pdf: %w", err)
	}
	return out.Bytes(), nil
}

func pdfText(d *fpdf.Fpdf, it item) {
	weight := ""
	if it.style.bold {
		weight = "B"
	}
	d.SetFont(pdfFamily, weight, it.style.size)
	r, g, b := bytesOf(it.fill)
	d.SetTextColor(r, g, b)
	if it.angle == 0 {
		d.Text(it.at.x, it.at.y, it.text)
		return
	}
	d.TransformBegin()
	d.TransformRotate(it.angle, it.at.x, it.at.y)
	d.Text(it.at.x, it.at.y, it.text)
	d.TransformEnd()
}

func pdfShape(d *fpdf.Fpdf, it item) {
	mode := ""
	if it.stroke != nil {
		r, g, b := bytesOf(it.stroke)
		d.SetDrawColor(r, g, b)
		d.SetLineWidth(it.width)
		var dashes []float64
		if it.dash > 0 {
			dashes = []float64{it.dash, it.dash}
		}
		d.SetDashPattern(dashes, 0)
		mode = "D"
	}
	if it.fill != nil {
		r, g, b := bytesOf(it.fill)
		d.SetFillColor(r, g, b)
		mode = "F" + mode
	}
	if it.radius > 0 {
		d.Circle(it.paths[0][0].x, it.paths[0][0].y, it.radius, mode)
		return
	}
	for _, pts := range it.paths {
		for i, p := range pts {
			if i == 0 {
				d.MoveTo(p.x, p.y)
			} else {
				d.LineTo(p.x, p.y)
			}
		}
		if it.closed {
			d.ClosePath()
		}
	}
	d.DrawPath(mode)
}

func bytesOf(c color.Color) (r, g, b int) {
	x, y, z, _ := c.RGBA()
	return int(x >> 8), int(y >> 8), int(z >> 8)
}
