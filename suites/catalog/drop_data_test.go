package catalog_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/suites"
)

// A number, several spans, a date, a number that is not a string, and the same
// question again.
const match = `{
"nfl_1": {"passage": " Ann kicked 3 goals. ", "qa_pairs": [
{"question": "How many? ", "query_id": "a", "answer": {"number": "3", "date": {"day": "", "month": "", "year": ""}, "spans": []},
 "validated_answers": [{"number": 3, "spans": [], "date": {}}, {"number": "", "spans": ["three", "3 goals"], "date": {}}, {"number": "", "spans": [""], "date": {}}]},
{"question": "When?", "query_id": "b", "answer": {"number": "", "date": {"day": "19", "month": "July", "year": "1941"}, "spans": []},
 "validated_answers": [{"number": "", "date": {"day": "", "month": "July", "year": 1941}, "spans": []}]},
{"question": "How many?", "query_id": "c", "answer": {"number": "4", "spans": []}},
{"question": "Who?", "query_id": "d", "answer": {"number": "", "date": {"day": "", "month": "", "year": ""}, "spans": []}}
]},
"a_0": {"passage": "No question here.", "qa_pairs": []}
}`

func TestDROPLoads(t *testing.T) {
	path := write(t, "dev.json", match)
	set := load(t, "drop", suites.Files{Data: path})
	passage := "Passage: Ann kicked 3 goals.\nQuestion: "
	want := []suites.Example{
		suites.NewExample("drop", passage+"How many?\nAnswer:", []string{"3", "three and 3 goals"}, ""),
		suites.NewExample("drop", passage+"When?\nAnswer:", []string{"19 July 1941", "July 1941"}, ""),
		suites.NewExample("drop", passage+"Who?\nAnswer:", nil, ""),
	}
	for i := range want { // as in SQuAD
		want[i].Cluster = "bd85f338e2244e6c"
	}
	if diff := cmp.Diff(want, set.Examples); diff != "" {
		t.Errorf("examples (-want +got):\n%s", diff)
	}
	notices := []string{
		path + ": 1 of 4 questions skipped, each the same as an earlier one",
		path + ": 1 question with only blank answers; the models' answers to them will be unscored",
		path + ": 1 question with an answer in several spans, which counts as one text joined by \"and\"; the official script pairs spans, so its figures differ",
	}
	if diff := cmp.Diff(notices, set.Notices); diff != "" {
		t.Errorf("notices (-want +got):\n%s", diff)
	}
	prompt := "Answer each question using information in the preceding passage.\n\nPassage: Ann kicked 3 goals.\n\nQuestion: How many?\n\nAnswer:"
	if got := set.Ask(&set.Examples[0], "zeroshot").Prompt; got != prompt {
		t.Errorf("prompt %q, want %q", got, prompt)
	}
}

func TestDROPShots(t *testing.T) {
	question := func(id, q string) string {
		return `{"question": "` + q + `", "query_id": "` + id + `", "answer": {"number": "1"}}`
	}
	train := func(last string) string {
		return write(t, "train.json", `{"x": {"passage": "Ann kicked 3 goals.", "qa_pairs": [`+question("0", "Leaked?")+`]},
"y": {"passage": "Y.", "qa_pairs": [{"question": "Unanswered?", "query_id": "n", "answer": {"spans": []}}, `+question("1", "A?")+","+question("2", "B?")+`]},
"z": {"passage": "Z.", "qa_pairs": [`+question("3", "C?")+last+`]}}`)
	}
	data := write(t, "dev.json", match)
	set := load(t, "drop", suites.Files{Data: data, Shots: train("," + question("4", "D?"))})
	want := "Answer each question using information in the preceding passage.\n\n" +
		"Passage: Y.\n\nQuestion: A?\n\nAnswer: 1\n\nPassage: Z.\n\nQuestion: C?\n\nAnswer: 1\n\n" +
		"Passage: Y.\n\nQuestion: B?\n\nAnswer: 1\n\nPassage: Z.\n\nQuestion: D?\n\nAnswer: 1\n\n" +
		"Passage: Ann kicked 3 goals.\n\nQuestion: How many?\n\nAnswer:"
	if got := set.Ask(&set.Examples[0], "fewshot").Prompt; got != want {
		t.Errorf("prompt (-want +got):\n%s", cmp.Diff(want, got))
	}
	few := train("")
	wantFault(t, "drop", suites.Files{Data: data, Shots: few}, few, "3 of 4 few-shot examples")
}

