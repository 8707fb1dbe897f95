package plan

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"assay/harness/yamlstruct"
)

func TestReadTrain(t *testing.T) {
	got, err := parseTrain("c.yaml", []byte(`seed: 7
model: {layers: 4, heads: 4, width: 128, context: 64, bias: false}
tokenizer: {kind: bpe, size: 4096}
data: {text: [a.txt, b.txt], validation_share: 0.1}
dropout: 0.2
batch: 12
accumulate: 2
steps: 2000
optimizer: {learning_rate: 1e-3, final: 2e-4, warmup: 100, beta1: 0.8, beta2: 0.99, epsilon: 1e-6, decay: 0.1, clip: 2, ema: 0.999}
evaluate: {every: 250, tokens: 5000}
save_every: 100
`), Pretrain)
	if err != nil {
		t.Fatal(err)
	}
	want := &Train{
		Path: "c.yaml", Seed: 7, Model: Shape{Layers: 4, Heads: 4, Width: 128, Context: 64, Deviation: 0.02},
		Tokenizer: Tokenizer{Kind: BPE, Size: 4096}, Data: TrainData{Text: []string{"a.txt", "b.txt"}, ValidationShare: 0.1},
		Dropout: 0.2, Batch: 12, Accumulate: 2, Steps: 2000, SaveEvery: 100,
		Optimizer: Optimizer{LearningRate: 1e-3, Final: 2e-4, Warmup: 100, Beta1: 0.8, Beta2: 0.99, Epsilon: 1e-6, Decay: 0.1, Clip: 2, EMA: 0.999},
		Evaluate:  Evaluate{Every: 250, Tokens: 5000, Best: ValidationLoss},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreTypes(yamlstruct.Place{})); diff != "" {
		t.Errorf("pretraining (-want +got):\n%s", diff)
	}
	got, err = parseTrain("c.yaml", []byte("init: gpt/model\ndata: {demonstrations: [d.jsonl]}\nbatch: 32\nepochs: 16\noptimizer: {learning_rate: 1e-4}\n"), SFT)
	if err != nil {
		t.Fatal(err)
	}
	want = &Train{
		Path: "c.yaml", Seed: 1, Init: "gpt/model", Data: TrainData{Demonstrations: []string{"d.jsonl"}},
		Batch: 32, Accumulate: 1, Epochs: 16, Evaluate: Evaluate{Best: ValidationLoss},
		Optimizer: Optimizer{LearningRate: 1e-4, Final: 1e-5, Beta1: 0.9, Beta2: 0.95, Epsilon: 1e-8, Clip: 1},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreTypes(yamlstruct.Place{})); diff != "" {
		t.Errorf("fine-tuning (-want +got):\n%s", diff)
	}
}

