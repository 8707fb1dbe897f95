package suitefile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/harness/leaf/place"
	"assay/models"
	"assay/suites"
)

// write writes a file in a temporary folder.
func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func loaded(t *testing.T, suite string, files suites.Files) *suites.Set {
	t.Helper()
	s := suiteNamed(t, suite)
	set, err := s.Live.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// P = 2/3, R = 2/4, F = 2PR/(P+R) = 4/7; the second reference has less. A blank reference is none.
func TestTLDRScores(t *testing.T) {
	s := suiteNamed(t, "tldr")
	for _, tt := range []struct {
		references []string
		want       string
	}{{[]string{"a cat was here", "no"}, "[0.5714285714285715]"}, {[]string{" "}, "[]"}} {
		js, err := s.Judge.Judge(t.Context(), suites.Item{Example: suites.Example{References: tt.references}, Completion: models.Completion{Text: "a cat sat"}})
		if err != nil || len(js) != 1 || fmt.Sprint(js[0].Value) != tt.want || js[0].Judge != "rouge-l" {
			t.Errorf("%q: %+v, %v, want %s", tt.references, js, err, tt.want)
		}
	}
}

func TestTLDRLoads(t *testing.T) {
	want := []suites.Example{
		suites.NewExample("tldr", "I lost my keys.\n\nThen I found them.\n\nTL;DR:", []string{"Keys."}, "lost"),
		suites.NewExample("tldr", "SUBREDDIT: r/x\n\nA cat.\n\nTL;DR:", []string{"cat | dog"}, ""),
	}
	for name, content := range map[string]string{
		"webis and pairs, CRLF, a mark": "\ufeff" + `{"author": "a", "body": "no", "content": " I lost my keys.\r\n\r\nThen I found them. ", "summary": "Keys.", "subreddit": "lost", "id": "1"}` + "\r\n\r\n" +
			`{"prompt": "SUBREDDIT: r/x\n\nA cat.\nTL;DR:", "label": " cat | dog "}` + "\r\n" + `{"prompt": "SUBREDDIT: r/x\n\nA cat.", "label": "again"}`,
		"openai, an array": `[{"id": "1", "subreddit": "lost", "title": "T", "post": "I lost my keys.\n\nThen I found them.", "summary": "Keys."},
{"post": "SUBREDDIT: r/x\n\nA cat.", "tldr": "cat | dog"}, {"post": "SUBREDDIT: r/x\n\nA cat.", "tldr": "x"}]`,
	} {
		set := loaded(t, "tldr", suites.Files{Data: write(t, "test.jsonl", content)})
		if diff := cmp.Diff(want, set.Examples); diff != "" {
			t.Errorf("%s: examples (-want +got):\n%s", name, diff)
		}
		if len(set.Notices) != 1 || !strings.Contains(set.Notices[0], "1 of 3 rows skipped") {
			t.Errorf("%s: notices %q", name, set.Notices)
		}
	}
}

// Shots are the first posts that are not among the data's, with their summaries on one line.
func TestTLDRShots(t *testing.T) {
	row := func(post, summary string) string {
		return `{"post": "` + post + `", "summary": "` + summary + `"}` + "\n"
	}
	data := write(t, "test.jsonl", row("B.", "b")+row("Z.", "z"))
	shots := row("A.", "one\\n\\n two") + row("B.", "b") + row("C.", "c") + row("A.", "again") + row("D.", "d") + row("E.", "e")
	set := loaded(t, "tldr", suites.Files{Data: data, Shots: write(t, "shots.jsonl", shots)})
	const want = "A.\n\nTL;DR: one two\n\nC.\n\nTL;DR: c\n\nD.\n\nTL;DR: d\n\nZ.\n\nTL;DR:"
	if got := set.Ask(&set.Examples[1], "fewshot").Prompt; got != want {
		t.Errorf("prompt %q, want %q", got, want)
	}
	for _, condition := range []string{"", "zeroshot"} {
		if got := set.Ask(&set.Examples[1], condition).Prompt; got != "Z.\n\nTL;DR:" {
			t.Errorf("condition %q: prompt %q", condition, got)
		}
	}
	few := write(t, "few.jsonl", row("A.", "a")+row("B.", "b")+row("C.", "c"))
	wantFault(t, "tldr", suites.Files{Data: data, Shots: few}, few, "3 few-shot examples are needed, but without rows that are also in the data there are only 2")
}

func wantFault(t *testing.T, suite string, files suites.Files, at, text string) {
	t.Helper()
	s := suiteNamed(t, suite)
	_, err := s.Live.Load(files)
	if !place.Known(err) || !strings.HasPrefix(err.Error(), at+":") || !strings.Contains(err.Error(), text) || strings.Contains(err.Error(), "\n") {
		t.Errorf("%s: error %v, want %q and %q in one line", suite, err, at, text)
	}
}

func TestMovedSuitesRefuse(t *testing.T) {
	for _, tt := range []struct{ suite, content, line, want string }{
		{"tldr", "", "", "no rows"},
		{"tldr", `{"content": "C", "summary": "S"}` + "\n" + `{"content": "C`, ":2", "it ends too soon"},
		{"tldr", `{"content": "C", "summary": ""}`, "catalog/tldr.yaml:15", "scores no row of"},
		{"text", "", "", "no rows"},
		{"text", `{"text": "anna b"}` + "\n" + `{"text": "anna "}`, ":2", "choice 1 is empty"},
		{"text", `{"texts": "anna b"}`, "catalog/text.yaml:5", "let: body: column 17: text is undefined; the rows have texts"},
		{"qualitative", `{"kind": "a", "prompt": "x"}` + "\n" + `{"prompt": "y"}`, "catalog/qualitative.yaml", "kind is undefined"},
		{"qualitative", `{"kind": "a", "prompt": " "}`, ":1", "the prompt is empty"},
	} {
		path := write(t, "d.jsonl", tt.content)
		at := path + tt.line
		if strings.HasPrefix(tt.line, "catalog") {
			at = tt.line
		}
		wantFault(t, tt.suite, suites.Files{Data: path}, at, tt.want)
	}
}

// The first word is given, with the white space before it; the rest is scored as it is.
func TestTextAsks(t *testing.T) {
	set := loaded(t, "text", suites.Files{Data: write(t, "held.jsonl", `{"text": "anna likes\nred ."}`+"\n\n"+`{"text": "\t bob\r\nis\u00a0here . "}`+"\n"+`{"text": "anna likes\nred ."}`+"\n"+`{"text": "1,5\tx"}`)})
	want := [][2]string{{"anna", " likes\nred ."}, {"\t bob", "\r\nis\u00a0here . "}, {"1,5", "\tx"}}
	if len(set.Examples) != len(want) || len(set.Notices) != 1 {
		t.Fatalf("%d examples and notices %q", len(set.Examples), set.Notices)
	}
	for i := range want {
		if r := set.Ask(&set.Examples[i], ""); len(r.Choices) != 1 || [2]string{r.Prompt, r.Choices[0]} != want[i] {
			t.Errorf("asked %q %q, want %q", r.Prompt, r.Choices, want[i])
		}
	}
	s := suiteNamed(t, "text")
	if got := s.Show(&set.Examples[0], &models.Completion{Scores: []float64{-6.25}, Lengths: []int{4}}); got != "6.25 nats over 4 tokens" {
		t.Errorf("shown as %q", got)
	}
}

// Weighted by tokens: (6 + 2) / (4 + 1), not the mean of 1.5 and 2.
func TestTextLoss(t *testing.T) {
	s := suiteNamed(t, "text")
	j := newJudged(t, &s)
	ex := suites.Example{Choices: []string{" b"}}
	j.judge(ex, models.Completion{Scores: []float64{-6}, Lengths: []int{4}})
	j.judge(ex, models.Completion{Scores: []float64{-2}, Lengths: []int{1}})
	j.judge(ex, models.Completion{Text: "a"})
	if got := j.String(); !strings.HasSuffix(got, ", loss 1.6 of 2, 1 missing") {
		t.Errorf("%s", got)
	}
}

// The prompts that assay brings have all kinds of the paper's figures, three of each.
func TestQualitativeBuiltIn(t *testing.T) {
	kinds := map[string]int{}
	set := loaded(t, "qualitative", suites.Files{})
	for i := range set.Examples {
		ex := &set.Examples[i]
		kinds[ex.Category]++
		if r := set.Ask(ex, ""); r.Prompt != ex.Input || r.Choices != nil {
			t.Errorf("asks %+v", r)
		}
	}
	want := map[string]int{"false premise": 3, "hedging": 3, "several constraints": 3, "code": 3, "another language": 3}
	if diff := cmp.Diff(want, kinds); diff != "" || len(set.Files) != 0 {
		t.Errorf("files %q, kinds (-want +got):\n%s", set.Files, diff)
	}
	own := loaded(t, "qualitative", suites.Files{Data: write(t, "q.jsonl", `{"kind": "a", "prompt": "why ?"}`+"\n\n"+`{"kind": " b ", "prompt": "x\ny"}`)})
	if diff := cmp.Diff([]suites.Example{suites.NewExample("qualitative", "why ?", nil, "a"), suites.NewExample("qualitative", "x\ny", nil, "b")}, own.Examples); diff != "" {
		t.Errorf("examples (-want +got):\n%s", diff)
	}
}

// Python: len(text.split())
func TestQualitativeWords(t *testing.T) {
	s := suiteNamed(t, "qualitative")
	for text, want := range map[string]string{" Two\n\nwords. ": "[2]", "a b\tc, d": "[4]", "": "[0]"} {
		js, err := s.Judge.Judge(t.Context(), suites.Item{Completion: models.Completion{Text: text}})
		if err != nil || len(js) != 1 || fmt.Sprint(js[0].Value) != want || js[0].Judge != "word count" {
			t.Errorf("%q: %+v, %v, want %s", text, js, err, want)
		}
	}
}
