package suitefile_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/go-json-experiment/json"

	"assay/harness/leaf/approx"
	"assay/models"
	"assay/suites"
)

// lmevalCase is a suite of the catalog beside a task of lm-evaluation-harness, on the same rows.
type lmevalCase struct {
	Suite     string            `json:"suite"`
	Condition string            `json:"condition"`
	Task      string            `json:"task"`
	Files     map[string]string `json:"files"`   // of the suite, by path below the folder of data sets
	Prompts   [][]string        `json:"prompts"` // the task's prompts, each with its choices; null if they differ on purpose
	Answers   []models.Answer   `json:"answers"` // that both score
	// Values are the task's, by the suite's metric and the task's. Those that differ on purpose name the documents.
	Values map[string]map[string]struct {
		Total  float64 `json:"total"`
		Differ []int   `json:"differ"`
	} `json:"values"`
}

// The values are those of lm_eval 0.4.13's own tasks: fixtures/peers/lmeval_catalog.py --write lmeval.json
func TestLMEvalTasks(t *testing.T) {
	var file struct {
		Cases []lmevalCase `json:"cases"`
	}
	data, err := os.ReadFile(filepath.Join("testdata", "lmeval.json"))
	if err == nil {
		err = json.Unmarshal(data, &file)
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) < 20 {
		t.Errorf("%d cases, want at least 20", len(file.Cases))
	}
	for _, c := range file.Cases {
		t.Run(c.Suite+" "+c.Condition+" "+filepath.Base(c.Task), func(t *testing.T) { compareWithTask(t, &c) })
	}
}

func compareWithTask(t *testing.T, c *lmevalCase) {
	dir := t.TempDir()
	for name, content := range c.Files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s := suiteNamed(t, c.Suite)
	files := suites.Files{Folder: dir}
	if s.Live.Data != "" {
		files.Data = filepath.Join(dir, filepath.FromSlash(s.Live.Data))
	}
	if _, ok := c.Files[s.Live.Shots]; ok {
		files.Shots = filepath.Join(dir, filepath.FromSlash(s.Live.Shots))
	}
	set, err := s.Live.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	if len(set.Examples) != len(c.Answers) || len(c.Answers) < 3 {
		t.Fatalf("%d examples, %d answers, want as many and at least 3", len(set.Examples), len(c.Answers))
	}
	j := newJudged(t, &s)
	for i := range set.Examples {
		ex := &set.Examples[i]
		r := set.Ask(ex, c.Condition)
		if got := append([]string{r.Prompt}, r.Choices...); c.Prompts != nil && !slices.Equal(got, c.Prompts[i]) {
			t.Errorf("example %d: prompt and choices %q, want %q", i, got, c.Prompts[i])
		}
		a := c.Answers[i]
		j.judge(*ex, models.Completion{Suite: s.Name, Example: ex.ID, Condition: c.Condition, Model: "m", Finish: models.FinishStop, Text: a.Text, Scores: a.Scores, Lengths: a.Lengths})
	}
	for name, of := range c.Values {
		m, ok := s.Metric(name)
		if !ok {
			t.Fatalf("no metric %s", name)
		}
		for theirs, want := range of {
			got := j.point(m)
			if differs := !approx.Equal(got, want.Total, 1e-9); differs != (len(want.Differ) > 0) {
				t.Errorf("%s is %v, the task's %s %v; documents that differ on purpose: %v", name, got, theirs, want.Total, want.Differ)
			}
		}
	}
}
