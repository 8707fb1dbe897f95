package plan

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/harness/leaf/place"
	"assay/metrics"
)

func TestReadGates(t *testing.T) {
	path := filepath.Join(t.TempDir(), "gates.yaml")
	const content = `# what a release must hold
gates:
  - suite: winrate
    metric: win_rate
    margin: 0.05
  - {suite: drop, metric: f1, condition: fewshot, margin: 1e-2}
  - {suite: drop, metric: f1, condition: zeroshot, margin: 0.02}
  - {suite: wmt15_fr_en, metric: bleu, margin: 2}
`
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	got, err := ReadGates(path, knownSuites())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]metrics.Gate{
		{Suite: "winrate", Metric: "win_rate", Margin: 0.05, File: path, Line: 3},
		{Suite: "drop", Metric: "f1", Condition: "fewshot", Margin: 0.01, File: path, Line: 6},
		{Suite: "drop", Metric: "f1", Condition: "zeroshot", Margin: 0.02, File: path, Line: 7},
		{Suite: "wmt15_fr_en", Metric: "bleu", Margin: 2, File: path, Line: 8},
	}, got); diff != "" {
		t.Errorf("gates (-want +got):\n%s", diff)
	}
	for content, want := range map[string][]string{
		"unscored: ignore\ngates: [{suite: drop, metric: f1, margin: 0.1}, {suite: tldr, metric: rouge_l, margin: 0.1}]\n": {"ignore", "ignore"},
		"gates: [{suite: drop, metric: f1, margin: 0.1}, {suite: tldr, metric: rouge_l, margin: 0.1, unscored: ignore}]\n": {"", "ignore"},
	} {
		gates, err := parseGates("gates.yaml", []byte(content), knownSuites())
		if err != nil || gates[0].Unscored != want[0] || gates[1].Unscored != want[1] {
			t.Errorf("%s: %+v, %v; want %q", content, gates, err, want)
		}
	}
	if _, err := ReadGates(path+".not", knownSuites()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that isn't there: error %v", err)
	}
}

