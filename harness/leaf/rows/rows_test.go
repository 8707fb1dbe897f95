package rows_test

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"assay/harness/leaf/place"
	"assay/harness/leaf/rows"
)

// inUTF16 writes a text as programs on Windows do, with a byte order mark.
func inUTF16(text string, big bool) string {
	var b strings.Builder
	for _, u := range append([]uint16{0xfeff}, utf16.Encode([]rune(text))...) {
		if big {
			b.WriteByte(byte(u >> 8))
		}
		b.WriteByte(byte(u))
		if !big {
			b.WriteByte(byte(u >> 8))
		}
	}
	return b.String()
}

// table reads all rows of two columns.
func table(content string) ([]string, error) {
	t, err := rows.NewCSV("t", strings.NewReader(content), []string{"Frage", "Antwort"})
	if err != nil {
		return nil, err
	}
	var rows []string
	for {
		switch err := t.Next(); {
		case err == io.EOF:
			return rows, nil
		case err != nil:
			return rows, err
		}
		rows = append(rows, fmt.Sprintf("%d %s|%s|%s", t.Line(), t.Get("Frage"), t.Get("Antwort"), t.Get("none")))
	}
}

// One table in the ways in which spreadsheets save it.
func TestCSVAsSaved(t *testing.T) {
	const plain = "Antwort,x,Frage\nJa; sicher,1,\"Wie, bitte?\"\n\"zwei\nZeilen\",2,Größe 🐟\n"
	other := func(delimiter string) string {
		return "Antwort" + delimiter + "x" + delimiter + "Frage\n\"Ja; sicher\"" + delimiter + "1" + delimiter + "\"Wie, bitte?\"\n\"zwei\nZeilen\"" + delimiter + "2" + delimiter + "Größe 🐟\n"
	}
	want := []string{"2 Wie, bitte?|Ja; sicher|", "3 Größe 🐟|zwei\nZeilen|"}
	long := strings.Repeat("z", 400_000) // longer than any buffer
	for name, tt := range map[string]struct {
		content string
		want    []string
	}{
		"plain":              {plain, want},
		"BOM":                {"\ufeff" + plain, want},
		"CR LF":              {strings.ReplaceAll(plain, "\n", "\r\n"), want},
		"CR":                 {strings.ReplaceAll(plain, "\n", "\r"), want},
		"CR, LF in cells":    {strings.ReplaceAll(strings.ReplaceAll(plain, "\n", "\r"), "zwei\r", "zwei\n"), want},
		"semicolons":         {other(";"), want},
		"tabs":               {other("\t"), want},
		"bars":               {other("|"), want},
		"sep=":               {"sep=;\r\n" + other(";"), []string{"3 Wie, bitte?|Ja; sicher|", "4 Größe 🐟|zwei\nZeilen|"}},
		"UTF-16":             {inUTF16(plain, false), want},
		"UTF-16, big-endian": {inUTF16(plain, true), want},
		"Unicode text":       {inUTF16(strings.ReplaceAll(other("\t"), "\n", "\r\n"), false), want},
		"CR in UTF-16":       {inUTF16(strings.ReplaceAll(other(";"), "\n", "\r"), true), want},
		"long":               {inUTF16("Frage;Antwort\n"+long+"🐟;b\nc;d\n", false), []string{"2 " + long + "🐟|b|", "3 c|d|"}},
		"CR in a cell":       {"Frage,Antwort\na\rb,c\n\"d\re\",f\n", []string{"2 a\rb|c|", "3 d\re|f|"}},
		"no row":             {"Frage,Antwort\r", nil},
		"odd where not read": {"Frage,x,Antwort\na,\xff,b\n", []string{"2 a|b|"}},
	} {
		if got, err := table(tt.content); err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%s: %.200q, error %v; want %.200q", name, got, err, tt.want)
		}
	}
}

