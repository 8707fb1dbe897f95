package html

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"strings"

	"assay/harness/leaf/printable"
	"assay/reports"
)

//go:embed page.html.tmpl
var pageTemplate string

//go:embed style.css
var styleSheet string

//go:embed tables.js
var tablesScript string

//go:embed browser.js
var browserScript string

// Options control how figures appear in the page.
type Options struct {
	// Draw returns a figure as an SVG document or element. It is inlined without its
	// prolog, comments and namespaces; an element that could load or run something is
	// an error. If Draw is nil, a figure is only its caption.
	Draw func(reports.Figure) ([]byte, error)
	// FigureDir, when set, is the folder with the figures' files, relative to the
	// page ("figures"): captions then link to FigureDir/ID.png, .svg and .pdf.
	FigureDir string
}

// Write renders the report. It returns an error, and writes nothing, for a figure
// that can't be drawn or isn't plain SVG, a table row with more or fewer cells
// than columns, a score that is not finite, and a FigureDir outside the page's
// folder.
func Write(w io.Writer, r reports.Report, o Options) error {
	if o.FigureDir != "" && (!fs.ValidPath(o.FigureDir) || strings.ContainsAny(o.FigureDir, `:\`)) {
		return fmt.Errorf("html: figure folder %q is not a plain relative path", o.FigureDir)
	}
	p, err := newPage(r, o)
	if err != nil {
		return fmt.Errorf("html: %w", err)
	}
	t, err := template.New("page").Parse(pageTemplate)
	if err != nil {
		return fmt.Errorf("html: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, p); err != nil {
		return fmt.Errorf("html: %w", err)
	}
	// The complete page passes through printable.Visible, so that no field is forgotten.
	_, err = io.WriteString(w, printable.Visible(b.String()))
	return err
}

// policy is the page's Content-Security-Policy: nothing is loaded, and only these
// scripts run. Style stays 'unsafe-inline' because figures have style attributes,
// which a hash can't name.
func policy(scripts []template.JS) string {
	var hashes strings.Builder
	for _, s := range scripts {
		sum := sha256.Sum256([]byte(s))
		hashes.WriteString(" 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'")
	}
	return "default-src 'none'; script-src" + hashes.String() +
		"; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
}

// script is an embedded file in the form that browsers hash: with LF line ends,
// whatever they are in the checkout.
func script(source string) template.JS {
	return template.JS(strings.ReplaceAll(source, "\r\n", "\n"))
}
