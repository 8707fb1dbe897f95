package suitefile_test

import (
	"fmt"
	"strings"
	"testing"

	"assay/models"
	"assay/suites"
)

// ownWord lists a suite's own judgements of an answer: metric, and value or reason.
func ownWord(t *testing.T, suite, answer string, references, incorrect []string) string {
	t.Helper()
	s := suiteNamed(t, suite)
	ex := suites.NewExample(suite, "Asked.", references, "")
	ex.Incorrect = incorrect
	js, err := s.Judge.Judge(t.Context(), suites.Item{Example: ex, Completion: models.Completion{ID: "1", Suite: suite, Example: ex.ID, Model: "m", Text: answer}})
	if err != nil {
		t.Fatal(err)
	}
	var parts []string
	for _, j := range js {
		if err := j.Validate(); err != nil {
			t.Error(err)
		}
		parts = append(parts, fmt.Sprint(j.Metric, " ", j.Value, j.Missing))
	}
	return strings.Join(parts, "; ")
}

// What a metric can't score is missing, with the reason. An empty answer, and one that is
// merely wrong, is 0. Values by rouge_score, sacrebleu, SQuAD's evaluate-v2.0.py and DROP's
// drop_eval.py.
func TestUnseenTexts(t *testing.T) {
	const (
		rougeRef    = "rouge_l []the metric can't score the reference: ROUGE's tokens contain only a-z and 0-9"
		rougeAnswer = "rouge_l []the metric can't score the answer: ROUGE's tokens contain only a-z and 0-9"
		bleuRef     = "bleu []the metric can't score the reference: the metric's tokens are separated by spaces and punctuation"
		bleuAnswer  = "bleu []the metric can't score the answer: the metric's tokens are separated by spaces and punctuation"
		dropRef     = "f1 []the metric can't score the reference: DROP's rules drop punctuation and articles; exact_match []the metric can't score the reference: DROP's rules drop punctuation and articles"
		squadRef    = "f1 []the metric can't score the reference: SQuAD's rules drop punctuation and articles; exact_match []the metric can't score the reference: SQuAD's rules drop punctuation and articles"
		squadAnswer = "f1 []the metric can't score the answer: SQuAD's rules drop punctuation and articles; exact_match []the metric can't score the answer: SQuAD's rules drop punctuation and articles"
	)
	for _, tt := range []struct {
		suite, answer string
		references    []string
		want          string
	}{
		{"tldr", "गाँव में बारिश", []string{"गाँव में बारिश"}, rougeRef},
		{"tldr", "...", []string{"..."}, rougeRef},
		{"tldr", "村里下雨", []string{"It rains here"}, rougeAnswer},
		{"tldr", "?!", []string{"It rains here"}, rougeAnswer},
		{"tldr", "", []string{"It rains here"}, "rouge_l [0]"},
		{"tldr", " \n", []string{"It rains here"}, "rouge_l [0]"},
		{"tldr", "It rains", []string{"村里下雨", "It rains"}, "rouge_l [1]"},
		{"tldr", "Rain", []string{"", "It is"}, "rouge_l [0]"},
		{"tldr", "Rain", []string{"", " "}, "rouge_l []the example has no reference"},
		{"wmt15_fr_en", "村里下雨了", []string{"村里下雨了"}, bleuRef},
		{"wmt15_fr_en", "村里下雨了", []string{"It rains here"}, bleuAnswer},
		{"wmt15_fr_en", "गाँव में", []string{"<skipped>", "गाँव में बारिश"}, "bleu [2 3 2 1 0 0 2 1 0 0]"},
		{"wmt15_fr_en", "", []string{"It rains here"}, "bleu [0 3 0 0 0 0 0 0 0 0]"},
		{"wmt15_fr_en", "<skipped>", []string{"It rains here"}, bleuAnswer},
		{"drop", "the", []string{"The", "a"}, dropRef},
		{"drop", "The", []string{"Denver", "the"}, "f1 [0]; exact_match [0]"},
		{"drop", "丹佛", []string{"丹佛"}, "f1 [1]; exact_match [1]"},
		{"squadv2", "the", []string{"The", "..."}, squadRef},
		{"squadv2", "The", []string{"Denver"}, "f1 [0]; exact_match [0]"},
		{"squadv2", "...", nil, squadAnswer},
		{"squadv2", "", nil, "f1 [1]; exact_match [1]"},
		{"squadv2", ".", []string{"Not in background."}, squadAnswer},
		{"squadv2", "the", []string{"", "not in background"}, squadAnswer},
		{"squadv2", "", []string{"Not in background."}, "f1 [1]; exact_match [1]"},
		{"squadv2", "Not in background.", nil, "f1 [1]; exact_match [1]"},
		{"squadv2", "丹佛", []string{"丹佛 市"}, "f1 [0.6666666666666666]; exact_match [0]"},
	} {
		if got := ownWord(t, tt.suite, tt.answer, tt.references, nil); got != tt.want {
			t.Errorf("%s, %q against %q: %s, want %s", tt.suite, tt.answer, tt.references, got, tt.want)
		}
	}
}

