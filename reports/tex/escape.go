package tex

import (
	"fmt"
	"strings"
	"unicode"
)

// Escape makes text safe in LaTeX: special characters, quotes and hyphens that
// would join into others, and a minus before a digit. Control characters become
// spaces. A character that pdflatex can't typeset without further packages appears
// as its code point, "[U+4E2D]". The result needs LaTeX of 2020 or later.
func Escape(s string) string {
	var b strings.Builder
	runes := []rune(s)
	for i, r := range runes {
		if r == '-' {
			b.WriteString(hyphen(runes, i))
			continue
		}
		if to, ok := special(r); ok {
			b.WriteString(to)
			continue
		}
		switch {
		case unicode.IsControl(r) || unicode.IsSpace(r):
			b.WriteByte(' ')
		case r < 0x80 || r >= 0xa1 && r < 0x180 && !unset(r):
			b.WriteRune(r)
		case unicode.Is(unicode.Cf, r): // invisible
		default:
			fmt.Fprintf(&b, "[U+%04X]", r)
		}
	}
	return b.String()
}

// hyphen is a minus where a number follows and none precedes, otherwise a hyphen
// kept apart from the next.
func hyphen(runes []rune, i int) string {
	first := i == 0 || strings.ContainsRune(" [(", runes[i-1])
	if first && i+1 < len(runes) && runes[i+1] >= '0' && runes[i+1] <= '9' {
		return "$-$"
	}
	if i+1 < len(runes) && runes[i+1] == '-' {
		return "-{}"
	}
	return "-"
}

func special(r rune) (string, bool) {
	switch r {
	case '&', '%', '$', '#', '_', '{', '}':
		return `\` + string(r), true
	case '\\':
		return `\textbackslash{}`, true
	case '~':
		return `\textasciitilde{}`, true
	case '^':
		return `\textasciicircum{}`, true
	case '<':
		return `\textless{}`, true
	case '>':
		return `\textgreater{}`, true
	case '|':
		return `\textbar{}`, true
	case '"':
		return `{''}`, true
	case '\'':
		return `'{}`, true
	case '`':
		return `\textasciigrave{}`, true
	}
	return symbol(r)
}

// symbol returns the characters beyond Latin that reports and prompts use.
func symbol(r rune) (string, bool) {
	switch r {
	case '≥':
		return `$\geq$`, true
	case '≤':
		return `$\leq$`, true
	case '±':
		return `$\pm$`, true
	case '×':
		return `$\times$`, true
	case '−':
		return `$-$`, true
	case '→':
		return `$\rightarrow$`, true
	case '≈':
		return `$\approx$`, true
	case '–':
		return `--`, true
	case '—':
		return `---`, true
	case '…':
		return `\dots{}`, true
	case '‘':
		return "`{}", true
	case '’':
		return `'{}`, true
	case '“':
		return "{``}", true
	case '”':
		return `{''}`, true
	}
	return "", false
}

// unset are the characters of Latin-1 and Latin Extended-A that the default font
// encoding (OT1) cannot typeset, as pdflatex reported them.
func unset(r rune) bool {
	return strings.ContainsRune("«»ÐÞðþĄąĐđĘęĦħĮįĸĿŀŉŊŋŦŧŲųſ", r)
}
