package training_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay/harness/plan"
	"assay/harness/training"
	"assay/harness/training/lm"
	"assay/harness/training/ppo"
	"assay/harness/training/reward"
)

// construct reads a plan in a folder and makes its training.
func construct(kind plan.TrainKind, path string, folder *training.Folder) (*training.Job, error) {
	find := &training.Finder{Plan: path}
	switch kind {
	case plan.RewardModel:
		p, err := plan.ReadReward(path)
		if err != nil {
			return nil, err
		}
		files, err := reward.Open(p, find)
		if err != nil {
			return nil, err
		}
		t, err := reward.New(p, files, folder)
		if err != nil {
			return nil, err
		}
		return t.Job()
	case plan.PPOKind:
		p, err := plan.ReadPPO(path)
		if err != nil {
			return nil, err
		}
		files, err := ppo.Open(p, find)
		if err != nil {
			return nil, err
		}
		return ppo.New(p, files, folder)
	}
	p, err := plan.ReadTrain(path, kind)
	if err != nil {
		return nil, err
	}
	files, err := lm.Open(p, find)
	if err != nil {
		return nil, err
	}
	return lm.New(kind, p, files, folder)
}

// Errors that can be found before a training's first step are found then, with file and
// line, and no folder is left behind.
func TestTrainingsAreCheckedBeforeTheirFirstStep(t *testing.T) {
	t.Chdir(t.TempDir())
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("text.txt", strings.Repeat("the cat sat on a mat and the dog ran to me\n", 50))
	var demos strings.Builder
	for i := range 60 {
		fmt.Fprintf(&demos, "{\"prompt\": \"say %d\\n\", \"completion\": \"cat\"}\n", i%11)
	}
	write("demos.jsonl", demos.String())
	write("c.yaml", "model: {num_hidden_layers: 1, num_attention_heads: 2, hidden_size: 16, max_position_embeddings: 24}\ntokenizer: {type: bytes}\ndata: {text: [text.txt]}\nbatch_size: 2\nmax_steps: 1\noptimizer: {learning_rate: 1e-3}\n")
	err := training.Within("base", func(folder *training.Folder) error {
		j, err := construct(plan.Pretrain, "c.yaml", folder)
		if err != nil {
			return err
		}
		_, err = training.Run(t.Context(), folder.Dir, j, watch{})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	write("none.txt", "")
	write("few.jsonl", `{"prompt": "a", "chosen": "b", "rejected": "c", "labeler": "ann"}
{"prompt": "b", "chosen": "b", "rejected": "c", "labeler": "bob"}
{"prompt": "c", "chosen": "b", "rejected": "c"}
`)
	write("ties.jsonl", `{"prompt": "a", "responses": ["b", "c"], "ranks": [1, 1], "labeler": "ann"}`)
	write("lone.jsonl", `{"prompt": "a", "chosen": "b", "rejected": "c", "labeler": "ann"}
{"prompt": "b", "responses": ["b", "c"], "ranks": [2, 2], "labeler": "bob"}
`)
	write("long.jsonl", `{"prompt": "a", "completion": "b"}
{"prompt": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "completion": "b"}
`)
	write("equal.jsonl", `{"prompt": "a", "responses": ["b", "b"], "ranks": [1, 2]}`)
	write("none.jsonl", "")
	const text = "model: {num_hidden_layers: 1, num_attention_heads: 2, hidden_size: 16, max_position_embeddings: 24}\ntokenizer: {type: bytes}\nbatch_size: 2\nmax_steps: 300\noptimizer: {learning_rate: 1e-3}\n"
	const of = "init: base/model\nbatch_size: 2\noptimizer: {learning_rate: 1e-3}\n"
	for _, tt := range []struct {
		kind       plan.TrainKind
		plan, want string
	}{
		{plan.Pretrain, text + "data: {text: [text.txt], validation: [none.txt]}\n", "c.yaml:6: what is held out is 0 tokens"},
		{plan.Pretrain, text + "data: {text: [text.txt], validation_split: 0.00001}\n", "c.yaml:6: what is held out is 0 tokens"},
		{plan.SFT, of + "num_train_epochs: 1\ndata: {demonstrations: [long.jsonl]}\n", "long.jsonl:2: a prompt of 37 tokens is longer than max_length (24 tokens)"},
		{plan.SFT, of + "num_train_epochs: 1\ndata:\n  demonstrations: [demos.jsonl]\n  validation_split: 0.01\n", "c.yaml:7: what is held out is no prompt"},
		{plan.SFT, of + "num_train_epochs: 1\ndata: {demonstrations: [demos.jsonl], validation: [none.jsonl]}\n", "c.yaml:5: what is held out is no demonstration"},
		{plan.SFT, of + "num_train_epochs: 1\ndata: {demonstrations: [demos.jsonl], validation_split: 0.2}\nevaluate: {reward_model: base/model}\n", "c.yaml:6: reward_model is base/model, which is not a reward model"},
		{plan.RewardModel, of + "data: {preferences: [few.jsonl], validation_split: 0.1}\n", "c.yaml:4: validation_split 0.1 of the prompts of 3 preferences holds out none; write a larger share"},
		{plan.RewardModel, of + "data: {preferences: [few.jsonl], validation_split: 0.1}\nevaluate: {metric_for_best_model: validation loss}\n", "c.yaml:4: validation_split 0.1 of the prompts of 3 preferences"},
		{plan.RewardModel, of + "data: {preferences: [few.jsonl], validation: [lone.jsonl, ties.jsonl]}\n", "c.yaml:4: ties.jsonl: nothing to learn from 1 preference: none has two responses with different texts and different ranks"},
		{plan.RewardModel, of + "data: {preferences: [equal.jsonl]}\n", "c.yaml:4: training data: nothing to learn from 1 preference: none has two responses with different texts and different ranks"},
		{plan.Pretrain, strings.Replace(text, "bytes", "bpe, vocab_size: 10", 1) + "data: {text: [text.txt]}\n", "c.yaml:2: a vocabulary of 10 tokens"},
		{plan.PPOKind, "init: base/model\nreward_model: base/model\ndata: {prompts: [demos.jsonl]}\niterations: 1\n", "c.yaml:2: reward_model is base/model, which is not a reward model"},
		{plan.RewardModel, of + "data: {preferences: [few.jsonl]}\nfolds: 2\n", "few.jsonl:3: no labeler, and folds: 2 are groups of labelers"},
		{plan.RewardModel, of + "data: {preferences: [lone.jsonl]}\nfolds: 3\n", "c.yaml:5: 3 folds of 2 labelers"},
		{plan.RewardModel, of + "data: {preferences: [lone.jsonl]}\nfolds: 2\n", "c.yaml:5: fold 1 of 2 learns from: nothing to learn from 1 preference: none has two responses with different texts and different ranks"},
		{plan.RewardModel, of + "data: {preferences: [few.jsonl], demonstrations: [none.jsonl]}\n", "c.yaml:4: no demonstrations in it"},
	} {
		write("c.yaml", tt.plan)
		err := training.Within("refused", func(folder *training.Folder) error {
			_, err := construct(tt.kind, "c.yaml", folder)
			return err
		})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s\n%s: %v, want %q", tt.kind, tt.plan, err, tt.want)
		}
		if _, err := os.Stat("refused"); err == nil {
			t.Errorf("%s\n%s: a folder is left behind", tt.kind, tt.plan)
			os.RemoveAll("refused")
		}
	}
	// A share of demonstrations is held out, and a row that is too long is left out.
	write("c.yaml", of+"num_train_epochs: 1\ndata: {demonstrations: [demos.jsonl, long.jsonl], validation_split: 0.25, overlong: drop}\n")
	err = training.Within("sft", func(folder *training.Folder) error {
		j, err := construct(plan.SFT, "c.yaml", folder)
		if err != nil {
			return err
		}
		if notes := strings.Join(j.Notes, "\n"); !strings.Contains(notes, "demonstrations longer than max_length (24 tokens), left out: 1 (the first at long.jsonl:2)") {
			t.Errorf("notes %s", notes)
		}
		result, err := training.Run(t.Context(), folder.Dir, j, watch{})
		if err == nil && (len(result.Last.Scores) != 1 || result.Last.Scores[0].Name != plan.ValidationLoss) {
			t.Errorf("the last step's scores are %+v", result.Last.Scores)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join("sft", training.ModelFolder, "model.safetensors")); err != nil {
		t.Error(err)
	}
}
