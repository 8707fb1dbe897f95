package chat

import (
	"regexp"
	"strings"
)

// withoutIndents takes the white space between a line's beginning and a block or a comment
// out of a template, unless a "+" keeps it: Jinja's lstrip_blocks, which transformers sets.
// The library's own takes spaces before any block, within a line too.
func withoutIndents(source string) string {
	var out strings.Builder
	text := 0 // where the text before the next tag begins
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

// withoutIndent is the text before a tag, without the tag's indent. begins says that the
// text begins the template.
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

// nextTag is where a template's next tag begins and ends, or -1. One that doesn't end is
// none: whoever parses the template says so.
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

// tagEnd is where an expression ends that a mark closes, outside of texts and brackets; or
// -1.
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
