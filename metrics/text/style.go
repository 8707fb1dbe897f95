package text

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// Style counts what a text looks like as Markdown, whatever it says.
type Style struct {
	Characters int
	Headings   int
	Lists      int // items of lists, numbered or not
	Bold       int // passages
	Code       int // blocks between fences
}

var (
	fence   = regexp.MustCompile("(?ms)^[ \t]*```.*?(?:^[ \t]*```[ \t]*$|\\z)")
	heading = regexp.MustCompile(`(?m)^#{1,6}[ \t]+\S`)
	listed  = regexp.MustCompile(`(?m)^[ \t]*(?:\d+[.)]|[-*+])[ \t]+\S`)
	bold    = regexp.MustCompile(`\*\*[^\s*](?:[^*\n]*[^\s*])?\*\*|__[^\s_](?:[^_\n]*[^\s_])?__`)
)

// StyleOf counts a text's elements. They are those of Chatbot Arena's style control (FastChat,
// add_markdown_info.py), which also leaves out what is in a block of code, and the blocks of code
// themselves.
func StyleOf(s string) Style {
	out := Style{Characters: utf8.RuneCountInString(s)}
	if strings.Contains(s, "```") {
		out.Code = len(fence.FindAllStringIndex(s, -1))
		s = fence.ReplaceAllString(s, "")
	}
	if strings.Contains(s, "#") {
		out.Headings = len(heading.FindAllStringIndex(s, -1))
	}
	out.Lists = len(listed.FindAllStringIndex(s, -1))
	if strings.Contains(s, "**") || strings.Contains(s, "__") {
		out.Bold = len(bold.FindAllStringIndex(s, -1))
	}
	return out
}