func TestCSVFaults(t *testing.T) {
	for _, tt := range []struct {
		name, content, want string
	}{
		{"empty", "", "t:1: the file is empty; get the complete file"},
		{"misspelt column", "Frage,Antwrot\na,b\n", `t:1: no column "Antwort"; if it is "Antwrot", rename that; the header needs Frage, Antwort, separated by`},
		{"no column", "Frage,Answer\na,b\n", `t:1: no column "Antwort"; the header needs Frage, Antwort, separated by commas, semicolons or tabs; it has Frage, Answer`},
		{"many columns", "Frage,b,c,d,e,f,g,h,i,j,k,l,m,n\n", `t:1: no column "Antwort"; the header needs Frage, Antwort, separated by commas, semicolons or tabs; it has Frage, b, c, d, e, f, g, h, i, j, k, l, ...`},
		{"long column", strings.Repeat("x", 39) + "é,y\n", `t:1: no column "Frage"; the header needs Frage, Antwort, separated by commas, semicolons or tabs; it has ` + strings.Repeat("x", 39) + `..., y`},
		{"one letter", "x\nFrage,Antwort\na,b\n", `t:1: no column "Frage"; the header needs`},
		{"colons", "Frage:Antwort\na:b\n", `t:1: no column "Frage"; the header needs`},
		{"twice", "Frage;Antwort;Frage\na;b;c\n", `t:1: column "Frage" appears twice; remove one of the two`},
		{"fields", "sep=;\nFrage;Antwort\na;b;c\n", "t:3: malformed row: 3 fields where the header has 2; fix or remove the row"},
		{"quote", "Frage,Antwort\na,b\n\"a,b\n", "t:3: malformed row: a quoted field has no end"},
		{"cp1252", "Frage,Antwort\na,b\nGr\xf6\xdfe,c\n", "t:3: column Frage is no valid UTF-8; save the file as UTF-8"},
		{"UTF-32", "\xff\xfe\x00\x00F\x00\x00\x00", "t:1: this is a file in UTF-32; save it as UTF-8"},
		{"UTF-16 without a mark", inUTF16("Frage,Antwort\n", false)[2:], "t:1: this is a file in UTF-16 without a byte order mark; save it as UTF-8"},
		{"big-endian without a mark", inUTF16("Frage,Antwort\n", true)[2:], "t:1: this is a file in UTF-16 without a byte order mark; save it as UTF-8"},
		{"half a pair", inUTF16("Frage,Antwort\na,b\n", false) + "\x3d\xd8a\x00", "t:3: half a surrogate pair in UTF-16"},
		{"half a unit", inUTF16("Frage,Antwort\na,b\n", false) + "a", "t:3: the file ends in the middle of a character of UTF-16; get the complete file"},
		{"xlsx", "PK\x03\x04rest", "t:1: this is a zip file; unpack it first"},
		{"xls", "\xd0\xcf\x11\xe0rest", "t:1: this is an old Excel workbook (xls) or another old Office file; save the sheet as CSV in UTF-8"},
		{"gzip", "\x1f\x8brest", "t:1: this is a gzip file; unpack it first (gunzip)"},
	} {
		_, err := table(tt.content)
		if !place.Known(err) || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: %v; want %s", tt.name, err, tt.want)
		}
	}
}

// read reads lines, or elements.
func read(content string) ([]string, error) {
	in, err := rows.NewText("t", strings.NewReader(content))
	if err != nil {
		return nil, err
	}
	return each(in)
}

func each(in *rows.Text) (got []string, err error) {
	n, err := in.Each(func(line int, value []byte) error {
		got = append(got, fmt.Sprintf("%d %s", line, value))
		return nil
	})
	if n != len(got) {
		err = errors.Join(err, fmt.Errorf("%d rows counted, %d passed on", n, len(got)))
	}
	return got, err
}

func TestRows(t *testing.T) {
	long := strings.Repeat("x\\\"]", 200_000) // longer than any buffer
	full := strings.Repeat("x", 1<<18-1)
	for _, tt := range []struct {
		content string
		want    []string
		fault   string
	}{
		{"{}\n\n{\"a\":\u2028}\r\n", []string{"1 {}", "3 {\"a\":\u2028}"}, ""},
		{"a\rb\rc", []string{"1 a", "2 b", "3 c"}, ""},
		{"a\r\n\r\nb\rc", []string{"1 a", "3 b\rc"}, ""}, // where lines end with LF, CR is a blank
		{inUTF16("{\"ü\"}\r\n{}", true), []string{`1 {"ü"}`, "2 {}"}, ""},
		{"\ufeff\n [ {\"a\": [1, NaN]},\n\"b]\\\"\", 7 ,\n-Infinity]\n\n", []string{`2 {"a": [1, NaN]}`, `3 "b]\""`, "3 7", "4 -Infinity"}, ""},
		{`[{"a":"` + long + `"},{}]`, []string{`1 {"a":"` + long + `"}`, "1 {}"}, ""},
		{"[]", nil, ""},
		{"\ra\rb", []string{"2 a", "3 b"}, ""},
		{"\na\rb", []string{"2 a\rb"}, ""},
		{full + "\r\na\rb\n", []string{"1 " + full, "2 a\rb"}, ""}, // what is looked at ends between CR and LF
		{"\t[1,\t2]", []string{"1 1", "1 2"}, ""},
		{"a\x00bc", []string{"1 a\x00bc"}, ""}, // no UTF-16
		{"abc\x00", []string{"1 abc\x00"}, ""},
		{"\x00abc", []string{"1 \x00abc"}, ""},
		{"ab\x00c", []string{"1 ab\x00c"}, ""},
		{"[\n{\"a\":\n1", nil, "t:3: cut-off file: it ends in the middle of the array; get the complete file"},
		{"[\n{}\n", []string{"2 {}"}, "t:3: cut-off file"},
		{"[{},\n\n{\"a", []string{"1 {}"}, "t:3: cut-off file"},
		{"[{}\n{}]", []string{"1 {}"}, "t:2: not valid JSON: no comma between two elements"},
		{"[1]\n[2]", []string{"1 1"}, "t:2: something follows the array's end; keep one array a file"},
	} {
		got, err := read(tt.content)
		if !slices.Equal(got, tt.want) || (err == nil) != (tt.fault == "") || err != nil && !strings.HasPrefix(err.Error(), tt.fault) {
			t.Errorf("%.80q: %.200q, error %v; want %.200q, %s", tt.content, got, err, tt.want, tt.fault)
		}
	}
}

