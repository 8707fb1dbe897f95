package catalog_test

import (
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"assay/suites"
)

func TestTLDRLoads(t *testing.T) {
	want := []suites.Example{
		suites.NewExample("tldr", "I lost my keys.\n\nThen I found them.\n\nTL;DR:", []string{"Keys."}, "lost"),
		suites.NewExample("tldr", "SUBREDDIT: r/x\n\nA cat.\n\nTL;DR:", []string{"cat | dog"}, ""),
	}
	tests := []struct{ name, content string }{
		{"webis and pairs, CRLF, a mark", "\ufeff" + `{"author": "a", "body": "no", "content": " I lost my keys.\r\n\r\nThen I found them. ", "summary": "Keys.", "subreddit": "lost", "id": "1"}` + "\r\n\r\n" +
			`{"prompt": "SUBREDDIT: r/x\n\nA cat.\nTL;DR:", "label": " cat | dog "}` + "\r\n" + `{"prompt": "SUBREDDIT: r/x\n\nA cat.", "label": "again"}`},
		{"openai, an array", `[{"id": "1", "subreddit": "lost", "title": "T", "post": "I lost my keys.\n\nThen I found them.", "summary": "Keys."},
{"post": "SUBREDDIT: r/x\n\nA cat.", "tldr": "cat | dog"}, {"post": "SUBREDDIT: r/x\n\nA cat.", "tldr": "x"}]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			set := load(t, "tldr", suites.Files{Data: write(t, "test.jsonl", tt.content)})
			if diff := cmp.Diff(want, set.Examples); diff != "" {
				t.Errorf("examples (-want +got):\n%s", diff)
			}
			if len(set.Notices) != 1 || !strings.Contains(set.Notices[0], "1 of 3 posts skipped") {
				t.Errorf("notices %q", set.Notices)
			}
			if got := set.Ask(&set.Examples[0], "").Prompt; got != want[0].Input {
				t.Errorf("prompt %q, want %q", got, want[0].Input)
			}
		})
	}
}

// Shots are the first posts that are not among the data's, with their summaries on one line.
func TestTLDRShots(t *testing.T) {
	row := func(post, summary string) string {
		return `{"post": "` + post + `", "summary": "` + summary + `"}` + "\n"
	}
	data := write(t, "test.jsonl", row("B.", "b")+row("Z.", "z"))
	shots := row("A.", "one\\n\\n two") + row("B.", "b") + row("C.", "c") + row("A.", "again") + row("D.", "d") + row("E.", "e")
	set := load(t, "tldr", suites.Files{Data: data, Shots: write(t, "shots.jsonl", shots)})
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
	wantFault(t, "tldr", suites.Files{Data: data, Shots: few}, few, "only 2 of the 3 few-shot examples needed")
}

func TestTLDRFaults(t *testing.T) {
	const good = `{"id": "1", "content": "C", "summary": "S"}` + "\n"
	tests := []struct{ name, content, line, want string }{
		{"empty", "", ":1", "the file is empty"},
		{"torn", good + `{"content": "C`, ":2", "torn"},
		{"no post", good + `{"summary": "S"}`, ":2", "no post: one of the members content, post, prompt"},
		{"null post", good + `{"content": null, "summary": "S"}`, ":2", "no post"},
		{"empty post", good + `{"post": " ", "summary": "S"}`, ":2", `member "post" is empty`},
		{"nothing but the mark", good + `{"prompt": "TL;DR:", "label": "S"}`, ":2", "the post is empty"},
		{"no summary", good + `{"post": "P", "summary": null}`, ":2", "no summary"},
		{"empty summary", good + `{"post": "P", "label": ""}`, ":2", `member "label" is empty`},
		{"twice", good + good, ":2", `id "1" is on line 1 already`},
		{"invalid UTF-8", good + "{\"content\": \"\xff\"}", ":2", "UTF-8"},
		{"number", good + `{"content": 3}`, ":2", "a JSON number"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := write(t, "test.jsonl", tt.content)
			wantFault(t, "tldr", suites.Files{Data: path}, path+tt.line, tt.want)
		})
	}
}

// The release's inputs, given as a file, get their own ids back.
func TestTLDRMeetsTheRelease(t *testing.T) {
	contexts := recorded(t, "tldr_samples.csv")
	var rows strings.Builder
	for context, reference := range contexts {
		row, err := json.Marshal(map[string]string{"content": strings.TrimSuffix(context, "\n\nTL;DR:"), "summary": reference})
		if err != nil {
			t.Fatal(err)
		}
		rows.Write(row)
		rows.WriteByte('\n')
	}
	set := load(t, "tldr", suites.Files{Data: write(t, "test.jsonl", rows.String())})
	met := 0
	for _, ex := range set.Examples {
		if _, ok := contexts[ex.Input]; ok {
			met++
		}
	}
	if met != 100 {
		t.Errorf("%d released contexts match, want 100", met)
	}
}
