package rows

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

// lines are what a reader gives: number, end, whether torn, text.
func lines(l *Lines) (got []string, err error) {
	for {
		line, torn, err := l.Next()
		if err != nil {
			return got, err
		}
		got = append(got, fmt.Sprint(l.Number, " ", l.End, " ", torn, " ", string(line)))
	}
}

func TestLines(t *testing.T) {
	for content, want := range map[string][]string{
		"":          nil,
		"\n":        {"1 1 false "},
		"ab\r\n\nc": {"1 4 false ab\r", "2 5 false ", "3 5 true c"},
		"ab\nc\n":   {"1 3 false ab", "2 5 false c"},
		"0123456789abcdef\nx\n0123456789abcdef0123456789abcdef": {"1 17 false 0123456789abcdef", "2 19 false x", "3 19 true 0123456789abcdef0123456789abcdef"},
	} {
		for _, size := range []int{16, 64} { // the smallest buffer, and one that holds a line
			got, err := lines(NewLines(bufio.NewReaderSize(strings.NewReader(content), size)))
			if err != io.EOF || !slices.Equal(got, want) {
				t.Errorf("%q in a buffer of %d: %q, error %v; want %q", content, size, got, err, want)
			}
		}
	}
}

// Appending to a line does not change the next.
func TestLinesAreApart(t *testing.T) {
	l := NewLines(strings.NewReader("one\ntwo\n"))
	line, _, err := l.Next()
	if err != nil {
		t.Fatal(err)
	}
	_ = append(line, "XYZ"...)
	if line, _, err = l.Next(); err != nil || string(line) != "two" {
		t.Errorf("%q, error %v", line, err)
	}
}

func TestLongestLine(t *testing.T) {
	l := NewLines(strings.NewReader("a\n" + strings.Repeat("x", 2*room)))
	l.most = room
	got, err := lines(l)
	if err != ErrLong || l.Number != 2 || len(got) != 1 {
		t.Errorf("%d lines, error %v on line %d; want 1, and %v on line 2", len(got), err, l.Number, ErrLong)
	}
}
