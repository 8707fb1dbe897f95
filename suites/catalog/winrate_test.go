package catalog_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/suites"
)

func TestInstructionsFile(t *testing.T) {
	name := suites.NewExample("winrate", "Name a fish.", []string{"Cod."}, "pets")
	sum := suites.NewExample("winrate", "Add up.\n\n1 and 2", nil, "")
	hello := suites.NewExample("winrate", "Say hello.", nil, "")
	poem := suites.NewExample("winrate", "Write a poem.", nil, "writing")
	const array = ` [
	{"dataset": "pets", "instruction": "Name a fish.", "output": "Cod.", "generator": "someone"},
	{"instruction": "Add up.", "input": "1 and 2", "output": ""}, {"prompt": "Say hello."}
]
`
	const lines = `{"question_id": 81, "category": "writing", "turns": ["Write a poem.", "Make it rhyme."]}

{"prompt": "Say hello."}`
	for _, tt := range []struct {
		name, content string
		want          []suites.Example
		notice        string
	}{
		{"array", array, []suites.Example{name, sum, hello}, ""},
		{"array after a mark", "\ufeff" + array, []suites.Example{name, sum, hello}, ""},
		{"lines", lines, []suites.Example{poem, hello}, "several turns in the row of line 1; only the first is used"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			set := load(t, "winrate", suites.Files{Data: write(t, "prompts.json", tt.content)})
			if diff := cmp.Diff(tt.want, set.Examples); diff != "" {
				t.Errorf("examples (-want +got):\n%s", diff)
			}
			if got := strings.Join(set.Notices, "\n"); !strings.Contains(got, tt.notice) || (tt.notice == "") != (got == "") {
				t.Errorf("notices %q, want %q", got, tt.notice)
			}
			for i := range set.Examples {
				if r := set.Ask(&set.Examples[i], ""); r.Prompt != set.Examples[i].Input || r.System != "" {
					t.Errorf("asks %+v, want only the instruction", r)
				}
			}
		})
	}
}

func TestInstructionsFaults(t *testing.T) {
	for name, tt := range map[string]struct{ content, line, want string }{
		"nothing":       {"", ":1", "empty"},
		"empty array":   {"[\n]", ":1", "the array is empty"},
		"no prompt":     {"[\n{\"output\": \"Cod.\"}]", ":2", `one of "instruction", "prompt" and "turns"`},
		"two prompts":   {`{"prompt": "a", "instruction": "b"}`, ":1", `one of "instruction", "prompt" and "turns"`},
		"empty turn":    {`{"turns": [" "]}`, ":1", `one of "instruction", "prompt" and "turns"`},
		"twice":         {"[{\"prompt\": \"a\"},\n\n{\"prompt\": \"a \"}]", ":3", "same prompt as on line 1"},
		"twice, lines":  {"{\"prompt\": \"a\"}\n{\"instruction\": \"a\"}", ":2", "same prompt as on line 1"},
		"wrong type":    {"[\n{\"prompt\": \"a\"},\n{\"prompt\": [\"b\"]}]", ":3", `member "prompt" is a JSON array where a string is needed`},
		"not an object": {"[\n1]", ":2", "a JSON number where an object is needed"},
		"comma":         {"[\n{\"prompt\": \"a\"}\n{\"prompt\": \"b\"}]", ":3", "not valid JSON"},
		"not UTF-8":     {"[\n{\"prompt\": \"\xff\"}]", ":2", "UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			path := write(t, "prompts.json", tt.content)
			wantFault(t, "winrate", suites.Files{Data: path}, path+tt.line, tt.want)
		})
	}
}

func TestInstructionsPublished(t *testing.T) {
	for _, tt := range []struct {
		file, category, notice string
		n                      int
	}{
		{"alpaca-eval/text_davinci_003__model_outputs.json", "helpful_base", "", 805},
		{"mt-bench/question.jsonl", "writing", "several turns in 80 rows", 80},
	} {
		set := load(t, "winrate", suites.Files{Data: published(t, tt.file)})
		if len(set.Examples) != tt.n || set.Examples[0].Category != tt.category {
			t.Errorf("%s: %d examples, the first %q, want %d, %q", tt.file, len(set.Examples), set.Examples[0].Category, tt.n, tt.category)
		}
		if got := strings.Join(set.Notices, "\n"); !strings.Contains(got, tt.notice) {
			t.Errorf("%s: notices %q, want %q", tt.file, got, tt.notice)
		}
	}
}
