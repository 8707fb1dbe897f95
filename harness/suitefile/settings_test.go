package suitefile_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/harness/suitefile"
	"assay/suites"
)

// A suite lists what its file sets, by name, and nothing that only readers see. Of files it has the base name.
func TestSettings(t *testing.T) {
	path := filepath.Join(t.TempDir(), "quiz.yaml")
	text := `title: A quiz
data: {file: /somewhere/rows.jsonl, format: jsonl}
references: [answer, other]
prompt: |
  {{ question }}
  Answer:
temperature: 0.5
conditions:
  - {name: few, system: Be brief., shots: 2}
  - {name: none, shots: 0}
shots: {file: ../shots.csv, count: 3}
extract: [{thought: ["<think>", "</think>"]}, {number: true}]
metrics: [exact_match, {metric: exact_match, name: loose, normalise: [case]}]
mark: dots
`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := suitefile.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	want := []suites.Setting{
		{Name: "data.file", Value: "rows.jsonl"}, {Name: "data.format", Value: "jsonl"}, {Name: "references", Value: `["answer","other"]`},
		{Name: "prompt", Value: "{{ question }}\nAnswer:\n"}, {Name: "temperature", Value: "0.5"},
		{Name: "conditions.few.name", Value: "few"}, {Name: "conditions.few.system", Value: "Be brief."}, {Name: "conditions.few.shots", Value: "2"},
		{Name: "conditions.none.name", Value: "none"}, {Name: "conditions.none.shots", Value: "0"},
		{Name: "shots.file", Value: "shots.csv"}, {Name: "shots.count", Value: "3"},
		{Name: "extract.1.thought", Value: `["<think>","</think>"]`}, {Name: "extract.2.number", Value: "true"},
		{Name: "metrics.exact_match", Value: "exact_match"}, {Name: "metrics.loose.metric", Value: "exact_match"}, {Name: "metrics.loose.name", Value: "loose"}, {Name: "metrics.loose.normalise", Value: `["case"]`},
	}
	if d := cmp.Diff(want, s.Settings); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}
