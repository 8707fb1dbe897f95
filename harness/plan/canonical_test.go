package plan

import (
	"strings"
	"testing"
)

// The canonical plan holds what decides results, and nothing else.
func TestCanonical(t *testing.T) {
	base := canonicalOf(t, fullPlan)
	for range 5 {
		if again := canonicalOf(t, fullPlan); again != base {
			t.Fatalf("two readings of one plan:\n%s\n%s", base, again)
		}
	}
	for _, word := range []string{
		"oncurrency", "imeout", "ttempts", "er_minute", "PerMinute", "rice", "api_key", "APIKey", "_KEY",
		"served", "sft-2", "8081", "8084", "runs/", `"Line"`, `"line"`, "plan.yaml",
	} {
		if strings.Contains(base, word) {
			t.Errorf("%q is in %s", word, base)
		}
	}
	tests := []struct {
		old, new string
		same     bool
	}{
		{"concurrency: 16", "concurrency: 1", true},
		{"timeout: 1m30s", "timeout: 5s", true},
		{"attempts: 8", "attempts: 1", true},
		{"requests_per_minute: 500", "requests_per_minute: 5", true},
		{"tokens_per_minute: 100000", "tokens_per_minute: 5", true},
		{"prompt: 0.15", "prompt: 3", true},
		{"SFT_KEY", "OTHER_KEY", true},
		{"served_as: sft-2", "served_as: sft-3", true},
		{"8082/v1\"]", "9999/v1\"]", true},
		{"data: TruthfulQA.csv", "data: ../elsewhere/TruthfulQA.csv", true},
		{"replay:runs/old", "replay:other/old", true},
		{"# every field", "\n\n# moved", true},
		{"temperature: 0.7", "temperature: 0.8", false},
		{"    temperature: 0.7\n", "", false},
		{"temperature: 0.5", "temperature: 0.6", false},
		{"temperature: 0\n", "temperature: 1\n", false},
		{"top_p: 0.9", "top_p: 0.8", false},
		{"max_tokens: 64", "max_tokens: 65", false},
		{"seed: 18446744073709551615", "seed: 1", false},
		{"baseline: sft", "baseline: ppo", false},
		{"      briefly.\n", "      at length.\n", false},
		{"logprobs: echo", "logprobs: auto", false},
		{"v1#org/sft", "v1#org/other", false},
		{"data: TruthfulQA.csv", "data: Other.csv", false},
		{"limit: 200", "limit: 201", false},
		{"samples: 3", "samples: 4", false},
		{"[hate, violence]", "[hate]", false},
		{"margin: 0.05", "margin: 0.06", false},
	}
	for _, tt := range tests {
		if strings.Count(fullPlan, tt.old) != 1 {
			t.Fatalf("the plan has %q %d times, want once", tt.old, strings.Count(fullPlan, tt.old))
		}
		got := canonicalOf(t, strings.Replace(fullPlan, tt.old, tt.new, 1))
		if same := got == base; same != tt.same {
			t.Errorf("%q in place of %q: the same JSON %v, want %v\n%s", tt.new, tt.old, same, tt.same, got)
		}
	}
}

// A judge that no suite names decides nothing.
func TestCanonicalLeavesOutIdleJudges(t *testing.T) {
	idle := strings.Replace(fullPlan, "judges:\n", "judges:\n  - {name: idle, kind: grade, model: 'replay:idle.jsonl'}\n", 1)
	if got, want := canonicalOf(t, idle), canonicalOf(t, fullPlan); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func canonicalOf(t *testing.T, content string) string {
	t.Helper()
	run, err := parseRun("plan.yaml", []byte(content), knownSuites())
	if err != nil {
		t.Fatal(err)
	}
	data, err := run.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
