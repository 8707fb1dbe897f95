package suites_test

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"assay/suites"
)

func TestContent(t *testing.T) {
	hash := func(text string, n int) string {
		sum := sha256.Sum256([]byte(text))
		return fmt.Sprintf("%x", sum[:n])
	}
	question := "What is\tthe  capital\r\nof France? "
	if got, want := suites.Content(question, nil), hash("What is the capital of France?", 10); got != want {
		t.Errorf("without references %s, want %s", got, want)
	}
	got := suites.Content(question, []string{"Paris.", " the  city of Paris", "Paris", ""})
	if want := hash("What is the capital of France?", 10) + "-" + hash("Paris\x00the city of Paris", 6); got != want {
		t.Errorf("with references %s, want %s", got, want)
	}
	for name, other := range map[string]string{
		"order":  suites.Content(question, []string{"the city of Paris", "Paris"}),
		"period": suites.Content(question, []string{"Paris", "the city of Paris."}),
	} {
		if other != got {
			t.Errorf("%s changes the content", name)
		}
	}
	for name, other := range map[string]string{
		"question":   suites.Content("What was the capital of France?", []string{"Paris", "the city of Paris"}),
		"case":       suites.Content(strings.ToLower(question), []string{"Paris", "the city of Paris"}),
		"references": suites.Content(question, []string{"Paris"}),
		"none":       suites.Content(question, []string{" ", "."}),
		"one text":   suites.Content(question, []string{"Paris the city of Paris"}),
	} {
		if other == got {
			t.Errorf("another %s has the same content", name)
		}
	}
	if suites.Content("Caf\u00e9?", []string{"\u1e69"}) != suites.Content("Cafe\u0301?", []string{"s\u0307\u0323"}) {
		t.Error("composed and decomposed letters differ")
	}
	for _, two := range [][2]string{ // equal in the form NFKC
		{"What is 2²?", "What is 22?"}, {"x₁ + x₂", "x1 + x2"}, {"What is 1½ × 2?", "What is 11⁄2 × 2?"}, {"℃", "°C"}, {"Ⅳ", "IV"}, {"①", "1"}, {"ﬁ", "fi"}, {"Ｗ", "W"}, {"ℝ", "R"},
	} {
		if suites.Content(two[0], nil) == suites.Content(two[1], nil) {
			t.Errorf("%q and %q as questions have the same content", two[0], two[1])
		}
		if suites.Content("x", two[:1]) == suites.Content("x", two[1:]) {
			t.Errorf("%q and %q as references have the same content", two[0], two[1])
		}
	}
	q, r := suites.SplitContent(got)
	if q != suites.Content(question, nil) || len(r) != 12 {
		t.Errorf("parts %q and %q", q, r)
	}
}

func TestContentOf(t *testing.T) {
	ex := suites.NewExample("s", "Q: a?\nA:", []string{"b"}, "")
	if got := ex.ContentOf(); got != suites.Content("Q: a?\nA:", []string{"b"}) {
		t.Errorf("derived content %s", got)
	}
	ex.Content = suites.Content("a?", []string{"b"})
	if got := ex.ContentOf(); got != suites.Content("a?", []string{"b"}) {
		t.Errorf("own content %s", got)
	}
}
