package local

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay/fixtures"
	"assay/harness/leaf/approx"
	"assay/harness/leaf/logistic"
	"assay/harness/plan"
	"assay/models"
	"assay/models/compute"
	"assay/models/compute/kernels"
	"assay/models/gpt"
	"assay/models/head"
	"assay/models/learned"
	"assay/models/linear"
	"assay/models/sample"
)

// headed writes a judge whose head is random into a folder.
func headed(t *testing.T, s head.Settings) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "model")
	files, _ := fixtures.Checkpoint("gpt")
	if err := os.CopyFS(dir, files); err != nil {
		t.Fatal(err)
	}
	path, err := kernels.Choose("")
	if err != nil {
		t.Fatal(err)
	}
	cpu := kernels.New(path, 0)
	defer cpu.Close()
	net, err := gpt.LoadScalar(compute.NewEngine(cpu), dir, rand.NewPCG(1, 2))
	if err != nil {
		t.Fatal(err)
	}
	if err := net.Save(dir); err != nil {
		t.Fatal(err)
	}
	if err := learned.New([]uint64{learned.Hash("", "a text")}).Write(dir); err != nil {
		t.Fatal(err)
	}
	if err := s.Save(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// A judge's probability comes from the scalar that the checkpoint gives as a reward model.
func TestOpenTrained(t *testing.T) {
	s := head.Settings{Kind: "support", MaxLength: 40, Contexts: true, Scale: 1.5, Shift: -0.25, Known: "It is random."}
	dir := headed(t, s)
	all, err := New(func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	defer all.Close()
	open := func(dir string) (*Model, error) { return all.Folder(dir, sample.Options{}) }
	m, err := OpenTrained(plan.Spec{Kind: plan.JudgeDir, Target: dir}, plan.TaskSupport, open)
	if err != nil {
		t.Fatal(err)
	}
	if !m.Contexts || m.Known != s.Known || !strings.HasPrefix(m.Fingerprint, "head ") || !m.Learned.Has("any", "A text") || len(m.Sources) != 1 {
		t.Errorf("judge %+v", m)
	}
	reward, err := open(dir)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	for _, text := range []string{"The baker sells bread.", "No.", "the river is wide"} {
		answer, err := reward.Reward(ctx, models.Request{Choices: []string{text}})
		if err != nil {
			t.Fatal(err)
		}
		got, err := m.Probability(ctx, linear.Text{Text: text})
		if want := logistic.Of(1.5*answer.Scores[0] - 0.25); err != nil || !approx.Equal(got, want, 1e-12) {
			t.Errorf("%q: %v, error %v, want %v", text, got, err, want)
		}
	}
	with, err := m.Probability(ctx, linear.Text{Text: "No.", Context: "The baker sells bread."})
	without, _ := m.Probability(ctx, linear.Text{Text: "No."})
	if err != nil || with == without {
		t.Errorf("with a context %v, without %v, error %v", with, without, err)
	}
	if p, err := m.Probability(ctx, linear.Text{Text: strings.Repeat("a very long text ", 300), Context: "c"}); err != nil || !(p > 0 && p < 1) {
		t.Errorf("a text longer than the context: %v, error %v", p, err)
	}
}

func TestOpenTrainedRefuses(t *testing.T) {
	all, err := New(func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	defer all.Close()
	good := head.Settings{Kind: "truth", MaxLength: 40, Scale: 1}
	long := good
	long.MaxLength = 400
	unended := headed(t, good)
	if err := os.Remove(filepath.Join(unended, head.File)); err != nil {
		t.Fatal(err)
	}
	plain := filepath.Join(t.TempDir(), "model")
	files, _ := fixtures.Checkpoint("gpt")
	if err := os.CopyFS(plain, files); err != nil {
		t.Fatal(err)
	}
	language := filepath.Join(t.TempDir(), "model")
	if err := os.CopyFS(language, files); err != nil {
		t.Fatal(err)
	}
	if err := good.Save(language); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ dir, want string }{
		{headed(t, good), "is a judge of kind truth, and this needs one of kind support"},
		{headed(t, long), "max_length 400, but the model's context length is 80"},
		{unended, "has not ended: head.json is missing"},
		{filepath.Dir(headed(t, good)), "is a training's folder; its judge is"},
		{plain, "no trained judge here"},
		{language, "no scalar head"},
	} {
		_, err := OpenTrained(plan.Spec{Kind: plan.JudgeDir, Target: c.dir}, plan.TaskSupport, func(dir string) (*Model, error) { return all.Folder(dir, sample.Options{}) })
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
}
