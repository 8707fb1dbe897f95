package data_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"assay/harness/training/data"
)

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "c.jsonl")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestReadPreferences(t *testing.T) {
	var notes data.Notes
	got, err := data.ReadPreferences([]string{file(t, `{"prompt": "p", "responses": ["a", "b", "c"], "ranks": [1, 2, 2], "labeler": "ann"}
{"prompt": "p", "chosen": "a", "rejected": "b"}

{"chosen": "\n\nHuman: hi\n\nAssistant: Hello\n\nHuman: so\n\nAssistant: Hey.", "rejected": "\n\nHuman: hi\n\nAssistant: Hello\n\nHuman: so\n\nAssistant: Ho!"}
{"chosen": "\n\nHuman: hi\n\nAssistant: Ha\n\nHuman: so\n\nAssistant: x", "rejected": "\n\nHuman: hi\n\nAssistant: Ho\n\nHuman: no\n\nAssistant: x"}
{"prompt": "", "chosen": "a", "rejected": ""}
{"prompt": "p", "chosen": "a<|endoftext|>", "rejected": "b", "score_chosen": 8.5}
{"prompt": "p", "chosen": "a", "rejected": "b", "margin": NaN}
`)}, &notes)
	if err != nil {
		t.Fatal(err)
	}
	want := []data.Preference{
		{Prompt: "p", Responses: []string{"a", "b", "c"}, Ranks: []int{1, 2, 2}, Labeler: "ann"},
		{Prompt: "p", Responses: []string{"a", "b"}, Ranks: []int{1, 2}},
		{Prompt: "\n\nHuman: hi\n\nAssistant: Hello\n\nHuman: so\n\nAssistant:", Responses: []string{" Hey.", " Ho!"}, Ranks: []int{1, 2}},
		// They differ before the last turn: everything after that is response.
		{Prompt: "\n\nHuman: hi\n\nAssistant:", Responses: []string{" Ha\n\nHuman: so\n\nAssistant: x", " Ho\n\nHuman: no\n\nAssistant: x"}, Ranks: []int{1, 2}},
		// An empty text is not a missing one.
		{Prompt: "", Responses: []string{"a", ""}, Ranks: []int{1, 2}},
		{Prompt: "p", Responses: []string{"a", "b"}, Ranks: []int{1, 2}},
		{Prompt: "p", Responses: []string{"a", "b"}, Ranks: []int{1, 2}},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(data.Preference{}, "Place")); diff != "" {
		t.Errorf("preferences (-want +got):\n%s", diff)
	}
	said := strings.Join(notes.Lines(), "\n")
	if got[3].Place.Line != 5 || !strings.Contains(said, `rows with a member "score_chosen", which is not read: 1`) || !strings.Contains(said, "c.jsonl:7") || !strings.Contains(said, "responses with <|endoftext|> at their end") {
		t.Errorf("the fourth is at %v; noted:\n%s", got[3].Place, said)
	}
	if texts := data.Preferred(got[:1]); !slices.Equal(texts, []string{"pa"}) {
		t.Errorf("preferred %q", texts)
	}
}

func TestPreferenceDefects(t *testing.T) {
	for _, tt := range []struct{ line, want string }{
		{`{"prompt": "p", "responses": ["a", "b"], "ranks": [1]}`, "responses has 2 and ranks has 1"},
		{`{"prompt": "p", "responses": ["a"], "ranks": [1]}`, "at least two"},
		{`{"prompt": "p", "chosen": "a"}`, "a row has either chosen and rejected, or responses and ranks"},
		{`{"chosen": "a", "rejected": "b"}`, "not two dialogues"},
		{`{"prompt": "p", "answers": ["a", "b"]}`, "no chosen and rejected, and no responses and ranks; write"},
		{`nonsense`, "not valid JSON: invalid character"},
		{`{"prompt": "p", "chosen": "a`, "the line ends in the middle of a JSON value; write"},
		{`{"prompt": "p", "chosen": "a", "rejected": null}`, "a row has either chosen and rejected, or responses and ranks"},
		{`{"responses": ["a", "b"], "ranks": [1, 2]}`, "no prompt"},
		{`{"prompt": "p", "chosen": [{"role": "user", "content": "p"}], "rejected": "b"}`, "chosen is a list of a chat's messages; assay trains on text"},
		{`{"prompt": 5, "chosen": "a", "rejected": "b"}`, "prompt is a number; it must be a string"},
		{`{"prompt": "p", "responses": ["a", "b"], "ranks": [1, 1.5]}`, "ranks is a list; it must be a list of whole numbers"},
		{`{"prompt": "p", "responses": ["a", "b", "c"], "ranks": [1, null, 2]}`, "ranks has null at position 2"},
		{`{"prompt": "p", "responses": [null, "b"], "ranks": [1, 2]}`, "responses has null at position 1"},
		{`{"prompt": "p", "chosen": "a<|endoftext|>b", "rejected": "b"}`, "inside its text"},
	} {
		_, err := data.ReadPreferences([]string{file(t, "\n"+tt.line+"\n")}, nil)
		if err == nil || !strings.Contains(err.Error(), "c.jsonl:2: ") || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.line, err, tt.want)
		}
	}
}

