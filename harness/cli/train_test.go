package cli_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// trainer runs the binary in a folder.
type trainer struct {
	t      *testing.T
	binary string
	dir    string
}

func newTrainer(t *testing.T) *trainer {
	tr := &trainer{t, program(t), t.TempDir()}
	var text, demos strings.Builder
	random := rand.New(rand.NewPCG(1, 2))
	words := strings.Fields("the cat sat on a mat and the dog ran to me")
	for i := range 3000 {
		text.WriteString(words[random.IntN(len(words))])
		text.WriteByte(" \n"[i%9/8])
	}
	for i := range 60 {
		fmt.Fprintf(&demos, "{\"prompt\": \"say %s\\n\", \"completion\": \"%s\"}\n", words[i%len(words)], words[i%len(words)])
	}
	tr.write("text.txt", text.String())
	tr.write("demos.jsonl", demos.String())
	tr.write("pretrain.yaml", `seed: 3
model: {num_hidden_layers: 2, num_attention_heads: 2, hidden_size: 32, max_position_embeddings: 32}
tokenizer: {type: bpe, vocab_size: 300}
data: {text: [text.txt], validation_split: 0.1}
dropout: 0.1
batch_size: 4
gradient_accumulation_steps: 2
max_steps: 120
optimizer: {learning_rate: 1e-2, warmup_steps: 10, weight_decay: 0.1, ema_decay: 0.9}
evaluate: {eval_steps: 30}
save_steps: 20
`)
	tr.write("sft.yaml", `init: whole/model
data: {demonstrations: [demos.jsonl], validation: [demos.jsonl], text: [text.txt]}
dropout: 0.1
batch_size: 8
num_train_epochs: 16
optimizer: {learning_rate: 3e-3, warmup_steps: 3}
evaluate: {eval_steps: 10}
save_steps: 9
pretraining: {ptx_coef: 0.1, batch_size: 2}
`)
	return tr
}

func (tr *trainer) write(name, text string) {
	tr.t.Helper()
	if err := os.WriteFile(filepath.Join(tr.dir, name), []byte(text), 0o644); err != nil {
		tr.t.Fatal(err)
	}
}

func (tr *trainer) command(args ...string) *exec.Cmd {
	cmd := exec.Command(tr.binary, args...)
	cmd.Dir = tr.dir
	return cmd
}

func (tr *trainer) run(args ...string) string {
	tr.t.Helper()
	out, err := tr.command(args...).CombinedOutput()
	if err != nil {
		tr.t.Fatalf("assay %q: %v\n%s", args, err, out)
	}
	return string(out)
}

// steps counts the records of a training's steps, including those of its folds.
func (tr *trainer) steps(dir string) int {
	n := 0
	for _, pattern := range []string{"train.jsonl", "folds/*/train.jsonl"} {
		paths, _ := filepath.Glob(filepath.Join(tr.dir, dir, pattern)) // the pattern is valid
		for _, path := range paths {
			journal, _ := os.ReadFile(path)
			n += max(bytes.Count(journal, []byte("\n"))-1, 0)
		}
	}
	return n
}

// stopped starts a training and stops it by a signal: after a pause, or at once if steps is 0,
// otherwise once it has made some steps more. It returns how the training ended. A training
// that ends before the signal proves nothing: its folder is removed, and it starts afresh.
func (tr *trainer) stopped(signal os.Signal, pause time.Duration, steps int, env []string, args ...string) *os.ProcessState {
	tr.t.Helper()
	dir := args[len(args)-1]
	for range 20 {
		child := tr.command(args...)
		child.Env = append(os.Environ(), env...)
		before := tr.steps(dir)
		if err := child.Start(); err != nil {
			tr.t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- child.Wait() }()
		time.Sleep(pause)
		for steps > 0 && tr.steps(dir) < before+steps && len(ended) == 0 {
			time.Sleep(time.Millisecond)
		}
		_ = child.Process.Signal(signal) // fails if it has ended
		if err := <-ended; err != nil {
			return child.ProcessState
		}
		tr.t.Logf("%v came after the end", signal)
		if err := os.RemoveAll(filepath.Join(tr.dir, dir)); err != nil {
			tr.t.Fatal(err)
		}
	}
	tr.t.Fatalf("%s always ends before it is stopped", dir)
	return nil
}

