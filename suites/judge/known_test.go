package judge_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay/suites/judge"
)

func TestReadKnown(t *testing.T) {
	write := func(name, content string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const array = `[{"input": "Say no.", "output_1": "No.", "output_2": "Yes.", "label": 1},
{"input": "Say yes.", "output_1": "No.", "output_2": "", "label": 2},
{"input": "Say yes.", "output_1": "No.", "output_2": "Yes.", "label": "2"}]`
	for _, tt := range []struct{ name, content, want string }{
		{"a.json", array, ""},
		{"a.csv", "input,output_1,output_2,label\nSay no.,No.,Yes.,1\nSay yes.,No.,,2\nSay yes.,No.,Yes.,2\n", ""},
		{"a.json", strings.Replace(array, `"label": 2`, `"label": 3`, 1), `a.json:2: label "3"; write 1 if output_1 is better`},
		{"a.json", strings.Replace(array, `, "label": 2`, ``, 1), `a.json:2: no label; a pair has input`},
		{"a.json", strings.Replace(array, `"Say no."`, `" "`, 1), `a.json:1: input is empty`},
		{"a.json", strings.Replace(array, `"output_2": "",`, `"output_2": "No.",`, 1), `a.json:2: output_1 and output_2 are equal`},
		{"a.json", strings.Replace(array, `"output_2": "",`, `"output_2": "Yes.",`, 1), `a.json:3: this pair is on line 2 already`},
		{"a.jsonl", "\n", "a.jsonl"},
	} {
		pairs, err := judge.ReadKnown(write(tt.name, tt.content))
		if tt.want == "" {
			if err != nil || len(pairs) != 3 || pairs[0].Better != "No." || pairs[2].Better != "Yes." || pairs[2].Worse != "No." {
				t.Errorf("%s: %+v, %v", tt.name, pairs, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}
