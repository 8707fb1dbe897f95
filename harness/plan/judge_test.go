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
	got, err = read("kind: support\ndata: {files: [a.jsonl]}\nbase: small/model\nnum_train_epochs: 3\ndropout: 0.1\noptimizer: {learning_rate: 1e-3}\n")
	if err != nil {
		t.Fatal(err)
	}
	want = &TrainedJudge{
		Path: "c.yaml", Kind: TaskSupport, Base: "small/model",
		Data: JudgeData{Files: []string{"a.jsonl"}, ValidationSplit: 0.1, TestSplit: 0.2},
		JudgeHead: JudgeHead{
			Seed: 1, BatchSize: 32, GradientAccumulationSteps: 1, NumTrainEpochs: 3, Dropout: 0.1,
			Optimizer: Optimizer{LearningRate: 1e-3, MinLR: 1e-4, AdamBeta1: 0.9, AdamBeta2: 0.95, AdamEpsilon: 1e-8, MaxGradNorm: 1},
		},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreTypes(yamlstruct.Place{})); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
	for _, tt := range []struct{ text, want string }{
		{"kind: support\ndata: {files: [a]}\nbase: m\n", "c.yaml:3: a training from base needs an optimizer"},
		{"kind: support\ndata: {files: [a]}\nbase: m\nwords: 1\noptimizer: {learning_rate: 1}\n", "both words and base"},
		{"kind: support\ndata: {files: [a]}\ndropout: 0.1\n", "dropout needs base"},
		{"kind: support\ndata: {files: [a]}\nbase: m\noptimizer: {min_lr: 1}\n", "no learning_rate"},
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
