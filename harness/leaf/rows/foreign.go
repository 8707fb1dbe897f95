package rows

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"assay/harness/leaf/place"
)

// Foreign is the error of a file in another format than the one that its reader needs. It ends the
// file.
type Foreign struct {
	Found, Needed string // what the file is, and what its reader takes
	CSV           bool   // the file is a table
}

func (f *Foreign) Error() string { return fmt.Sprintf("this is %s; %s", f.Found, f.Needed) }

// What readers of JSON need, in their errors.
const (
	needLines = `JSON lines are needed: an object like {"name": "value"} on each line`
	needArray = `a JSON array is needed: [{"name": "value"}, ...]`
)

// foreign is the error of a text whose first two lines show that it is in another format; nil if it
// may be JSON, damaged or not.
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
		if c := first[i][0]; c == '{' || c == '[' {
			return nil
		}
	}
	found, csv := formatOf(first[0], first[1])
	if found == "" {
		return nil
	}
	return ends(place.At(t.file, at, &Foreign{found, needed, csv}))
}

// formatOf names the format of a text by its first two lines, "" if they don't show it.
func formatOf(first, second []byte) (name string, table bool) {
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