func TestGatesDefects(t *testing.T) {
	const first = "gates:\n  - suite: winrate\n    metric: win_rate\n    margin: 0.1\n"
	second := func(gate string) string { return first + "  - {" + gate + "}\n" }
	tests := []struct{ name, content, want string }{
		{"empty file", "", "1: no gates; write gates: and below it a line"},
		{"comment only", "# none\n", "1: no gates; write gates: and below it a line"},
		{"empty list", "gates: []\n", "1: no gates; write gates: and below it a line"},
		{"no value", "gates:\n", "1: no gates; write gates: and below it a line"},
		{"no gates key", "gate:\n  - suite: winrate\n", `1: unknown field "gate" (did you mean gates?); a gates file has gates, unscored`},
		{"a second key", first + "seed: 5\n", `5: unknown field "seed"; a gates file has gates, unscored`},
		{"unknown field", first + "    colour: red\n", `5: unknown field "colour"; a gate has suite, metric, condition, margin, equivalent, unscored`},
		{"unknown suite", second("suite: squad, metric: f1, margin: 0.1"), `5: unknown suite "squad"; did you mean squadv2?`},
		{"strange suite", second("suite: mine, metric: f1, margin: 0.1"), `5: unknown suite "mine"; use one of winrate, closed_domain, world, world_gpt, truthfulqa,`},
		{"unknown metric", second("suite: drop, metric: F1, margin: 0.1"), `5: no metric "F1" in suite drop; did you mean f1? Otherwise use one of f1, exact_match`},
		{"no direction", second("suite: crows_pairs, metric: stereotype_share, margin: 0.1"), "5: crows_pairs stereotype_share can't be gated"},
		{"no suite", second("metric: f1, margin: 0.1"), "5: no suite; name suite, metric and margin"},
		{"empty gate", first + "  -\n", "5: no suite; name suite, metric and margin"},
		{"no margin", second("suite: drop, metric: f1"), "5: no margin; write how much worse the metric may be, in its own units"},
		{"null margin", second("suite: drop, metric: f1, margin: null"), "5: no margin; write how much worse"},
		{"zero margin", second("suite: drop, metric: f1, margin: 0"), "5: margin is 0; it must be above 0 and below 1, the width of f1's range"},
		{"negative margin", second("suite: drop, metric: f1, margin: -0.1"), "5: margin is -0.1; it must be above 0"},
		{"margin of the whole range", second("suite: drop, metric: f1, margin: 1"), "5: margin is 1; it must be above 0 and below 1"},
		{"huge margin", second("suite: wmt15_fr_en, metric: bleu, margin: 500"), "5: margin is 500; it must be above 0 and below 100, the width of bleu's range"},
		{"margin of all wins", second("suite: winrate, metric: win_rate, margin: 0.5"), "5: margin is 0.5; it must be below 0.5: even a model that loses every time is only that far below an even win_rate"},
		{"NaN margin", second("suite: drop, metric: f1, margin: .nan"), "5: margin is NaN; it must be finite"},
		{"infinite margin", second("suite: drop, metric: f1, margin: .inf"), "5: margin is Inf; it must be finite"},
		{"margin in words", second("suite: drop, metric: f1, margin: small"), "5: wrong type; margin must be a number, such as 0.05"},
		{"list for a suite", first + "  - suite: [drop]\n", "5: wrong type; suite must be a string, not a list"},
		{"number for the list", "\ngates: 5\n", "2: a number where a list is expected; write gates: and below it a line"},
		{"mapping for the list", "gates:\n  suite: drop\n", "1: a mapping where a list is expected; write gates: and below it a line"},
		{"number for a gate", first + "  - 5\n", "5: a number where a mapping is expected; a gate has suite, metric, condition, margin, equivalent, unscored"},
		{"list at the top", "- suite: drop\n", "1: a list where a mapping is expected; a gates file has gates, unscored"},
		{"unscored in another word", second("suite: drop, metric: f1, margin: 0.1, unscored: skip"), "5: unknown unscored \"skip\"; write unscored: ignore to leave out pairs without a"},
		{"unscored of all in another word", first + "unscored: worst\n", "5: unknown unscored \"worst\"; write unscored: ignore"},
		{"duplicate gate", second("suite: winrate, metric: win_rate, margin: 0.2"), "5: two gates on winrate win_rate; keep one of them"},
		{"a condition beside all", second("suite: winrate, metric: win_rate, condition: x, margin: 0.2"), "5: two gates on winrate win_rate"},
		{"alias of a gate", "gates:\n  - &a {suite: drop, metric: f1, margin: 0.1}\n  - *a\n", "3: two gates on drop f1"},
		{"duplicate key", second("suite: drop, suite: drop"), `5: mapping key "suite" already defined at [5:6]; remove one of the two`},
		{"tab", "gates:\n  - suite: drop\n\t  metric: f1\n", "3: a tab; indent with spaces"},
		{"torn", first + "  - {suite: drop\n", "5: "},
		{"second document", first + "---\ngates: []\n", "6: the file has a second YAML document; use only one"},
		{"invalid UTF-8", first + "# \xff\n", "1: not valid UTF-8; save the file as UTF-8"},
		{"metric of two lines", second(`suite: drop, metric: "f\n1"`), "5: metric with a line end"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			gates, err := parseGates("gates.yaml", []byte(tt.content), knownSuites())
			if err == nil {
				t.Fatalf("read %v, want error %s", gates, tt.want)
			}
			if want := "gates.yaml:" + tt.want; !strings.HasPrefix(err.Error(), want) {
				t.Errorf("got  %v\nwant %s", err, want)
			}
			if strings.ContainsAny(err.Error(), "\n\r") {
				t.Errorf("the message has several lines: %q", err)
			}
		})
	}
}

// FuzzReadGates checks that no content panics, and that what reads is a list of
// gates that the catalog knows.
func FuzzReadGates(f *testing.F) {
	f.Add([]byte("gates:\n  - suite: winrate\n    metric: win_rate\n    margin: 0.1\n"))
	f.Add([]byte("gates: [{suite: drop, metric: f1, condition: fewshot, margin: 1e-2}, {suite: drop}]"))
	f.Add([]byte("a: &a {suite: drop}\ngates:\n  - <<: *a\n  - *a\n---\n"))
	f.Add([]byte("gates: >\n\t- !!float 5\n? x\n"))
	all := knownSuites()
	f.Fuzz(func(t *testing.T, data []byte) {
		gates, err := parseGates("gates.yaml", data, all)
		if err != nil {
			at, ok := place.Of(err)
			if !ok || at.Line < 1 || strings.ContainsAny(err.Error(), "\n\r") {
				t.Errorf("error %q names no line, or has several", err)
			}
			return
		}
		if len(gates) == 0 {
			t.Error("no gates and no error")
		}
		for _, g := range gates {
			suite, ok := knownSuite(g.Suite)
			if !ok {
				t.Fatalf("gate %+v on an unknown suite", g)
			}
			if _, ok := suite.Metric(g.Metric); !ok || !(g.Margin > 0) {
				t.Errorf("gate %+v", g)
			}
		}
	})
}
