// Package html renders a [reports.Report] as one self-contained page that opens
// from a file, offline. Style, scripts, figures and samples are all inside, and a
// Content-Security-Policy prevents anything else from loading or running.
//
// The reading order is fixed: verdicts, contents, sections (figures, then tables),
// the sample browser, provenance. Everything except the sample browser and the
// tables' filter boxes works without scripts.
//
// Every text is treated as hostile, since most texts come from models and data
// files:
//
//   - html/template escapes the text of the page; the samples are JSON in a
//     script element of a type that is not run, with <, >, & escaped;
//   - browser.js builds elements from text nodes only;
//   - control characters and the bidirectional overrides are shown as visible
//     escapes (see package printable), and each text is isolated from its neighbours'
//     writing direction;
//   - a figure's SVG is parsed and rewritten with a list of allowed elements.
//
// The same report gives the same bytes.
package html
