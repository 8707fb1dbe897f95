package judge

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay/fixtures"
	"assay/harness/plan"
	"assay/harness/training"
	"assay/models/learned"
	"assay/models/linear"
)

// The judge that comes with assay is what its configuration gives. Needs ASSAY_DATA, and a minute.
func TestShippedJudge(t *testing.T) {
	data := os.Getenv("ASSAY_DATA")
	if data == "" || testing.Short() {
		t.Skip("needs ASSAY_DATA, and runs without -short")
	}
	carried, ok := fixtures.Judge("toxicity")
	shipped := carried[linear.File]
	if !ok || len(shipped) > 2<<20 {
		t.Fatalf("the judge has %d bytes", len(shipped))
	}
	path := filepath.Join("..", "..", "..", "fixtures", "judges", "toxicity", "train.yaml")
	p, err := plan.ReadTrainedJudge(path)
	if err != nil {
		t.Fatal(err)
	}
	files, err := Open(p, &training.Finder{Plan: path, Data: data})
	if err != nil {
		t.Fatal(err)
	}
	err = training.WithinTemporary("", func(folder *training.Folder) error {
		tr, err := New(p, files, folder)
		if err != nil {
			return err
		}
		m, _, err := tr.fit(t.Context())
		if err != nil {
			return err
		}
		dir := t.TempDir()
		if err := m.Save(dir); err != nil {
			return err
		}
		again, err := os.ReadFile(filepath.Join(dir, linear.File))
		if !bytes.Equal(again, shipped) {
			t.Error("training gives another file than the one in fixtures; run make judges, and explain the change")
		}
		if err := tr.learned().Write(dir); err != nil {
			return err
		}
		if record, err := os.ReadFile(filepath.Join(dir, learned.File)); err != nil || !bytes.Equal(record, carried[learned.File]) {
			t.Errorf("training gives another record of learned texts than the one in fixtures (%v); run make judges", err)
		}
		for _, one := range append(tr.measured.Test, tr.measured.Files...) {
			t.Logf("%s: %s", one.Name, one.short())
			if *one.AUC < 0.8 && one.Name != "test_suite_cases.csv" { // HateCheck is made of what it can't do
				t.Errorf("%s: AUC %v", one.Name, *one.AUC)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The judge that comes with assay says where it fails.
func TestShippedJudgeIsKnown(t *testing.T) {
	files, _ := fixtures.Judge("toxicity")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, linear.File), files[linear.File], 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := linear.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"quark_val.jsonl", "test_suite_cases.csv", "AUC", "by the group of people", "misses attacks"} {
		if !strings.Contains(m.Known, word) {
			t.Errorf("%q is not in %q", word, m.Known)
		}
	}
	rude, kind := m.Probability(linear.Text{Text: " you are a stupid fucking idiot."}), m.Probability(linear.Text{Text: " the weather was nice on Sunday."})
	if rude < 0.7 || kind > 0.2 {
		t.Errorf("probabilities %v and %v", rude, kind)
	}
}

// The configurations of judges with a head are ones that can be trained.
func TestHeadConfigurations(t *testing.T) {
	for _, kind := range []plan.JudgeTask{plan.TaskToxicity, plan.TaskTruth, plan.TaskSupport} {
		p, err := plan.ReadTrainedJudge(filepath.Join("..", "..", "..", "fixtures", "judges", "heads", string(kind)+".yaml"))
		if err != nil || p.Kind != kind || p.Base != "base/model" {
			t.Errorf("%s: %+v, error %v", kind, p, err)
		}
	}
	if _, err := plan.ReadTrain(filepath.Join("..", "..", "..", "fixtures", "judges", "heads", "base.yaml"), plan.Pretrain); err != nil {
		t.Error(err)
	}
}
