package rows_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"strings"
	"testing"

	"assay/harness/leaf/place"
	"assay/harness/leaf/rows"
)

// zipOf is a zip file with some names, each with a text in it.
func zipOf(t *testing.T, names ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range names {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(strings.Repeat("Ä text. ", 99))); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Files that are no text are named by what they are, with a remedy, by every reader: of text, of
// JSON, of tables.
func TestBinary(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write([]byte("a,b\n1,2\n"))
	z.Close()
	for content, want := range map[string]string{
		zipOf(t, "[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"): "an Excel workbook (xlsx); save the sheet as CSV in UTF-8",
		zipOf(t, "[Content_Types].xml", "word/document.xml"):              "a Word document (docx); save it as plain text in UTF-8",
		zipOf(t, "a.npy", "b.npy"):                                        "a file of NumPy arrays (npz); write its rows as JSON lines or CSV",
		zipOf(t, "archive/data.pkl", "archive/data/0"):                    "a PyTorch file; write its rows as JSON lines or CSV",
		zipOf(t, "results.csv"):                                           "a zip file; unpack it first",
		packed.String():                                                   "a gzip file; unpack it first (gunzip)",
		"\x28\xb5\x2f\xfd\x04\x58":                                        "a Zstandard file; unpack it first (unzstd)",
		"\xfd7zXZ\x00\x00\x04":                                            "an xz file; unpack it first (unxz)",
		"BZh91AY&SY\xaa":                                                  "a bzip2 file; unpack it first (bunzip2)",
		strings.Repeat("a", 257) + "ustar\x0000":                          "a tar file; unpack it first",
		"PAR1\x15\x04\x15":                                                "a Parquet file; name a file of text, or write its rows as JSON lines or CSV",
		"ARROW1\x00\x00":                                                  "an Arrow file; write its rows as JSON lines or CSV",
		"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n":                                   "a PDF file; name a file of text",
		"{\\rtf1\\ansi Hello\n":                                           "a rich-text document (RTF); save it as plain text in UTF-8",
		"\x93NUMPY\x01\x00v\x00{'descr'":                                  "a NumPy array (npy); write its rows as JSON lines or CSV",
		"\x80\x04\x95\x0c\x00\x00":                                        "a pickle of Python; write its rows as JSON lines or CSV",
		"SQLite format 3\x00\x10":                                         "an SQLite database; write its rows as JSON lines or CSV",
		"\x89PNG\r\n\x1a\n":                                               "a PNG image; name a file of text",
		"a,b\n\x00\x01\xff\xfe\x00":                                       "a binary file; name a file of text",
	} {
		want = "t:1: this is " + want
		readers := map[string]func() error{
			"text":  func() error { _, err := rows.NewText("t", strings.NewReader(content)); return err },
			"table": func() error { _, err := rows.NewCSV("t", strings.NewReader(content), []string{"a", "b"}); return err },
			"bytes": func() error { return rows.Binary("t", []byte(content)) },
		}
		for name, reader := range readers {
			if err := reader(); err == nil || err.Error() != want || !rows.Ends(err) || !place.Known(err) {
				t.Errorf("%s: %v; want %s", name, err, want)
			}
		}
	}
	for _, text := range []string{"", "a", "PK", "Ä", "\x80", "a\x00b,c\n", "%", "BZh is a word\n", strings.Repeat("x", 99) + "\xc3"} {
		if err := rows.Binary("t", []byte(text)); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// A table's reader names what a text is that is no table, if the header lacks a column.
func TestNoTable(t *testing.T) {
	for content, want := range map[string]string{
		"Here are my results.\nThey are good.\n":           "text",
		"Hier sind sie.\n":                                 "text",
		"\n<!DOCTYPE html>\n<html><body>Sign in</body>\n":  "HTML or XML",
		"<?xml version=\"1.0\"?>\n<a/>\n":                  "HTML or XML",
		"name: town\ndata: town.csv\n":                     "YAML",
		"{\"a\": 1, \"b\": 2}\n{\"a\": 3, \"b\": 4}\n":     "JSON",
		"[{\"a\": 1, \"b\": 2},\n {\"a\": 3, \"b\": 4}]\n": "JSON",
	} {
		_, err := rows.NewCSV("t", strings.NewReader(content), []string{"a", "b"})
		f, ok := errors.AsType[*rows.Foreign](err)
		if !ok || f.Found != want || err.Error() != "t:1: this is "+want+"; CSV is needed, with a header that has a, b" {
			t.Errorf("%q: %v; want %s", content, err, want)
		}
	}
	for _, header := range []string{"prompt\nWrite a poem.\n", "Frage an alle\nWer bist du?\n"} { // a table of one column
		if _, err := rows.NewTable("t", strings.NewReader(header), 0); err != nil {
			t.Errorf("%q: %v", header, err)
		}
	}
	if _, err := rows.NewTable("t", strings.NewReader("<html>\n<body>\n"), 0); err == nil || err.Error() != "t:1: this is HTML or XML; CSV is needed, with a header" {
		t.Errorf("a page as a table of any columns: %v", err)
	}
}
