package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What can be seen before a training's first step is seen then, with file and line, and
// no folder is left behind.
func TestTrainIsCheckedBeforeItsFirstStep(t *testing.T) {
	tr := newTrainer(t)
	tr.write("base.yaml", "model: {num_hidden_layers: 1, num_attention_heads: 2, hidden_size: 16, max_position_embeddings: 24}\ntokenizer: {type: bytes}\ndata: {text: [text.txt]}\nbatch_size: 2\nmax_steps: 1\noptimizer: {learning_rate: 1e-3}\n")
	tr.run("train", "pretrain", "base.yaml", "-o", "base")
	tr.write("none.txt", "")
	tr.write("few.jsonl", `{"prompt": "a", "chosen": "b", "rejected": "c", "labeler": "ann"}
{"prompt": "b", "chosen": "b", "rejected": "c", "labeler": "bob"}
{"prompt": "c", "chosen": "b", "rejected": "c"}
`)
	tr.write("ties.jsonl", `{"prompt": "a", "responses": ["b", "c"], "ranks": [1, 1], "labeler": "ann"}`)
	tr.write("lone.jsonl", `{"prompt": "a", "chosen": "b", "rejected": "c", "labeler": "ann"}
{"prompt": "b", "responses": ["b", "c"], "ranks": [2, 2], "labeler": "bob"}
`)
	tr.write("long.jsonl", `{"prompt": "a", "completion": "b"}
{"prompt": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "completion": "b"}
`)
	tr.write("equal.jsonl", `{"prompt": "a", "responses": ["b", "b"], "ranks": [1, 2]}`)
	tr.write("none.jsonl", "")
	const text = "model: {num_hidden_layers: 1, num_attention_heads: 2, hidden_size: 16, max_position_embeddings: 24}\ntokenizer: {type: bytes}\nbatch_size: 2\nmax_steps: 300\noptimizer: {learning_rate: 1e-3}\n"
	const of = "init: base/model\nbatch_size: 2\noptimizer: {learning_rate: 1e-3}\n"
	for _, tt := range []struct{ kind, plan, want string }{
		{"pretrain", text + "data: {text: [text.txt], validation: [none.txt]}\n", "c.yaml:6: what is held out is 0 tokens"},
		{"pretrain", text + "data: {text: [text.txt], validation_split: 0.00001}\n", "c.yaml:6: what is held out is 0 tokens"},
		{"sft", of + "num_train_epochs: 1\ndata: {demonstrations: [long.jsonl]}\n", "long.jsonl:2: a prompt of 37 tokens leaves nothing to say"},
		{"sft", of + "num_train_epochs: 1\ndata:\n  demonstrations: [demos.jsonl]\n  validation_split: 0.01\n", "c.yaml:7: what is held out is no prompt"},
		{"sft", of + "num_train_epochs: 1\ndata: {demonstrations: [demos.jsonl], validation: [none.jsonl]}\n", "c.yaml:5: what is held out is no demonstration"},
		{"sft", of + "num_train_epochs: 1\ndata: {demonstrations: [demos.jsonl], validation_split: 0.2}\nevaluate: {reward_model: base/model}\n", "c.yaml:6: reward_model is base/model, which is no reward model"},
		{"reward", of + "data: {preferences: [few.jsonl], validation_split: 0.1}\n", "c.yaml:4: a share of 0.1 of the prompts of 3 comparisons holds out none"},
		{"reward", of + "data: {preferences: [few.jsonl], validation_split: 0.1}\nevaluate: {metric_for_best_model: validation loss}\n", "c.yaml:4: a share of 0.1"},
		{"reward", of + "data: {preferences: [few.jsonl], validation: [lone.jsonl, ties.jsonl]}\n", "c.yaml:4: ties.jsonl: 1 comparisons, and none with two different responses of different ranks"},
		{"reward", of + "data: {preferences: [equal.jsonl]}\n", "c.yaml:4: what is learnt from: 1 comparisons, and none with two different responses of different ranks"},
		{"pretrain", strings.Replace(text, "bytes", "bpe, vocab_size: 10", 1) + "data: {text: [text.txt]}\n", "c.yaml:2: a vocabulary of 10 tokens"},
		{"ppo", "init: base/model\nreward_model: base/model\ndata: {prompts: [demos.jsonl]}\niterations: 1\n", "c.yaml:2: reward_model is base/model, which is no reward model"},
		{"reward", of + "data: {preferences: [few.jsonl]}\nfolds: 2\n", "few.jsonl:3: no labeler, and folds: 2 are groups of labelers"},
		{"reward", of + "data: {preferences: [lone.jsonl]}\nfolds: 3\n", "c.yaml:5: 3 folds of 2 labelers"},
		{"reward", of + "data: {preferences: [lone.jsonl]}\nfolds: 2\n", "c.yaml:5: fold 1 of 2 learns from: 1 comparisons, and none with two"},
		{"reward", of + "data: {preferences: [few.jsonl], demonstrations: [none.jsonl]}\n", "c.yaml:4: no demonstrations in it"},
	} {
		tr.write("c.yaml", tt.plan)
		out, err := tr.command("train", tt.kind, "c.yaml", "-o", "refused").CombinedOutput()
		if err == nil || !strings.Contains(string(out), tt.want) {
			t.Errorf("%s\n%s%v: %s, want %q", tt.kind, tt.plan, err, out, tt.want)
		}
		if _, err := os.Stat(filepath.Join(tr.dir, "refused")); err == nil {
			t.Errorf("%s\n%s: a folder is left behind", tt.kind, tt.plan)
			os.RemoveAll(filepath.Join(tr.dir, "refused"))
		}
	}
	// A share of demonstrations is held out, and a row that is too long left out.
	tr.write("c.yaml", of+"num_train_epochs: 1\ndata: {demonstrations: [demos.jsonl, long.jsonl], validation_split: 0.25, overlong: drop}\n")
	if out := tr.run("train", "sft", "c.yaml", "-o", "sft"); !strings.Contains(out, "best validation loss") || !strings.Contains(out, "demonstrations longer than 25 tokens, left out: 1 (the first at long.jsonl:2)") {
		t.Errorf("fine-tuning said %s", out)
	}
}
