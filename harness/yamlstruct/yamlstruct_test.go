package yamlstruct_test

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"assay/harness/leaf/place"
	"assay/harness/yamlstruct"
)

// ExampleFile_Decode reads a file, reports a fault across fields, and lists the fields.
func ExampleFile_Decode() {
	type bakery struct {
		yamlstruct.Place
		Loaves int     `yaml:"loaves" need:"write how many to bake" range:"[1,500]"`
		Heat   float64 `yaml:"heat" default:"220" range:"(0,300]" was:"temperature"`
		Flour  string  `yaml:"flour" default:"wheat" oneof:"wheat|rye"`
	}
	for _, content := range []string{"loaves: 20\nflour: rye\n", "loafs: 20\n", "temperature: 200\n", "loaves: 400\n\nheat: 100\n"} {
		var b bakery
		yamlstruct.Defaults(&b)
		f, err := yamlstruct.Parse("bakery.yaml", []byte(content), "write loaves: 20")
		if err != nil {
			fmt.Println(err)
			return
		}
		f.Decode(&b, yamlstruct.Options{What: "a bakery"})
		if b.Loaves > 100 && b.Heat < 200 {
			f.Fail(b.Line("heat"), "%d loaves at %v degrees; bake fewer, or hotter", b.Loaves, b.Heat)
		}
		if f.Err() != nil {
			fmt.Println(f.Err())
			continue
		}
		fmt.Println(b.Loaves, b.Heat, b.Flour)
	}
	// Output:
	// 20 220 rye
	// bakery.yaml:1: unknown field "loafs" (did you mean loaves?); a bakery has loaves, heat, flour
	// bakery.yaml:1: temperature is now called heat; rename it
	// bakery.yaml:3: 400 loaves at 100 degrees; bake fewer, or hotter
}

type inner struct {
	Lo *float64 `yaml:"lo" range:"[0,1)"`
	Hi float64  `yaml:"hi" default:"1"`
}

type limits struct {
	Wait time.Duration `yaml:"wait"`
	Rate int           `yaml:"rate" range:"[1,10]"`
}

type entry struct {
	yamlstruct.Place
	Name string `yaml:"name" need:"name it"`
	Size int    `yaml:"size" default:"3" range:"[1,9]"`
}

// All has every form.
type all struct {
	yamlstruct.Place
	// Seed of it all.
	Seed  uint64 `json:"seed"`
	Words string `json:"-" yaml:"words" text:"lines"`
	Inner inner  `yaml:"inner"`
	Other *inner `yaml:"other"`
	limits
	Limited limited                   `yaml:"limited"`
	List    []entry                   `yaml:"list" what:"an entry"`
	Judges  []string                  `yaml:"judges" single:"judge"`
	Paths   []string                  `yaml:"paths" text:"path"`
	Pairs   map[string]string         `yaml:"pairs" like:"{a: b}"`
	Any     map[string]jsontext.Value `yaml:"any"`
	Flag    bool                      `yaml:"flag" default:"true"`
	Kind    string                    `yaml:"kind" oneof:"@kinds"`
	Only    int                       `yaml:"only" for:"x|y"`
	Hidden  string
}

type limited struct {
	limits `less:"rate"`
}

func read(content string, variant string) (all, error) {
	var a all
	yamlstruct.Defaults(&a)
	f, err := yamlstruct.Parse("a.yaml", []byte(content), "write seed: 1")
	if err != nil {
		return a, err
	}
	f.Decode(&a, options(variant))
	return a, f.Err()
}

func options(variant string) yamlstruct.Options {
	return yamlstruct.Options{What: "a file", Variant: variant, Lists: map[string][]string{"kinds": {"red", "blue"}}}
}

const every = `seed: 18446744073709551615
words: |
  one
  two
inner: {lo: 0.5}
other: {}
wait: 1m30s
rate: 2
limited: {wait: 5s}
list: &list
  - name: a
  - {name: b, size: 4}
judge: j
paths: [x/a, y/b]
pairs: {a: b}
any: {n: 0x10, list: [1, two, null]}
flag: false
kind: blue
only: 0
`

