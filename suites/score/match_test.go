package score_test

import (
	"fmt"
	"strings"
	"testing"

	"assay/suites/score"
)

// of scores an answer and writes the value or the reason.
func of(t *testing.T, name string, s score.Settings, answer string, references ...string) string {
	t.Helper()
	m, err := score.Find(name, s)
	if err != nil {
		t.Fatal(err)
	}
	value, missing := m.Of(&score.Answer{Text: answer, References: references})
	if missing != "" {
		return missing
	}
	if len(value) != m.ValueWidth() {
		t.Fatalf("%s: %d numbers, width %d", name, len(value), m.ValueWidth())
	}
	return fmt.Sprintf("%.6g", value[0])
}

func TestMatches(t *testing.T) {
	by := func(names ...string) score.Settings { return score.Settings{Normalise: names} }
	for _, c := range []struct {
		metric     string
		settings   score.Settings
		answer     string
		references []string
		want       string
	}{
		{"exact_match", by(), " Paris \n", []string{"Paris"}, "1"},
		{"exact_match", by(), "paris", []string{"Paris"}, "0"},
		{"exact_match", by("none"), " Paris", []string{"Paris"}, "0"},
		{"exact_match", by("case"), "paris", []string{"Rome", "Paris"}, "1"},
		{"exact_match", by("case", "punctuation"), "«PARIS».", []string{"Paris"}, "1"},
		{"exact_match", by("case", "ascii_punctuation"), "«PARIS».", []string{"Paris"}, "0"},
		{"exact_match", by("numbers"), "1,000.50 apples", []string{"1000.5 apples"}, "1"},
		{"exact_match", by("numbers"), "10,00", []string{"1000"}, "0"},
		{"exact_match", by("numbers"), "-0.0", []string{"0"}, "1"},
		{"exact_match", by("numbers"), "Twelve", []string{"12"}, "1"},
		{"exact_match", by("digits"), "a1b2", []string{"ab"}, "1"},
		{"exact_match", by("unicode"), "ﬁn", []string{"fin"}, "1"},
		{"exact_match", by("squad"), "The  cat!", []string{"a cat"}, "1"},
		{"exact_match", score.Settings{Ignore: []string{`\s*\(.*?\)`}}, "Paris (France)", []string{"Paris"}, "1"},
		{"exact_match", by("squad"), "the", []string{"the"}, "normalising leaves nothing of the reference"},
		{"exact_match", by("squad"), "x", []string{"the", "x"}, "1"},
		{"exact_match", by(), "x", nil, "the example has no reference"},
		{"exact_match", by(), "", []string{" "}, "the example has no reference"},
		{"exact_match", score.Settings{Blank: true}, "", []string{" "}, "1"},
		{"contains", by("case"), "It is Paris, France.", []string{"Lyon", "paris"}, "1"},
		{"contains", by(), "Par is", []string{"Paris"}, "0"},
		// 2 of 3 words are right, and 2 of the reference's 4 are there: 2PR/(P+R) = 4/7.
		{"f1", by(), "the red round box", []string{"blue", "a red box, very old"}, "0.571429"},
		{"f1", by("none"), "Cat", []string{"cat"}, "0"},
		{"f1", by(), "", []string{"cat"}, "0"},
		{"f1", by(), "红色的盒子", []string{"红色盒子"}, "the reference's script has no spaces between words; write unit: characters"},
		{"f1", score.Settings{Unit: score.ByCharacter}, "红色的盒子", []string{"红色盒子"}, "0.888889"}, // 2*4/(5+4)
	} {
		if got := of(t, c.metric, c.settings, c.answer, c.references...); got != c.want {
			t.Errorf("%s %+v of %q against %q: %s, want %s", c.metric, c.settings, c.answer, c.references, got, c.want)
		}
	}
}

func TestFindRefuses(t *testing.T) {
	for _, c := range []struct {
		name     string
		settings score.Settings
		want     string
	}{
		{"accuracy_of_rain", score.Settings{}, `unknown metric "accuracy_of_rain"; use one of exact_match, contains,`},
		{"exact_match", score.Settings{Unit: score.ByWord}, "metric exact_match takes no unit; it takes normalise, ignore"},
		{"exact_match", score.Settings{Normalise: []string{"cases"}}, `normalise: unknown "cases"; did you mean case?`},
		{"exact_match", score.Settings{Normalise: []string{"none", "case"}}, "none is meant alone"},
		{"contains", score.Settings{Ignore: []string{"(?=a)"}}, `ignore: the pattern "(?=a)" can't be read`},
	} {
		if _, err := score.Find(c.name, c.settings); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %+v: %v, want %q", c.name, c.settings, err, c.want)
		}
	}
	if m, err := score.Find("exact_match", score.Settings{Name: "em", Title: "EM"}); err != nil || m.Name != "em" || m.Title != "EM" {
		t.Errorf("named: %+v, %v", m.Metric, err)
	}
	if m, err := score.Find("exact_match", score.Settings{Name: "loose"}); err != nil || m.Title != "loose" {
		t.Errorf("without a title, the name is shown: %+v, %v", m.Metric, err)
	}
	if m, err := score.Find("exact_match", score.Settings{}); err != nil || m.Title != "Exact match" {
		t.Errorf("without both: %+v, %v", m.Metric, err)
	}
}

func ExampleFind() {
	m, err := score.Find("exact_match", score.Settings{Normalise: []string{"case", "punctuation", "space"}})
	if err != nil {
		panic(err)
	}
	value, missing := m.Of(&score.Answer{Text: "It's PARIS!", References: []string{"its paris"}})
	fmt.Println(m.Name, value, missing)
	// Output: exact_match [1]
}
