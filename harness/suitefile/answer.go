package suitefile

import (
	"slices"
	"strconv"
	"strings"

	"assay/harness/leaf/plural"
)

// reading is a way to read answer:. All rows of a file are read in one way: "1" is an index in one
// row and a choice's text in the next only by accident.
type reading struct {
	name string
	of   func(answer string, choices []string) int // the choice's index; -1 if it can't be read so
}

var everyReading = []reading{
	{"a choice's text", func(answer string, choices []string) int {
		return slices.IndexFunc(choices, func(c string) bool { return strings.TrimSpace(c) == answer })
	}},
	{"an index from 0", func(answer string, choices []string) int {
		if n, err := strconv.Atoi(answer); err == nil && n >= 0 && n < len(choices) {
			return n
		}
		return -1
	}},
	{"a letter", func(answer string, choices []string) int {
		if len(answer) == 1 && answer[0] >= 'A' && int(answer[0]-'A') < len(choices) {
			return int(answer[0] - 'A')
		}
		return -1
	}},
}

// narrow keeps the readings of answer: that fit the row too.
func (l *loader) narrow(r *row) error {
	choices, err := texts(l.choices, r)
	if err != nil {
		return err
	}
	answer, err := l.correctText(r)
	if err != nil {
		return err
	}
	if len(choices) < 2 {
		return r.Fail("%s; there must be at least two to choose from", plural.Of(len(choices), "choice"))
	}
	fits := func(way reading) bool { return way.of(answer, choices) >= 0 }
	if !slices.ContainsFunc(everyReading, fits) {
		return r.Fail("the answer %q is none of the %s: neither an index from 0, nor a letter, nor a choice's text; fix the row, or answer:", answer, plural.Of(len(choices), "choice"))
	}
	before := l.readings
	l.readings = slices.DeleteFunc(slices.Clone(before), func(way reading) bool { return !fits(way) })
	if len(l.readings) == 0 {
		return r.Fail("the answer %q is not %s, as in the rows before; write all answers in one way", answer, namesOf(before))
	}
	return nil
}

// correct is the index of the correct choice, by the readings that fit all rows.
func (l *loader) correct(r *row, choices []string) (int, error) {
	answer, err := l.correctText(r)
	if err != nil {
		return 0, err
	}
	at := l.readings[0].of(answer, choices)
	for _, way := range l.readings[1:] {
		if other := way.of(answer, choices); other != at {
			return 0, r.Fail("the answer %q is %s (choice %d) and %s (choice %d), and so may the other rows' be; write letters, as in answer: \"{{ 'ABCDEFGH'[index] }}\" for a column index", answer, l.readings[0].name, at+1, way.name, other+1)
		}
	}
	return at, nil
}

// correctText is what answer: gives for a row.
func (l *loader) correctText(r *row) (string, error) {
	v, err := l.answer.eval(r)
	if err != nil {
		return "", err
	}
	text, err := l.answer.printed(v, r)
	return strings.TrimSpace(text), err
}

func namesOf(ways []reading) string {
	var names []string
	for _, way := range ways {
		names = append(names, way.name)
	}
	return strings.Join(names, " or ")
}
