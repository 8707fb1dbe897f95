package datafile_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"assay/suites/datafile"
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
	t, err := datafile.NewCSV(strings.NewReader(content), []string{"Frage", "Antwort"})
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
		if got, err := table(tt.content); err != nil || !cmp.Equal(got, tt.want) {
			t.Errorf("%s: %.200q, error %v; want %.200q", name, got, err, tt.want)
		}
	}
}

func TestCSVFaults(t *testing.T) {
	for _, tt := range []struct {
		name, content, want string
	}{
		{"empty", "", "line 1: the file is empty; get the file whole"},
		{"no column", "Frage,Answer\na,b\n", `line 1: no column "Antwort"; the header needs Frage, Antwort, separated by commas, semicolons or tabs`},
		{"one letter", "x\nFrage,Antwort\na,b\n", `line 1: no column "Frage"; the header needs`},
		{"colons", "Frage:Antwort\na:b\n", `line 1: no column "Frage"; the header needs`},
		{"twice", "Frage;Antwort;Frage\na;b;c\n", `line 1: column "Frage" appears twice; remove one of the two`},
		{"fields", "sep=;\nFrage;Antwort\na;b;c\n", "line 3: torn line: 3 fields where the header has 2; fix or remove the row"},
		{"quote", "Frage,Antwort\na,b\n\"a,b\n", "line 3: torn line: a quoted field has no end"},
		{"cp1252", "Frage,Antwort\na,b\nGr\xf6\xdfe,c\n", "line 3: column Frage is no valid UTF-8; save the file as UTF-8"},
		{"UTF-32", "\xff\xfe\x00\x00F\x00\x00\x00", "line 1: this is a file in UTF-32; save it as UTF-8"},
		{"UTF-16 without a mark", inUTF16("Frage,Antwort\n", false)[2:], "line 1: this is a file in UTF-16 without a byte order mark; save it as UTF-8"},
		{"big-endian without a mark", inUTF16("Frage,Antwort\n", true)[2:], "line 1: this is a file in UTF-16 without a byte order mark; save it as UTF-8"},
		{"half a pair", inUTF16("Frage,Antwort\na,b\n", false) + "\x3d\xd8a\x00", "line 3: half a surrogate pair in UTF-16"},
		{"half a unit", inUTF16("Frage,Antwort\na,b\n", false) + "a", "line 3: the file ends in the middle of a character of UTF-16; get it whole"},
		{"xlsx", "PK\x03\x04rest", "line 1: this is a zip file or a spreadsheet (xlsx); unpack it, or save the sheet as CSV in UTF-8"},
		{"xls", "\xd0\xcf\x11\xe0rest", "line 1: this is a spreadsheet (xls); save it as CSV in UTF-8"},
		{"gzip", "\x1f\x8brest", "line 1: this is a gzip file; unpack it first (gunzip)"},
	} {
		_, err := table(tt.content)
		if _, ok := errors.AsType[*datafile.Fault](err); !ok || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: %v; want %s", tt.name, err, tt.want)
		}
	}
}

// rows reads lines, or elements.
func rows(content string) ([]string, error) {
	in, err := datafile.Text(strings.NewReader(content))
	if err != nil {
		return nil, err
	}
	var got []string
	each := func(line int, value []byte) error {
		got = append(got, fmt.Sprintf("%d %s", line, value))
		return nil
	}
	if datafile.IsArray(in) {
		_, err = datafile.EachElement(in, each)
	} else {
		_, err = datafile.EachLine(in, each)
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
		{"[\n{\"a\":\n1", nil, "line 3: torn file: it ends in the middle of the array; get the file whole"},
		{"[\n{}\n", []string{"2 {}"}, "line 3: torn file"},
		{"[{},\n\n{\"a", []string{"1 {}"}, "line 3: torn file"},
		{"[{}\n{}]", []string{"1 {}"}, "line 2: not JSON: no comma between two elements"},
		{"[1]\n[2]", []string{"1 1"}, "line 2: something follows the array's end; keep one array a file"},
	} {
		got, err := rows(tt.content)
		if !cmp.Equal(got, tt.want) || (err == nil) != (tt.fault == "") || err != nil && !strings.HasPrefix(err.Error(), tt.fault) {
			t.Errorf("%.80q: %.200q, error %v; want %.200q, %s", tt.content, got, err, tt.want, tt.fault)
		}
	}
}

type inner struct {
	Text string   `json:"text"`
	N    *float64 `json:"n"`
}

// own decodes itself, out of members that it has no field for.
type own struct{ n int }

func (o *own) UnmarshalJSON(b []byte) error {
	o.n = strings.Count(string(b), "x")
	return nil
}

type Base struct {
	ID string `json:"id"`
}

type Rest struct {
	Note string `json:"note"`
}

type row struct {
	Base
	Rest  *Rest `json:",embed"`
	Plain int
	Own   own              `json:"own"`
	A     *string          `json:"a"`
	Inner *inner           `json:"inner"`
	List  []inner          `json:"list"`
	Map   map[string]inner `json:"map"`
}