func TestTrainDefects(t *testing.T) {
	const (
		model = "model: {layers: 4, heads: 4, width: 128, context: 64}\ntokenizer: {kind: bytes}\n" // lines 1 and 2
		rest  = "data: {text: [a]}\nbatch: 12\nsteps: 10\noptimizer: {learning_rate: 1e-3}\n"
	)
	for _, tt := range []struct {
		name, text string
		kind       TrainKind
		want       string
	}{
		{"empty", "", Pretrain, "1: "},
		{"a reward for pretraining", model + rest + "evaluate: {reward: rm}\n", Pretrain, "7: reward is for sft; remove it"},
		{"a reward without prompts", "init: a\ndata: {demonstrations: [d]}\nbatch: 1\nsteps: 1\noptimizer: {learning_rate: 1}\nevaluate: {reward: rm}\n", SFT, "2: a reward model scores responses"},
		{"best by a reward that is not there", "init: a\ndata: {demonstrations: [d]}\nbatch: 1\nsteps: 1\noptimizer: {learning_rate: 1}\nevaluate: {best: reward}\n", SFT, "6: best is by a reward model, and there is none"},
		{"pretraining mixed into pretraining", model + rest + "pretraining: {gamma: 1}\n", Pretrain, "7: pretraining is for sft; remove it"},
		{"nothing to mix in", "init: a\ndata: {demonstrations: [d]}\nbatch: 1\nsteps: 1\noptimizer: {learning_rate: 1}\npretraining: {gamma: 1}\n", SFT, "2: pretraining has a gamma"},
		{"unknown field", model + rest + "colour: red\n", Pretrain, `7: unknown field "colour"; a training has seed`},
		{"no model", "tokenizer: {kind: bytes}\n" + rest, Pretrain, "1: no model; write model:"},
		{"no tokenizer", "model: {layers: 4, heads: 4, width: 128, context: 64}\n" + rest, Pretrain, "1: no tokenizer; write"},
		{"heads", strings.Replace(model, "heads: 4", "heads: 3", 1) + rest, Pretrain, "1: width 128 is no multiple of 3 heads"},
		{"layers", strings.Replace(model, "layers: 4", "layers: 0", 1) + rest, Pretrain, "1: layers must be a whole number from 1"},
		{"size of bytes", strings.Replace(model, "kind: bytes", "kind: bytes, size: 5", 1) + rest, Pretrain, "2: size is for kind: bpe"},
		{"bpe without size", strings.Replace(model, "kind: bytes", "kind: bpe", 1) + rest, Pretrain, "2: no size; write size:"},
		{"kind", strings.Replace(model, "kind: bytes", "kind: syllables", 1) + rest, Pretrain, `2: no kind "syllables"; there are bytes, characters, words, bpe`},
		{"no data", model + strings.Replace(rest, "data: {text: [a]}\n", "", 1), Pretrain, "1: no data"},
		{"no text", model + strings.Replace(rest, "text: [a]", "validation: [a]", 1), Pretrain, "3: no text; write text: [FILE]"},
		{"both validations", model + strings.Replace(rest, "text: [a]", "text: [a], validation: [b], validation_share: 0.1", 1), Pretrain, "3: validation_share beside validation"},
		{"no steps", model + strings.Replace(rest, "steps: 10\n", "", 1), Pretrain, "no steps; write steps:"},
		{"epochs", model + strings.Replace(rest, "steps", "epochs", 1), Pretrain, "5: epochs is for sft; remove it"},
		{"no batch", model + strings.Replace(rest, "batch: 12\n", "", 1), Pretrain, "no batch; write batch:"},
		{"no rate", model + strings.Replace(rest, "learning_rate: 1e-3", "decay: 0.1", 1), Pretrain, "6: no learning_rate"},
		{"final above peak", model + strings.Replace(rest, "1e-3", "1e-3, final: 1", 1), Pretrain, "6: final 1; it must be from 0 to 0.001"},
		{"dropout", model + rest + "dropout: 1\n", Pretrain, "7: dropout 1; it must be from 0 to"},
		{"init beside model", model + rest + "init: x\n", Pretrain, "7: model beside init; remove one of the two"},
		{"tuning without init", strings.Replace(rest, "text", "demonstrations", 1), SFT, "no init; name the folder"},
		{"tuning on text", "init: x\n" + rest, SFT, "2: no demonstrations"},
		{"steps beside epochs", "init: x\nepochs: 3\n" + strings.Replace(rest, "text", "demonstrations", 1), SFT, "5: epochs beside steps"},
		{"score", model + rest + "evaluate: {best: reward}\n", Pretrain, `7: no best "reward"; there is validation loss`},
	} {
		_, err := parseTrain("c.yaml", []byte(tt.text), tt.kind)
		if err == nil || !strings.HasPrefix(err.Error(), "c.yaml:") || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

// The plan in a manifest has no paths, and nothing that can't change the weights.
func TestTrainCanonical(t *testing.T) {
	read := func(more string) string {
		p, err := parseTrain("c.yaml", []byte("model: {layers: 4, heads: 4, width: 128, context: 64}\ntokenizer: {kind: bytes}\n"+
			"data: {text: [some/where/a.txt]}\nbatch: 12\nsteps: 10\noptimizer: {learning_rate: 1e-3}\n"+more), Pretrain)
		if err != nil {
			t.Fatal(err)
		}
		data, err := p.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	plain := read("")
	if strings.Contains(plain, "where") || !strings.Contains(plain, `"a.txt"`) {
		t.Errorf("paths in %s", plain)
	}
	if read("save_every: 3\n") != plain || read("seed: 1\n") != plain {
		t.Error("how often a state is saved changes the plan")
	}
	if read("seed: 2\n") == plain || read("accumulate: 2\n") == plain {
		t.Error("what changes the weights does not change the plan")
	}
}
