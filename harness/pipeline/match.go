package pipeline

import (
	"fmt"
	"hash/maphash"
	"iter"
	"maps"
	"slices"
	"strings"

	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
	"assay/reports"
	"assay/suites"
)

// entry is an example to be matched.
type entry struct {
	id         string
	question   string // its key: the question's part of its content, or a field's value
	references string // the references' part of its content
	normal     []uint64
	text       uint64 // hash of its input
	start      string // of its input, for people
}

// keyed reads the keys of one side's examples.
type keyed struct {
	entries map[string][]entry // by question
	n       int
	without int             // examples without the field
	fields  map[string]bool // that examples have
}

var matchSeed = maphash.MakeSeed()

// startOf is the beginning of a text, for notes and tables.
func startOf(text string, most int) string {
	line := strings.Join(strings.Fields(text), " ")
	if runes := []rune(line); len(runes) > most {
		line = strings.TrimSpace(string(runes[:most-1])) + "…"
	}
	return strings.Clone(line)
}

// startLength is how much of a text a table of differences shows.
const startLength = 60

// keys reads the keys of a suite's examples; field is "" for their content.
func keys(examples iter.Seq2[*suites.Example, error], suite, field string) (*keyed, error) {
	k := &keyed{entries: map[string][]entry{}, fields: map[string]bool{}}
	ids := map[string]bool{}
	for ex, err := range examples {
		if err != nil {
			return nil, err
		}
		if ex.Suite != suite || ids[ex.ID] {
			continue
		}
		ids[ex.ID] = true
		k.n++
		for _, name := range ex.FieldNames() {
			k.fields[name] = true
		}
		e := entry{id: ex.ID, text: inputHash(ex.Input), start: startOf(ex.Input, startLength)}
		e.question, e.references = suites.SplitContent(ex.ContentOf())
		for _, r := range suites.NormalReferences(ex.References) {
			e.normal = append(e.normal, maphash.String(matchSeed, r))
		}
		if field != "" {
			value, ok := ex.Field(field)
			if !ok && field == byInput {
				value, ok = ex.Input, true
			}
			if !ok {
				k.without++
				continue
			}
			e.question = value
		}
		k.entries[e.question] = append(k.entries[e.question], e)
	}
	return k, nil
}

// matched counts the outcome for a pair of suites.
type matched struct {
	ids               map[string]string // of the second to that of the first
	prompts           variants
	references        variants
	otherReferences   []entry // of the second: the question is there, with other references
	duplicates        []string
	duplicate         int
	onlyFirst, onlyOf []string // starts of the texts
	first, second     int      // examples of each side without a partner
	shared            int
	firstIDs          map[string]bool // of all examples of the first
}

// match matches the examples of a pair of suites.
func (j *joiner) match(p suitePair) (reports.Joined, error) {
	by := j.how.By
	if by == "" {
		by = ByContent
	}
	ofFirst, ofSecond := "", ""
	if by != ByContent && by != ByQuestion {
		var two bool
		if ofFirst, ofSecond, two = strings.Cut(by, "="); !two {
			ofSecond = ofFirst
		}
	}
	a, err := keys(j.earlier(), p.to, ofFirst)
	if err != nil {
		return reports.Joined{}, err
	}
	b, err := keys(j.second.examples(nil), p.own, ofSecond)
	if err != nil {
		return reports.Joined{}, err
	}
	out := reports.Joined{Suite: p.to, Other: p.own, By: by, First: a.n, Second: b.n}
	for _, side := range []struct {
		k           *keyed
		field, name string
	}{{a, ofFirst, j.first[0].name()}, {b, ofSecond, j.second.name()}} {
		if side.field != "" && side.k.without == side.k.n && side.k.n > 0 {
			have := append(slices.Sorted(maps.Keys(side.k.fields)), byInput)
			return out, fmt.Errorf("--join-by %s: no example of %s in %s has a field %s; %s", by, out.Names(), side.name, side.field, place.Choose(side.field, have))
		}
		if side.k.without > 0 {
			out.Notes = append(out.Notes, fmt.Sprintf("%s of %s without the field %s", plural.Of(side.k.without, "example"), side.name, side.field))
		}
	}
	m := matched{ids: map[string]string{}, firstIDs: map[string]bool{}}
	for _, question := range slices.Sorted(maps.Keys(a.entries)) {
		for _, e := range a.entries[question] {
			m.firstIDs[e.id] = true
		}
		if by == ByContent {
			m.byContent(a.entries[question], b.entries[question])
		} else {
			m.byKey(a.entries[question], b.entries[question])
		}
	}
	for _, question := range slices.Sorted(maps.Keys(b.entries)) {
		if a.entries[question] == nil {
			m.alone(nil, b.entries[question])
		}
	}
	if m.duplicate > 0 {
		said := fmt.Sprintf("%s with a %s that several examples of a run have, such as %s", plural.Of(m.duplicate, "example"), by, strings.Join(m.duplicates, "; "))
		if j.how.Compared {
			return out, fmt.Errorf("%s can't be joined: %s; name a field that tells them apart with --join-by FIELD, or remove the duplicates", out.Names(), said)
		}
		out.Notes = append(out.Notes, said)
	}
	out.Both = m.shared
	j.t.ids[p.own] = m.ids
	for _, entries := range b.entries { // an id of the first that belongs to another example
		for _, e := range entries {
			if _, joined := m.ids[e.id]; !joined && m.firstIDs[e.id] {
				m.ids[e.id] = "second:" + e.id
			}
		}
	}
	out.Notes = append(out.Notes, m.notes(j.first[0].name(), j.second.name())...)
	j.t.texts[p.own] = map[string]*variants{}
	if m.prompts.n > 0 {
		j.t.texts[p.own]["prompts"] = &m.prompts
	}
	if m.references.n > 0 {
		j.t.texts[p.own]["references"] = &m.references
	}
	return out, nil
}

