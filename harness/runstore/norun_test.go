package runstore_test

import (
	"strings"
	"testing"

	"assay/harness/runstore"
	"assay/models"
)

// A folder without a manifest is what its files say that it is: a name alone says nothing, since other programs, and
// 'assay data prepare', write a train.jsonl too.
func TestWhatAFolderIs(t *testing.T) {
	const prompts = `{"prompt": "a"}` + "\n"
	for _, tt := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"a training", map[string]string{"train.jsonl": `{"assay":"train","version":1}` + "\n"}, "is an unfinished training"},
		{"a run", map[string]string{"answers.jsonl": `{"assay":"answers","version":1}` + "\n"}, "is an unfinished run"},
		{"prepared prompts", map[string]string{"train.jsonl": prompts, "prepare.json": "{}"}, "is a folder of prepared prompts, not a run"},
		{"prompts", map[string]string{"train.jsonl": prompts}, "holds files, but neither a run nor a training"},
		{"an export", map[string]string{"scores.csv": "example,model\n"}, "holds files, but neither a run nor a training"},
		{"a report", map[string]string{"report.html": "<html>", "scores.csv": "a"}, "is a report, not a run"},
	} {
		s := &runstore.Memory{}
		for name, content := range tt.files {
			w, err := s.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write([]byte(content)); err != nil {
				t.Fatal(err)
			}
			if err := w.Commit(); err != nil {
				t.Fatal(err)
			}
		}
		if got := runstore.What(s); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
		_, err := runstore.ReadManifest(s)
		if known := !strings.HasPrefix(tt.want, "holds"); err == nil || known != strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

// What a journal writes is known again.
func TestABegunTrainingIsKnown(t *testing.T) {
	s := &runstore.Memory{}
	j, err := runstore.TrainSteps().Journal(s, func(runstore.Located[models.TrainStep]) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if got := runstore.What(s); got != "is an unfinished training" {
		t.Errorf("%q", got)
	}
}
