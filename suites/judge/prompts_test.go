package judge

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"assay/models"
	"assay/suites"
)

// asked keeps the requests that a judge sends.
func asked(t *testing.T, j suites.Judge, item suites.Item) []models.Request {
	t.Helper()
	var all []models.Request
	item.Ask = func(_ context.Context, r models.Request) (models.Answer, error) {
		all = append(all, r)
		return models.Answer{Text: "[[A]]"}, nil
	}
	if _, err := j.Judge(t.Context(), item); err != nil {
		t.Fatal(err)
	}
	return all
}

func shownItem() suites.Item {
	ex := suites.Example{ID: "e", Suite: "s", Input: "Who wrote {material}?", References: []string{"Ann", "Bea"}, Incorrect: []string{"Cid"}, Choices: []string{"Ann", "Cid"}, Context: "A book."}
	return suites.Item{
		Example:    ex,
		Completion: models.Completion{ID: "1", Suite: "s", Example: "e", Model: "new", Text: "Ann {rubric} did."},
		Baseline:   &models.Completion{ID: "2", Suite: "s", Example: "e", Model: "old", Text: "Cid did."},
	}
}

// Prompts without settings never change: verdicts are cached by them. The hashes are those of
// the prompts that the program's text had before they were files.
func TestPromptsOfBefore(t *testing.T) {
	for _, c := range []struct {
		judge suites.Judge
		want  []string
	}{
		{Grade{JudgeName: "g"}, []string{"a7805f1316927ad0"}},
		{Pairwise{JudgeName: "p"}, []string{"ebf19ec36e2170a7", "f1d267bded86a243"}},
		{Truth{JudgeName: "t"}, []string{"a2993d47084dd0cd", "0c2de31979da8f21"}},
	} {
		for i, r := range asked(t, c.judge, shownItem()) {
			sum := sha256.Sum256([]byte(r.System + "\x00" + r.Prompt))
			if got := hex.EncodeToString(sum[:8]); got != c.want[i] {
				t.Errorf("%T, request %d: %s, want %s:\n%s\n%s", c.judge, i, got, c.want[i], r.System, r.Prompt)
			}
		}
	}
}

// A rubric, criteria and a view are shown; what stands in an answer is not filled in.
func TestPromptsWithSettings(t *testing.T) {
	all := ViewSettings{View: []View{Reference, Incorrect, Choices, Context}}
	grade := Grade{JudgeName: "g", GradeSettings: GradeSettings{Rubric: "0 is wrong, 10 right. {material}", Scale: Scale{0, 10}}, ViewSettings: all}
	pair := Pairwise{JudgeName: "p", PairwiseSettings: PairwiseSettings{Criteria: "The shorter one."}, ViewSettings: all}
	for _, c := range []struct {
		judge suites.Judge
		want  []string
	}{
		{grade, []string{"from 0 to 10 by the rubric", "\n0 is wrong, 10 right. {material}\n", "Who wrote {material}?", "Ann {rubric} did.", "Ann\nBea", "Cid", "A book."}},
		{pair, []string{"better by the criteria", "\nThe shorter one.\n", "Ann {rubric} did.", "Cid did.", "Ann\nBea", "A book.", "[[C]]"}},
	} {
		requests := asked(t, c.judge, shownItem())
		for _, part := range c.want {
			if n := strings.Count(requests[0].Prompt, part); n < 1 {
				t.Errorf("%T: no %q in\n%s", c.judge, part, requests[0].Prompt)
			}
		}
		bare := shownItem()
		bare.Example.Context = ""
		if n := len(asked(t, c.judge, bare)); n != 0 {
			t.Errorf("%T: %d requests without a context", c.judge, n)
		}
	}
	only := asked(t, Grade{JudgeName: "g", GradeSettings: grade.GradeSettings}, shownItem())[0].Prompt
	if strings.Contains(only, "Bea") || strings.Contains(only, "A book.") {
		t.Errorf("the judge sees more than its view:\n%s", only)
	}
}