func TestDecode(t *testing.T) {
	got, err := read(every, "y")
	if err != nil {
		t.Fatal(err)
	}
	half := 0.5
	want := all{
		Seed: 18446744073709551615, Words: "one\ntwo\n", Inner: inner{Lo: &half, Hi: 1}, Other: &inner{Hi: 1},
		limits: limits{Wait: 90 * time.Second, Rate: 2}, Limited: limited{limits{Wait: 5 * time.Second}},
		List: []entry{{Name: "a", Size: 3}, {Name: "b", Size: 4}}, Judges: []string{"j"}, Paths: []string{"x/a", "y/b"},
		Pairs: map[string]string{"a": "b"}, Any: map[string]jsontext.Value{"n": jsontext.Value("16"), "list": jsontext.Value(`[1,"two",null]`)},
		Kind: "blue",
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreTypes(yamlstruct.Place{}), cmp.AllowUnexported(all{}, limited{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for key, line := range map[string]int{"": 1, "seed": 1, "inner.lo": 5, "inner.hi": 5, "pairs.a": 15, "judge": 13, "judges": 13, "inner": 5, "pairs.other": 15} {
		if got := got.Line(key); got != line {
			t.Errorf("%s is at line %d, want %d", key, got, line)
		}
	}
	if at := got.List[1].Line("size"); at != 12 || !got.Has("inner.lo") || got.Has("inner.hi") || got.First("other.lo", "kind") != "kind" {
		t.Errorf("entry at line %d; places %v %v %q", at, got.Has("inner.lo"), got.Has("inner.hi"), got.First("other.lo", "kind"))
	}
	// A key that no field has is a fault of the program.
	for _, key := range []string{"absent", "Inner", "inner.", "inner.absent", "inner.lo.more", "seed.more", "judge.more", "list.name", "limits", "limited.rate", "hidden", "."} {
		for name, use := range map[string]func(){"Line": func() { got.Line(key) }, "Has": func() { got.Has(key) }, "First": func() { got.First(key) }} {
			func() {
				defer func() {
					if said := fmt.Sprint(recover()); !strings.HasSuffix(said, fmt.Sprintf("all has no field %q", key)) {
						t.Errorf("%s(%q): panic %q", name, key, said)
					}
				}()
				use()
			}()
		}
	}
	var unread all
	if unread.Line("absent") != 1 || unread.Has("absent") {
		t.Error("a place that no file has filled")
	}
	shallow := got
	yamlstruct.EachPath(&shallow, func(p string) string { return strings.ToUpper(p) })
	if shallow.Paths[0] != "X/A" || got.Paths[0] != "x/a" {
		t.Errorf("paths %v, and those of the original %v", shallow.Paths, got.Paths)
	}
}

func TestDefects(t *testing.T) {
	for content, want := range map[string]string{
		"seed: -1\n":                           "1: seed is -1; it must be a whole number at least 0, written in digits",
		"seed: 1\nseed: 2\n":                   "2: mapping key \"seed\" already defined",
		"inner: {lo: 1}\n":                     "1: lo is 1; it must be from 0 to below 1",
		"inner: {lo: .nan}\n":                  "1: lo is NaN; it must be",
		"inner: 5\n":                           "1: a number where a mapping is expected; inner has lo, hi",
		"inner:\n":                             "1: no inner; give it a value or remove the field",
		"wait: 60\n":                           "1: wait must be a time above 0",
		"limited: {pace: 5}\n":                 `1: unknown field "pace"; limited has wait`,
		"lo: 0.5\n":                            `1: unknown field "lo" in a file; it belongs under inner:`,
		"inner: {lo: 0, seed: 1}\n":            `1: unknown field "seed" in inner; it belongs at the top of the file`,
		"list: [{name: a, seed: 1}]\n":         `1: unknown field "seed" in`,
		"list: [{size: 3}]\n":                  "1: no name; name it",
		"list:\n  - {name: a, size: 10}\n":     "2: size is 10; it must be a whole number from 1 to 9",
		"list: {name: a}\n":                    "1: a mapping where a list is expected; write list: and below it a line '- entry' for each",
		"judges: []\n":                         "1: judges must be a list with at least one entry, such as [a, b]",
		"judges: [a, a]\n":                     "1: the same entry twice in judges",
		"judge: a\njudges: [b]\n":              "2: both judge and judges; keep judges",
		"pairs: [a]\n":                         "1: wrong type; pairs must be a mapping like {a: b}, not a",
		"flag: 1\n":                            "1: wrong type; flag must be true or",
		"kind: green\n":                        `1: unknown kind "green"; use one of red, blue`,
		"only: 3\n":                            "1: only is only for x and y; remove it",
		"Hidden: x\n":                          `1: unknown field "Hidden"`,
		"words: 5\n":                           "1: wrong type; words must be a string: put it in",
		"kind: \"re\\nd\"\n":                   "1: kind with a line end",
		"words: ' '\n":                         "1: an empty words",
		"seed: 1\n---\nseed: 2\n":              "3: the file has a second YAML document",
		"inner: *gone\n":                       "1: no &gone above *gone",
		"- 1\n":                                "1: a list where a mapping is expected",
		"any: {x: .inf}\n":                     "1: any: x: a number that JSON doesn't have",
		"# x\r\n\r\n# y\r\nseed: -1\r\n":       "4: seed is -1; it must be a whole number at least 0, written",
		"\tseed: 1\n":                          "1: a tab; indent with spaces",
		"seed: 1\nkind: {{ x }}\n":             "2: column 7: a value that begins with { or {{ needs quotes",
		"words: {{ x }} and more\n":            "1: column 8: a value that begins with { or {{ needs quotes",
		"words: {% if x %}y{% endif %}\n":      "1: column 8: a value that begins with { or {{ needs quotes",
		"any: [a, {{x}}]\n":                    "1: column 10: a value that begins with { or {{ needs quotes",
		"words: {x}\n":                         "1: wrong type; words must be a string, not a mapping; a text that begins with { or [ needs quotes",
		"seed: \xff\n":                         "1: not valid UTF-8",
		strings.Repeat("[", 40) + "\n":         "1: more than 32 levels",
		strings.Repeat("# x\n", 300_000):       "1: more than 1048576 bytes",
		"a: &a [1,1,1,1,1,1,1,1,1,1]\n" + bomb: "more than 100000 values",
	} {
		_, err := read(content, "z")
		at, placed := place.Of(err)
		if err == nil || !placed || at.Line < 1 || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%.40q: %v, want %q", content, err, want)
		}
	}
	if _, err := yamlstruct.Open("no/such.yaml", ""); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that isn't there: %v", err)
	}
}

// bomb is five levels of ten aliases each.
var bomb = func() string {
	var b strings.Builder
	for _, level := range []string{"ab", "bc", "cd", "de", "ef"} {
		fmt.Fprintf(&b, "%c: &%c [%s]\n", level[1], level[1], strings.TrimSuffix(strings.Repeat("*"+level[:1]+",", 10), ","))
	}
	return b.String()
}()

// Merged mappings give what a mapping doesn't have itself.
func TestMerge(t *testing.T) {
	got, err := read("list:\n  - &a {name: a, size: 5}\n  - {<<: *a, name: b}\n", "")
	if err != nil || len(got.List) != 2 || got.List[1].Name != "b" || got.List[1].Size != 5 {
		t.Errorf("%+v, %v", got.List, err)
	}
}

func TestEntries(t *testing.T) {
	var a all
	yamlstruct.Defaults(&a)
	docs, err := yamlstruct.ReadDocs(fstest.MapFS{"x.go": {Data: []byte("package yamlstruct_test\n\ntype all struct {\n\t// Seed of it\n\t// [metrics.Gate] or [Kind], not of items[0] or [a, b].\n\tSeed uint64\n\tKind string // its kind\n}\n")}})
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]yamlstruct.Entry{}
	for _, e := range yamlstruct.Entries(&a, options("z"), docs) {
		found[e.Key] = e
	}
	for _, want := range []yamlstruct.Entry{
		{Key: "seed", Form: "whole number at least 0", Doc: "Seed of it metrics.Gate or Kind, not of items[0] or [a, b]."},
		{Key: "kind", Form: "red or blue", Doc: "its kind"},
		{Key: "inner.hi", Depth: 1, Form: "number", Default: "1"},
		{Key: "list[].name", Depth: 1, Form: "string", Needed: true},
		{Key: "list[].size", Depth: 1, Form: "whole number from 1 to 9", Default: "3"},
	} {
		if got := found[want.Key]; !reflect.DeepEqual(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	}
	if _, ok := found["only"]; ok {
		t.Error("a field of another variant is listed")
	}
}

// FuzzDecode checks that no content panics, and that an error is one line with a place.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(every))
	f.Add([]byte("list: >\n\t- !!float 5\n? x\n"))
	f.Add([]byte("a: &a {b: *a}\n<<: [*a, 5]\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		_, err := read(string(content), "")
		if err == nil {
			return
		}
		if at, ok := place.Of(err); !ok || at.Line < 1 || strings.ContainsAny(err.Error(), "\n\r") {
			t.Errorf("error %q names no line, or has several", err)
		}
	})
}

