package text

import "strings"

// SQuADNormalize returns the form in which the SQuAD scripts compare answers:
// lower case, without ASCII punctuation, without the words a, an and the, and
// with single spaces between what is left.
func SQuADNormalize(s string) string {
	return removeArticles(removePunctuation(lower(s)))
}

// SQuAD returns exact match (0 or 1) and token F1 (0 to 1) of a prediction, each
// the largest over the references, by the rules of the SQuAD 2.0 evaluation
// script. References that normalise to nothing are dropped. When none is left, the
// question has no answer, and only a prediction that normalises to nothing is
// right. A suite whose models say "no answer" in words must map those to "" on
// both sides first.
//
// Source: Rajpurkar, Jia and Liang 2018, "Know what you don't know", and its
// evaluate-v2.0.py, functions get_raw_scores, compute_exact and compute_f1.
func SQuAD(prediction string, references []string) (exactMatch, f1 float64) {
	p := SQuADNormalize(prediction)
	words := strings.Fields(p)
	answerable := false
	for _, r := range references {
		gold := SQuADNormalize(r)
		if gold == "" {
			continue
		}
		answerable = true
		if gold == p {
			return 1, 1
		}
		f1 = max(f1, bagF1(words, strings.Fields(gold)))
	}
	if !answerable && p == "" {
		return 1, 1
	}
	return 0, f1
}

// bagF1 is the F-measure of two bags of words; 0 where either is empty.
func bagF1(prediction, gold []string) float64 {
	left := make(map[string]int, len(gold))
	for _, w := range gold {
		left[w]++
	}
	common := 0
	for _, w := range prediction {
		if left[w] > 0 {
			left[w]--
			common++
		}
	}
	if common == 0 {
		return 0
	}
	n := float64(common)
	return score(n/float64(len(prediction)), n/float64(len(gold))).F
}
