// Package figure draws a reports.Figure as PNG, SVG or PDF, in the style of the
// figures of Ouyang et al. 2022 (arXiv 2203.02155, Figures 6 and 7): small panels
// under one legend, grouped bars with 95% intervals, grey bars behind.
//
// A figure is checked (check.go), measured and laid out into a scene of simple
// shapes in page points (layout.go, frame.go, marks.go, legend.go), and the scene
// is encoded (png.go, svg.go, pdf.go). So the drawing depends only on the figure,
// and each format shows the same thing in the same place.
//
// The text is Liberation Sans, from the font collection that gonum/plot uses, and
// the raster is its vgimg. Its vgsvg and vgpdf are not used. The first always
// writes a prolog and namespaces, which are not allowed inside HTML, and a fixed
// font. The second writes the time of day into the file and encodes text as
// Windows-1252.
//
// Bars start at zero. An axis that the figure fixes is extended where a value, an
// interval or the reference line would be outside: nothing is clipped.
//
// Panels of bars with the same y label share a scale unless one of them fixes its
// own. Other panels each fit their data. Dots whose names don't fit side by side
// are drawn lying down, with the names in a list at the left.
package figure