// The similarities of TruthfulQA, by sacrebleu.sentence_bleu(answer, [reference + "."],
// use_effective_order=False): both sides must be scorable.
func TestUnseenSimilarity(t *testing.T) {
	missing := func(metric, what string) string {
		why := "the metric's tokens are separated by spaces and punctuation"
		if metric == "rouge_l_acc" {
			why = "ROUGE's tokens contain only a-z and 0-9"
		}
		return metric + " []the metric can't score the " + what + ": " + why
	}
	right, wrong := []string{"Nothing happens to you"}, []string{"You fall ill at once"}
	hindi, chinese := []string{"कुछ नहीं होता है"}, []string{"什么都不会发生"}
	for _, tt := range []struct {
		answer             string
		correct, incorrect []string
		bleu, rouge        string
	}{
		{"什么都不会发生", right, wrong, missing("bleu_acc", "answer"), missing("rouge_l_acc", "answer")},
		{"Nothing happens to you", chinese, wrong, missing("bleu_acc", "reference"), missing("rouge_l_acc", "reference")},
		{"Nothing happens to you", right, chinese, missing("bleu_acc", "reference"), missing("rouge_l_acc", "reference")},
		{"कुछ नहीं होता है", hindi, wrong, "bleu_acc [77.88007830714052 0]", missing("rouge_l_acc", "reference")},
		{"", right, wrong, "bleu_acc [0 0]", "rouge_l_acc [0 0]"},
	} {
		if got, want := ownWord(t, "truthfulqa", tt.answer, tt.correct, tt.incorrect), tt.bleu+"; "+tt.rouge; got != want {
			t.Errorf("%q: %s, want %s", tt.answer, got, want)
		}
	}
}

// References that can't be scored are reported before anything is run.
func TestUnseenReferencesAreTold(t *testing.T) {
	path := write(t, "posts.jsonl", `{"content":"a","summary":"It rains"}
{"content":"b","summary":"村里下雨"}
{"content":"c","summary":"!"}
`)
	set := loaded(t, "tldr", suites.Files{Data: path})
	want := path + `: 2 of 3 examples will not be scored, because rouge_l can't score the references, the first "村里下雨": the metric can't score the reference: ROUGE's tokens contain only a-z and 0-9`
	if len(set.Notices) != 1 || set.Notices[0] != want {
		t.Errorf("notices %q, want %q", set.Notices, want)
	}
	if n := len(loaded(t, "tldr", suites.Files{Data: write(t, "seen.jsonl", `{"content":"a","summary":"It rains"}`)}).Notices); n != 0 {
		t.Errorf("%d notices of texts that can be scored", n)
	}
}
