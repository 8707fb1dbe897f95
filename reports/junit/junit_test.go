package junit_test

import (
	"encoding/xml"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/reports/junit"
)

// document is what a consumer reads, by the element and attribute names of the
// JUnit schema that Jenkins publishes (junit-10.xsd).
type document struct {
	XMLName  xml.Name `xml:"testsuites"`
	Tests    int      `xml:"tests,attr"`
	Failures int      `xml:"failures,attr"`
	Errors   int      `xml:"errors,attr"`
	Suites   []struct {
		Name       string  `xml:"name,attr"`
		Tests      int     `xml:"tests,attr"`
		Failures   int     `xml:"failures,attr"`
		Errors     int     `xml:"errors,attr"`
		Skipped    int     `xml:"skipped,attr"`
		Time       float64 `xml:"time,attr"`
		Properties []struct {
			Name  string `xml:"name,attr"`
			Value string `xml:"value,attr"`
		} `xml:"properties>property"`
		Cases []struct {
			Class   string  `xml:"classname,attr"`
			Name    string  `xml:"name,attr"`
			Time    float64 `xml:"time,attr"`
			Failure *struct {
				Message string `xml:"message,attr"`
				Type    string `xml:"type,attr"`
				Text    string `xml:",chardata"`
			} `xml:"failure"`
			Skipped *struct {
				Message string `xml:"message,attr"`
			} `xml:"skipped"`
			Output string `xml:"system-out"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

func read(t *testing.T, suites []junit.Suite) (document, string) {
	t.Helper()
	var b strings.Builder
	if err := junit.Write(&b, suites); err != nil {
		t.Fatal(err)
	}
	var d document
	if err := xml.Unmarshal([]byte(b.String()), &d); err != nil {
		t.Fatalf("%v in\n%s", err, b.String())
	}
	return d, b.String()
}

func gates() []junit.Suite {
	return []junit.Suite{
		{Name: "after against before", Properties: [][2]string{{"baseline", "before"}}, Cases: []junit.Case{
			{Class: "squadv2", Name: "f1, fewshot", Outcome: junit.Passed, Type: "pass", Message: "bounds"},
			{Class: "drop", Name: "f1", Outcome: junit.Failed, Type: "regress", Message: "lower by 0.1"},
			{Class: "tldr", Name: "rouge_l", Outcome: junit.Skipped, Type: "inconclusive", Message: "n = 3"},
		}},
		{Name: "other", Cases: []junit.Case{{Class: "drop", Name: "f1", Outcome: junit.Failed, Type: "regress"}}},
	}
}

func TestWriteCounts(t *testing.T) {
	d, _ := read(t, gates())
	s := d.Suites[0]
	got := []int{d.Tests, d.Failures, d.Errors, s.Tests, s.Failures, s.Errors, s.Skipped, d.Suites[1].Tests, d.Suites[1].Failures}
	want := []int{4, 2, 0, 3, 1, 0, 1, 1, 1}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("counts -want +got\n%s", diff)
	}
}

func TestWriteOutcomes(t *testing.T) {
	d, _ := read(t, gates())
	cases := d.Suites[0].Cases
	if c := cases[0]; c.Failure != nil || c.Skipped != nil || c.Output != "bounds" || c.Class != "squadv2" || c.Name != "f1, fewshot" {
		t.Errorf("passed case: %+v", c)
	}
	if c := cases[1]; c.Failure == nil || c.Skipped != nil || c.Failure.Type != "regress" || c.Failure.Message != "lower by 0.1" || c.Failure.Text != "lower by 0.1" {
		t.Errorf("failed case: %+v", c)
	}
	if c := cases[2]; c.Failure != nil || c.Skipped == nil || c.Skipped.Message != "n = 3" {
		t.Errorf("skipped case: %+v", c)
	}
	if p := d.Suites[0].Properties; len(p) != 1 || p[0].Name != "baseline" || p[0].Value != "before" {
		t.Errorf("properties: %+v", p)
	}
}

func TestWriteHostileText(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"markup", `<b a="1">&amp;'`, `<b a="1">&amp;'`},
		{"end of CDATA", "]]>", "]]>"},
		{"control characters", "a\x00b\x1b[31mc\x0bd", "ab[31mcd"},
		{"line ends and tabs", "a\nb\tc\rd", "a\nb\tc\rd"},
		{"invalid UTF-8", "a\xffb", "a\ufffdb"},
		{"noncharacters", "a\ufffeb\uffffc", "abc"},
		{"beyond the basic plane", "🗼", "🗼"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, raw := read(t, []junit.Suite{{Name: tt.text, Cases: []junit.Case{{Class: tt.text, Name: tt.text, Outcome: junit.Failed, Type: tt.text, Message: tt.text}}}})
			c := d.Suites[0].Cases[0]
			for i, got := range []string{d.Suites[0].Name, c.Class, c.Name, c.Failure.Type, c.Failure.Message, c.Failure.Text} {
				if got != tt.want {
					t.Errorf("field %d: got %q, want %q in\n%s", i, got, tt.want, raw)
				}
			}
		})
	}
}

// Equal comparisons give equal bytes: the clock and the host don't affect the
// output.
func TestWriteHasNoTimestamps(t *testing.T) {
	_, first := read(t, gates())
	_, second := read(t, gates())
	if first != second {
		t.Error("two writes differ")
	}
	for _, name := range []string{"timestamp=", "hostname="} {
		if strings.Contains(first, name) {
			t.Errorf("%s in\n%s", name, first)
		}
	}
}
