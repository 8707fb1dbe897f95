package printable

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Visible replaces invisible characters that affect the text: a C0 control becomes
// its picture (U+0000 is ␀), the others become ⟨U+202E⟩. Line feeds and tabs stay,
// and CR LF becomes LF. Bytes that are not UTF-8 become U+FFFD.
func Visible(s string) string {
	if utf8.ValidString(s) && strings.IndexFunc(s, acts) < 0 {
		return s
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		switch {
		case !acts(r):
			b.WriteRune(r)
		case r < 0x20:
			b.WriteRune('\u2400' + r)
		case r == 0x7f:
			b.WriteRune('\u2421')
		default:
			fmt.Fprintf(&b, "⟨U+%04X⟩", r)
		}
	}
	return b.String()
}

// acts reports whether r changes the text around it or hides: controls, line and
// paragraph separators, bidirectional embeddings, overrides and isolates (Unicode
// Standard Annex 9, table 4), the byte order mark and tag characters. Joiners and
// directional marks are kept, because scripts and emoji need them.
func acts(r rune) bool {
	switch {
	case r == '\n', r == '\t':
		return false
	case r < 0x20, r >= 0x7f && r < 0xa0: // C0, DEL, C1
		return true
	case r == 0x2028, r == 0x2029, r == 0xfeff:
		return true
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
		return true
	case r >= 0xe0000 && r <= 0xe007f:
		return true
	}
	return false
}