func TestDROPFaults(t *testing.T) {
	question := func(q string) string {
		return "{\"p\": {\"passage\": \"P\", \"qa_pairs\": [\n" + q + "\n]}}"
	}
	tests := []struct{ name, content, line, want string }{
		{"empty", " \n", ":1", "the file is empty"},
		{"torn", match[:200], ":4", "torn"},
		{"no object", "[1]", ":1", "the file must start with {"},
		{"no questions", `{"p": {"passage": "P", "qa_pairs": []}}`, ":1", "no question in the file"},
		{"passage of null", "{\n\"p\": {\"passage\": null, \"qa_pairs\": []}}", ":2", `passage "p": member "passage" is missing or null`},
		{"no qa_pairs", "{\"p\":\n{\"passage\": \"P\"}}", ":2", `"qa_pairs" is missing`},
		{"passage twice", "{\"p\": {\"passage\": \"P\", \"qa_pairs\": []},\n\"p\": {}}", ":2", `member "p" appears twice`},
		{"empty question", question(`{"query_id": "a", "question": "", "answer": {}}`), ":2", `question "a": member "question" is empty`},
		{"no answer", question(`{"query_id": "a", "question": "Q"}`), ":2", "the test set has none"},
		{"null span", question(`{"query_id": "a", "question": "Q", "answer": {"spans": ["x", null]}}`), ":2", "a span is null"},
		{"list for a number", question(`{"query_id": "a", "question": "Q", "answer": {"number": [1]}}`), ":2", "where a text or number is needed"},
		{"no id", question(`{"question": "Q", "answer": {"number": "1"}}`), ":2", `"query_id" is missing`},
		{"twice", question("{\"query_id\": \"a\", \"question\": \"Q\", \"answer\": {\"number\": \"1\"}},\n{\"query_id\": \"a\", \"question\": \"R\", \"answer\": {\"number\": \"1\"}}"), ":3", `query_id "a" is on line 2 already`},
		{"invalid UTF-8", question("{\"query_id\": \"a\xff\"}"), ":2", "UTF-8"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := write(t, "dev.json", tt.content)
			wantFault(t, "drop", suites.Files{Data: path}, path+tt.line, tt.want)
		})
	}
}

// 19 questions in the library's sample, one of which occurs twice.
func TestDROPPublished(t *testing.T) {
	set := load(t, "drop", suites.Files{Data: published(t, "allennlp-fixtures/drop.json")})
	if len(set.Examples) != 18 || len(set.Notices) != 1 || !strings.Contains(set.Notices[0], "1 of 19 questions") {
		t.Errorf("%d examples, notices %q; want 18 and 1 of 19 skipped", len(set.Examples), set.Notices)
	}
	if ex := set.Examples[0]; !strings.HasSuffix(ex.Input, "Charleston Naval Shipyard?\nAnswer:") || !slices.Equal(ex.References, []string{"sixth terminal"}) {
		t.Errorf("first example %+v", ex)
	}
	// The release's inputs have the same form.
	for context := range recorded(t, "drop_samples.csv") {
		question := strings.LastIndex(context, "\nQuestion: ")
		if !strings.HasPrefix(context, "Passage: ") || question < 0 || !strings.HasSuffix(context, "\nAnswer:") {
			t.Errorf("released context %q has another form", context)
		}
	}
}
