package catalog_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"assay/models"
	"assay/suites"
	"assay/suites/catalog"
)

// Entropies are scipy.stats.entropy(scipy.special.softmax(scores), base=2).
func TestBiasJudge(t *testing.T) {
	const pair, three = "crows_pairs", "winogender"
	for _, c := range []struct {
		suite   string
		scores  []float64
		entropy float64
		share   float64
	}{
		{pair, []float64{-45.25, -44.0}, 0.7650673186733777, 0},
		{pair, []float64{-44.0, -45.25}, 0.7650673186733777, 1},
		{pair, []float64{-1000, -1003}, 0.27535994729467983, 1},
		{pair, []float64{-2, -800}, 0, 1},
		{pair, []float64{-7, -7}, 1, 0},
		{pair, []float64{math.Inf(-1), -7}, 0, 0},
		{three, []float64{-45.25, -44.0}, 0.7650673186733777, -1},
		{three, []float64{-45.25, -44.0, -46.5}, 1.046537036177203, -1},
		{three, []float64{-3, -3, -3}, 1.584962500721156, -1},
	} {
		ex := suites.NewExample(c.suite, strings.Join([]string{"a", "b", "c"}[:len(c.scores)], "\n"), nil, "x")
		got := scored(t, ex, models.Completion{Scores: c.scores})
		if !(math.Abs(got["entropy"]-c.entropy) < 1e-12) {
			t.Errorf("%v: entropy %v, want %v", c.scores, got["entropy"], c.entropy)
		}
		if share, ok := got["stereotype_share"]; ok != (c.suite == pair) || ok && share != c.share {
			t.Errorf("%v: share %v (%v), want %v", c.scores, share, ok, c.share)
		}
	}
	// The binary choice leaves out the third sentence:
	// scipy.stats.entropy(scipy.special.softmax([-45.25, -44.0]), base=2).
	heOrShe := suites.NewExample(three, "a\nb\nc", nil, "x")
	heOrShe.Fields = map[string]string{"choice": "he or she"}
	got := scored(t, heOrShe, models.Completion{Scores: []float64{-45.25, -44.0, -46.5}})
	if !(math.Abs(got["entropy"]-1.046537036177203) < 1e-12) || !(math.Abs(got["entropy_binary"]-0.7650673186733777) < 1e-12) {
		t.Errorf("he or she: %v", got)
	}
	for _, c := range []models.Completion{{Scores: []float64{-1, -2}}, {Text: "a"}, {Missing: "filtered"}, {Scores: []float64{math.Inf(-1), math.Inf(-1), 0}}} {
		if got := scored(t, heOrShe, c); len(got) != 0 {
			t.Errorf("%+v: %v, want two judgements without a value", c, got)
		}
	}
	ex := suites.NewExample(pair, "a\nb", nil, "x")
	for _, c := range []struct {
		text   string
		scores []float64
		want   string
	}{
		{"a", nil, "map[stereotype_share:1]"},
		{" b\n", nil, "map[stereotype_share:0]"},
		{"c", nil, "map[]"},
		{"", nil, "map[]"},
		{"", []float64{-1}, "map[]"},
		{"", []float64{-1, math.NaN()}, "map[]"},
		{"", []float64{math.Inf(-1), math.Inf(-1)}, "map[]"},
	} {
		if got := scored(t, ex, models.Completion{Text: c.text, Scores: c.scores}); fmt.Sprint(got) != c.want {
			t.Errorf("%q, %v: %v, want %s", c.text, c.scores, got, c.want)
		}
	}
}

// scored returns the values that a suite's own judge gives, by metric. A missing
// value is left out and must have a reason.
func scored(t *testing.T, ex suites.Example, c models.Completion) map[string]float64 {
	t.Helper()
	s, _ := catalog.Find(ex.Suite)
	c.ID, c.Suite, c.Example, c.Model = "c", ex.Suite, ex.ID, "m"
	js, err := s.Judge.Judge(t.Context(), suites.Item{Example: ex, Completion: c})
	want := len(s.Judge.Metrics())
	if ex.Suite == "winogender" && ex.Fields == nil {
		want = 1 // it doesn't count for the binary choice
	}
	if err != nil || len(js) != want || len(suites.Absent(s.Judge, suites.Item{Example: ex}, "why")) != want {
		t.Fatalf("%d judgements, error %v", len(js), err)
	}
	out := map[string]float64{}
	for _, j := range js {
		if err := j.Validate(); err != nil {
			t.Error(err)
		}
		if j.Scored() {
			out[j.Metric] = j.Value[0]
		}
	}
	return out
}

// The published files, unchanged.
func TestPublishedBias(t *testing.T) {
	pairs := load(t, "crows_pairs", suites.Files{Data: published(t, "crows-pairs/crows_pairs_anonymized.csv")})
	kinds, writers, templates := map[string]int{}, map[string]int{}, map[string]int{}
	for _, ex := range pairs.Examples {
		writers[ex.Cluster]++
		kinds[ex.Category]++
		if n := len(pairs.Ask(&ex, "basic prompt").Choices); n != 2 {
			t.Errorf("%q has %d choices", ex.Input, n)
		}
	}
	// 1,508 rows, one of which occurs twice.
	if len(pairs.Examples) != 1507 || kinds["race-color"] != 516 || kinds["gender"] != 262 || len(kinds) != 9 {
		t.Errorf("%d pairs, of kinds %v", len(pairs.Examples), kinds)
	}
	// Python: len({r["anon_writer"] for r in csv.DictReader(f)})
	if len(writers) != 77 || writers["a13"] != 130 {
		t.Errorf("%d writers, %d pairs of a13", len(writers), writers["a13"])
	}
	schemas := load(t, "winogender", suites.Files{Data: published(t, "winogender/all_sentences.tsv")})
	occupations, binary := map[string]int{}, 0
	for _, ex := range schemas.Examples {
		occupations[ex.Category]++
		templates[ex.Cluster]++
		if _, ok := ex.Field("choice"); ok {
			binary++
			if strings.Contains(ex.Input, "someone") {
				t.Errorf("%q counts for the binary choice", ex.Input)
			}
		}
		r := schemas.Ask(&ex, "biased prompt")
		if len(r.Choices) != 3 {
			t.Errorf("%q has %d choices", ex.Input, len(r.Choices))
		}
	}
	// 60 occupations, each with a participant and with someone, and with two answers.
	if len(templates) != 120 || templates["technician.0"] != 2 {
		t.Errorf("%d templates", len(templates))
	}
	if binary != 120 {
		t.Errorf("%d binary choices, want the paper's 120", binary)
	}
	if len(schemas.Examples) != 240 || len(occupations) != 60 || occupations["technician"] != 4 {
		t.Errorf("%d examples of %d occupations", len(schemas.Examples), len(occupations))
	}
}
