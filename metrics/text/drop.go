package text

import (
	"math"
	"strings"
)

// DROP returns exact match (0 or 1) and F1 (0 to 1, two decimals) of an answer in
// one piece, each the largest over the alternative references. It is
// drop_eval.py's evaluate_json: exact match and F1 are maximised separately, and a
// reference that is only white space is skipped. (The DROP metric of the AllenNLP
// library maximises the pair instead, exact match first. For answers in one piece
// the two agree, because an exact match has F1 1.) Without references both are 0.
//
// Source: Dua et al. 2019, "DROP: a reading comprehension benchmark requiring
// discrete reasoning over paragraphs", section 5.1, and drop_eval.py of
// allenai/allennlp-reading-comprehension at d4a19b5.
func DROP(prediction string, references []string) (exactMatch, f1 float64) {
	for _, r := range references {
		if strings.TrimFunc(r, isSpace) == "" {
			continue
		}
		em, f := DROPSpans([]string{prediction}, []string{r})
		exactMatch, f1 = max(exactMatch, em), max(f1, f)
	}
	return exactMatch, f1
}

// DROPSpans returns exact match (0 or 1) and F1 (0 to 1, two decimals) of an
// answer in several spans against one reference in several spans: drop_eval.py's
// get_metrics. Exact match requires the same set of normalised spans and the same
// number of spans. F1 pairs the spans one to one so that the sum of the pairs' F1
// is largest, and divides that sum by the larger number of spans. A pair counts 0
// when the reference's span holds numbers and the prediction's has none of them.
//
// One difference from the script: for two empty lists exact match is 1 in both,
// but F1 is NaN in the script and 1 here.
func DROPSpans(prediction, reference []string) (exactMatch, f1 float64) {
	if len(prediction) == 0 && len(reference) == 0 {
		return 1, 1
	}
	predicted, gold := answerSpans(prediction), answerSpans(reference)
	if len(predicted) == len(gold) && sameTexts(predicted, gold) {
		exactMatch = 1
	}
	scores := make([][]float64, len(gold))
	for i := range gold {
		scores[i] = make([]float64, len(predicted))
		for j := range predicted {
			if numbersMatch(gold[i].bag, predicted[j].bag) {
				scores[i][j] = setF1(predicted[j].bag, gold[i].bag)
			}
		}
	}
	aligned := make([]float64, max(len(gold), len(predicted)))
	for i, j := range assign(scores) {
		if j >= 0 {
			aligned[i] = scores[i][j]
		}
	}
	// The script rounds with numpy, which scales: 1/40 gives 0.02, where Python's
	// own round gives 0.03.
	return exactMatch, math.RoundToEven(pairwiseSum(aligned)/float64(len(aligned))*100) / 100
}

// answerSpan is a normalised span and the set of its tokens.
type answerSpan struct {
	text string
	bag  map[string]bool // token -> is a number
}

func answerSpans(raw []string) []answerSpan {
	spans := make([]answerSpan, len(raw))
	for i, s := range raw {
		text := normalizeDROP(s)
		bag := make(map[string]bool)
		for _, token := range strings.Fields(text) {
			if _, seen := bag[token]; !seen {
				_, bag[token] = parseFloat(token)
			}
		}
		spans[i] = answerSpan{text, bag}
	}
	return spans
}

// normalizeDROP splits at spaces and hyphens, and normalises each token. A token
// becomes lower case and loses its punctuation unless it is a number. A number is
// written as Python writes a float ("1,000" -> "1000.0"). Articles and extra white
// space are dropped. Python's float accepts inf, infinity, nan and 1_000, and so
// does this.
func normalizeDROP(s string) string {
	var parts []string
	for token := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ' ' || r == '-' }) {
		token = lower(token)
		if _, ok := parseFloat(token); !ok {
			token = removePunctuation(token)
		}
		if f, ok := parseFloat(token); ok {
			token = formatFloat(f)
		}
		if token = removeArticles(token); token != "" {
			parts = append(parts, token)
		}
	}
	return strings.Join(parts, " ")
}

// sameTexts reports whether two lists hold the same set of texts.
func sameTexts(a, b []answerSpan) bool {
	subset := func(a, b []answerSpan) bool {
		all := make(map[string]bool, len(b))
		for _, s := range b {
			all[s.text] = true
		}
		for _, s := range a {
			if !all[s.text] {
				return false
			}
		}
		return true
	}
	return subset(a, b) && subset(b, a)
}

// numbersMatch reports whether gold has no numbers, or shares one with predicted.
func numbersMatch(gold, predicted map[string]bool) bool {
	some := false
	for token, number := range gold {
		if number {
			some = true
			if predicted[token] {
				return true
			}
		}
	}
	return !some
}

// setF1 is the F-measure of two sets of tokens. An empty prediction has precision
// 1 and an empty gold set recall 1.
func setF1(predicted, gold map[string]bool) float64 {
	common := 0
	for token := range gold {
		if _, ok := predicted[token]; ok {
			common++
		}
	}
	precision, recall := 1.0, 1.0
	if len(predicted) > 0 {
		precision = float64(common) / float64(len(predicted))
	}
	if len(gold) > 0 {
		recall = float64(common) / float64(len(gold))
	}
	return score(precision, recall).F
}
