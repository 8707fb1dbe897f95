package wire

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay/harness/leaf/logistic"
	"assay/harness/plan"
	"assay/metrics/names"
	"assay/models"
	"assay/models/learned"
	"assay/models/linear"
	"assay/suites"
	"assay/suites/judge"
)

// constant writes a judge that gives every text one probability, and says so.
func constant(t *testing.T, kind string, score float64) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), kind)
	f := linear.Features{Words: 1, Bits: 8}
	m, err := linear.New(linear.Settings{Kind: kind, Features: f, Scale: 1, Shift: score, Contexts: kind == "support", Known: "A constant " + kind + "."}, make([]float32, f.Size()))
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Save(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// A judge knows the answers in the records of all its models, and one without a record none.
func TestLearned(t *testing.T) {
	truth, informative, support, bare := constant(t, "truth", 2), constant(t, "informative", -1), constant(t, "support", 1), constant(t, "toxicity", 0)
	for dir, hash := range map[string]uint64{truth: learned.Hash("What?", "This."), informative: learned.Hash("", "That."), support: learned.Hash("A text.", "It is.")} {
		if err := learned.New([]uint64{hash, 1}).Write(dir); err != nil {
			t.Fatal(err)
		}
	}
	w := wiring{plan: &plan.Run{Path: "plan.yaml"}, job: &Job{}}
	j, err := w.judge(&plan.Judge{Name: "t", Kind: judge.TruthKind, Spec: plan.Spec{Kind: plan.JudgeDir, Target: truth},
		Settings: judge.Settings{TruthSettings: judge.TruthSettings{InformativeModel: "judge:" + informative}}})
	if err != nil {
		t.Fatal(err)
	}
	for answer, want := range map[[2]string]bool{{"What?", "This."}: true, {"what? ", "this."}: true, {"Who?", "This."}: false, {"Who?", "That."}: true, {"What?", "Other."}: false} {
		if got := j.Learned(&suites.Example{Input: answer[0]}, answer[1]); got != want {
			t.Errorf("%q: %v", answer, got)
		}
	}
	if j, err = w.judge(&plan.Judge{Name: "s", Kind: judge.GroundedKind, Spec: plan.Spec{Kind: plan.JudgeDir, Target: support}}); err != nil {
		t.Fatal(err)
	}
	for context, want := range map[string]bool{"A text.": true, "Another.": false} {
		if got := j.Learned(&suites.Example{Input: "Sum up.", Context: context}, "It is."); got != want {
			t.Errorf("with the context %q: %v", context, got)
		}
	}
	if j, err = w.judge(&plan.Judge{Name: "x", Kind: judge.ToxicityKind, Spec: plan.Spec{Kind: plan.JudgeDir, Target: bare}}); err != nil || j.Learned != nil {
		t.Errorf("without a record: %v", err)
	}
	if err := os.WriteFile(filepath.Join(bare, learned.File), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err = w.judge(&plan.Judge{Name: "x", Kind: judge.ToxicityKind, Spec: plan.Spec{Kind: plan.JudgeDir, Target: bare}}); err == nil || !strings.Contains(err.Error(), learned.File) {
		t.Errorf("a damaged record: %v", err)
	}
}

func TestTrainedJudges(t *testing.T) {
	spec := func(dir string) plan.Spec { return plan.Spec{Kind: plan.JudgeDir, Target: dir} }
	truth, informative, toxicity := constant(t, "truth", 2), constant(t, "informative", -1), constant(t, "toxicity", 0.5)
	supported, added := constant(t, "support", 0.5), constant(t, "support", -0.5)
	item := suites.Item{
		Example:    suites.Example{Suite: "s", ID: "e", Input: "What is it?", References: []string{"It is 4."}, Incorrect: []string{"It is 5."}},
		Completion: models.Completion{Suite: "s", Example: "e", Model: "m", Text: "It is 4"},
	}
	for _, c := range []struct {
		judge plan.Judge
		want  map[string][]float64
		about string
	}{
		{plan.Judge{Name: "t", Kind: judge.TruthKind, Spec: spec(truth), Settings: judge.Settings{TruthSettings: judge.TruthSettings{InformativeModel: "judge:" + informative}}},
			map[string][]float64{names.True: {2}, names.Informative: {-1}, names.TrueInformative: {2, -1}}, "A constant truth. A constant informative."},
		{plan.Judge{Name: "x", Kind: judge.ToxicityKind, Spec: spec(toxicity)},
			map[string][]float64{names.ToxicityMean: {0.5}, names.ToxicProbability: {0.5}}, "A constant toxicity."},
	} {
		w := wiring{plan: &plan.Run{Path: "plan.yaml"}, job: &Job{}}
		j, err := w.judge(&c.judge)
		if err != nil {
			t.Fatal(err)
		}
		ours := item
		ours.Ask = func(ctx context.Context, r models.Request) (models.Answer, error) { return j.Ask(ctx, r) }
		judgements, err := j.Judge.Judge(t.Context(), ours)
		if err != nil || len(judgements) != len(c.want) {
			t.Fatalf("%s: %d judgements, error %v", c.judge.Name, len(judgements), err)
		}
		for _, got := range judgements {
			for i, score := range c.want[got.Metric] {
				if got.Value[i] != logistic.Of(score) {
					t.Errorf("%s: %s is %v, want the logistic function of %v", c.judge.Name, got.Metric, got.Value, c.want[got.Metric])
				}
			}
		}
		if w.about[c.judge.Name] != c.about || len(w.job.Plan.Sources) == 0 || !strings.HasPrefix(j.Info.Fingerprint, "linear ") {
			t.Errorf("%s: about %q, %d sources, fingerprint %q", c.judge.Name, w.about[c.judge.Name], len(w.job.Plan.Sources), j.Info.Fingerprint)
		}
	}
	// A judge of support says whether an answer adds to its input: 0 or 1.
	item.Example.Context = "It is 4 or 5."
	for dir, want := range map[string]float64{supported: 0, added: 1} {
		w := wiring{plan: &plan.Run{Path: filepath.Join(filepath.Dir(dir), "plan.yaml")}, job: &Job{}} // paths are relative to the plan
		j, err := w.judge(&plan.Judge{Name: "g", Kind: judge.GroundedKind, Spec: spec(filepath.Base(dir))})
		if err != nil {
			t.Fatal(err)
		}
		item.Ask = func(ctx context.Context, r models.Request) (models.Answer, error) { return j.Ask(ctx, r) }
		got, err := j.Judge.Judge(t.Context(), item)
		if err != nil || len(got) != 1 || got[0].Metric != names.JudgedPrefix+names.Hallucination || got[0].Value[0] != want {
			t.Errorf("judgements %+v, error %v, want %v", got, err, want)
		}
		alone := item
		alone.Example.Context = " "
		if got, err := j.Judge.Judge(t.Context(), alone); err != nil || got[0].Missing == "" {
			t.Errorf("without an input: %+v, error %v", got, err)
		}
	}
	blind := filepath.Join(t.TempDir(), "blind")
	m, err := linear.New(linear.Settings{Kind: "support", Features: linear.Features{Words: 1, Bits: 8}, Scale: 1}, make([]float32, 1<<8))
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Save(blind); err != nil {
		t.Fatal(err)
	}
	w := wiring{plan: &plan.Run{Path: "plan.yaml"}, job: &Job{}}
	if _, err := w.judge(&plan.Judge{Name: "g", Kind: judge.GroundedKind, Spec: spec(blind)}); err == nil || !strings.Contains(err.Error(), "learned from texts without a context") {
		t.Errorf("a judge that can't compare: %v", err)
	}
	for dir, want := range map[string]string{truth: "is a judge of kind truth, and this needs one of kind toxicity", t.TempDir(): "no trained judge here", filepath.Dir(truth): "no trained judge here"} {
		if _, err := w.judge(&plan.Judge{Name: "x", Kind: judge.ToxicityKind, Spec: spec(dir)}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", dir, err, want)
		}
	}
	if _, err := w.judge(&plan.Judge{Name: "x", Kind: judge.ToxicityKind, Spec: plan.Spec{Kind: plan.Own, Target: "toxicty"}}); err == nil || !strings.Contains(err.Error(), "did you mean toxicity?") {
		t.Errorf("an unknown judge of assay: %v", err)
	}
}
