package prompts

import (
	"crypto/sha256"
	"strings"
	"unicode"
)

// Duplicates remembers the beginnings of the prompts seen so far. Two prompts
// share a long prefix if their first Prefix characters are equal, ignoring white
// space. A shorter prompt is a duplicate only of an equal one.
type Duplicates struct {
	Prefix int // characters
	seen   map[[16]byte]bool
}

// Seen reports whether a prompt is a duplicate of an earlier one, and remembers it if
// not.
func (d *Duplicates) Seen(prompt string) bool {
	if d.seen == nil {
		d.seen = map[[16]byte]bool{}
	}
	sum := sha256.Sum256([]byte(beginning(prompt, d.Prefix)))
	key := [16]byte(sum[:16])
	if d.seen[key] {
		return true
	}
	d.seen[key] = true
	return false
}

// beginning is a text's first n characters, with each run of white space reduced to
// one space.
func beginning(text string, n int) string {
	var b strings.Builder
	gap := false
	for _, r := range text {
		if unicode.IsSpace(r) {
			gap = true
			continue
		}
		if n <= 0 {
			break
		}
		if gap && b.Len() > 0 {
			b.WriteByte(' ')
			if n--; n <= 0 {
				break
			}
		}
		gap = false
		b.WriteRune(r)
		n--
	}
	return b.String()
}
