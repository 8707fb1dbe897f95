package suites

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Content is a hash of a bare question and its references, without shots or template, by which
// runs of different harnesses are joined. It has two parts: 20 hexadecimal digits for the
// question and, if there are references, "-" and 12 digits for their set. Texts are compared in
// Unicode's form NFC, with white space as one space; the order of references, repetitions and
// a period at the end of a reference don't count. NFKC would be too much: it makes one text of
// "2²" and "22".
func Content(question string, references []string) string {
	sum := sha256.Sum256([]byte(normal(question)))
	content := hex.EncodeToString(sum[:10])
	set := NormalReferences(references)
	if len(set) == 0 {
		return content
	}
	sum = sha256.Sum256([]byte(strings.Join(set, "\x00")))
	return content + "-" + hex.EncodeToString(sum[:6])
}

// SplitContent returns the parts of a content: the question's, and the references', "" if
// there are none.
func SplitContent(content string) (question, references string) {
	question, references, _ = strings.Cut(content, "-")
	return question, references
}

// NormalReferences are references as [Content] compares them: each once, sorted, without empty
// ones. It returns nil if there are none.
func NormalReferences(references []string) []string {
	var set []string
	for _, r := range references {
		if r = strings.TrimSuffix(normal(r), "."); r != "" {
			set = append(set, r)
		}
	}
	slices.Sort(set)
	return slices.Compact(set)
}

func normal(text string) string { return strings.Join(strings.Fields(norm.NFC.String(text)), " ") }

// ContentOf is the example's content: its own, or that of its input and references if whoever
// made the example set none.
func (e *Example) ContentOf() string {
	if e.Content != "" {
		return e.Content
	}
	return Content(e.Input, e.References)
}
