package catalog_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assay/fixtures/world"
	"assay/harness/leaf/place"
	"assay/models"
	"assay/suites"
	"assay/suites/catalog"
)

// promptsFolder writes a world's prompts and its manifest, as 'assay world' does.
func promptsFolder(t *testing.T, o world.Options) string {
	t.Helper()
	w, err := world.New(o)
	if err != nil {
		t.Fatal(err)
	}
	sizes := world.SameSizes(1000, 150)
	dir := t.TempDir()
	for _, file := range w.Files(sizes) {
		if !strings.HasPrefix(file.Name, "prompts/") {
			continue
		}
		var b bytes.Buffer
		if err := errors.Join(os.MkdirAll(filepath.Join(dir, "prompts"), 0o755), file.Write(&b), os.WriteFile(filepath.Join(dir, file.Name), b.Bytes(), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	manifest, err := json.Marshal(map[string]any{
		"kind": "assay world", "assay": "x", "seed": w.Seed, "null": w.Null, "people": w.People, "things": w.Things, "sizes": sizes,
	})
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "manifest.json"), manifest, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestWorldSuite(t *testing.T) {
	o := world.Options{Seed: 3, People: 60, Things: 70}
	dir := promptsFolder(t, o)
	s, _ := catalog.Find("world")
	set, err := s.Live.Load(suites.Files{Data: filepath.Join(dir, "prompts", "test.jsonl")})
	if err != nil {
		t.Fatal(err)
	}
	w, _ := world.New(o)
	prompts := w.Prompts(world.TestInstruct, 150)
	if len(set.Examples) < 100 || len(set.Examples) > 150 || set.Ask(&set.Examples[0], "").Prompt != prompts[0].Text {
		t.Fatalf("%d examples, the first asks %q, want %q", len(set.Examples), set.Ask(&set.Examples[0], "").Prompt, prompts[0].Text)
	}
	if !slices.Equal(set.Files, []string{filepath.Join(dir, "prompts", "..", "manifest.json")}) {
		t.Errorf("read %q beside the prompts", set.Files)
	}
	labelers := map[string]bool{}
	for _, j := range set.Judges {
		for _, name := range j.Metrics() {
			if !slices.Contains(s.Live.Brings, name) {
				t.Errorf("%s judges %s, which the suite doesn't list among the metrics of its data's judges", j.Name(), name)
			}
			if _, ok := s.Metric(name); !ok {
				t.Errorf("%s judges %s, which the suite does not have", j.Name(), name)
			}
		}
		c := models.Completion{ID: "c", Suite: "world", Example: set.Examples[0].ID, Model: "m", Text: w.Demonstrate(&prompts[0], 0)}
		js, err := j.Judge(t.Context(), suites.Item{Example: set.Examples[0], Completion: c})
		if err != nil || len(js) == 0 {
			t.Fatalf("%s: %v, %d judgements", j.Name(), err, len(js))
		}
		for _, one := range js {
			if err := one.Validate(); err != nil || !strings.Contains(one.Judge, "of the small world") {
				t.Errorf("%+v: %v", one, err)
			}
			m, _ := s.Metric(one.Metric)
			if v := one.Value[0]; v < m.Lo || v > m.Hi {
				t.Errorf("%s is %v, outside %v to %v", one.Metric, v, m.Lo, m.Hi)
			}
			labelers[one.Labeler] = true
		}
	}
	if len(labelers) != 1+5+4 {
		t.Errorf("judged by %v", labelers)
	}
}

func TestWorldSuiteRefuses(t *testing.T) {
	s, _ := catalog.Find("world")
	other := promptsFolder(t, world.Options{Seed: 4})
	for _, c := range []struct {
		name string
		do   func(t *testing.T, dir, prompts string)
		want string
	}{
		{"no manifest", func(t *testing.T, dir, _ string) { os.Remove(filepath.Join(dir, "manifest.json")) }, "test.jsonl: not in a world's folder"},
		{"another kind of manifest", func(t *testing.T, dir, _ string) {
			os.WriteFile(filepath.Join(dir, "manifest.json"), []byte(`{"kind": "assay run"}`), 0o644)
		}, "test.jsonl: not in a world's folder"},
		{"another world's prompts", func(t *testing.T, _, prompts string) {
			data, err := os.ReadFile(filepath.Join(other, "prompts", "test.jsonl"))
			if err != nil {
				t.Fatal(err)
			}
			os.WriteFile(prompts, data, 0o644)
		}, "is not from the world that "},
		{"another answer", func(t *testing.T, _, prompts string) {
			data, _ := os.ReadFile(prompts)
			os.WriteFile(prompts, bytes.Replace(data, []byte(`"answer":["`), []byte(`"answer":["x`), 1), 0o644)
		}, "is not from the world that "},
		{"a world that can't be", func(t *testing.T, dir, _ string) {
			os.WriteFile(filepath.Join(dir, "manifest.json"), []byte(`{"kind": "assay world", "people": 3}`), 0o644)
		}, "manifest.json: people 3: must be from 12 to"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := promptsFolder(t, world.Options{Seed: 3})
			prompts := filepath.Join(dir, "prompts", "test.jsonl")
			c.do(t, dir, prompts)
			_, err := s.Live.Load(suites.Files{Data: prompts})
			if err == nil || !strings.Contains(err.Error(), c.want) || !place.Known(err) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
	// A part of the file is valid too.
	dir := promptsFolder(t, world.Options{Seed: 3})
	prompts := filepath.Join(dir, "prompts", "test.jsonl")
	data, _ := os.ReadFile(prompts)
	lines := bytes.SplitAfter(data, []byte("\n"))
	os.WriteFile(prompts, bytes.Join(lines[10:20], nil), 0o644)
	if set, err := s.Live.Load(suites.Files{Data: prompts}); err != nil || len(set.Examples) < 5 || len(set.Examples) > 10 {
		t.Errorf("ten lines: %v", err)
	}
}
