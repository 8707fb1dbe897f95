package rows

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"assay/harness/leaf/place"
)

// Foreign is the error of a file in another format than the one that its reader needs. It ends the
// file.
type Foreign struct {
	Found, Needed string // what the file is, and what its reader takes
	CSV           bool   // the file is a table
	Spread        bool   // the file is JSON over several lines
}

func (f *Foreign) Error() string { return fmt.Sprintf("this is %s; %s", f.Found, f.Needed) }

// What readers of JSON need, in their errors.
const (
	needLines = `JSON lines are needed: an object like {"name": "value"} on each line`
	needArray = `a JSON array is needed: [{"name": "value"}, ...]`
)

// foreign is the error of a text whose first two lines show that it is in another format; nil if it
// may be JSON, damaged or not. A line that ends within a value, before a line that starts no object, is
// JSON over several lines, as programs write it for people.
func (t *Text) foreign(needed string) error {
	head, err := t.in.Peek(room)
	complete := err != nil
	var first [2][]byte
	line, at := 0, 0
	for i := range first {
		for len(first[i]) == 0 {
			one, rest, more := bytes.Cut(head, []byte("\n"))
			first[i] = bytes.TrimSpace(one)
			if !more && (!complete || len(first[i]) == 0) {
				return nil
			}
			if line++; i == 0 {
				at = line
			}
			head = rest
		}
		spread := needed == needLines && (i == 0 && unfinished(first[0]) || i == 1 && first[0][0] == '[')
		if c := first[i][0]; !spread && (c == '{' || c == '[') {
			return nil
		}
	}
	f := &Foreign{Needed: needed}
	if c := first[0][0]; c == '{' || c == '[' {
		f.Found, f.Spread = "JSON over several lines", true
	} else if f.Found, f.CSV = formatOf(first[0], first[1]); f.Found == "" {
		return nil
	}
	return ends(place.At(t.file, at, f))
}

// unfinished reports whether a line ends within a JSON value.
func unfinished(line []byte) bool {
	s := elements{in: bufio.NewReader(bytes.NewReader(line))}
	c, _ := s.next()
	return (c == '{' || c == '[') && s.element(c) == io.EOF
}

// formatOf names the format of a text by its first two lines, "" if they don't show it.
func formatOf(first, second []byte) (name string, table bool) {
	if len(first) == 0 {
		return "", false
	}
	for _, separator := range delimiters {
		header, err := Fields(string(first), separator)
		row, torn := Fields(string(second), separator) // torn: a field has several lines
		if err == nil && len(header) > 1 && (torn != nil || len(header) == len(row)) {
			kind := "CSV"
			if separator == '\t' {
				kind = "TSV"
			}
			return kind + " with the columns " + shortened(strings.Join(header, ", ")), true
		}
	}
	switch {
	case first[0] == '<':
		return "HTML or XML", false
	case bytes.Equal(first, []byte("---")), bytes.HasPrefix(first, []byte("- ")), keyed(first) && keyed(second):
		return "YAML", false
	case isProse(first) && (len(second) == 0 || isProse(second)):
		return "text", false
	}
	return "", false
}

// keyed reports whether a line is like a line of YAML: a word, a colon, and perhaps a value.
func keyed(line []byte) bool {
	word, _, ok := bytes.Cut(append(line[:len(line):len(line)], ' '), []byte(": "))
	return ok && len(word) > 0 && !bytes.ContainsAny(word, " \"'")
}

// shortened is the beginning of a text, for a message.
func shortened(text string) string {
	const most = 60
	if len(text) <= most {
		return text
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "..."
}
