package data

import (
	"fmt"
	"slices"

	"assay/harness"
	"assay/harness/leaf/place"
	"assay/models/bpe"
)

// Place is a line of a file.
type Place struct {
	File string
	Line int
}

// Errorf makes an error at the place, if it is known.
func (p Place) Errorf(format string, args ...any) error {
	if p.File == "" {
		return fmt.Errorf(format, args...)
	}
	return place.Errorf(p.File, p.Line, format, args...)
}

// Notes count what was done to data before a training: what was cut, left out or read as
// something else. A nil *Notes counts nothing.
type Notes struct {
	said   []string
	order  []string
	counts map[string]int
	first  map[string]Place
}

// Say adds a line.
func (n *Notes) Say(line string) {
	if n != nil {
		n.said = append(n.said, line)
	}
}

// Count counts one more of what, and keeps the place of the first.
func (n *Notes) Count(what string, at Place) {
	if n == nil {
		return
	}
	if n.counts == nil {
		n.counts, n.first = map[string]int{}, map[string]Place{}
	}
	if n.counts[what] == 0 {
		n.order, n.first[what] = append(n.order, what), at
	}
	n.counts[what]++
}

// Lines returns what was counted, how often, and where first, in order of first appearance.
func (n *Notes) Lines() []string {
	if n == nil {
		return nil
	}
	lines := slices.Clone(n.said)
	for _, what := range n.order {
		line := fmt.Sprintf("%s: %d", what, n.counts[what])
		if at := n.first[what]; at.File != "" {
			line += fmt.Sprintf(" (the first at %s:%d)", at.File, at.Line)
		}
		lines = append(lines, line)
	}
	return lines
}

// Counted returns what was counted, in order of first appearance.
func (n *Notes) Counted() []harness.Note {
	if n == nil {
		return nil
	}
	var all []harness.Note
	for _, what := range n.order {
		all = append(all, harness.Note{What: what, N: n.counts[what]})
	}
	return all
}

// Tokenizer keeps what may surprise about the tokenizer in a folder.
func (n *Notes) Tokenizer(dir string, t *bpe.Tokenizer) {
	for _, line := range t.Notices() {
		n.Say(dir + ": " + line)
	}
}