// killedTimes kills a training several times, on one thread and on two in turn, then lets it
// finish. Every third time it is killed while it begins or resumes, otherwise after a random
// number of new steps.
func (tr *trainer) killedTimes(times, steps int, args ...string) {
	tr.t.Helper()
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 1))
	tr.t.Logf("seed %d", seed)
	for i := range times {
		var env []string
		if i%2 == 1 {
			env = []string{"GOMAXPROCS=1"}
		}
		pause, more := time.Duration(0), 1+random.IntN(steps/(2*times))
		if i%3 == 2 {
			pause, more = time.Duration(random.IntN(100))*time.Millisecond, 0
		}
		if state := tr.stopped(os.Kill, pause, more, env, args...); state.Exited() {
			tr.t.Fatalf("kill %d of %d: the training ended with %v", i+1, times, state)
		}
	}
	tr.run(args...)
}

// A training that is killed at random moments ends with the same bits as an uninterrupted
// one, on one thread and on two. The model can be fine-tuned and reported.
func TestTrain(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	t.Parallel()
	tr := newTrainer(t)
	said := tr.run("train", "pretrain", "pretrain.yaml", "-o", "whole")
	if !strings.Contains(said, "best validation loss") {
		t.Errorf("said %s", said)
	}
	tr.killedTimes(5, 120, "train", "pretrain", "pretrain.yaml", "-o", "killed")
	tr.sameFolders("whole", "killed")

	if state := tr.stopped(os.Interrupt, 0, 5, nil, "train", "pretrain", "pretrain.yaml", "-o", "stopped"); state.ExitCode() != 4 {
		t.Errorf("interrupted: %v, want exit code 4", state)
	}
	tr.run("train", "pretrain", "pretrain.yaml", "-o", "stopped")
	tr.sameFolders("whole", "stopped")

	if said := tr.run("train", "sft", "sft.yaml", "-o", "tuned"); !strings.Contains(said, "120 steps") {
		t.Errorf("fine-tuning said %s", said)
	}
	tr.killedTimes(5, 120, "train", "sft", "sft.yaml", "-o", "killed-sft")
	tr.sameFolders("tuned", "killed-sft")
	tr.run("report", "whole", "tuned", "-o", "report")
	page, err := os.ReadFile(filepath.Join(tr.dir, "report", "report.html"))
	if err != nil || !strings.Contains(string(page), "Training of tuned: supervised fine-tuning") {
		t.Errorf("the report has no curves of the fine-tuning: %v", err)
	}
	if said := tr.run("train", "pretrain", "pretrain.yaml", "-o", "whole"); !strings.Contains(said, "the training is finished") {
		t.Errorf("a finished training: %s", said)
	}
}

// A judge that is a language model with a head ends with the same files however often its training is
// killed.
func TestTrainJudgeHead(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	t.Parallel()
	tr := newTrainer(t)
	var rows strings.Builder
	words := strings.Fields("the cat sat on a mat and the dog ran to me")
	for i := range 240 {
		label := 0
		if i%12 == 1 || i%12 == 8 {
			label = 1
		}
		fmt.Fprintf(&rows, "{\"text\": \"%s %d %s\", \"label\": %d, \"context\": \"number %d\", \"group\": \"g%d\"}\n", words[i%12], i, words[i%12], label, i%7, i/2)
	}
	tr.write("rows.jsonl", rows.String())
	tr.write("base.yaml", `model: {num_hidden_layers: 2, num_attention_heads: 2, hidden_size: 32, max_position_embeddings: 64}
tokenizer: {type: bytes}
data: {text: [text.txt], validation_split: 0.1}
batch_size: 4
max_steps: 10
optimizer: {learning_rate: 1e-2}
`)
	tr.write("judge.yaml", `kind: support
data: {files: [rows.jsonl]}
base: base/model
batch_size: 4
gradient_accumulation_steps: 2
num_train_epochs: 4
dropout: 0.1
optimizer: {learning_rate: 3e-3, warmup_steps: 3}
save_steps: 5
`)
	tr.run("train", "pretrain", "base.yaml", "-o", "base")
	said := tr.run("train", "judge", "judge.yaml", "--dry-run")
	for _, want := range []string{"memory: about", "steps: ", "texts to learn from"} {
		if !strings.Contains(said, want) {
			t.Errorf("a dry run says nothing about %q: %s", want, said)
		}
	}
	said = tr.run("train", "judge", "judge.yaml", "-o", "whole")
	for _, want := range []string{"steps over", "AUC", "calibration_error", "texts a second"} {
		if !strings.Contains(said, want) {
			t.Errorf("printed nothing about %q: %s", want, said)
		}
	}
	tr.killedTimes(5, 80, "train", "judge", "judge.yaml", "-o", "killed")
	tr.sameFolders("whole", "killed")
}