// A whole number without an upper bound has none in the schema either.
func TestSchemaBounds(t *testing.T) {
	var v struct {
		Free  int `yaml:"free"`
		Bound int `yaml:"bound" range:"[2,9]"`
	}
	s := yamlstruct.SchemaOf(&v, "bounds", yamlstruct.Options{}, nil)
	free, bound := s.Properties[0].Schema, s.Properties[1].Schema
	if free.Maximum != nil || *free.Minimum != 0 || *bound.Minimum != 2 || *bound.Maximum != 9 {
		t.Errorf("free %v to %v, bound %v to %v", *free.Minimum, free.Maximum, *bound.Minimum, *bound.Maximum)
	}
}

// Each bound is the last value that is accepted, or the first that is not.
func TestBounds(t *testing.T) {
	type bounds struct {
		Open   float64       `yaml:"open" range:"(0,1)"`
		Closed float64       `yaml:"closed" range:"[0,1]"`
		Rate   float64       `yaml:"rate" range:"(0,1e9]"`
		Count  int           `yaml:"count" range:"[2,5]"`
		Wait   time.Duration `yaml:"wait"`
		Scheme string        `yaml:"scheme" with:"header"`
		Header string        `yaml:"header"`
	}
	for content, want := range map[string]string{
		"open: 1e-300": "", "open: 0": "open is 0; it must be above 0", "open: 0.999": "", "open: 1": "open is 1; it must be above 0 and below 1",
		"closed: 0": "", "closed: 1": "", "closed: -1e-300": "closed is -1e-300; it must be from 0 to 1", "closed: 1.001": "closed is 1.001",
		"rate: 1e9": "", "rate: 0": "rate is 0; it must be above 0\x00", "rate: 2e9": "rate is 2e9; it must be above 0 and at most 1000000000\x00",
		"count: 2": "", "count: 5": "", "count: 1": "it must be a whole number from 2 to 5", "count: 6": "count is 6; it must be a whole number from 2 to 5",
		"wait: 1ns": "", "wait: 24h": "", "wait: 0s": "wait must be a time above 0", "wait: 24h1ns": "wait must be a time above 0 and at most 24h",
		"scheme: x\nheader: y": "", "header: y": "", "scheme: x": "scheme needs header; write both",
		"header2: y": "(did you mean header?)", "heder: y": "(did you mean header?)", "weit: 1s": "(did you mean wait?)",
		// Two of four letters are half of them.
		"walk: 1s": `unknown field "walk"; a file has`,
	} {
		f, err := yamlstruct.Parse("a.yaml", []byte(content), "")
		if err != nil {
			t.Fatal(err)
		}
		f.Decode(new(bounds), yamlstruct.Options{What: "a file"})
		if got := f.Err(); (got == nil) != (want == "") || got != nil && !strings.Contains(got.Error()+"\x00", want) {
			t.Errorf("%q: %v, want %q", content, got, want)
		}
	}
	// Depth is counted before the library reads the file, which takes time quadratic in it.
	for _, content := range []string{strings.Repeat("- ", 33) + "a", strings.Repeat("[", 33) + strings.Repeat("]", 33)} {
		if _, err := yamlstruct.Parse("a.yaml", []byte(content), "write less"); err == nil || !strings.Contains(err.Error(), "levels of nesting; write less") {
			t.Errorf("%.9s: %v", content, err)
		}
	}
}
