package place_test

import (
	"strings"
	"testing"

	"assay/harness/leaf/place"
)

func TestNearest(t *testing.T) {
	metrics := []string{"exact_match", "contains", "f1", "bleu", "rouge_1", "rouge_2", "accuracy", "macro_f1", "bits_per_byte"}
	for name, want := range map[string]string{
		"exact_mach":  "exact_match",   // one removed
		"exact-match": "exact_match",   // - for _
		"Contains":    "contains",      // a capital
		"contians":    "contains",      // two swapped, which is one change
		"contaiXXs":   "contains",      // two changes: one replaced, one inserted
		"cXntaiXXs":   "",              // three
		"lbeu":        "bleu",          // fewer than half of the letters
		"lbe":         "",              // two of three letters
		"acc":         "accuracy",      // the only one that begins so
		"bits":        "bits_per_byte", // likewise
		"rougee":      "rouge_1",       // the first of two that are as near
		"rou":         "",              // two begin so, and no one is near
		"":            "",
		"nonsense":    "",
	} {
		if got := place.Nearest(name, metrics); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	if got := place.Nearest("odl", []string{"new", "old"}); got != "old" {
		t.Errorf("odl: %q, want old", got)
	}
}

func TestChoose(t *testing.T) {
	long := strings.Fields("alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu")
	for _, tt := range []struct {
		name string
		all  []string
		want string
	}{
		{"tickts", []string{"tickets", "faq"}, "did you mean tickets? Otherwise use one of tickets, faq"},
		{"tickts", []string{"tickets"}, "did you mean tickets?"},
		{"other", []string{"tickets"}, "use tickets"},
		{"other", []string{"plain", "", "few"}, `use one of plain, "", few`},
		{"other", nil, "there is none"},
		{"other", []string{"tickets", "faq"}, "use one of tickets, faq"},
		{"gama", long, "did you mean gamma?"},
		{"other", long, "use one of " + strings.Join(long, ", ")},
	} {
		if got := place.Choose(tt.name, tt.all); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.name, got, tt.want)
		}
	}
}
