package jinja

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// title is Jinja's own: what follows a space, a hyphen or an opening bracket is upper case.
func title(s string) string {
	var b strings.Builder
	start := true
	for _, r := range s {
		switch {
		case isSpace(r) || strings.ContainsRune("-({[<", r):
			start = true
			b.WriteRune(r)
			continue
		case start:
			b.WriteString(upper(string(r)))
		default:
			b.WriteRune(unicode.ToLower(r))
		}
		start = false
	}
	return b.String()
}

func indent(e *env, a []any) any {
	s := e.text(a[0], "")
	indention := ""
	if w, ok := a[1].(string); ok {
		indention = w
	} else {
		n := e.integer(a[1], 4)
		if n > maxWidth {
			fail("the indent is more than %d", maxWidth)
		}
		indention = strings.Repeat(" ", max(n, 0))
	}
	lines := splitLines(s+"\n", false)
	e.charge((len(lines) + 1) * (len(indention) + 1))
	out := ""
	if e.flag(a[3], false) {
		out = strings.Join(lines, "\n"+indention)
	} else {
		for i := range lines[1:] {
			if lines[i+1] != "" {
				lines[i+1] = indention + lines[i+1]
			}
		}
		out = strings.Join(lines, "\n")
	}
	if e.flag(a[2], false) {
		out = indention + out
	}
	e.charge(len(out))
	return out
}

func truncate(e *env, a []any) any {
	s, length, end := e.text(a[0], ""), e.integer(a[1], 255), e.text(a[3], "...")
	leeway := 5
	if given(a[4]) && a[4] != nil {
		leeway = e.integer(a[4], 5)
	}
	keep := length - utf8.RuneCountInString(end)
	if keep < 0 || leeway < 0 {
		fail("the length is shorter than the end, or the leeway is below 0")
	}
	runes := []rune(s)
	if len(runes) <= length+leeway {
		return s
	}
	kept := string(runes[:keep])
	if !e.flag(a[2], false) {
		if i := strings.LastIndexByte(kept, ' '); i >= 0 {
			kept = kept[:i]
		}
	}
	return kept + end
}
