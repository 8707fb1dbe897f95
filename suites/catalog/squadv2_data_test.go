package catalog_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/harness/leaf/rows/rowstest"
	"assay/suites"
)

// Members are in the official files' order, where a paragraph's text follows its
// questions. The file has a byte order mark and CRLF.
const harbour = "\ufeff{\"version\": \"v2.0\", \"data\": [\r\n" +
	`{"title": "Old_Harbour", "paragraphs": [{"qas": [` + "\r\n" +
	`{"question": "Who built it?", "id": "a", "answers": [{"text": "Ann", "answer_start": 0}, {"text": "the Anns", "answer_start": 0}, {"text": "Ann", "answer_start": 0}], "is_impossible": false},` + "\r\n" +
	`{"plausible_answers": [{"text": "Ann", "answer_start": 0}], "question": " When? ", "id": "b", "answers": [], "is_impossible": true},` + "\r\n" +
	`{"question": "Of what?", "id": "c", "answers": [{"text": "stone", "answer_start": 0}], "is_impossible": false}` + "\r\n" +
	`], "context": "Ann built it of stone."}]}]}` + "\r\n"

// training has two articles, the first with a paragraph that is also in the data.
func training(paragraphs int) string {
	var more []string
	for i := range paragraphs {
		more = append(more, fmt.Sprintf(`{"context": "Text %d.", "qas": [{"question": "Which %d?", "id": "%d", "answers": [{"text": "number %d"}], "is_impossible": false}]}`, i, i, i, i))
	}
	return `{"data": [
{"title": "First", "paragraphs": [{"context": "Ann built it of stone.", "qas": [{"question": "Leaked?", "id": "x", "answers": [{"text": "yes"}]}]}, ` + strings.Join(more, ",\n") + `]},
{"title": "Second", "paragraphs": [{"context": "None.", "qas": [{"question": "Why?", "id": "y", "answers": [], "is_impossible": true}]}]}]}`
}

func TestSQuADLoads(t *testing.T) {
	set := load(t, "squadv2", suites.Files{Data: write(t, "dev.json", harbour)})
	head := "Title: Old_Harbour\n\nBackground: Ann built it of stone."
	want := []suites.Example{
		suites.NewExample("squadv2", head+"\n\nQ: Who built it?\n\nA:", []string{"Ann", "the Anns"}, ""),
		suites.NewExample("squadv2", head+"\n\nQ: Who built it?\n\nA: Ann\n\nQ:  When? \n\nA:", []string{"Not in background."}, ""),
		suites.NewExample("squadv2", head+"\n\nQ: Who built it?\n\nA: Ann\n\nQ:  When? \n\nA: Not in background.\n\nQ: Of what?\n\nA:", []string{"stone"}, ""),
	}
	// Python: hashlib.sha256(" ".join(head.split()).encode()).hexdigest()[:16]
	for i, category := range []string{"HasAns", "NoAns", "HasAns"} {
		want[i].Cluster, want[i].Category, want[i].Fields = "2d5fa82426f44bc7", category, map[string]string{"article": "Old_Harbour"}
	}
	if diff := cmp.Diff(want, set.Examples); diff != "" {
		t.Errorf("examples (-want +got):\n%s", diff)
	}
	prompt := "Answer each question using information in the preceding background paragraph. If there is not enough information provided, answer with ``Not in background.''\n\n" + want[0].Input
	if got := set.Ask(&set.Examples[0], "zeroshot").Prompt; got != prompt {
		t.Errorf("prompt %q, want %q", got, prompt)
	}
}

// Few-shot examples come from each article in turn, and never from the data.
func TestSQuADShots(t *testing.T) {
	shots := write(t, "train.json", training(3))
	set := load(t, "squadv2", suites.Files{Data: write(t, "dev.json", harbour), Shots: shots})
	want := "Answer each question using information in the preceding background paragraph. If there is not enough information provided, answer with ``Not in background.''\n\n" +
		"Title: First\n\nBackground: Text 0.\n\nQ: Which 0?\n\nA: number 0\n\n" +
		"Title: Second\n\nBackground: None.\n\nQ: Why?\n\nA: Not in background.\n\n" +
		"Title: First\n\nBackground: Text 1.\n\nQ: Which 1?\n\nA: number 1\n\n" +
		"Title: First\n\nBackground: Text 2.\n\nQ: Which 2?\n\nA: number 2\n\n" + set.Examples[0].Input
	if got := set.Ask(&set.Examples[0], "fewshot").Prompt; got != want {
		t.Errorf("prompt (-want +got):\n%s", cmp.Diff(want, got))
	}
	if got := set.Ask(&set.Examples[0], "zeroshot").Prompt; strings.Contains(got, "Text 0") {
		t.Errorf("the zero-shot prompt has few-shot examples: %q", got)
	}
	few := write(t, "train.json", training(2))
	wantFault(t, "squadv2", suites.Files{Data: write(t, "dev.json", harbour), Shots: few}, few, "3 of 4 few-shot examples")
}