func TestSplitPreferences(t *testing.T) {
	var all []data.Preference
	for i := range 80 {
		all = append(all, data.Preference{Prompt: string(rune('p'+i*5%8)) + ":", Responses: []string{"a", "b"}, Ranks: []int{1, 2}})
	}
	kept, held := data.SplitPreferences(all, 0.25)
	prompts := func(all []data.Preference) map[string]bool {
		set := map[string]bool{}
		for _, c := range all {
			set[c.Prompt] = true
		}
		return set
	}
	out := prompts(held)
	if len(kept)+len(held) != 80 || len(out) != 2 {
		t.Errorf("%d kept, %d of %d prompts held out", len(kept), len(held), len(out))
	}
	for p := range prompts(kept) {
		if out[p] {
			t.Errorf("prompt %q on both sides", p)
		}
	}
	slices.Reverse(all)
	_, more := data.SplitPreferences(all, 0.5)
	for p := range out {
		if !prompts(more)[p] {
			t.Errorf("prompt %q is held out of a quarter and not of a half", p)
		}
	}
}

// The real file, which is never committed, has 2,312 pairs. Five differ before the last
// turn (counted with Python: the texts before the last "\n\nAssistant:" differ).
func TestReadRealPreferences(t *testing.T) {
	root := os.Getenv("ASSAY_DATA")
	path := filepath.Join(root, "hh-rlhf", "test.jsonl.gz")
	if _, err := os.Stat(path); root == "" || err != nil {
		t.Skip("ASSAY_DATA has no hh-rlhf")
	}
	all, err := data.ReadPreferences([]string{path}, nil)
	if err != nil {
		t.Fatal(err)
	}
	parted := 0
	for _, c := range all {
		if strings.Contains(c.Responses[0], "\n\nAssistant:") || strings.Contains(c.Responses[1], "\n\nAssistant:") {
			parted++
		}
		if !strings.HasPrefix(c.Prompt, "\n\nHuman:") || !strings.HasSuffix(c.Prompt, "\n\nAssistant:") {
			t.Errorf("prompt %q", c.Prompt)
		}
	}
	if len(all) != 2312 || parted != 5 {
		t.Errorf("%d preferences, %d differ early; want 2312 and 5", len(all), parted)
	}
}

// A limit keeps all preferences of its prompts, in their order. A larger one keeps those of a smaller one, and
// prompts that are held out are none of them.
func TestLimitPreferences(t *testing.T) {
	var all []data.Preference
	for i := range 90 {
		all = append(all, data.Preference{Prompt: fmt.Sprint("prompt ", i*7%30), Labeler: fmt.Sprint(i)})
	}
	kept, held := data.SplitPreferences(all, 0.2)
	var before []string
	for limit := 1; limit <= 30; limit++ {
		some, prompts := data.LimitPreferences(kept, limit)
		var labelers []string
		for _, p := range some {
			labelers = append(labelers, p.Labeler)
		}
		if want := min(limit, 24); prompts != want || len(some) != 3*want {
			t.Fatalf("limit %d keeps %d preferences of %d prompts", limit, len(some), prompts)
		}
		i := 0
		for _, p := range kept { // in their order, with those of the smaller limit
			if i < len(labelers) && p.Labeler == labelers[i] {
				i++
			} else if slices.Contains(before, p.Labeler) {
				t.Errorf("limit %d loses labeler %s", limit, p.Labeler)
			}
		}
		if i != len(labelers) {
			t.Errorf("limit %d changes the order", limit)
		}
		for _, h := range held {
			if slices.Contains(labelers, h.Labeler) {
				t.Errorf("limit %d keeps a held-out prompt", limit)
			}
		}
		before = labelers
	}
	if first, _ := data.LimitPreferences(kept, 8); first[0].Prompt == kept[0].Prompt && first[3].Prompt == kept[3].Prompt && first[6].Prompt == kept[6].Prompt {
		t.Error("a limit keeps the first prompts, not some of all")
	}
}
