package plan

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"assay/harness/yamlstruct"
)

func TestReadTrainedJudge(t *testing.T) {
	read := func(text string) (*TrainedJudge, error) {
		return parse("c.yaml", []byte(text), judgeRemedy, readTrainedJudge)
	}
	got, err := read("kind: truth\ndata: {files: [a.jsonl, b.jsonl], references: [q.csv], test_split: 0.3}\nwords: 3\nevaluate: {files: [c.csv], terms: t.txt}\n")
	if err != nil {
		t.Fatal(err)
	}
	want := &TrainedJudge{
		Path: "c.yaml", Kind: TaskTruth, Characters: 5, Words: 3, Bits: 18, L2: 1e-5,
		Data:     JudgeData{Files: []string{"a.jsonl", "b.jsonl"}, References: []string{"q.csv"}, ValidationSplit: 0.1, TestSplit: 0.3},
		Evaluate: JudgeEvaluate{Files: []string{"c.csv"}, Terms: "t.txt"},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreTypes(yamlstruct.Place{})); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
	if content, err := got.Canonical(); err != nil || strings.Contains(string(content), "c.csv") {
		t.Errorf("files to measure by change no weights, and the plan is %s, error %v", content, err)
	}
	for _, tt := range []struct{ text, want string }{
		{"data: {files: [a]}\n", "no kind; write kind: and one of toxicity"},
		{"kind: toxicity\n", "no data; write data: {files:"},
		{"kind: toxicity\ndata: {files: [a], references: [b]}\n", "c.yaml:2: references are for kind: truth and kind: informative"},
		{"kind: toxicity\ndata: {files: [a]}\nwords: 0\ncharacters: 0\n", "c.yaml:4: characters and words are both 0"},
		{"kind: toxicity\ndata: {files: [a]}\nevaluate: {terms: t}\n", "terms"},
	} {
		if _, err := read(tt.text); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v, want %q", tt.text, err, tt.want)
		}
	}
}