func TestSQuADFaults(t *testing.T) {
	question := func(q string) string {
		return "{\"data\": [{\"title\": \"T\", \"paragraphs\": [{\"context\": \"C\", \"qas\": [\n\n" + q + "\n]}]}]}"
	}
	tests := []struct{ name, content, line, want string }{
		{"empty", "", ":1", "the file is empty; get the complete file"},
		{"torn", harbour[:300], ":4", "torn"},
		{"no JSON", "{\"data\": [\n\n{,", ":3", "not valid JSON"},
		{"two documents", question(`{"id": "a", "question": "Q", "is_impossible": true, "answers": []}`) + "\n{}", ":5", "something follows"},
		{"no articles", `{"version": "v2.0"}`, ":1", "no articles"},
		{"an array", `[]`, ":1", "the file must start with {"},
		{"title of null", `{"data": [` + "\n" + `{"title": null, "paragraphs": []}]}`, ":2", `article: member "title" is missing or null`},
		{"no paragraphs", `{"data": [{"title": "T"}]}`, ":1", `"paragraphs" is missing`},
		{"no context", `{"data": [{"title": "T", "paragraphs": [` + "\n" + `{"qas": []}]}]}`, ":2", `paragraph: member "context" is missing`},
		{"no qas", `{"data": [{"title": "T", "paragraphs": [` + "\n" + `{"context": "C", "qas": null}]}]}`, ":2", `"qas" is missing or null`},
		{"no question at all", `{"data": [{"title": "T", "paragraphs": []}]}`, ":1", "no question in the file"},
		{"null question", question(`{"id": "a", "question": null, "answers": [], "is_impossible": true}`), ":3", `question "a": member "question" is missing or null`},
		{"empty question", question(`{"id": "a", "question": " ", "answers": [], "is_impossible": true}`), ":3", `member "question" is empty`},
		{"no id", question(`{"question": "Q", "answers": [], "is_impossible": true}`), ":3", `member "id" is missing`},
		{"null answers", question(`{"id": "a", "question": "Q", "answers": null}`), ":3", `"answers" is missing or null`},
		{"null answer", question(`{"id": "a", "question": "Q", "answers": [{"text": null}]}`), ":3", `answer: member "text" is missing or null`},
		{"number for a text", question(`{"id": "a", "question": 3, "answers": []}`), ":3", "a JSON number"},
		{"answerable, unanswered", question(`{"id": "a", "question": "Q", "answers": [], "is_impossible": false}`), ":3", "no answer, though"},
		{"unanswerable, answered", question(`{"id": "a", "question": "Q", "answers": [{"text": "x"}], "is_impossible": true}`), ":3", "answers, though"},
		{"twice", question("{\"id\": \"a\", \"question\": \"Q\", \"answers\": [{\"text\": \"x\"}]},\n{\"id\": \"a\", \"question\": \"R\", \"answers\": [{\"text\": \"x\"}]}"), ":4", `question id "a" is on line 3 already; remove one`},
		{"member twice", question(`{"id": "a", "id": "b"}`), ":3", `member "id" appears twice`},
		{"invalid UTF-8", question("{\"id\": \"a\", \"question\": \"\xff\"}"), ":3", "UTF-8"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := write(t, "dev.json", tt.content)
			wantFault(t, "squadv2", suites.Files{Data: path}, path+tt.line, tt.want)
		})
	}
	gone := t.TempDir() + "/none.json"
	wantFault(t, "squadv2", suites.Files{Data: gone}, gone, "no such file")
}

// recorded returns the contexts of a file of the InstructGPT release, with their
// references.
func recorded(t *testing.T, name string) map[string]string {
	t.Helper()
	_, rows := rowstest.Table(t, published(t, "openai-instructgpt/"+name))
	out := make(map[string]string)
	for _, row := range rows {
		out[row["context"]] = row["ref_text"]
	}
	return out
}

// By Python's csv and json modules: 16 articles, 6,078 questions. 18 of the 100
// released contexts equal ours, all with the same set of references.
func TestSQuADPublished(t *testing.T) {
	path := published(t, "squad2-dev-half/dev-v2.0.json")
	set := load(t, "squadv2", suites.Files{Data: path})
	if len(set.Examples) != 6078 || len(set.Notices) != 0 {
		t.Errorf("%d examples, notices %q; want 6078 and none", len(set.Examples), set.Notices)
	}
	references := make(map[string][]string)
	unanswerable := 0
	for _, ex := range set.Examples {
		references[ex.ID] = ex.References
		if slices.Equal(ex.References, []string{"Not in background."}) {
			unanswerable++
		}
	}
	if unanswerable != squadHalfImpossible {
		t.Errorf("%d unanswerable questions, want %d", unanswerable, squadHalfImpossible)
	}
	met := 0
	for context, reference := range recorded(t, "squadv2_samples.csv") {
		ours, ok := references[suites.ExampleID("squadv2", context)]
		if !ok {
			continue
		}
		met++
		theirs := strings.Split(reference, "|")
		slices.Sort(theirs)
		if got := slices.Sorted(slices.Values(ours)); !slices.Equal(got, theirs) {
			t.Errorf("references %q, the release has %q", got, theirs)
		}
	}
	if met != 18 {
		t.Errorf("%d released contexts match, want 18", met)
	}
	// The data can't be the source of their own few-shot examples.
	wantFault(t, "squadv2", suites.Files{Data: path, Shots: path}, path, "0 of 4 few-shot examples")
}

// sum(q["is_impossible"] for a in d["data"] for p in a["paragraphs"] for q in p["qas"])
const squadHalfImpossible = 3168