// pair joins two entries.
func (m *matched) pair(f, s entry) {
	m.ids[s.id] = f.id
	m.shared++
	if f.text != s.text {
		m.prompts.add(f.start, s.start)
	}
	if f.references != s.references {
		m.references.add(plural.Of(len(f.normal), "reference"), plural.Of(len(s.normal), "reference"))
	}
}

func (v *variants) add(first, second string) {
	if v.n == 0 {
		v.first, v.second = first, second
	}
	v.n++
}

// byKey joins entries of one key, which must be one on each side.
func (m *matched) byKey(first, second []entry) {
	switch {
	case len(first) == 1 && len(second) == 1:
		m.pair(first[0], second[0])
	case len(first) > 0 && len(second) > 0:
		m.ambiguous(first, second)
	default:
		m.alone(first, second)
	}
}

// byContent joins entries of one question: those with the same references, then two that are
// left, if their references don't contradict.
func (m *matched) byContent(first, second []entry) {
	same := func(references string) func(entry) bool {
		return func(e entry) bool { return e.references == references }
	}
	for _, references := range distinctReferences(first) {
		f, s := filter(first, same(references)), filter(second, same(references))
		if len(s) == 0 {
			continue
		}
		m.byKey(f, s)
		first, second = slices.DeleteFunc(slices.Clone(first), same(references)), slices.DeleteFunc(slices.Clone(second), same(references))
	}
	agree := func(f, s entry) bool {
		return len(f.normal) == 0 || len(s.normal) == 0 || slices.ContainsFunc(f.normal, func(r uint64) bool { return slices.Contains(s.normal, r) })
	}
	agreeing := slices.ContainsFunc(first, func(f entry) bool {
		return slices.ContainsFunc(second, func(s entry) bool { return agree(f, s) })
	})
	if agreeing || len(first) == 0 || len(second) == 0 {
		m.byKey(first, second)
		return
	}
	m.otherReferences = append(m.otherReferences, second...)
	m.first += len(first)
	m.second += len(second)
}

func filter(all []entry, keep func(entry) bool) (out []entry) {
	for _, e := range all {
		if keep(e) {
			out = append(out, e)
		}
	}
	return out
}

func distinctReferences(all []entry) (out []string) {
	for _, e := range all {
		if !slices.Contains(out, e.references) {
			out = append(out, e.references)
		}
	}
	return out
}

// mostNamed is how many examples a note names.
const mostNamed = 3

func (m *matched) ambiguous(first, second []entry) {
	m.duplicate += len(first) + len(second)
	m.first += len(first)
	m.second += len(second)
	if len(m.duplicates) < mostNamed {
		several := first
		if len(first) == 1 {
			several = second
		}
		var ids []string
		for _, e := range several {
			ids = append(ids, e.id)
		}
		if len(ids) > mostNamed {
			ids = append(ids[:mostNamed], "...")
		}
		m.duplicates = append(m.duplicates, fmt.Sprintf("%q (ids %s)", several[0].start, strings.Join(ids, ", ")))
	}
}

func (m *matched) alone(first, second []entry) {
	m.first += len(first)
	m.second += len(second)
	for _, e := range first {
		if len(m.onlyFirst) < mostNamed {
			m.onlyFirst = append(m.onlyFirst, fmt.Sprintf("%q", e.start))
		}
	}
	for _, e := range second {
		if len(m.onlyOf) < mostNamed {
			m.onlyOf = append(m.onlyOf, fmt.Sprintf("%q", e.start))
		}
	}
}

// notes say what could not be joined, and why.
func (m *matched) notes(first, second string) (notes []string) {
	for _, side := range []struct {
		n    int
		such []string
		in   string
	}{{m.first, m.onlyFirst, first}, {m.second, m.onlyOf, second}} {
		if side.n == 0 {
			continue
		}
		note := fmt.Sprintf("%s of the run %q without a partner", plural.Of(side.n, "example"), side.in)
		if len(side.such) > 0 {
			note += ", such as " + strings.Join(side.such, ", ")
		}
		notes = append(notes, note)
	}
	if n := len(m.otherReferences); n > 0 {
		notes = append(notes, fmt.Sprintf("%s of %s with a question of the other run but none of its references, such as %q; --join-by question joins them", plural.Of(n, "example"), second, m.otherReferences[0].start))
	}
	return notes
}
