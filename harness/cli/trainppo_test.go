package cli_test

import (
	"bytes"
	"io/fs"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"assay/harness/runstore"
	"assay/models/bpe"
	"assay/models/compute"
	"assay/models/compute/kernels"
	"assay/models/gpt"
)

// sameFolders checks that all files of two trainings are equal, except timings. Those that
// name the model after its folder may differ in that name.
func (tr *trainer) sameFolders(a, b string) {
	tr.t.Helper()
	files := func(dir string) map[string][]byte {
		all := map[string][]byte{}
		root := filepath.Join(tr.dir, dir)
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			name, err := filepath.Rel(root, path)
			if err != nil || filepath.Base(name) == "timings.jsonl" || strings.HasPrefix(name, ".lock") {
				return err
			}
			content, err := os.ReadFile(path)
			if name == "manifest.json" || name == "preferences.json" || name == "judge.json" {
				content = bytes.ReplaceAll(content, []byte(`"`+dir+`"`), []byte(`"NAME"`))
			}
			all[name] = content
			return err
		})
		if err != nil {
			tr.t.Fatal(err)
		}
		return all
	}
	first, second := files(a), files(b)
	if len(first) != len(second) || first["train.jsonl"] == nil || first["manifest.json"] == nil || first["model/model.safetensors"] == nil {
		tr.t.Fatalf("files %q in %s, %q in %s", slices.Sorted(maps.Keys(first)), a, slices.Sorted(maps.Keys(second)), b)
	}
	for name, content := range first {
		if !bytes.Equal(content, second[name]) {
			tr.t.Errorf("%s differs between %s and %s", name, a, b)
		}
	}
}

// rewardModel writes a random reward model with a checkpoint's shape.
func (tr *trainer) rewardModel(of, to string, seed uint64) {
	tr.t.Helper()
	cpu := kernels.New(kernels.Generic, 1)
	defer cpu.Close()
	e := compute.NewEngine(cpu)
	model, err := gpt.Load(e, filepath.Join(tr.dir, of))
	if err != nil {
		tr.t.Fatal(err)
	}
	c := model.Config()
	c.ScalarHead, c.InitializerRange = true, 0.2
	if model, err = gpt.New(e, c, rand.NewPCG(seed, 9)); err != nil {
		tr.t.Fatal(err)
	}
	tokenizer, err := bpe.Load(filepath.Join(tr.dir, of))
	if err != nil {
		tr.t.Fatal(err)
	}
	if err := tokenizer.Save(filepath.Join(tr.dir, to)); err != nil {
		tr.t.Fatal(err)
	}
	if err := model.Save(filepath.Join(tr.dir, to)); err != nil {
		tr.t.Fatal(err)
	}
}

// epochs checks that each epoch of a fine-tuning has a record with both scores, and that the
// best reward so far is marked.
func (tr *trainer) epochs(dir string, want int) {
	tr.t.Helper()
	best, n := math.Inf(-1), 0
	for s, err := range runstore.TrainSteps().Read(runstore.Dir(filepath.Join(tr.dir, dir))) {
		if err != nil {
			tr.t.Fatal(err)
		}
		if s.Epoch == 0 {
			if s.Scores != nil || s.Best {
				tr.t.Errorf("step %d ends no epoch and has scores %+v", s.Step, s.Scores)
			}
			continue
		}
		n++
		if s.Epoch != n || len(s.Scores) != 2 || s.Scores[0].Name != "validation loss" || s.Scores[1].Name != "reward" || s.Scores[1].N != 60 {
			tr.t.Fatalf("step %d: epoch %d, scores %+v", s.Step, s.Epoch, s.Scores)
		}
		if s.Best != (s.Scores[1].Value > best) {
			tr.t.Errorf("epoch %d with reward %v, best %v: the best before is %v", n, s.Scores[1].Value, s.Best, best)
		}
		best = max(best, s.Scores[1].Value)
	}
	if n != want {
		tr.t.Errorf("%d epochs have records, want %d", n, want)
	}
}

