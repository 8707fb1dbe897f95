package chat

import (
	"regexp"
	"strings"
)

// withoutIndents removes the white space between the start of a line and a block or a comment from a
// template, unless a "+" keeps it. This is Jinja's lstrip_blocks, which transformers sets. The library's own
// version also removes spaces before blocks within a line.
func withoutIndents(source string) string {
	var out strings.Builder
	text := 0 // where the text before the next tag starts
	for {
		at, end := nextTag(source, text)
		if at < 0 {
			out.WriteString(source[text:])
			return out.String()
		}
		out.WriteString(withoutIndent(source[text:at], source[at:], text == 0))
		out.WriteString(source[at:end])
		text = end
		if rawTag.MatchString(source[at:end]) { // what follows is text, whatever it looks like
			if close := endRaw.FindStringIndex(source[end:]); close != nil {
				text = end + close[0]
				out.WriteString(withoutIndent(source[end:text], source[text:], false))
			}
		}
	}
}

// withoutIndent is the text before a tag, without the tag's indent. begins means that the text starts the
// template.
func withoutIndent(text, tag string, begins bool) string {
	line := strings.LastIndexByte(text, '\n') + 1
	if tag[1] == '{' || tag[2] == '+' || line == 0 && !begins || strings.TrimSpace(text[line:]) != "" {
		return text
	}
	return text[:line]
}

var (
	rawTag = regexp.MustCompile(`^\{%[-+]?\s*raw\b`)
	endRaw = regexp.MustCompile(`\{%[-+]?\s*endraw\b`)
)

// nextTag returns where a template's next tag starts and ends, or -1. A tag without an end doesn't count: the
// parser reports it.
func nextTag(source string, from int) (at, end int) {
	for at = from; at+1 < len(source); at++ {
		if source[at] != '{' || !strings.ContainsRune("{%#", rune(source[at+1])) {
			continue
		}
		if source[at+1] == '#' {
			if n := strings.Index(source[at:], "#}"); n > 0 {
				return at, at + n + 2
			}
			return -1, 0
		}
		if end = tagEnd(source, at+2, map[byte]string{'{': "}}", '%': "%}"}[source[at+1]]); end > 0 {
			return at, end
		}
		return -1, 0
	}
	return -1, 0
}

// tagEnd returns where an expression ends that mark closes, outside of texts and brackets; or -1.
func tagEnd(source string, from int, mark string) int {
	depth := 0
	for i := from; i < len(source); i++ {
		switch c := source[i]; {
		case depth == 0 && strings.HasPrefix(source[i:], mark):
			return i + len(mark)
		case c == '"' || c == '\'':
			for i++; i < len(source) && source[i] != c; i++ {
				if source[i] == '\\' {
					i++
				}
			}
		case strings.IndexByte("([{", c) >= 0:
			depth++
		case strings.IndexByte(")]}", c) >= 0:
			depth--
		}
	}
	return -1
}
