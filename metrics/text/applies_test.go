package text_test

import (
	"testing"

	"assay/metrics/text"
)

// The expectations are from rouge_score.tokenize.tokenize(s, None), sacrebleu's
// Tokenizer13a()(s.rstrip()).split(), SQuAD's normalize_answer and DROP's _normalize_answer:
// a text that gives none of their tokens can't be scored. Nor can a text of which ROUGE's
// tokens cover the smaller part, or whose 13a tokens are no words.
func TestApplies(t *testing.T) {
	for _, tt := range []struct {
		s                        string
		rouge, bleu, squad, drop bool
	}{
		{"Plums are ripe.", true, true, true, true},
		{"", false, false, false, false},
		{" \n\t", false, false, false, false},
		{"...", false, true, false, false},
		{"?!", false, true, false, false},
		{"The", true, true, false, false},
		{"a, an - the!", true, true, false, false},
		{"7", true, true, true, true},
		{"-", false, true, false, false},
		{"आम पके हैं", false, true, true, true},
		{"Сливы спелые", false, true, true, true},
		{"李子熟了。", false, false, true, true},
		{"すももが熟した", false, false, true, true},
		{"ลูกพลัมสุก", false, false, true, true},
		{"자두가 익었다", false, true, true, true},
		{"DVD के लिए आम पके हैं 12", false, true, true, true},
		{"DVD 李子熟了好吃", false, false, true, true},
		{"The plums (李子) are ripe", true, true, true, true},
		{"Größe und Ähnlichkeit", true, true, true, true},
		{"Ça a été très réussi", true, true, true, true},
		{"cafe\u0301", true, true, true, true},
		{"<skipped>", true, false, true, true},
		{"-\n", false, true, false, false},
		{"熟 i", true, true, true, true},
		{"熟了 i", false, false, true, true},
		{"मि i", false, true, true, true},
		{"plum <skipped>", true, true, true, true},
		{"-&lt;", true, true, true, true},
		{"<skipped> a", true, true, true, true},
		{"word 李子熟了", true, true, true, true},
		{"word 李子熟了。", true, true, true, true},
		{"word 李子熟了好吃", false, false, true, true},
		{"👍", false, true, true, true},
	} {
		if got := text.ROUGEApplies(tt.s); got != tt.rouge {
			t.Errorf("ROUGE, %q: %v", tt.s, got)
		}
		if got := text.BLEUApplies(tt.s); got != tt.bleu {
			t.Errorf("BLEU, %q: %v", tt.s, got)
		}
		if got := text.SQuADApplies(tt.s); got != tt.squad {
			t.Errorf("SQuAD, %q: %v", tt.s, got)
		}
		if got := text.DROPApplies(tt.s); got != tt.drop {
			t.Errorf("DROP, %q: %v", tt.s, got)
		}
	}
}