// What each returns ends the reading, as it is.
func TestStop(t *testing.T) {
	stop := errors.New("stop")
	for _, content := range []string{"1\n2\n3\n", "[1,2,3]"} {
		in, err := rows.NewText("t", strings.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		n, err := in.Each(func(_ int, value []byte) error {
			if string(value) == "2" {
				return stop
			}
			return nil
		})
		if n != 2 || err != stop {
			t.Errorf("%q: %d rows, error %v; want 2 and the function's", content, n, err)
		}
	}
}

// Behind some faults nothing can be read.
func TestEnds(t *testing.T) {
	for content, want := range map[string]bool{
		"Frage,Antwort\n\"a,b\n":      true,
		"Frage,Antwort\na,b,c\nd,e\n": false,
		"":                            true,
		"\x1f\x8brest":                true,
	} {
		if _, err := table(content); err == nil || rows.Ends(err) != want {
			t.Errorf("%q: error %v, ends %v; want %v", content, err, rows.Ends(err), want)
		}
	}
	in, err := rows.NewText("t", io.MultiReader(strings.NewReader("a\nb"), iotest.ErrReader(errors.New("disk on fire"))))
	if err != nil {
		t.Fatal(err)
	}
	got, err := each(in)
	if want := "t:2: disk on fire; name a file that can be read"; fmt.Sprint(err) != want || !rows.Ends(err) || !slices.Equal(got, []string{"1 a"}) {
		t.Errorf("%q, error %v; want the first line and %q", got, err, want)
	}
}

func TestOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "exp[1 ü.jsonl")
	if _, err := rows.Open(path); !errors.Is(err, fs.ErrNotExist) || err.Error() != path+": no such file or directory; check the path" {
		t.Errorf("error %v", err)
	}
	if err := os.WriteFile(path, []byte("\ufeffa\nb"), 0o600); err != nil {
		t.Fatal(err)
	}
	in, err := rows.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := each(in); err != nil || !slices.Equal(got, []string{"1 a", "2 b"}) {
		t.Errorf("%q, error %v", got, err)
	}
	if err := in.Close(); err != nil {
		t.Error(err)
	}
	if in, err = rows.Open(t.TempDir()); err == nil {
		_, err = each(in)
	}
	if err == nil || !place.Known(err) {
		t.Errorf("a folder: error %v; want one with the file", err)
	}
}

func TestUnpack(t *testing.T) {
	var packed strings.Builder
	z := gzip.NewWriter(&packed)
	z.Write([]byte("a\nb\n"))
	z.Close()
	for _, tt := range []struct{ name, content, want string }{
		{"log.jsonl.gz", packed.String(), "a\nb\n"},
		{"LOG.GZ", packed.String(), "a\nb\n"},
		{"log.jsonl", "a\nb\n", "a\nb\n"},
	} {
		in, err := rows.Unpack(tt.name, strings.NewReader(tt.content))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if got, err := io.ReadAll(in); err != nil || string(got) != tt.want {
			t.Errorf("%s: %q, error %v; want %q", tt.name, got, err, tt.want)
		}
	}
	if _, err := rows.Unpack("log.gz", strings.NewReader("plain")); err == nil || !strings.HasPrefix(err.Error(), "log.gz: the name ends in .gz, but this is no gzip file (") {
		t.Errorf("plain text under .gz: error %v", err)
	}
}

// An optional column that is used is checked as a needed one is; one that isn't used may hold
// anything.
func TestCSVUse(t *testing.T) {
	const table = "id,note,more\n1,\xff,a\n"
	for use, want := range map[string]string{"note": "t:2: column note is no valid UTF-8", "more": "", "absent": ""} {
		c, err := rows.NewCSV("t", strings.NewReader(table), []string{"id"})
		if err != nil {
			t.Fatal(err)
		}
		if there := c.Use(use); there != (use != "absent") {
			t.Errorf("%s: there %v", use, there)
		}
		if err := c.Next(); (err == nil) != (want == "") || err != nil && !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", use, err, want)
		}
	}
}

func TestBegins(t *testing.T) {
	for content, want := range map[string][2]bool{"[1]": {true, false}, " \n{}": {false, true}, "a,b\n[": {}, "": {}, "  ": {}} {
		text, err := rows.NewText("t", strings.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]bool{text.IsArray(), text.IsObject()}; got != want {
			t.Errorf("%q: array, object %v, want %v", content, got, want)
		}
	}
}
