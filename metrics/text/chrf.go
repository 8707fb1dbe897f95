package text

import (
	"strings"
	"unicode/utf8"
)

const (
	chrfOrder = 6 // the longest n-gram of characters
	// chrfBeta weighs recall against precision: chrF2.
	chrfBeta = 2
	// ChrFSize is the length of one sentence's statistics for corpus chrF: for n-grams of
	// characters, n = 1..6, the number in the hypothesis, in the reference, and in both.
	ChrFSize = 3 * chrfOrder
	// ChrFWordSize is the same for chrF++, which adds n-grams of words, n = 1 and 2.
	ChrFWordSize = ChrFSize + 3*chrfWordOrder
	// chrfWordOrder is the longest n-gram of words of chrF++.
	chrfWordOrder = 2
)

// ChrFStatistics returns the sufficient statistics of one sentence. [ChrF] takes their sum over
// a corpus. N-grams of characters leave out white space. With words, there are also those of
// chrF++, for which a word loses one mark of ASCII punctuation at its end or else its start.
// Of several references, the one with the best chrF for the sentence counts, the first of
// equal ones; without references all is 0. They equal those of sacrebleu's CHRF.
//
// Source: Popović 2015, "chrF: character n-gram F-score for automatic MT evaluation", and 2017,
// "chrF++: words helping character n-grams".
func ChrFStatistics(hypothesis string, references []string, words bool) []float64 {
	said := chrfGrams(hypothesis, words)
	best, score := make([]float64, 3*len(said)), -1.0
	for _, r := range references {
		stats := make([]float64, 0, 3*len(said))
		for i, wanted := range chrfGrams(r, words) {
			stats = append(stats, chrfMatches(said[i], wanted)...)
		}
		if f := ChrF(stats); f > score {
			best, score = stats, f
		}
	}
	return best
}

// chrfGrams counts a text's n-grams: of characters by length, then of words by length.
func chrfGrams(s string, words bool) []map[string]int {
	bare := strings.Join(Words(s), "")
	starts := make([]int, 0, len(bare)+1) // of each character
	for i := range bare {
		starts = append(starts, i)
	}
	starts = append(starts, len(bare))
	var out []map[string]int
	for n := 1; n <= chrfOrder; n++ {
		grams := make(map[string]int)
		for i := 0; i+n < len(starts); i++ {
			grams[bare[starts[i]:starts[i+n]]]++
		}
		out = append(out, grams)
	}
	if !words {
		return out
	}
	tokens := chrfWords(s)
	for n := 1; n <= chrfWordOrder; n++ {
		grams := make(map[string]int)
		for i := 0; i+n <= len(tokens); i++ {
			grams[strings.Join(tokens[i:i+n], " ")]++
		}
		out = append(out, grams)
	}
	return out
}

// chrfWords splits a text into words and cuts one mark of punctuation off each.
func chrfWords(s string) []string {
	var out []string
	for _, w := range Words(s) {
		last, width := utf8.DecodeLastRuneInString(w)
		first, wide := utf8.DecodeRuneInString(w)
		switch {
		case width == len(w):
			out = append(out, w)
		case isPunctuation(last):
			out = append(out, w[:len(w)-width], w[len(w)-width:])
		case isPunctuation(first):
			out = append(out, w[:wide], w[wide:])
		default:
			out = append(out, w)
		}
	}
	return out
}

// chrfMatches are the counts of one order. Where the reference has no n-gram, those of the
// hypothesis don't count.
func chrfMatches(said, wanted map[string]int) []float64 {
	if len(wanted) == 0 {
		return []float64{0, 0, 0}
	}
	var hypothesis, reference, both int
	for gram, n := range said {
		hypothesis += n
		both += min(n, wanted[gram])
	}
	for _, n := range wanted {
		reference += n
	}
	return []float64{float64(hypothesis), float64(reference), float64(both)}
}

// ChrF returns corpus chrF, 0 to 100, from statistics summed over a corpus ([ChrFStatistics]):
// with precision and recall averaged over the orders that both sides have, their F-measure
// with beta 2. It panics unless there are [ChrFSize] or [ChrFWordSize] sums.
func ChrF(sums []float64) float64 {
	if len(sums) != ChrFSize && len(sums) != ChrFWordSize {
		panic("text: ChrF needs ChrFSize or ChrFWordSize sums")
	}
	precision, recall, orders := 0.0, 0.0, 0.0
	for i := 0; i < len(sums); i += 3 {
		if hypothesis, reference := sums[i], sums[i+1]; hypothesis > 0 && reference > 0 {
			precision += sums[i+2] / hypothesis
			recall += sums[i+2] / reference
			orders++
		}
	}
	if precision+recall == 0 {
		return 0
	}
	precision, recall = precision/orders, recall/orders
	const weight = chrfBeta * chrfBeta
	return 100 * (1 + weight) * precision * recall / (weight*precision + recall)
}
