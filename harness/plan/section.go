package plan

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"assay/harness/leaf/place"
)

// reader keeps the first fault of a file. What is read after it has no meaning.
type reader struct {
	path string
	err  error
}

// fail records a fault, unless there is one already.
func (r *reader) fail(line int, format string, args ...any) {
	if r.err == nil {
		r.err = place.Errorf(r.path, line, format, args...)
	}
}

// section is a mapping of the file with the names that it may have. It is read
// field by field: a field that is absent gives the zero value, one that is wrong
// a fault.
type section struct {
	*reader
	what string // for messages: "a model"
	at   int    // line
	of   value
}

// section takes a value that must be a mapping with no field but names.
func (r *reader) section(v value, what string, names []string) section {
	s := section{reader: r, what: what, at: v.line, of: v}
	if v.kind != mapping && v.kind != nothing {
		r.fail(v.line, "%s where %s is expected; it has %s", v, what, strings.Join(names, ", "))
		s.of = value{}
	}
	for _, m := range v.members {
		if !slices.Contains(names, m.name) {
			r.fail(m.line, "%s", unknownField(m.name, what, names))
		}
	}
	return s
}

func unknownField(name, what string, names []string) string {
	if name == "api_key" || name == "key" || name == "apikey" {
		return fmt.Sprintf("a field %q; keep keys out of files, and name the variable that has the key in api_key_env", name)
	}
	return fmt.Sprintf("unknown field %q; %s has %s", name, what, strings.Join(names, ", "))
}

// String names what the value is, for messages, and never what it says.
func (v value) String() string {
	return [...]string{nothing: "nothing", quoted: "a text", plain: "a text", number: "a number", boolean: "true or false", list: "a list", mapping: "a mapping"}[v.kind]
}

func (s *section) has(name string) bool {
	return slices.ContainsFunc(s.of.members, func(m member) bool { return m.name == name })
}

// present says whether the field is there with a value.
func (s *section) present(name string) bool {
	return slices.ContainsFunc(s.of.members, func(m member) bool { return m.name == name && m.value.kind != nothing })
}

// line is the field's, or the section's where the field is absent.
func (s *section) line(name string) int {
	for _, m := range s.of.members {
		if m.name == name {
			return m.line
		}
	}
	return s.at
}

// field finds a field that has a value.
func (s *section) field(name string) (value, bool) {
	for _, m := range s.of.members {
		if m.name != name {
			continue
		}
		if m.value.kind == nothing {
			s.fail(m.line, "no %s; give it a value or remove the field", name)
			return value{}, false
		}
		return m.value, true
	}
	return value{}, false
}

// text reads a text that isn't empty.
func (s *section) text(name string) string {
	v, ok := s.field(name)
	if !ok {
		return ""
	}
	return s.textOf(v, name)
}

func (s *section) textOf(v value, name string) string {
	switch {
	case v.kind == number || v.kind == boolean:
		s.fail(v.line, "wrong type; %s is a text: put it in quotes", name)
	case v.kind != quoted && v.kind != plain:
		s.fail(v.line, "wrong type; %s is a text, not %s", name, v)
	case strings.TrimSpace(v.text) == "":
		s.fail(v.line, "an empty %s; give it a value or remove the field", name)
	default:
		return v.text
	}
	return ""
}

// word reads a text of one line without control characters.
func (s *section) word(name string) string {
	text := s.text(name)
	if err := checkWord(text); err != nil {
		s.fail(s.line(name), "%s with %w", name, err)
	}
	return text
}

// checkWord refuses what a table or a log can't show as it is.
func checkWord(text string) error {
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }) {
		return errors.New("a line end or another control character; remove it")
	}
	return nil
}

// oneOf reads a text that must be one of the choices; absent it is the first.
func oneOf[T ~string](s *section, name string, choices ...T) T {
	if !s.has(name) {
		return choices[0]
	}
	got := T(s.text(name))
	if !slices.Contains(choices, got) {
		var all []string
		for _, c := range choices {
			all = append(all, string(c))
		}
		s.fail(s.line(name), "no %s %q; there are %s", name, got, strings.Join(all, ", "))
	}
	return got
}

