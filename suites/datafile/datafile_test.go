package datafile_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/suites/datafile"
)

type inner struct {
	Text string   `json:"text"`
	N    *float64 `json:"n"`
}

// own decodes itself, from members that it has no field for.
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

// All kinds of fields are read: embedded in both ways, without a tag, and of types that
// decode themselves. Line ends stay.
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

// Only members with a field must be valid.
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
	got, err := datafile.Members([]byte(" {\"x\": NaN, \"\\u0062\": [1, 2], \"c\": \"\\ud83d\"}\n"))
	if want := map[string]string{"x": "NaN", "b": "[1, 2]", "c": `"\ud83d"`}; err != nil || len(got) != len(want) {
		t.Errorf("members %s, %v", got, err)
	} else {
		for name, value := range want {
			if string(got[name]) != value {
				t.Errorf("%s is %s, want %s", name, got[name], value)
			}
		}
	}
	const short = "the line ends in the middle of a JSON value; write each value on one line"
	for object, want := range map[string]string{
		`{"a": 1, "a": 2}`: `member "a" appears twice`,
		`{"a": 1`:          short,
		`{"a": "b`:         short,
		``:                 short,
		`{"a": 1} 2`:       "not valid JSON: invalid character '2' after top-level value",
		`{"a" 1}`:          `not valid JSON: member "a": invalid character '1' after object name (expecting ':')`,
		`nonsense`:         "not valid JSON: invalid character 'o' in literal null (expecting 'u')",
		`[1]`:              "this is a JSON array where an object is needed",
		`null`:             "this is JSON null where an object is needed",
		`"a"`:              "this is a JSON string where an object is needed",
	} {
		if got, err := datafile.Members([]byte(object)); err == nil || err.Error() != want {
			t.Errorf("%s: %s, error %v, want %s", object, got, err, want)
		}
	}
}

// For any row, Decode gives the same as the strict decoder if that accepts the row. Decode
// accepts other rows only if the strict decoder rejects something that isn't read.
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