// Fields of all kinds are read: embedded in both ways, without a tag, of types that decode
// themselves; line ends stay.
func TestDecodeFields(t *testing.T) {
	const object = "{\n\"id\": \"i\", \"x\":\r\n[NaN,\n1],\n\"note\": \"n\", \"Plain\": 3, \"own\": {\"x\": 1, \"xx\": 2}, \"-\": NaN}"
	var got row
	if err := datafile.Decode([]byte(object), &got); err != nil {
		t.Fatal(err)
	}
	if got.ID != "i" || got.Rest == nil || got.Rest.Note != "n" || got.Plain != 3 || got.Own.n != 3 {
		t.Errorf("%+v, rest %+v", got, got.Rest)
	}
	read := string(datafile.Read([]byte(object), &got))
	if strings.Count(read, "\n") != strings.Count(object, "\n") || strings.Index(read, `"note"`) != strings.Index(object, `"note"`) || strings.Contains(read, "NaN") {
		t.Errorf("read as %q", read)
	}
}

// Only what has a field must be in order.
func TestDecode(t *testing.T) {
	deep := strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000)
	for _, odd := range []string{"NaN", "-Infinity", `"\ud83d"`, "\"\xff\"", "1, \"x\": 2", deep, `{"y": NaN, "y": [NaN]}`, "1e", "'"} {
		for _, object := range []string{
			`{"x": ` + odd + `, "a": "A", "inner": {"text": "T"}, "list": [{"n": 2}], "map": {"k": {"text": "M"}}}`,
			"{\"a\": \"A\",\n\"inner\": {\"text\": \"T\", \"x\": " + odd + "}, \"list\": [{\"x\": " + odd + "\n, \"n\": 2}], \"x\":" + odd + ", \"map\": {\"k\": {\"text\": \"M\", \"x\" :" + odd + "}}, \"x\": " + odd + ",\"z\":[]}",
		} {
			var got row
			err := datafile.Decode([]byte(object), &got)
			two, a := 2.0, "A"
			want := row{A: &a, Inner: &inner{Text: "T"}, List: []inner{{N: &two}}, Map: map[string]inner{"k": {Text: "M"}}}
			if err != nil || !cmp.Equal(got, want, cmp.AllowUnexported(own{})) {
				t.Errorf("%.200s: %+v, error %v", object, got, err)
			}
		}
	}
	for _, object := range []string{
		`{"a": NaN}`, `{"a": "\ud83d"}`, `{"a": "A", "a": "B"}`, `{"x": NaN, "a": "A", "\u0061": "B"}`, `{"inner": {"x": NaN, "n": NaN}}`, `{"list": [{"x": NaN}, {"text": 1}]}`,
		`{"map": {"k": {}, "k": {"x": NaN}}}`, `{"a": "A", "x": NaN,}`, `{"x": NaN,, "a": "A"}`, `{"x": NaN, "a": "A"`, `{"x": NaN "a": "A"}`, `{"x" NaN, "a": "A"}`, `{"x": , "a": "A"}`, `[NaN]`, `{"x": "a}`, "", "NaN", "-", `{"x": NaN, "a": {"y": 1}}`, `{"x": NaN, "list": {"y": 1}}`, `{"x":`, `{"x"`, `{"x": [NaN}`, `{"x": NaN, "map": {"k": {"x": [}}}`,
	} {
		if err := datafile.Decode([]byte(object), &row{}); err == nil {
			t.Errorf("%s: no error", object)
		}
	}
}

func TestMember(t *testing.T) {
	for _, tt := range []struct {
		object, name, want string
		times              int
	}{
		{`{"x": NaN, "b": [1, 2], "a": "\ud83d"}`, "b", "[1, 2]", 1},
		{` {"b": 1, "\u0062" : 2}`, "b", "2", 2},
		{`{"x": {"b": 1}}`, "b", "", 0},
		{`[]`, "b", "", 0},
		{`{"b": "a`, "b", "", 0},
		{`{"b":`, "b", "", 0},
	} {
		if got, times := datafile.Member([]byte(tt.object), tt.name); string(got) != tt.want || times != tt.times {
			t.Errorf("%s: %q, %d times, want %q, %d", tt.object, got, times, tt.want, tt.times)
		}
	}
}

func TestMembers(t *testing.T) {
	got, ok := datafile.Members([]byte(" {\"x\": NaN, \"\\u0062\": [1, 2], \"c\": \"\\ud83d\"}\n"))
	if want := map[string]string{"x": "NaN", "b": "[1, 2]", "c": `"\ud83d"`}; !ok || len(got) != len(want) {
		t.Errorf("members %s, %v", got, ok)
	} else {
		for name, value := range want {
			if string(got[name]) != value {
				t.Errorf("%s is %s, want %s", name, got[name], value)
			}
		}
	}
	for _, object := range []string{`{"a": 1, "a": 2}`, `{"a": 1`, `{"a": 1} 2`, `[1]`, `null`, "", `{"a": 1,}x`, `{"a" 1}`} {
		if got, ok := datafile.Members([]byte(object)); ok {
			t.Errorf("%s: %s", object, got)
		}
	}
}

// Whatever a row holds, what the strict decoder takes is what Decode gives, and the other
// way round nothing is taken that is not JSON but for what isn't read.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{`{"a":"b"}`, `{"x":NaN,"a":"b"}`, `{"list":[{"x":1,}]}`, `{"a":`, `{"x":"\ud83d","map":{"":{}}}`, `{,}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		before := string(value)
		var got row
		err := datafile.Decode(value, &got)
		if string(value) != before {
			t.Fatalf("%q became %q", before, value)
		}
		read := datafile.Read(value, &got)
		if len(read) != len(value) {
			t.Fatalf("%q is read as %q", value, read)
		}
		var again row
		if second := datafile.Decode(read, &again); err == nil && (second != nil || !cmp.Equal(got, again, cmp.AllowUnexported(own{}))) {
			t.Fatalf("%q gives %+v, and read as %q %+v, error %v", value, got, read, again, second)
		}
	})
}
