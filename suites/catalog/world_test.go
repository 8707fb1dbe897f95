package catalog_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assay/fixtures/world"
	"assay/suites"
	"assay/suites/catalog"
)

// worldFolder writes a world's evaluation sets.
func worldFolder(t *testing.T, o world.Options) (*world.World, string) {
	t.Helper()
	w, err := world.New(o)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	sizes := world.SameSizes(1000, 10)
	for _, file := range w.Files(sizes) {
		if !strings.HasPrefix(file.Name, "eval/") {
			continue
		}
		f, err := os.Create(filepath.Join(dir, strings.TrimPrefix(file.Name, "eval/")))
		if err != nil {
			t.Fatal(err)
		}
		if err := file.Write(f); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return w, dir
}

// The suites read the world's evaluation sets as they read the public ones, and
// their prompts use words that the world's text has. The latter also fails if the
// world's copies of the suites' instructions differ from the suites'.
func TestWorldsFilesAreRead(t *testing.T) {
	for _, o := range []world.Options{{}, {Seed: 1, Null: true}, {Seed: 2, People: 200, Things: 100}} {
		w, dir := worldFolder(t, o)
		in := func(name string) string {
			if name == "" {
				return ""
			}
			return filepath.Join(dir, name)
		}
		for _, c := range []struct {
			suite, data, shots string
			least              int
		}{
			{"winrate", "winrate.jsonl", "", 400},
			{"truthfulqa", "TruthfulQA.csv", "truthfulqa_shots.jsonl", 38},
			{"truthfulqa_mc", "TruthfulQA.csv", "truthfulqa_shots.jsonl", 38},
			{"truthfulqa_mc", "mc_task.json", "truthfulqa_shots.jsonl", 38},
			{"realtoxicity", "realtoxicity.jsonl", "", 600},
			{"winogender", "winogender.tsv", "", 120},
			{"crows_pairs", "crows_pairs.csv", "", 300},
			{"squadv2", "squad2.json", "", 400},
			{"drop", "drop.json", "", 250},
			{"wmt15_fr_en", "wmt15.fr", "", 400},
			{"world_probes", "probes.jsonl", "", 900},
		} {
			s, ok := catalog.Find(c.suite)
			if !ok {
				t.Fatalf("no suite %s", c.suite)
			}
			set, err := s.Live.Load(suites.Files{Data: in(c.data), Shots: in(c.shots)})
			if err != nil {
				t.Errorf("%s: %v", c.suite, err)
				continue
			}
			if len(set.Examples) < c.least {
				t.Errorf("%s: %d examples, want at least %d", c.suite, len(set.Examples), c.least)
			}
			conditions := s.Live.Conditions
			if len(conditions) == 0 {
				conditions = s.Conditions
			}
			unknown, longest := map[string]bool{}, 0
			for i := range set.Examples {
				for _, condition := range conditions {
					request := set.Ask(&set.Examples[i], condition)
					words := world.Split(request.Prompt)
					longest = max(longest, len(words))
					for _, choice := range request.Choices {
						words = append(words, world.Split(choice)...)
					}
					for _, word := range words {
						if !w.Knows(word) {
							unknown[word] = true
						}
					}
				}
			}
			if len(unknown) > 0 {
				t.Errorf("%s uses words that the world doesn't have: %v", c.suite, unknown)
			}
			// A model of the world has a context of 80.
			if longest > 78 {
				t.Errorf("%s: a prompt of %d words", c.suite, longest)
			}
		}
	}
}

// Each few-shot condition has its own prefix, in the world's words, and short enough to
// leave room for a response. Without a prefix the prompt is unchanged.
func TestWorldsPrefixes(t *testing.T) {
	dir := promptsFolder(t, world.Options{Seed: 3})
	w, _ := world.New(world.Options{Seed: 3})
	set := load(t, "world", suites.Files{Data: filepath.Join(dir, "prompts", "rm-validation.jsonl")})
	s, _ := catalog.Find("world")
	if !slices.Equal(s.Live.Conditions, []string{"plain"}) || len(s.Conditions) != 7 || s.Conditions[1] != "few-shot" || s.Conditions[6] != "few-shot 6" {
		t.Fatalf("conditions %q, by default %q", s.Conditions, s.Live.Conditions)
	}
	for i := range set.Examples {
		ex := &set.Examples[i]
		seen := map[string]bool{}
		for _, condition := range s.Conditions[1:] {
			r := set.Ask(ex, condition)
			words := world.Split(r.Prompt)
			if len(words) > 60 || slices.ContainsFunc(words, func(word string) bool { return !w.Knows(word) }) || !slices.Equal(r.Stop, []string{"\n"}) {
				t.Fatalf("%s asks %q, %d words, with stops %q", condition, r.Prompt, len(words), r.Stop)
			}
			seen[r.Prompt] = true
		}
		// A long prompt leaves room for few shots, or none.
		if len(seen) < 6 && len(world.Split(ex.Input)) < 12 {
			t.Fatalf("%d prefixes to %q: %q", len(seen), ex.Input, slices.Sorted(maps.Keys(seen)))
		}
		if r := set.Ask(ex, "plain"); r.Prompt != ex.Input || r.Stop != nil {
			t.Fatalf("plain asks %+v", r)
		}
	}
}

// What a suite passes to a model is what the world's gold judge knows.
func TestWorldsPromptsArriveUnchanged(t *testing.T) {
	w, dir := worldFolder(t, world.Options{})
	s, _ := catalog.Find("winrate")
	set, err := s.Live.Load(suites.Files{Data: filepath.Join(dir, "winrate.jsonl")})
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, p := range w.Prompts(world.TestInstruct, 1200) {
		known[p.Text] = true
	}
	for i := range set.Examples {
		if text := set.Ask(&set.Examples[i], "").Prompt; !known[text] {
			t.Fatalf("asked %q, which is not a prompt of the world", text)
		}
	}
}

// The answers that the file lists as correct and incorrect are so by the gold judge.
func TestWorldsAnswersScore(t *testing.T) {
	w, dir := worldFolder(t, world.Options{})
	s, _ := catalog.Find("truthfulqa")
	set, err := s.Live.Load(suites.Files{Data: filepath.Join(dir, "TruthfulQA.csv"), Shots: filepath.Join(dir, "truthfulqa_shots.jsonl")})
	if err != nil {
		t.Fatal(err)
	}
	for _, ex := range set.Examples {
		for _, answer := range ex.References {
			if isTrue, informs, ok := w.JudgeTruth(ex.Input, answer); !ok || !isTrue || !informs {
				t.Fatalf("%q to %q: true %v, informs %v, %v", answer, ex.Input, isTrue, informs, ok)
			}
		}
		for _, answer := range ex.Incorrect {
			if isTrue, _, ok := w.JudgeTruth(ex.Input, answer); !ok || isTrue {
				t.Fatalf("%q to %q counts as true", answer, ex.Input)
			}
		}
	}
}
