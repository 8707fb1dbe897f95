package data_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"assay/harness/training/data"
)

// Rows of two labelers, mixed with each other and with another preference. Prompt and outputs are
// in some rows only.
func TestLabelsAsPreferences(t *testing.T) {
	var notes data.Notes
	path := file(t, `{"example":"e","prompt":"p","model":"a","output":"A","labeler":"ann","rank":2}
{"example":"e","prompt":"p","model":"b","output":"B<|endoftext|>","labeler":"bob","rank":1,"likert":5}
{"prompt":"q","chosen":"x","rejected":"y"}
{"example":"e","model":"a","sample":1,"output":"","labeler":"ann","rank":3}
{"example":"e","model":"b","labeler":"ann","rank":2}
{"example":"e","model":"a","labeler":"bob","rank":2}
{"example":"e","model":"b","labeler":"cy","baseline":"a","preference":"baseline"}
{"example":"e","model":"a","labeler":"cy","baseline":"b","preference":"tie"}
{"prompt":"q","model":"a","output":"only","labeler":"ann","rank":1}
{"prompt":"q","model":"a","labeler":"bob","likert":1}
{"prompt":"q","model":"a","labeler":"cy","skipped":"unclear"}
{"prompt":"q","model":"a","labeler":"cy","rank":1,"item":"gold"}
{"example":"e","prompt":"another","model":"a","output":"another","labeler":"ann","rank":1,"item":"gold"}
{"suite":"other","example":"e","prompt":"r","model":"a","output":"C","labeler":"ann","rank":1}
{"suite":"other","example":"e","model":"b","output":"D","labeler":"ann","rank":2}
`)
	got, err := data.ReadPreferences([]string{path}, &notes)
	if err != nil {
		t.Fatal(err)
	}
	want := []data.Preference{
		{Prompt: "q", Responses: []string{"x", "y"}, Ranks: []int{1, 2}, Place: data.Place{File: path, Line: 3}},
		{Prompt: "p", Responses: []string{"A", "", "B"}, Ranks: []int{2, 3, 2}, Labeler: "ann", Place: data.Place{File: path, Line: 1}},
		{Prompt: "p", Responses: []string{"B", "A"}, Ranks: []int{1, 2}, Labeler: "bob", Place: data.Place{File: path, Line: 2}},
		{Prompt: "r", Responses: []string{"C", "D"}, Ranks: []int{1, 2}, Labeler: "ann", Place: data.Place{File: path, Line: 14}},
		{Prompt: "p", Responses: []string{"B", "A"}, Ranks: []int{2, 1}, Labeler: "cy", Place: data.Place{File: path, Line: 7}},
		{Prompt: "p", Responses: []string{"A", "B"}, Ranks: []int{1, 1}, Labeler: "cy", Place: data.Place{File: path, Line: 8}},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("preferences (-want +got):\n%s", diff)
	}
	said := strings.Join(notes.Lines(), "\n")
	for _, want := range []string{"without a rank or a preference, left out: 1", "that were skipped, left out: 1", "that check labelers, left out: 2", "rankings of one output, which teach nothing, left out: 1"} {
		if !strings.Contains(said, want) {
			t.Errorf("not noted: %q in %s", want, said)
		}
	}
}

func TestLabelsAsPreferencesRefused(t *testing.T) {
	const good = `{"prompt":"p","model":"a","output":"A","labeler":"ann","rank":1}` + "\n"
	for rows, want := range map[string]string{
		good + good: `:2: a row of labeler "ann", model "a"`,
		good + `{"prompt":"p","model":"b","labeler":"ann","rank":2}`:                                                                                     `:2: no row has the output of "b" for example`,
		good + `{"prompt":"p","model":"a","labeler":"bob","baseline":"b","preference":"model"}`:                                                          `:2: no row has the output of "b" for example "1add2f6179584c6fca175c49"; write it into baseline_output`,
		good + `{"prompt":"p","model":"a","output":"B","labeler":"bob","rank":1}`:                                                                        `:2: "a" has another output`,
		good + `{"prompt":"p","model":"b","output":"B","labeler":"bob","baseline":"a","baseline_output":"C","preference":"model"}`:                       `:2: "a" has another output`,
		`{"example":"e","model":"a","output":"A","labeler":"ann","rank":1}` + "\n" + `{"example":"e","model":"b","output":"B","labeler":"ann","rank":2}`: ":1: no row has the prompt of example",
		good + `{"prompt":"p","model":"b","labeler":"ann","rank":0}`:                                                                                     ":2: rank is 0; write a whole number from 1",
		good + `{"prompt":"p","model":"b","labeler":"ann","ranked":2}`:                                                                                   `:2: unknown member "ranked"; did you mean rank?`,
	} {
		if _, err := data.ReadPreferences([]string{file(t, rows)}, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", rows, err, want)
		}
	}
}
