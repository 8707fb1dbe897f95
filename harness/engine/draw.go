package engine

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"assay/harness/leaf/plural"
	"assay/suites"
)

// Draw is how a suite's examples are drawn from its data.
type Draw struct {
	Limit    int    // examples to draw, 0 for all
	Stratify string // a field of examples, to draw evenly over its values; "" draws from all alike
	Seed     uint64
}

// From draws examples without replacement, the same for equal seeds, and keeps their order. A
// larger limit also draws the examples of every smaller one. 0 keeps all.
//
// With Stratify, the values of the field have equal numbers of the drawn examples, or numbers
// that differ by one, while they last. Examples without the field are not drawn. If the draw
// leaves out examples or is uneven, the notice says so. It is an error if no example has the
// field.
func (d Draw) From(examples []suites.Example) (drawn []suites.Example, notice string, err error) {
	if d.Stratify == "" && (d.Limit == 0 || d.Limit >= len(examples)) {
		return examples, "", nil
	}
	type candidate struct {
		hash string
		at   int
		turn int // its place among the examples of its value
		of   string
	}
	var all []candidate
	for i := range examples {
		value := ""
		if d.Stratify != "" {
			var ok bool
			if value, ok = examples[i].Field(d.Stratify); !ok {
				continue
			}
		}
		h := sha256.Sum256(fmt.Appendf(nil, "%d %q", d.Seed, examples[i].ID))
		all = append(all, candidate{hex.EncodeToString(h[:]), i, 0, value})
	}
	if len(all) == 0 && len(examples) > 0 {
		return nil, "", fmt.Errorf("stratify: %s, but no example of the data has this field; remove stratify, or get the data with it", d.Stratify)
	}
	slices.SortFunc(all, func(a, b candidate) int { return cmp.Compare(a.hash, b.hash) })
	if d.Stratify != "" {
		turns := map[string]int{}
		for i := range all {
			all[i].turn = turns[all[i].of]
			turns[all[i].of]++
		}
		slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(a.turn, b.turn) })
	}
	left := len(examples) - len(all)
	if d.Limit > 0 && d.Limit < len(all) {
		all = all[:d.Limit]
	}
	slices.SortFunc(all, func(a, b candidate) int { return cmp.Compare(a.at, b.at) })
	counts := map[string]int{}
	for _, c := range all {
		drawn = append(drawn, examples[c.at])
		counts[c.of]++
	}
	if d.Stratify != "" {
		notice = d.notice(counts, left)
	}
	return drawn, notice, nil
}

// notice says how a stratified draw came out, or "" if it is even and leaves out nothing.
func (d Draw) notice(counts map[string]int, left int) string {
	var parts, each []string
	least, most := 0, 0
	for value, n := range counts {
		if most == 0 {
			least = n
		}
		least, most = min(least, n), max(most, n)
		each = append(each, fmt.Sprintf("%s: %d", value, n))
	}
	if most > least+1 {
		slices.Sort(each)
		parts = append(parts, "the draw is uneven, because the data have too few of some values ("+strings.Join(each, ", ")+")")
	}
	if left > 0 {
		parts = append(parts, fmt.Sprintf("%s without this field are never drawn", plural.Of(left, "example")))
	}
	if parts == nil {
		return ""
	}
	return fmt.Sprintf("stratify: %s: %s", d.Stratify, strings.Join(parts, "; "))
}
