package catalog_test

import (
	"fmt"
	"strings"
	"testing"

	"assay/models"
	"assay/suites"
	"assay/suites/catalog"
)

// Rows of ours in the form of input_data.jsonl; kwargs may have nulls, as in its copies.
const instructions = `{"key": 1000, "prompt": "Write about the river. No commas.", "instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}]}
{"key": 1001, "prompt": "Name two fish in a list.", "instruction_id_list": ["detectable_format:number_bullet_lists", "keywords:forbidden_words"], "kwargs": [{"num_bullets": 2, "relation": null}, {"forbidden_words": ["salmon"], "num_bullets": null}]}
{"key": 1002, "prompt": "In capitals: who are you?", "instruction_id_list": ["change_case:english_capital"], "kwargs": [{}]}
{"key": 1003, "prompt": "Give a title and a postscript.", "instruction_id_list": ["detectable_format:title", "detectable_content:postscript"], "kwargs": [{}, {"postscript_marker": "P.S."}]}
{"key": 1004, "prompt": "Five words or more.", "instruction_id_list": ["length_constraints:number_words"], "kwargs": [{"num_words": 5, "relation": "at least"}]}
{"key": 1005, "prompt": "Answer in Swahili.", "instruction_id_list": ["language:response_language"], "kwargs": [{"language": "sw"}]}
`

func TestIFEval(t *testing.T) {
	set := load(t, "ifeval", suites.Files{Data: write(t, "input_data.jsonl", instructions)})
	answers := []string{"Blue and slow", "Sure:\n* cod\n* salmon", "THE CAT SLEEPS ON THE CHAIR", "<<Day>>\nBye.\nP.S. Write.", "Too short", "Habari"}
	want := []string{ // by hand: prompt and instructions strictly, then loosely
		"punctuation [1] [1 1] [1] [1 1]", "several [0] [1 2] [1] [2 2]", "change_case [1] [1 1] [1] [1 1]",
		"several [1] [2 2] [1] [2 2]", "length_constraints [0] [0 1] [0] [0 1]", "language [] [] [] []",
	}
	for i := range set.Examples {
		ex := &set.Examples[i]
		js, err := set.Judges[0].Judge(t.Context(), suites.Item{Example: *ex, Completion: models.Completion{Example: ex.ID, Text: answers[i]}})
		if err != nil || len(js) != 4 {
			t.Fatalf("%v, %v", js, err)
		}
		got := ex.Category
		for _, j := range js {
			got += " " + fmt.Sprint(j.Value)
		}
		if got != want[i] {
			t.Errorf("%q: %s, want %s", answers[i], got, want[i])
		}
		if r := set.Ask(ex, ""); r.Prompt != ex.Input || r.System != "" {
			t.Errorf("asks %+v", r)
		}
	}
	if len(set.Notices) != 1 || !strings.Contains(set.Notices[0], "line 6") {
		t.Errorf("notices %q", set.Notices)
	}
	s, _ := catalog.Find("ifeval")
	if fmt.Sprint(s.Live.Brings) != fmt.Sprint(set.Judges[0].Metrics()) {
		t.Errorf("brings %v", s.Live.Brings)
	}
}

func TestIFEvalFaults(t *testing.T) {
	good, _, _ := strings.Cut(instructions, "\n")
	for _, tt := range []struct{ old, new, want string }{
		{`"punctuation:no_comma"`, `"punctuation:none"`, `unknown instruction "punctuation:none"`},
		{`[{}]`, `[]`, "1 instruction with 0 kwargs"},
		{`["punctuation:no_comma"]`, `[]`, "no instruction_id_list"},
		{`"Write about the river. No commas."`, `" "`, `member "prompt" is empty`},
		{`[{}]`, `[{"num_words": "x"}]`, "num_words"},
	} {
		path := write(t, "d.jsonl", good+"\n"+strings.Replace(good, tt.old, tt.new, 1))
		wantFault(t, "ifeval", suites.Files{Data: path}, path+":2", tt.want)
	}
}
