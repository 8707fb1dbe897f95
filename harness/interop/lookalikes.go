package interop

import (
	"fmt"
	"hash/maphash"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"assay/harness/leaf/plural"
)

// Lookalikes counts names that differ from an earlier name only in what people don't see or don't
// mean: white space, invisible characters, Unicode's form (NFKC) and, with Case, capital letters.
// Such names are different to a program, so that scores under them are not paired. In memory it
// keeps a hash of each name, and the first names themselves.
type Lookalikes struct {
	What string // what the names are of, such as "model"
	Case bool   // names that differ in capital letters look alike too

	seed   maphash.Seed
	recent [2]string
	first  map[uint64]lookalike // by the hash of what is seen of a name
	known  map[uint64]bool      // the hashes of names that were counted
	such   string               // a pair, for users
}

// lookalike is the first of the names that look alike.
type lookalike struct {
	hash uint64
	name string // "" if it was not kept
}

const keptNames = 4096 // and no longer than
const keptName = 80    // bytes

// Saw takes a name. Names may be repeated; "" is none.
func (l *Lookalikes) Saw(name string) {
	if name == "" || name == l.recent[0] || name == l.recent[1] {
		return
	}
	l.recent[0], l.recent[1] = name, l.recent[0]
	if l.first == nil {
		l.seed, l.first, l.known = maphash.MakeSeed(), map[uint64]lookalike{}, map[uint64]bool{}
	}
	hash, seen := maphash.String(l.seed, name), maphash.String(l.seed, l.seen(name))
	before, ok := l.first[seen]
	if !ok {
		now := lookalike{hash: hash}
		if len(l.first) < keptNames && len(name) <= keptName {
			now.name = strings.Clone(name)
		}
		l.first[seen] = now
		return
	}
	if before.hash == hash || l.known[hash] {
		return
	}
	l.known[hash] = true
	if l.such == "" {
		l.such = fmt.Sprintf("such as %+.80q", name)
		if before.name != "" {
			l.such += fmt.Sprintf(" and %+.80q", before.name)
		}
	}
}

// seen is what people see of a name.
func (l *Lookalikes) seen(name string) string {
	if l.plain(name) {
		return name
	}
	name = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, norm.NFKC.String(name))
	name = strings.Join(strings.Fields(name), " ")
	if l.Case {
		name = strings.ToLower(name)
	}
	return name
}

// plain reports whether people see a name as it is: ASCII without odd spaces.
func (l *Lookalikes) plain(name string) bool {
	space := true // at the start, a space is odd
	for i := range len(name) {
		c := name[i]
		if c >= utf8.RuneSelf || c < ' ' || c == ' ' && space || l.Case && c >= 'A' && c <= 'Z' {
			return false
		}
		space = c == ' '
	}
	return !space
}

// Notice says what was found; "" for nothing.
func (l *Lookalikes) Notice() string {
	if len(l.known) == 0 {
		return ""
	}
	letters := ""
	if l.Case {
		letters = "capital letters, "
	}
	n := len(l.known)
	return fmt.Sprintf("%s %s from another only in %swhite space, invisible characters or Unicode's form, %s: they count as different; if they are the same, write them in one way",
		plural.Of(n, l.What), plural.Word(n, "differs", "differ"), letters, l.such)
}