// words reads a list of distinct words that isn't empty.
func (s *section) words(name string) []string {
	v, ok := s.field(name)
	if !ok {
		return nil
	}
	if v.kind != list || len(v.values) == 0 {
		s.fail(s.line(name), "%s is a list of at least one text; write it as [a, b]", name)
		return nil
	}
	var words []string
	for _, one := range v.values {
		word := s.textOf(one, name)
		if err := checkWord(word); err != nil {
			s.fail(one.line, "%s with %w", name, err)
		}
		if slices.Contains(words, word) && s.err == nil {
			s.fail(one.line, "the same entry twice in %s; remove one of the two", name)
		}
		words = append(words, word)
	}
	return words
}

// list reads a list of mappings; absent it is nil.
func (s *section) list(name string) []value {
	v, ok := s.field(name)
	if !ok {
		return nil
	}
	if v.kind != list {
		s.fail(s.line(name), "%s where a list is expected; write %s: and under it a list, one - entry a line", v, name)
		return nil
	}
	return v.values
}

// number reads a number from lo to hi; where open says so, lo itself is too small.
func (s *section) number(name string, lo, hi float64, open bool) (float64, bool) {
	v, ok := s.field(name)
	if !ok {
		return 0, false
	}
	x, err := v.number()
	switch {
	case err != nil:
		s.fail(v.line, "wrong type; %s is a number", name)
	case open && !(x > lo && x <= hi):
		s.fail(v.line, "%s %v; it must be above %v and at most %v", name, x, lo, hi)
	case !(x >= lo && x <= hi):
		s.fail(v.line, "%s %v; it must be from %v to %v", name, x, lo, hi)
	default:
		return x, true
	}
	return 0, false
}

// number is the value as a number, NaN and infinities included.
func (v value) number() (float64, error) {
	if v.kind != number && v.kind != plain { // 1e-2 is a text to YAML
		return 0, errors.New("no number")
	}
	return strconv.ParseFloat(v.text, 64)
}

// whole reads a whole number from lo to hi; absent it is 0.
func (s *section) whole(name string, lo, hi uint64) uint64 {
	v, ok := s.field(name)
	if !ok {
		return 0
	}
	x, err := strconv.ParseUint(v.text, 10, 64)
	if v.kind == quoted || err != nil || x < lo || x > hi {
		s.fail(v.line, "%s must be a whole number from %d to %d, in digits alone", name, lo, hi)
		return 0
	}
	return x
}

// duration reads a time with a unit, above 0 and at most a day; absent it is 0.
func (s *section) duration(name string) time.Duration {
	v, ok := s.field(name)
	if !ok {
		return 0
	}
	d, err := time.ParseDuration(v.text)
	if err != nil || d <= 0 || d > 24*time.Hour {
		s.fail(v.line, "%s must be a time above 0 and at most 24h, with its unit, as in 60s or 2m", name)
		return 0
	}
	return d
}

// pairs reads a mapping of texts to texts.
func (s *section) pairs(name string) map[string]string {
	v, ok := s.field(name)
	if !ok {
		return nil
	}
	if v.kind != mapping {
		s.fail(v.line, "wrong type; %s is a mapping like {a: b}, not %s", name, v)
		return nil
	}
	pairs := make(map[string]string, len(v.members))
	for _, m := range v.members {
		pairs[m.name] = s.textOf(m.value, name)
	}
	return pairs
}

// count reads a whole number of at least 1; absent it is the default, and a fault
// where that is 0.
func (s *section) count(name string, or int, most uint64) int {
	if !s.has(name) {
		if or == 0 {
			s.fail(s.at, "%s without %s; write %s: and a whole number", s.what, name, name)
		}
		return or
	}
	return int(s.whole(name, 1, most))
}

// share reads a number from 0 to below 1; absent it is the default.
func (s *section) share(name string, or float64) float64 {
	if !s.has(name) {
		return or
	}
	x, _ := s.number(name, 0, math.Nextafter(1, 0), false)
	return x
}

// positive reads a number above 0; absent it is the default.
func (s *section) positive(name string, or float64) float64 {
	if !s.has(name) {
		return or
	}
	x, _ := s.number(name, 0, 1e9, true)
	return x
}

// flag reads true or false; absent it is the default.
func (s *section) flag(name string, or bool) bool {
	v, ok := s.field(name)
	if !ok {
		return or
	}
	if v.kind != boolean {
		s.fail(v.line, "wrong type; %s is true or false", name)
		return or
	}
	return v.text == "true"
}
