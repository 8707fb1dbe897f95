package suitefile_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/harness/suitefile"
	"assay/metrics/statistic"
)

// Saved runs hold these names, so none may change or go. Reports show them in this order.
func TestNames(t *testing.T) {
	want := []string{"winrate", "world", "truthfulqa", "truthfulqa_mc", "realtoxicity", "winogender", "crows_pairs", "squadv2", "drop", "wmt15_fr_en", "tldr", "text", "qualitative", "world_probes"}
	got := slices.DeleteFunc(suitefile.Names(), func(name string) bool { return !slices.Contains(want, name) })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	for _, name := range suitefile.Names() {
		if s, ok := suitefile.Find(name); !ok || s.Name != name {
			t.Errorf("find %s: %q, %v", name, s.Name, ok)
		}
	}
	if _, ok := suitefile.Find("no such suite"); ok {
		t.Error("found a suite that isn't there")
	}
}

func TestSuitesAreComplete(t *testing.T) {
	for _, s := range suitefile.Catalog() {
		t.Run(s.Name, func(t *testing.T) {
			if s.Title == "" || s.Text == "" || s.Plot.Group == "" {
				t.Errorf("title %q, text %q, group %q: one is empty", s.Title, s.Text, s.Plot.Group)
			}
			for _, m := range []string{s.Plot.Metric, s.Plot.Under} {
				if _, ok := s.Metric(m); m != "" && !ok {
					t.Errorf("the plot shows %q, which the suite doesn't have", m)
				}
			}
			if sorted := slices.Compact(slices.Sorted(slices.Values(s.Conditions))); len(sorted) != len(s.Conditions) {
				t.Errorf("conditions %q repeat", s.Conditions)
			}
			names := map[string]bool{}
			for _, m := range s.Metrics {
				if m.Name == "" || m.Title == "" || names[m.Name] || strings.ContainsAny(m.Name, " ,\n") {
					t.Errorf("metric %q, title %q: empty, repeated or not a plain name", m.Name, m.Title)
				}
				names[m.Name] = true
				if !(m.Lo < m.Hi) {
					t.Errorf("%s runs from %v to %v", m.Name, m.Lo, m.Hi)
				}
				value := make([]float64, m.ValueWidth())
				for i := range value {
					value[i] = max(0.75, m.Lo)
				}
				of, err := statistic.Of(&m)
				if err != nil {
					t.Fatal(err)
				}
				if got := of.One(value); !(got >= m.Lo && got <= m.Hi) {
					t.Errorf("%s of one judgement is %v, outside %v to %v", m.Name, got, m.Lo, m.Hi)
				}
			}
		})
	}
}