// A PPO training that is killed several times ends with the same bits as an uninterrupted
// one. The policy generates, and its curves are in the report. A plan can use best-of-n by
// the reward model as a model.
func TestTrainPPO(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	t.Parallel()
	tr := newTrainer(t)
	tr.write("short.yaml", `model: {num_hidden_layers: 1, num_attention_heads: 2, hidden_size: 32, max_position_embeddings: 32}
tokenizer: {type: bpe, vocab_size: 300}
data: {text: [text.txt]}
batch_size: 4
max_steps: 60
optimizer: {learning_rate: 1e-2}
`)
	tr.run("train", "pretrain", "short.yaml", "-o", "base")
	tr.rewardModel("base/model", "reward", 9)
	tr.rewardModel("base/model", "judge", 10)
	tr.write("chosen.yaml", `init: base/model
data: {demonstrations: [demos.jsonl], validation: [demos.jsonl]}
batch_size: 8
num_train_epochs: 12
optimizer: {learning_rate: 3e-3, ema_decay: 0.9}
evaluate: {eval_strategy: epoch, reward_model: reward, prompts: [demos.jsonl], response_length: 6}
save_steps: 7
`)
	if said := tr.run("train", "sft", "chosen.yaml", "-o", "chosen"); !strings.Contains(said, "best reward") {
		t.Errorf("a checkpoint chosen by a reward model: %s", said)
	}
	tr.epochs("chosen", 12)
	tr.killedTimes(3, 90, "train", "sft", "chosen.yaml", "-o", "killed-chosen")
	tr.sameFolders("chosen", "killed-chosen")
	tr.write("ppo.yaml", `seed: 2
init: base/model
reward_model: reward
data: {prompts: [demos.jsonl], text: [text.txt]}
iterations: 150
batch_size: 16
mini_batch_size: 8
response_length: 8
kl: {kl_coef: 0.1, target: 4, horizon: 1000}
pretraining: {ptx_coef: 1, batch_size: 2, max_length: 16}
optimizer: {learning_rate: 1e-3, ema_decay: 0.9}
evaluate: {eval_steps: 5, prompts: [demos.jsonl], reward_model: judge, load_best_model_at_end: true, early_stopping_patience: 1000}
save_steps: 3
`)
	said := tr.run("train", "ppo", "ppo.yaml", "-o", "whole")
	if !strings.Contains(said, "150 steps") || !strings.Contains(said, "best validation reward") || !regexp.MustCompile(`reward \S+ over the first tenth of the steps, \S+ over the last\n  KL `).MatchString(said) {
		t.Errorf("said %s", said)
	}
	tr.killedTimes(6, 150, "train", "ppo", "ppo.yaml", "-o", "killed")
	tr.sameFolders("whole", "killed")

	ppo, err := os.ReadFile(filepath.Join(tr.dir, "ppo.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	wild := strings.NewReplacer("learning_rate: 1e-3, ema_decay: 0.9", "learning_rate: 30", "iterations: 150", "iterations: 12", "kl_coef: 0.1, target: 4, horizon: 1000", "kl_coef: 0")
	tr.write("wild.yaml", wild.Replace(string(ppo)))
	if said := tr.run("train", "ppo", "wild.yaml", "-o", "wild"); !strings.Contains(said, "it has diverged") {
		t.Errorf("a policy that diverged: %s", said)
	}

	tr.run("generate", "whole/model", "the cat", "-n", "5")
	tr.run("report", "whole", "-o", "report")
	page, err := os.ReadFile(filepath.Join(tr.dir, "report", "report.html"))
	if err != nil || !strings.Contains(string(page), "clip fraction") || !strings.Contains(string(page), "gradient ratio") {
		t.Errorf("the report lacks PPO's curves: %v", err)
	}
	tr.write("prompts.jsonl", "{\"instruction\": \"the cat\"}\n{\"instruction\": \"a dog\"}\n")
	tr.write("best.yaml", `models:
  - {name: best, model: "gpt:whole/model", temperature: 1, max_tokens: 6, best_of: 4, reward: "gpt:reward"}
suites:
  - {suite: winrate, data: prompts.jsonl}
`)
	tr.run("run", "best.yaml", "-o", "best")
	if answers, err := os.ReadFile(filepath.Join(tr.dir, "best", "completions.jsonl")); err != nil || strings.Count(string(answers), `"scores":[`) != 2 {
		t.Errorf("the best of four has no reward: %v\n%s", err, answers)
	}
	for plan, want := range map[string]string{
		"init: base/model\nreward_model: base/model\n": "not a reward model",
		"init: reward\nreward_model: reward\n":         "a reward model",
		"init: nowhere\nreward_model: reward\n":        "nowhere: no such file or folder",
	} {
		tr.write("wrong.yaml", plan+"data: {prompts: [demos.jsonl]}\nresponse_length: 8\n")
		out, err := tr.command("train", "ppo", "wrong.yaml", "-o", "none").CombinedOutput()
		if err == nil || !strings.Contains(string(out), want) || strings.Count(string(out), "\n") != 1 {
			t.Errorf("%q: %v, %s; want one line with %q", plan, err, out, want)
		}
		if _, err := os.Stat(filepath.Join(tr.dir, "none")); err == nil {
			t.Errorf("%q: left a folder", plan)
		}
	}
}
