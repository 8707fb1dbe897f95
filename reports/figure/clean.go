package figure

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"assay/reports"
)

// clean makes every text of f one printable line.
func clean(f reports.Figure) reports.Figure { return rewrite(f, printable) }

// spellOut writes the characters that the embedded font lacks as \uXXXX, so that
// two names that differ only in these stay different. A browser has other fonts to
// fall back on; a PNG or a PDF does not.
func spellOut(f reports.Figure) reports.Figure {
	t, err := newTypeface()
	if err != nil {
		return f // compose reports it
	}
	return rewrite(f, func(s string) string {
		var b strings.Builder
		for _, r := range printable(s) {
			switch {
			case t.has(r):
				b.WriteRune(r)
			case r > 0xFFFF:
				fmt.Fprintf(&b, `\U%08x`, r)
			default:
				fmt.Fprintf(&b, `\u%04x`, r)
			}
		}
		return b.String()
	})
}

// printable turns controls and line breaks into spaces, drops invisible formatting
// (joiners, changes of direction) and marks invalid characters.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Cf, r):
			return -1
		case r == 0xFFFE, r == 0xFFFF, unicode.Is(unicode.Co, r):
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Join(strings.Fields(s), " ")
}

// rewrite is a copy of f with fn applied to every text that is drawn.
func rewrite(f reports.Figure, fn func(string) string) reports.Figure {
	f.Title, f.Under = fn(f.Title), fn(f.Under)
	f.Series = slices.Clone(f.Series)
	for i := range f.Series {
		f.Series[i].Name = fn(f.Series[i].Name)
	}
	f.Panels = slices.Clone(f.Panels)
	for i := range f.Panels {
		p := &f.Panels[i]
		p.Title, p.XLabel, p.YLabel = fn(p.Title), fn(p.XLabel), fn(p.YLabel)
		p.X = slices.Clone(p.X)
		for j := range p.X {
			p.X[j] = fn(p.X[j])
		}
	}
	return f
}
