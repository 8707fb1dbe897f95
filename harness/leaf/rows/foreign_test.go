package rows_test

import (
	"errors"
	"strings"
	"testing"

	"assay/harness/leaf/place"
	"assay/harness/leaf/rows"
)

// A file in another format is named, with its line; what may be damaged JSON is left to the reader.
func TestForeign(t *testing.T) {
	long := strings.Repeat("x", 1<<19)
	for _, tt := range []struct {
		text, found string // no text found: the reader gets the lines
		line        int
		csv         bool
	}{
		{"id,question\n1,Who?\n", "CSV with the columns id, question", 1, true},
		{"\n\"id\",\"question\"\n1,\"Who\nis it?\"\n", "CSV with the columns id, question", 2, true},
		{"id;a,b;c\n1;2;3", "CSV with the columns id, a,b, c", 1, true},
		{"id\tquestion\n1\tWho, me?\n", "TSV with the columns id, question", 1, true},
		{"<!doctype html>\n<html>\n", "HTML or XML", 1, false},
		{"name: a\nsuite: b\n", "YAML", 1, false},
		{"- a\n- b\n", "YAML", 1, false},
		{"---\na: b\n", "YAML", 1, false},
		{strings.Repeat("é", 40) + ",b\n1,2\n", "CSV with the columns " + strings.Repeat("é", 30) + "...", 1, true},
		{"\n{\n  \"a\": \"x }\"\n}\n", "JSON over several lines", 2, false},
		{"{\"a\": {\"b\": 1},\n\"c\": 2}\n", "JSON over several lines", 1, false},
		{"[\n  {\"a\": 1}\n]\n", "JSON over several lines", 1, false},
		{"{\"a\": \"b\n{\"a\": \"c\"}\n", "", 0, false},
		{"{\"a\": \"}\"}\n\"b\"\n", "", 0, false},
		{"{\n", "", 0, false},
		{"Dear all\nthis is text\n", "text", 1, false},
		{"Dear all\n{\"a\": 1}\n", "", 0, false},
		{"nonsense\n", "", 0, false},
		{"question: a?\n\n", "", 0, false},
		{"nonsense\n{\"a\": 1}\n", "", 0, false},
		{"{\"a\": 1}\nb,c\nd,e\n", "", 0, false},
		{long + "\na\n", "", 0, false},
		{"a\n" + long, "", 0, false},
		{"", "", 0, false},
		{"\n \n", "", 0, false},
	} {
		in, err := rows.NewText("f", strings.NewReader(tt.text))
		if err != nil {
			t.Fatal(err)
		}
		got := 0
		_, err = in.EachLine(func(int, []byte) error { got++; return nil })
		var foreign *rows.Foreign
		if tt.found == "" {
			if want := len(strings.Fields(tt.text)); err != nil || want > 0 && got == 0 {
				t.Errorf("%.40q: %d lines, error %v", tt.text, got, err)
			}
			continue
		}
		at, _ := place.Of(err)
		if !errors.As(err, &foreign) || foreign.Found != tt.found || foreign.CSV != tt.csv || foreign.Spread != strings.HasPrefix(tt.found, "JSON") || at == nil || at.Line != tt.line || !rows.Ends(err) || got > 0 {
			t.Errorf("%.40q: %v after %d lines, want %s on line %d", tt.text, err, got, tt.found, tt.line)
		}
	}
}

// The same where an array or a table is needed.
func TestForeignElsewhere(t *testing.T) {
	in, err := rows.NewText("f", strings.NewReader("a,b\n1,2\n"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = in.EachElement(func(int, []byte) error { return nil })
	if want := "f:1: this is CSV with the columns a, b; a JSON array is needed"; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
	for _, text := range []string{"{\"a\": 1}\n", "[{\"a\": 1}]"} {
		_, err = rows.NewCSV("f", strings.NewReader(text), []string{"question", "answer"})
		if want := "f:1: this is JSON; CSV is needed, with a header that has question, answer"; err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
