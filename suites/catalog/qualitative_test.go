package catalog_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/models"
	"assay/suites"
	"assay/suites/catalog"
)

// The prompts that assay brings have all kinds of the paper's figures, three of each.
func TestQualitativeBuiltIn(t *testing.T) {
	kinds := map[string]int{}
	set := load(t, "qualitative", suites.Files{})
	for i := range set.Examples {
		ex := &set.Examples[i]
		kinds[ex.Category]++
		if r := set.Ask(ex, ""); r.Prompt != ex.Input || r.Choices != nil {
			t.Errorf("asks %+v", r)
		}
	}
	want := map[string]int{"false premise": 3, "hedging": 3, "several constraints": 3, "code": 3, "another language": 3}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Errorf("kinds (-want +got):\n%s", diff)
	}
}

func TestQualitativeFile(t *testing.T) {
	const row = `{"kind": "a", "prompt": "why ?"}` + "\n"
	set := load(t, "qualitative", suites.Files{Data: write(t, "q.jsonl", row+"\n"+`{"kind": " b ", "prompt": "x\ny"}`)})
	want := []suites.Example{suites.NewExample("qualitative", "why ?", nil, "a"), suites.NewExample("qualitative", "x\ny", nil, "b")}
	if diff := cmp.Diff(want, set.Examples); diff != "" {
		t.Errorf("examples (-want +got):\n%s", diff)
	}
	for _, c := range []struct{ content, line, want string }{
		{"", ":1", "the file is empty"},
		{row + `{"prompt": "x"}`, ":2", `member "kind" is missing`},
		{row + `{"kind": "a", "prompt": " "}`, ":2", `member "prompt" is empty`},
		{row + row, ":2", "the same prompt as on line 1"},
	} {
		path := write(t, "q.jsonl", c.content)
		wantFault(t, "qualitative", suites.Files{Data: path}, path+c.line, c.want)
	}
}

// Python: len(text.split())
func TestQualitativeWords(t *testing.T) {
	s, _ := catalog.Find("qualitative")
	for _, c := range []struct {
		completion models.Completion
		want       string
	}{
		{models.Completion{Text: " Two\n\nwords. "}, "[2]"},
		{models.Completion{Text: "a b\tc, d"}, "[4]"},
		{models.Completion{}, "[0]"},
		{models.Completion{Missing: "filtered"}, "[]"},
	} {
		js, err := s.Judge.Judge(t.Context(), suites.Item{Completion: c.completion})
		if err != nil || len(js) != 1 || fmt.Sprint(js[0].Value) != c.want || js[0].Missing != c.completion.Missing {
			t.Errorf("%q: %+v, %v, want %s", c.completion.Text, js, err, c.want)
		}
	}
}
