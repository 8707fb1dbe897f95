package text

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/olekukonko/tablewriter/renderer"

	"assay/reports"
)

// Markdown writes a table as GitHub-flavoured Markdown under a heading. Every row
// is complete in itself: grouped columns are not folded.
func Markdown(w io.Writer, t reports.Table) error {
	if t.Title != "" {
		if _, err := fmt.Fprintf(w, "### %s\n\n", escapeMarkdown(Clean(t.Title))); err != nil {
			return err
		}
	}
	if len(t.Rows) > 0 {
		columns := make([]reports.Column, len(t.Columns))
		for i, c := range t.Columns {
			columns[i] = reports.Column{Name: escapeMarkdown(Clean(c.Name)), Align: c.Align}
		}
		rows := make([][]string, len(t.Rows))
		for i, cells := range t.Rows {
			for _, c := range cells {
				rows[i] = append(rows[i], escapeMarkdown(Clean(c.Text)))
			}
		}
		if err := draw(w, columns, rows, renderer.NewMarkdown()); err != nil {
			return fmt.Errorf("table %s: %w", t.ID, err)
		}
	}
	for _, n := range t.Notes {
		if _, err := fmt.Fprintf(w, "\n%s\n", escapeLine(Clean(n))); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(w)
	return err
}

// unlink is an empty comment. GitHub drops it, and text split by it is no longer a
// mention, an issue's number or a link.
const unlink = "<!-- -->"

// escapeMarkdown makes GitHub show text as it is, in a table too: no emphasis,
// code, HTML, links or formulas, no mention that would notify somebody, no
// reference to an issue. An underscore within a word and the brackets of an
// interval are not markup and stay.
func escapeMarkdown(s string) string {
	var b strings.Builder
	runes := []rune(s)
	at := func(i int) rune {
		if i < 0 || i >= len(runes) {
			return ' '
		}
		return runes[i]
	}
	for i, r := range runes {
		switch r {
		case '\\', '|', '`', '*', '~':
			b.WriteByte('\\')
			b.WriteRune(r)
		case '[', ']':
			if brackets(r, at(i-1), at(i+1)) {
				b.WriteByte('\\')
			}
			b.WriteRune(r)
		case '_':
			if !wordy(at(i-1)) || !wordy(at(i+1)) {
				b.WriteByte('\\')
			}
			b.WriteByte('_')
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '&':
			b.WriteString("&amp;")
		case '$':
			b.WriteString("<span>$</span>") // GitHub's own way to avoid a formula
		case '@':
			b.WriteString("@" + unlink)
		default:
			b.WriteRune(r)
			if links(at(i-1), r, at(i+1), at(i+2)) {
				b.WriteString(unlink)
			}
		}
	}
	return b.String()
}

// links reports whether a link or reference would start or continue after r:
// "://", "www." and "#1".
func links(before, r, next, second rune) bool {
	switch r {
	case ':':
		return next == '/' && second == '/'
	case '#':
		return unicode.IsDigit(next)
	case 'w', 'W':
		return unicode.ToLower(before) == 'w' && next == '.'
	}
	return false
}

// brackets reports whether a bracket could belong to an image, a footnote, a link
// or a link's definition. The brackets of an interval can't.
func brackets(r, before, next rune) bool {
	if r == '[' {
		return before == '!' || next == '^'
	}
	return strings.ContainsRune("([:", next)
}

func wordy(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// escapeLine escapes text that begins a line, where "#", "-", "+", "=" and "1."
// are markup too.
func escapeLine(s string) string {
	s = strings.TrimLeft(s, " ")
	escaped := escapeMarkdown(s)
	if s == "" {
		return escaped
	}
	if strings.ContainsRune("#-+=", rune(s[0])) {
		return `\` + escaped
	}
	digits := len(s) - len(strings.TrimLeft(s, "0123456789"))
	if digits > 0 && digits < len(s) && (s[digits] == '.' || s[digits] == ')') {
		return escaped[:digits] + `\` + escaped[digits:]
	}
	return escaped
}
