package suitefile

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"assay/harness/leaf/plural"
	"assay/suites"
)

// summarise writes what was read: rows, references, categories with their counts, and what ids are made of.
func (l *loader) summarise(w io.Writer) {
	fmt.Fprintf(w, "  rows: %d (%d left out by where:, %d skipped as the same as an earlier one)\n", l.left+l.same+len(l.items), l.left, l.same)
	if l.references == nil && l.answer == nil {
		fmt.Fprintf(w, "  references: none, because the file has no references: or answer:\n")
	} else {
		fmt.Fprintf(w, "  references: %d of %s without one\n", l.without, plural.Of(len(l.items), "example"))
	}
	if l.category != nil {
		fmt.Fprintf(w, "  categories: %s\n", listed(l.counts(suites.CategoryField)))
	}
	switch {
	case l.id != nil:
		fmt.Fprintf(w, "  ids: from id: %s\n", l.ID)
	case l.input != nil:
		fmt.Fprintf(w, "  ids: the hash of input:\n")
	default:
		fmt.Fprintf(w, "  ids: the hash of the prompt\n")
	}
}

// counts are the examples of each value of a field.
func (l *loader) counts(field string) map[string]int {
	counts := map[string]int{}
	for _, it := range l.items {
		value, _ := it.example.Field(field)
		counts[value]++
	}
	return counts
}

// mostListed is how many names are listed with their counts.
const mostListed = 20

// listed lists names with their counts, the most frequent first.
func listed(counts map[string]int) string {
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(counts[b]-counts[a], strings.Compare(a, b))
	})
	var out []string
	for _, name := range names[:min(len(names), mostListed)] {
		shown := fmt.Sprintf("%.60q", name)
		if name == "" {
			shown = "none"
		}
		out = append(out, fmt.Sprintf("%s (%d)", shown, counts[name]))
	}
	if more := len(names) - len(out); more > 0 {
		out = append(out, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(out, ", ")
}

// mostNear is how many groups of near names a notice shows.
const mostNear = 3

// nearNames names the categories, and the values of each field, that differ only in white space or
// capitals: results would be divided between them.
func (l *loader) nearNames(file string) (notices []string) {
	say := func(field string, t *template) {
		counts, like := l.counts(field), map[string]map[string]int{}
		for name, n := range counts {
			folded := strings.ToLower(strings.Join(strings.Fields(name), " "))
			if like[folded] == nil {
				like[folded] = map[string]int{}
			}
			like[folded][name] = n
		}
		maps.DeleteFunc(like, func(_ string, names map[string]int) bool { return len(names) == 1 })
		if len(like) == 0 {
			return
		}
		var groups []string
		for _, folded := range slices.Sorted(maps.Keys(like)) {
			groups = append(groups, listed(like[folded]))
		}
		if more := len(groups) - mostNear; more > 0 {
			groups = append(groups[:mostNear], fmt.Sprintf("groups not shown: %d", more))
		}
		notices = append(notices, fmt.Sprintf("%s: %s: names that differ only in white space or capitals are counted apart: %s; correct the data, or make them one with a template, such as \"{{ row['%s'] | trim | lower }}\"",
			file, field, strings.Join(groups, "; "), cmp.Or(t.column, "column")))
	}
	if l.category != nil {
		say(suites.CategoryField, l.category)
	}
	for _, field := range slices.Sorted(maps.Keys(l.fields)) {
		say(field, l.fields[field])
	}
	return notices
}
