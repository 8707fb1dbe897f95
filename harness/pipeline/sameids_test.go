package pipeline_test

import (
	"fmt"
	"strings"
	"testing"

	"assay/harness/pipeline"
)

// TestSameIDsOtherTexts: runs that are paired by ids say where one id has two questions, or other
// references.
func TestSameIDsOtherTexts(t *testing.T) {
	with := func(change func(i int, a *answered)) pipeline.Side {
		return recorded(t, "theirs", "two", "quiz", "", quizOf("01011", func(i int, a *answered) {
			a.id = fmt.Sprint("row ", i)
			if change != nil {
				change(i, a)
			}
		}))
	}
	ours := recorded(t, "ours", "one", "quiz", "", quizOf("11001", func(i int, a *answered) { a.id = fmt.Sprint("row ", i) }))
	for _, c := range []struct {
		name    string
		change  func(i int, a *answered)
		what    string // of the difference
		ends    [2]string
		warning string
	}{
		{"equal", nil, "", [2]string{}, ""},
		{"white space", func(i int, a *answered) { a.question = "\r\n" + a.question + " \n" }, "", [2]string{}, ""},
		{"questions", func(i int, a *answered) {
			if i%2 == 1 {
				a.question = fmt.Sprint("Which is ", i, "?")
			}
		}, "questions of 2 examples", [2]string{"such as: What is 1?", "Which is 1?"}, "the same ids have different questions of 2 examples; if the ids are numbers of rows"},
		{"prompts", func(i int, a *answered) {
			if i > 1 {
				a.question = strings.Replace(a.question, " is", "  is", 1)
			}
		}, "prompts of 3 examples", [2]string{"such as: What is 2?", "What is 2?"}, "the two runs differ in prompts of 3 examples"},
		{"references", func(i int, a *answered) {
			if i == 4 {
				a.references = []string{"another"}
			}
		}, "references of 1 example", [2]string{}, "the two runs differ in references of 1 example"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, _ := joinedOutcome(t, ours, with(c.change), pipeline.Joining{})
			got := out.Comparisons[0]
			if got.N != 5 || out.Joined != nil {
				t.Fatalf("n %d, joined %+v", got.N, out.Joined)
			}
			warned := strings.Join(got.Warnings, "\n")
			found := false
			for _, d := range out.Differences {
				if c.what == "" && (strings.Contains(d.What, " of ")) {
					t.Errorf("difference %+v", d)
				}
				found = found || d.What == c.what && (c.ends == [2]string{} || [2]string{d.First, d.Second} == c.ends)
			}
			if c.what != "" && !found {
				t.Errorf("no difference %q with %q: %+v", c.what, c.ends, out.Differences)
			}
			if c.warning != "" && !strings.Contains(warned, c.warning) {
				t.Errorf("warnings lack %q:\n%s", c.warning, warned)
			}
			if c.warning == "" && strings.Contains(warned, " of ") && strings.Contains(warned, "example") {
				t.Errorf("warnings:\n%s", warned)
			}
		})
	}
}
