package text

import (
	"testing"

	"assay/harness/leaf/approx"
)

// Wanted values: torchmetrics 1.9.0, torchmetrics.functional.text.squad._normalize_text(s).
func TestSQuADNormalize(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", ""},
		{"The  Beatles'", "beatles"},
		{"a-the-an", "athean"},
		{"_the_ x", "x"},
		{"\u201cthe\u201d band", "\u201c \u201d band"},
		{"an\u00a0apple\x1c", "apple"},
		{"\u039f\u0394\u039f\u03a3 \u03a3", "\u03bf\u03b4\u03bf\u03c2 \u03c3"},
		{"\u0391\u03a3's \u0391\u03a3.\u0391", "\u03b1\u03c3s \u03b1\u03c3\u03b1"},
		{"\u0130 an", "i\u0307"},
		{"It's Scotland's oil!", "its scotlands oil"},
		{"5 1/2", "5 12"},
		{"\U0001f600 the \U0001f600", "\U0001f600 \U0001f600"},
		{"a\u00e9 \u00e9a a\u0301", "a\u00e9 \u00e9a \u0301"},
		{"theatre the\u2019s", "theatre \u2019s"},
	}
	for _, test := range tests {
		if got := SQuADNormalize(test.text); got != test.want {
			t.Errorf("SQuADNormalize(%q) = %q, want %q", test.text, got, test.want)
		}
	}
}

// Wanted values: torchmetrics 1.9.0, _compute_exact_match_score and
// _compute_f1_score of torchmetrics.functional.text.squad with Python floats in
// place of tensors, maximised over [r for r in references if _normalize_text(r)] or [""].
func TestSQuAD(t *testing.T) {
	tests := []struct {
		prediction     string
		references     []string
		exactMatch, f1 float64
	}{
		{"the North Sea", []string{"North Sea"}, 1.0, 1.0},
		{"in the North Sea", []string{"North Sea", "the Baltic"}, 0.0, 0.8},
		{"", []string{""}, 1.0, 1.0},
		{"", []string{}, 1.0, 1.0},
		{"the", []string{"The!"}, 1.0, 1.0},
		{"x", []string{"the"}, 0.0, 0.0},
		{"", []string{"x"}, 0.0, 0.0},
		{"the", []string{"an", "x"}, 0.0, 0.0},
		{"b b b c", []string{"b b d"}, 0.0, 0.5714285714285715},
		{"June 5th, 1944", []string{"5 June 1944", "June 5"}, 0.0, 0.6666666666666666},
	}
	for _, test := range tests {
		em, f1 := SQuAD(test.prediction, test.references)
		if em != test.exactMatch || !approx.Equal(f1, test.f1, 1e-12) {
			t.Errorf("SQuAD(%q, %q) = %v, %v, want %v, %v", test.prediction, test.references, em, f1, test.exactMatch, test.f1)
		}
	}
}

func FuzzSQuAD(f *testing.F) {
	f.Add("the North Sea", "North Sea", "a sea")
	f.Add("ΟΔΟΣ' \xff", "the", "_an_")
	f.Fuzz(func(t *testing.T, prediction, first, second string) {
		em, f1 := SQuAD(prediction, []string{first, second})
		if em != 0 && em != 1 || !(f1 >= em && f1 <= 1) {
			t.Errorf("exact match %v, F1 %v", em, f1)
		}
		if em, f1 := SQuAD(prediction, []string{first, prediction}); SQuADNormalize(prediction) != "" && (em != 1 || f1 != 1) {
			t.Errorf("prediction among references: exact match %v, F1 %v", em, f1)
		}
		if n := SQuADNormalize(prediction); removePunctuation(n) != n || removeArticles(n) != n {
			t.Errorf("SQuADNormalize(%q) = %q", prediction, n)
		}
	})
}
