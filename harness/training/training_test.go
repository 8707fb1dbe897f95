package training_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"assay/harness"
	"assay/harness/runstore"
	"assay/harness/session"
	"assay/harness/training"
	"assay/models"
	"assay/models/train"
)

// walker learns a number, with momentum, which is state besides the weights.
type walker struct {
	at, gradient, speed float64
}

func (w *walker) Accumulate(b *train.Batch, scale float64, key uint64) (float64, error) {
	d := w.at - float64(b.Targets[0]) + float64(key%1000)/1e5
	w.gradient += d * scale
	return d * d / 2, nil
}

func (w *walker) Update(rate float64) (float64, error) {
	norm := math.Abs(w.gradient)
	w.speed = 0.9*w.speed - rate*w.gradient
	w.at += w.speed
	w.gradient = 0
	return norm, nil
}

func (w *walker) Evaluate(*train.Batch) (float64, error) { return math.Abs(w.at - 5), nil }

func (w *walker) Save(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "weights"), fmt.Append(nil, w.at), 0o644)
}

func (w *walker) SaveState(path string, notes map[string]string) error {
	text := fmt.Sprintf("%x\n%x\n", math.Float64bits(w.at), math.Float64bits(w.speed))
	for k, v := range notes {
		text += k + "=" + v + "\n"
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

func (w *walker) LoadState(path string) (map[string]string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	notes := map[string]string{}
	for i, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		if k, v, ok := strings.Cut(line, "="); ok {
			notes[k] = v
			continue
		}
		bits, err := strconv.ParseUint(line, 16, 64)
		if err != nil {
			return nil, err
		}
		*[]*float64{&w.at, &w.speed}[i] = math.Float64frombits(bits)
	}
	return notes, nil
}

func job(plan string) *training.Job {
	w := &walker{}
	data := func(step, part int, b *train.Batch) error {
		b.Resize(1, 1)
		b.Targets[0] = int32(step % 10)
		return nil
	}
	options := train.Options{
		Stage: "pretrain", Steps: 30, Schedule: train.Schedule{Peak: 0.3, Final: 0.1, Warmup: 3, Steps: 30},
		Scores: []train.Score{func(l train.Learner) ([]models.TrainScore, error) {
			x, err := l.Evaluate(nil)
			return []models.TrainScore{{Name: "distance", Value: x, N: 1}}, err
		}},
		Evaluations: train.Evaluations{ScoreEvery: 3}, Best: "distance", Seed: 1,
	}
	return &training.Job{
		Plan: harness.Plan{Train: jsontext.Value(`"` + plan + `"`)}, Seed: 1,
		Info: models.Info{Name: "walker", Fingerprint: "f"}, Model: w, SaveEvery: 4,
		Stage: options.Stage, Steps: options.Steps, Best: options.Best,
		Fit: func(ctx context.Context, from train.Progress, report func(models.TrainStep) error) (train.Progress, error) {
			options.Report = report
			return train.Fit(ctx, w, data, options, from)
		},
	}
}

// watch calls f after each step.
type watch struct{ f func(models.TrainStep) }

func (watch) Start(session.Stage) {}
func (w watch) Step(s models.TrainStep) {
	if w.f != nil {
		w.f(s)
	}
}
func (watch) End() {}

func run(t *testing.T, dir string, j *training.Job) *training.Result {
	t.Helper()
	r, err := training.Run(t.Context(), runstore.Dir(dir), j, watch{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// content is everything in a folder except its timings.
func content(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "timings.jsonl" {
			return err
		}
		data, err := os.ReadFile(path)
		fmt.Fprintf(&all, "%s:\n%s\n", strings.TrimPrefix(path, dir), data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

// A training that is killed after any step, and resumes from the folder at that moment,
// ends with the same bytes.
func TestKilledAnywhere(t *testing.T) {
	whole := t.TempDir()
	var killed []string
	_, err := training.Run(t.Context(), runstore.Dir(whole), job("p"), watch{func(models.TrainStep) {
		dir := t.TempDir()
		if err := os.CopyFS(dir, os.DirFS(whole)); err != nil {
			t.Fatal(err)
		}
		killed = append(killed, dir)
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := content(t, whole)
	for _, part := range []string{"/train.jsonl:", "/model/weights:", "/manifest.json:"} {
		if !strings.Contains(want, part) {
			t.Errorf("no %s in\n%s", part, want)
		}
	}
	if strings.Contains(want, training.StateFile) || len(killed) != 30 {
		t.Errorf("a finished training keeps its state, or reported %d steps, not 30", len(killed))
	}
	for i, dir := range killed {
		r := run(t, dir, job("p"))
		if from := i / 4 * 4; r.From != from {
			t.Errorf("killed after step %d: resumed from %d, want %d", i+1, r.From, from)
		}
		if got := content(t, dir); got != want {
			t.Errorf("killed after step %d, it ends differently:\n%s\nwant\n%s", i+1, got, want)
		}
	}
	if r := run(t, whole, job("p")); !r.Nothing || content(t, whole) != want {
		t.Errorf("a finished training was changed: %+v", r)
	}
}

// An interruption between steps loses no step.
func TestInterrupted(t *testing.T) {
	whole, dir := t.TempDir(), t.TempDir()
	run(t, whole, job("p"))
	for _, stop := range []int{1, 2, 4, 17, 29} {
		ctx, cancel := context.WithCancel(t.Context())
		_, err := training.Run(ctx, runstore.Dir(dir), job("p"), watch{func(s models.TrainStep) {
			if s.Step == stop {
				cancel()
			}
		}})
		cancel()
		stopped, ok := errors.AsType[*session.Stopped](err)
		if !ok || stopped.Kept != stop || !errors.Is(err, context.Canceled) {
			t.Fatalf("interrupted after step %d: %v", stop, err)
		}
	}
	if r := run(t, dir, job("p")); r.From != 29 || content(t, dir) != content(t, whole) {
		t.Errorf("resumed from %d, and ended differently", r.From)
	}
}

func TestOtherPlanIsRefused(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	training.Run(ctx, runstore.Dir(dir), job("p"), watch{func(s models.TrainStep) { cancel() }})
	if _, err := training.Run(t.Context(), runstore.Dir(dir), job("q"), watch{}); err == nil || !strings.Contains(err.Error(), "another plan") {
		t.Errorf("half done: %v", err)
	}
	run(t, dir, job("p"))
	if _, err := training.Run(t.Context(), runstore.Dir(dir), job("q"), watch{}); err == nil || !strings.Contains(err.Error(), "another configuration") {
		t.Errorf("done: %v", err)
	}
}

// The weights depend on the plan, the files and the CPU path.
func TestOtherFilesAndPathsAreRefused(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	training.Run(ctx, runstore.Dir(dir), job("p"), watch{func(s models.TrainStep) { cancel() }})
	files, path := job("p"), job("p")
	files.Plan.Sources = []harness.Source{{Name: "text.txt", SHA256: "00"}}
	path.Versions.CPU = "linux/amd64 generic"
	for said, j := range map[string]*training.Job{"other input files": files, "linux/amd64 generic": path} {
		if _, err := training.Run(t.Context(), runstore.Dir(dir), j, watch{}); err == nil || !strings.Contains(err.Error(), said) {
			t.Errorf("%v, want %q", err, said)
		}
	}
	run(t, dir, job("p"))
}

func TestLostRecordsAreAnError(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	training.Run(ctx, runstore.Dir(dir), job("p"), watch{func(s models.TrainStep) {
		if s.Step == 9 {
			cancel()
		}
	}})
	if err := os.Remove(filepath.Join(dir, "train.jsonl")); err != nil {
		t.Fatal(err)
	}
	if _, err := training.Run(t.Context(), runstore.Dir(dir), job("p"), watch{}); err == nil {
		t.Error("resumed without the records of nine steps")
	}
}
