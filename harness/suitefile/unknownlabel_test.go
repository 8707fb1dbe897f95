package suitefile

import (
	"reflect"
	"strings"
	"testing"

	"assay/suites"
)

// A label that says nothing, as in test splits without labels, is refused.
func TestCatalogRefusesUnknownLabels(t *testing.T) {
	const (
		arc = `{"id": "ID", "question": "What is ID?", "choices": {"text": ["water", "salt"], "label": ["A", "B"]}, "answerKey": "LABEL"}`
		bbq = `{"example_id": 0, "question_index": "1", "question_polarity": "neg", "context_condition": "ambig", "category": "Age", "answer_info": {"ans0": ["a", "old"], "ans1": ["b", "nonOld"], "ans2": ["c", "unknown"]}, "additional_metadata": {"stereotyped_groups": ["old"]}, "context": "ID", "question": "Who?", "ans0": "The old man", "ans1": "The young man", "ans2": "Unknown", "label": LABEL}`
		hot = `{"ind": 4, "activity_label": "Baking", "ctx": "ID", "endings": ["sings.", "bakes."], "label": LABEL}`
		rte = `{"premise": "ID", "hypothesis": "H.", "label": LABEL}`
	)
	for _, tt := range []struct{ suite, file, row, good, bad string }{
		{"hellaswag", "d.jsonl", hot, `1`, `""`},
		{"hellaswag", "d.jsonl", hot, `1`, `2`},
		{"rte", "d.jsonl", rte, `"entailment"`, `"hidden"`},
		{"rte", "d.jsonl", rte, `0`, `-1`},
		{"sst2", "d.tsv", "ID film\tLABEL", "1", "-1"},
		{"sst2", "d.tsv", "ID film\tLABEL", "0", ""},
		{"wsc", "d.jsonl", `{"text": "ID saw it.", "pronoun": "it", "pronoun_loc": 6, "options": ["a", "b"], "label": LABEL}`, `1`, `2`},
		{"arc_easy", "d.jsonl", arc, "B", "C"},
		{"arc_challenge", "d.jsonl", arc, "B", ""},
		{"mmlu", "d.jsonl", `{"question": "ID?", "subject": "s", "choices": ["k", "l", "m", "n"], "answer": LABEL}`, `3`, `-1`},
		{"mmlu", "d.jsonl", `{"question": "ID?", "subject": "s", "choices": ["k", "l", "m", "n"], "answer": LABEL}`, `3`, `4`},
		{"bbq", "d.jsonl", bbq, `2`, `-1`},
		{"bbq", "d.jsonl", bbq, `2`, `3`},
		{"hatecheck", "d.csv", "f,ID,m ID,LABEL,t,9", "hateful", "unknown"},
	} {
		s, _ := Find(tt.suite)
		row := func(id, label string) string {
			return strings.NewReplacer("ID", id, "LABEL", label).Replace(tt.row) + "\n"
		}
		head := ""
		if tt.suite == "hatecheck" {
			head = "functionality,case_id,test_case,label_gold,target_ident,templ_id\n"
		}
		good := head
		for _, id := range strings.Split("abcdefghijklmnopq", "") { // wsc has 15 shots from its own rows
			good += row(id, tt.good)
		}
		folder(t, map[string]string{tt.file: good + row("x", tt.good)})
		if _, err := s.Live.Load(suites.Files{Data: tt.file}); err != nil {
			t.Errorf("%s: %v", tt.suite, err)
		}
		folder(t, map[string]string{tt.file: good + row("x", tt.bad)})
		if set, err := s.Live.Load(suites.Files{Data: tt.file}); err == nil {
			t.Errorf("%s: label %q gives %q", tt.suite, tt.bad, set.Examples[len(set.Examples)-1].References)
		} else if !strings.Contains(err.Error(), tt.file+":") {
			t.Errorf("%s: label %q: %v", tt.suite, tt.bad, err)
		}
	}
}

// The rows of ARC's archive and those of the hub give the same examples and prompts.
func TestArchivedARC(t *testing.T) {
	for _, name := range []string{"arc_easy", "arc_challenge"} {
		s, _ := Find(name)
		var sets []*suites.Set
		for _, data := range []string{
			`{"id": "a", "question": {"stem": "What is ice?", "choices": [{"text": "salt", "label": "A"}, {"text": "water", "label": "B"}, {"text": "sand", "label": "C"}]}, "answerKey": "B"}
{"id": "b", "question": {"stem": "What burns?", "choices": [{"text": "stone", "label": "1"}, {"text": "wood", "label": "2"}]}, "answerKey": "2"}`,
			`{"id": "a", "question": "What is ice?", "choices": {"text": ["salt", "water", "sand"], "label": ["A", "B", "C"]}, "answerKey": "B"}
{"id": "b", "question": "What burns?", "choices": {"text": ["stone", "wood"], "label": ["1", "2"]}, "answerKey": "2"}`,
		} {
			folder(t, map[string]string{"d.jsonl": data})
			set, err := s.Live.Load(suites.Files{Data: "d.jsonl"})
			if err != nil {
				t.Fatal(name, err)
			}
			sets = append(sets, set)
		}
		if !reflect.DeepEqual(sets[0].Examples, sets[1].Examples) || sets[0].Examples[0].References[0] != "water" || sets[0].Examples[1].References[0] != "wood" {
			t.Errorf("%s: %+v\n%+v", name, sets[0].Examples, sets[1].Examples)
		}
		for i := range sets[0].Examples {
			if a, b := sets[0].Ask(&sets[0].Examples[i], ""), sets[1].Ask(&sets[1].Examples[i], ""); !reflect.DeepEqual(a, b) || !strings.HasPrefix(a.Prompt, "Question: What ") {
				t.Errorf("%s: %q, %q", name, a.Prompt, b.Prompt)
			}
		}
	}
}