// A reward model's training, with a cross-validation over its labelers, ends with the same
// weights and the same evaluation however often it is killed.
func TestTrainReward(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	t.Parallel()
	tr := newTrainer(t)
	var rows strings.Builder
	random := rand.New(rand.NewPCG(5, 6))
	words := strings.Fields("cat dog mat sat ran")
	for i := range 300 {
		a, b := random.IntN(5), random.IntN(5)
		fmt.Fprintf(&rows, "{\"prompt\": \"say %d\\n\", \"responses\": [\"the %s\", \"a %s\", \"the %s\"], \"ranks\": [%d, %d, 9], \"labeler\": \"l%d\"}\n",
			i%50, words[a], words[b], words[0], a, b, i%4)
	}
	tr.write("preferences.jsonl", rows.String())
	tr.write("base.yaml", `model: {num_hidden_layers: 2, num_attention_heads: 2, hidden_size: 32, max_position_embeddings: 32}
tokenizer: {type: words}
data: {preferences: [preferences.jsonl], validation_split: 0.2}
batch_size: 4
max_steps: 20
optimizer: {learning_rate: 1e-2}
`)
	tr.write("reward.yaml", `init: base/model
data: {preferences: [preferences.jsonl], validation_split: 0.2, demonstrations: [demos.jsonl]}
batch_size: 4
gradient_accumulation_steps: 2
num_train_epochs: 6
dropout: 0.1
folds: 2
optimizer: {learning_rate: 3e-3, warmup_steps: 3, ema_decay: 0.9}
evaluate: {eval_steps: 10, metric_for_best_model: validation accuracy}
save_steps: 5
`)
	tr.run("train", "pretrain", "base.yaml", "-o", "base")
	said := tr.run("train", "reward", "reward.yaml", "-o", "whole")
	for _, want := range []string{"pair accuracy, held out: 0.", "pair accuracy, length alone: ", "pair accuracy, labelers held out: 0.", "calibration error"} {
		if !strings.Contains(said, want) {
			t.Errorf("printed nothing about %q: %s", want, said)
		}
	}
	tr.killedTimes(6, 300, "train", "reward", "reward.yaml", "-o", "killed")
	tr.sameFolders("whole", "killed")
	tr.run("report", "whole", "-o", "report")

	// Each of several held-out files has its own accuracy.
	half := strings.Index(rows.String()[rows.Len()/2:], "\n") + rows.Len()/2 + 1
	tr.write("first.jsonl", rows.String()[:half])
	tr.write("second.jsonl", rows.String()[half:])
	tr.write("files.yaml", `init: base/model
data: {preferences: [preferences.jsonl], validation: [first.jsonl, second.jsonl]}
batch_size: 50
optimizer: {learning_rate: 3e-3}
`)
	said = tr.run("train", "reward", "files.yaml", "-o", "files")
	var pairs [3]int
	for i, name := range []string{"held out", "first.jsonl", "second.jsonl"} {
		at := strings.Index(said, "pair accuracy, "+name+": 0.")
		if at < 0 {
			t.Fatalf("no accuracy on %s: %s", name, said)
		}
		if _, err := fmt.Sscanf(said[at+strings.Index(said[at:], "(")+1:], "%d pairs", &pairs[i]); err != nil {
			t.Fatal(err)
		}
	}
	if pairs[1] == 0 || pairs[2] == 0 || pairs[1]+pairs[2] != pairs[0] {
		t.Errorf("pairs %v, want the first to be the others' sum", pairs)
	}
}
