package suitefile

import (
	"fmt"
	"slices"
	"strings"

	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
	"assay/suites"
)

// sameShown is how many rows that repeat others a notice names.
const sameShown = 5

// repeats counts a row whose input is that of an earlier one, and so is its id. If anything else that
// is used differs, the row is a conflict: one of the two would be lost. The data sets of suites that come
// with assay have such rows, which are counted.
func (l *loader) repeats(r *row, it *item, first seen) {
	what := it.differs(first.item)
	if what != "" && !l.embedded && l.conflict == nil {
		l.conflict = r.Fail("the same input as %s, but %s; correct one of the two rows, leave one out with where:, or tell them apart with id: and a column or template", first.From(r.File), what)
	}
	if l.same++; len(l.sameAt) < sameShown {
		beside := r.File
		if len(l.files) > 1 { // shards
			beside = ""
		}
		l.sameAt = append(l.sameAt, place.Seen{File: r.File, Line: r.Line}.From(beside))
	}
	if what != "" {
		l.differ++
	}
}

// differs says in what an item differs from an earlier one with the same id: "" if in nothing.
func (it *item) differs(first *item) string {
	a, b := &it.example, &first.example
	list := func(name string, here, there []string) string {
		if slices.Equal(here, there) {
			return ""
		}
		return fmt.Sprintf("another %s: %s, there %s", name, quoted(here), quoted(there))
	}
	one := func(name, here, there string) string { return list(name, []string{here}, []string{there}) }
	if d := list("choice", a.Choices, b.Choices); d != "" {
		return d
	}
	if d := list("reference", a.References, b.References); d != "" {
		return d
	}
	for _, name := range names(a, b) {
		here, _ := a.Field(name)
		there, _ := b.Field(name)
		if d := one(name, here, there); d != "" {
			return d
		}
	}
	if a.Cluster != b.Cluster {
		return "another cluster"
	}
	for i := range it.parts {
		x, y := &it.parts[i], &first.parts[i]
		for _, d := range []string{one("system", x.system, y.system), one("instruction", x.instruction, y.instruction), one("prompt", x.text, y.text)} {
			if d != "" {
				return d
			}
		}
		if !slices.Equal(x.turns, y.turns) {
			return "other turns"
		}
	}
	return ""
}

// names are those of the fields that either example has.
func names(a, b *suites.Example) []string {
	all := slices.Concat(a.FieldNames(), b.FieldNames())
	slices.Sort(all)
	return slices.Compact(all)
}

// quoted shows the beginning of some texts.
func quoted(texts []string) string {
	var out []string
	for _, text := range texts[:min(len(texts), 3)] {
		out = append(out, fmt.Sprintf("%.60q", text))
	}
	if len(texts) > len(out) {
		out = append(out, fmt.Sprintf("and %d more", len(texts)-len(out)))
	}
	if out == nil {
		return "none"
	}
	return strings.Join(out, ", ")
}

// repeated says how many rows are skipped because they are the same as others, and where the first are.
func (l *loader) repeated(file string) string {
	at := strings.Join(l.sameAt, ", ")
	if l.same > len(l.sameAt) {
		at += fmt.Sprintf(" and %d more", l.same-len(l.sameAt))
	}
	out := fmt.Sprintf("%s: %d of %s skipped, each with the same input as an earlier one (%s)", file, l.same, plural.Of(l.same+len(l.items), "row"), at)
	if l.differ > 0 {
		out += fmt.Sprintf("; of these, %d differ in something else, such as the reference", l.differ)
	}
	return out + "; id: tells them apart"
}
