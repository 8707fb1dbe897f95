package figure

import (
	"fmt"

	"assay/reports"
)

// Format is a file format, named by its usual extension.
type Format string

const (
	PNG Format = "png" // 200 dots an inch
	SVG Format = "svg" // a standalone document; text stays text
	PDF Format = "pdf" // one page, with the used glyphs embedded
)

// Formats lists every format, in the order in which files are usually written.
func Formats() []Format { return []Format{PNG, SVG, PDF} }

// Render draws f. The same figure gives the same bytes. The error names the figure
// and the panel that cannot be drawn: a point that refers to a series or an x
// value that doesn't exist, a number that is not finite, an interval upside down,
// two points in one place.
func Render(f reports.Figure, format Format) ([]byte, error) {
	switch format {
	case PNG, PDF:
		f = spellOut(f)
	case SVG:
	default:
		return nil, fmt.Errorf("figure %s: unknown format %q", f.ID, format)
	}
	s, err := compose(f)
	if err != nil {
		return nil, err
	}
	switch format {
	case PNG:
		return encodePNG(s)
	case PDF:
		return encodePDF(s)
	default:
		return encodeSVG(s, false), nil
	}
}

// SVGInline draws f as an <svg> element for an HTML page: without prolog or
// namespace, as wide as its container up to a third over its natural size, and
// labelled with the figure's title for screen readers.
func SVGInline(f reports.Figure) ([]byte, error) {
	s, err := compose(f)
	if err != nil {
		return nil, err
	}
	return encodeSVG(s, true), nil
}

// compose checks f and lays it out.
func compose(f reports.Figure) (*scene, error) {
	f = clean(f)
	if err := check(f); err != nil {
		return nil, err
	}
	sh, err := newSheet(f)
	if err != nil {
		return nil, fmt.Errorf("figure %s: %w", f.ID, err)
	}
	sc := sh.draw()
	if sc.w > largestPage || sc.h > largestPage {
		return nil, fmt.Errorf("figure %s: %.0f by %.0f points is too large for a page", f.ID, sc.w, sc.h)
	}
	return sc, nil
}
