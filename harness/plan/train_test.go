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
model: {num_hidden_layers: 4, num_attention_heads: 4, hidden_size: 128, max_position_embeddings: 64, bias: false}
tokenizer: {type: bpe, vocab_size: 4096}
data: {text: [a.txt, b.txt], validation_split: 0.1}
dropout: 0.2
batch_size: 12
gradient_accumulation_steps: 2
max_steps: 2000
optimizer: {learning_rate: 1e-3, min_lr: 2e-4, warmup_steps: 100, adam_beta1: 0.8, adam_beta2: 0.99, adam_epsilon: 1e-6, weight_decay: 0.1, max_grad_norm: 2, ema_decay: 0.999}
evaluate: {eval_steps: 250, max_eval_tokens: 5000}
save_steps: 100
`), Pretrain)
	if err != nil {
		t.Fatal(err)
	}
	want := &Train{
		Path: "c.yaml", Seed: 7, Model: Shape{NumHiddenLayers: 4, NumAttentionHeads: 4, HiddenSize: 128, MaxPositionEmbeddings: 64, InitializerRange: 0.02},
		Tokenizer: Tokenizer{Type: BPE, VocabSize: 4096}, Data: TrainData{Text: []string{"a.txt", "b.txt"}, ValidationSplit: 0.1},
		DropoutRates: DropoutRates{Dropout: 0.2}, BatchSize: 12, GradientAccumulationSteps: 2, MaxSteps: 2000, SaveSteps: 100,
		Optimizer: Optimizer{LearningRate: 1e-3, MinLR: 2e-4, WarmupSteps: 100, AdamBeta1: 0.8, AdamBeta2: 0.99, AdamEpsilon: 1e-6, WeightDecay: 0.1, MaxGradNorm: 2, EMADecay: 0.999},
		Evaluate:  Evaluate{EvalSteps: 250, MaxEvalTokens: 5000, MetricForBestModel: ValidationLoss},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreTypes(yamlstruct.Place{})); diff != "" {
		t.Errorf("pretraining (-want +got):\n%s", diff)
	}
	got, err = parseTrain("c.yaml", []byte("init: gpt/model\ndata: {demonstrations: [d.jsonl]}\nbatch_size: 32\nnum_train_epochs: 16\noptimizer: {learning_rate: 1e-4}\n"), SFT)
	if err != nil {
		t.Fatal(err)
	}
	want = &Train{
		Path: "c.yaml", Seed: 1, Init: "gpt/model", Data: TrainData{Demonstrations: []string{"d.jsonl"}},
		BatchSize: 32, GradientAccumulationSteps: 1, NumTrainEpochs: 16, Evaluate: Evaluate{MetricForBestModel: ValidationLoss},
		Optimizer: Optimizer{LearningRate: 1e-4, MinLR: 1e-5, AdamBeta1: 0.9, AdamBeta2: 0.95, AdamEpsilon: 1e-8, MaxGradNorm: 1},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreTypes(yamlstruct.Place{})); diff != "" {
		t.Errorf("fine-tuning (-want +got):\n%s", diff)
	}
}

func TestTrainDefects(t *testing.T) {
	const (
		model = "model: {num_hidden_layers: 4, num_attention_heads: 4, hidden_size: 128, max_position_embeddings: 64}\ntokenizer: {type: bytes}\n" // lines 1 and 2
		rest  = "data: {text: [a]}\nbatch_size: 12\nmax_steps: 10\noptimizer: {learning_rate: 1e-3}\n"
		sft   = "init: a\ndata: {demonstrations: [d]}\nbatch_size: 1\nmax_steps: 1\noptimizer: {learning_rate: 1}\n" // five lines
	)
	for _, tt := range []struct {
		name, text string
		kind       TrainKind
		want       string
	}{
		{"empty", "", Pretrain, "1: "},
		{"a reward for pretraining", model + rest + "evaluate: {reward_model: rm}\n", Pretrain, "7: reward_model is only for sft; remove it"},
		{"a reward without prompts", "init: a\ndata: {demonstrations: [d]}\nbatch_size: 1\nmax_steps: 1\noptimizer: {learning_rate: 1}\nevaluate: {reward_model: rm}\n", SFT, "2: reward_model needs validation prompts, but there are none"},
		{"best by a reward that is not there", "init: a\ndata: {demonstrations: [d]}\nbatch_size: 1\nmax_steps: 1\noptimizer: {learning_rate: 1}\nevaluate: {metric_for_best_model: reward}\n", SFT, "6: metric_for_best_model: reward needs a reward model"},
		{"prompts without a reward", sft + "evaluate: {prompts: [p]}\n", SFT, "6: prompts needs reward_model"},
		{"gold without prompts", sft + "evaluate: {reward_model: rm, gold: world}\n", SFT, "6: gold needs prompts"},
		{"best by what is not held out", sft + "evaluate: {metric_for_best_model: validation loss}\n", SFT, "6: metric_for_best_model needs held-out data"},
		{"epochs and steps", sft + "evaluate: {eval_strategy: epoch, eval_steps: 5}\n", SFT, "6: eval_steps goes with eval_strategy: steps, not epoch"},
		{"steps without their number", sft + "evaluate: {eval_strategy: steps}\n", SFT, "6: eval_strategy: steps needs eval_steps"},
		{"a strategy", sft + "evaluate: {eval_strategy: daily}\n", SFT, `6: unknown eval_strategy "daily"`},
		{"epochs of pretraining", model + rest + "evaluate: {eval_strategy: epoch}\n", Pretrain, "7: eval_strategy is only for sft and reward"},
		{"pretraining mixed into pretraining", model + rest + "pretraining: {ptx_coef: 1}\n", Pretrain, "7: pretraining is only for sft; remove it"},
		{"nothing to mix in", "init: a\ndata: {demonstrations: [d]}\nbatch_size: 1\nmax_steps: 1\noptimizer: {learning_rate: 1}\npretraining: {ptx_coef: 1}\n", SFT, "2: ptx_coef needs text, but there is none"},
		{"unknown field", model + rest + "colour: red\n", Pretrain, `7: unknown field "colour"; a training has seed`},
		{"no model", "tokenizer: {type: bytes}\n" + rest, Pretrain, "1: no model; write model:"},
		{"no tokenizer", "model: {num_hidden_layers: 4, num_attention_heads: 4, hidden_size: 128, max_position_embeddings: 64}\n" + rest, Pretrain, "1: no tokenizer; write"},
		{"heads", strings.Replace(model, "num_attention_heads: 4", "num_attention_heads: 3", 1) + rest, Pretrain, "1: hidden_size 128 is not a multiple of num_attention_heads 3"},
		{"layers", strings.Replace(model, "num_hidden_layers: 4", "num_hidden_layers: 0", 1) + rest, Pretrain, "1: num_hidden_layers is 0; it must be a whole number from 1"},
		{"size of bytes", strings.Replace(model, "type: bytes", "type: bytes, vocab_size: 5", 1) + rest, Pretrain, "2: vocab_size is only for type: bpe"},
		{"bpe without size", strings.Replace(model, "type: bytes", "type: bpe", 1) + rest, Pretrain, "2: no vocab_size; write vocab_size:"},
		{"kind", strings.Replace(model, "type: bytes", "type: syllables", 1) + rest, Pretrain, `2: unknown type "syllables"; use one of bytes, characters, words,`},
		{"no data", model + strings.Replace(rest, "data: {text: [a]}\n", "", 1), Pretrain, "1: no data"},
		{"no text", model + strings.Replace(rest, "text: [a]", "validation: [a]", 1), Pretrain, "3: no text; write text: [FILE]"},
		{"both validations", model + strings.Replace(rest, "text: [a]", "text: [a], validation: [b], validation_split: 0.1", 1), Pretrain, "3: both validation_split and validation"},
		{"no steps", model + strings.Replace(rest, "max_steps: 10\n", "", 1), Pretrain, "no max_steps; write max_steps:"},
		{"epochs", model + strings.Replace(rest, "max_steps", "num_train_epochs", 1), Pretrain, "5: num_train_epochs is only for sft; remove it"},
		{"no batch", model + strings.Replace(rest, "batch_size: 12\n", "", 1), Pretrain, "no batch_size; write batch_size:"},
		{"no rate", model + strings.Replace(rest, "learning_rate: 1e-3", "weight_decay: 0.1", 1), Pretrain, "6: no learning_rate"},
		{"final above peak", model + strings.Replace(rest, "1e-3", "1e-3, min_lr: 1", 1), Pretrain, "6: min_lr is 1; it must be from 0 to"},
		{"dropout", model + rest + "dropout: 1\n", Pretrain, "7: dropout is 1; it must be from 0 to"},
		{"both kinds of dropout", model + rest + "dropout: 0.1\nresid_pdrop: 0.2\n", Pretrain, "8: both resid_pdrop and dropout; remove one of them"},
		{"residual dropout", model + rest + "resid_pdrop: 1\n", Pretrain, "7: resid_pdrop is 1; it must be from 0 to"},
		{"init beside model", model + rest + "init: x\n", Pretrain, "7: both model and init; remove one of them"},
		{"tuning without init", strings.Replace(rest, "text", "demonstrations", 1), SFT, "no init; name the folder"},
		{"tuning on text", "init: x\n" + rest, SFT, "2: no demonstrations"},
		{"steps beside epochs", "init: x\nnum_train_epochs: 3\n" + strings.Replace(rest, "text", "demonstrations", 1), SFT, "5: both num_train_epochs and max_steps"},
		{"an earlier key", model + strings.Replace(rest, "batch_size", "batch", 1), Pretrain, "4: batch is now called batch_size; rename it"},
		{"score", model + rest + "evaluate: {metric_for_best_model: reward}\n", Pretrain, `7: unknown metric_for_best_model "reward"; use validation loss`},
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
		p, err := parseTrain("c.yaml", []byte("model: {num_hidden_layers: 4, num_attention_heads: 4, hidden_size: 128, max_position_embeddings: 64}\ntokenizer: {type: bytes}\n"+
			"data: {text: [some/where/a.txt]}\nbatch_size: 12\nmax_steps: 10\noptimizer: {learning_rate: 1e-3}\n"+more), Pretrain)
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
	if strings.Contains(plain, "pdrop") || !strings.Contains(read("resid_pdrop: 0.2\n"), `"dropout":0,"resid_pdrop":0.2`) {
		t.Errorf("residual dropout in %s and %s", plain, read("resid_pdrop: 0.2\n"))
	}
	if strings.Contains(plain, "where") || !strings.Contains(plain, `"a.txt"`) {
		t.Errorf("paths in %s", plain)
	}
	if read("save_steps: 3\n") != plain || read("seed: 1\n") != plain {
		t.Error("how often a state is saved changes the plan")
	}
	if read("seed: 2\n") == plain || read("gradient_accumulation_steps: 2\n") == plain {
		t.Error("what changes the weights does not change the plan")
	}
}
