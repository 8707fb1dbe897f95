package judge

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay/fixtures"
	"assay/harness/plan"
	"assay/harness/session"
	"assay/harness/training"
	"assay/models"
	"assay/models/head"
	"assay/models/learned"
)

// headPlan is a training from one of the models that come with assay.
func headPlan(t *testing.T, more string) string {
	t.Helper()
	path := small(t, "")
	files, ok := fixtures.Checkpoint("gpt")
	if !ok {
		t.Fatal("no checkpoint gpt")
	}
	if err := os.CopyFS(filepath.Join(filepath.Dir(path), "gpt"), files); err != nil {
		t.Fatal(err)
	}
	return write(t, filepath.Dir(path), "head.yaml", `kind: toxicity
data: {files: [rows.jsonl]}
base: gpt
batch_size: 8
gradient_accumulation_steps: 2
num_train_epochs: 3
dropout: 0.1
max_length: 60
optimizer: {learning_rate: 3e-3, warmup_steps: 3, ema_decay: 0.5}
evaluate: {files: [more.csv]}
save_steps: 2
`+more)
}

// stopAt is a watch that ends a training after a step.
type stopAt struct {
	step   int
	cancel context.CancelFunc
	stages []string
}

func (w *stopAt) Start(s session.Stage) { w.stages = append(w.stages, s.Name) }
func (w *stopAt) End()                  {}
func (w *stopAt) Step(s models.TrainStep) {
	if s.Step == w.step && w.step > 0 {
		w.cancel()
	}
}

func trainHead(t *testing.T, path, out string, stop int) (*Evaluation, *stopAt, error) {
	t.Helper()
	p, err := plan.ReadTrainedJudge(path)
	if err != nil {
		t.Fatal(err)
	}
	files, err := Open(p, &training.Finder{Plan: path})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	watch := &stopAt{step: stop, cancel: cancel}
	var e *Evaluation
	err = training.Within(out, func(folder *training.Folder) error {
		tr, err := New(p, files, folder)
		if err != nil {
			return err
		}
		_, e, err = tr.Run(ctx, watch)
		return err
	})
	return e, watch, err
}

// folder reads the files of a judge.
func folder(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for _, name := range []string{"judge.json", "train.jsonl", "model/head.json", "model/model.safetensors", "model/trained-on.json"} {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		all[name] = content
	}
	return all
}

// A language model with a head learns which word makes a text toxic. A training that was stopped and
// resumed ends with the same bits.
func TestTrainHead(t *testing.T) {
	path := headPlan(t, "")
	whole, parted := filepath.Join(t.TempDir(), "judge"), filepath.Join(t.TempDir(), "judge")
	e, watch, err := trainHead(t, path, whole, 0)
	if err != nil {
		t.Fatal(err)
	}
	held := e.Test[0]
	if accuracy := held.Estimate(Accuracy); held.AUC == nil || *held.AUC < 0.8 || accuracy.Point <= held.Majority || accuracy.Clusters != held.Groups || len(e.Files) != 1 {
		t.Errorf("held out %+v, accuracy %+v, majority %v", held, held.Estimate(Accuracy), held.Majority)
	}
	if strings.Join(watch.stages, " ") != "judge measure" {
		t.Errorf("stages %q", watch.stages)
	}
	dir := filepath.Join(whole, training.ModelFolder)
	s, err := head.Read(dir)
	if err != nil || s.Kind != "toxicity" || s.MaxLength != 60 || s.Contexts || !(s.Scale > 0) || !strings.Contains(s.Known, "language model") {
		t.Errorf("settings %+v, error %v", s, err)
	}
	texts, err := learned.Open(dir)
	if err != nil || texts == nil || texts.Len() != 300-held.Texts {
		t.Errorf("the record of learned texts: %+v, error %v", texts, err)
	}
	if _, _, err := trainHead(t, path, parted, 5); err == nil {
		t.Fatal("the training was not stopped")
	}
	if _, _, err := trainHead(t, path, parted, 0); err != nil {
		t.Fatal(err)
	}
	want := folder(t, whole)
	for name, got := range folder(t, parted) {
		if !bytes.Equal(got, want[name]) {
			t.Errorf("%s of a training that was stopped and resumed differs", name)
		}
	}
	// What is missing at the end is made again, without training.
	if err := os.Remove(filepath.Join(dir, head.File)); err != nil {
		t.Fatal(err)
	}
	if _, watch, err = trainHead(t, path, whole, 0); err != nil || strings.Join(watch.stages, " ") != "measure" {
		t.Errorf("stages %q, error %v", watch.stages, err)
	}
	if got := folder(t, whole); !bytes.Equal(got["model/head.json"], want["model/head.json"]) {
		t.Error("the settings that were made again differ")
	}
}

func TestTrainHeadRefuses(t *testing.T) {
	path := headPlan(t, "")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	long := write(t, filepath.Dir(path), "long.yaml", strings.Replace(string(content), "max_length: 60", "max_length: 81", 1))
	_, _, err = trainHead(t, long, filepath.Join(t.TempDir(), "judge"), 0)
	if err == nil || !strings.Contains(err.Error(), "long.yaml:8: max_length is 81, but the model's context length is 80") {
		t.Errorf("error %v", err)
	}
}
