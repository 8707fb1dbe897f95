package text

import "unicode/utf8"

// Score is an overlap as precision, recall and F. All three are from 0 to 1.
type Score struct {
	Precision float64 // share of the hypothesis that is in the reference
	Recall    float64 // share of the reference that is in the hypothesis
	F         float64 // their harmonic mean
}

// ROUGEL returns the ROUGE-L F-measure, 0 to 1: see [ROUGELScore].
func ROUGEL(hypothesis, reference string) float64 {
	return ROUGELScore(hypothesis, reference).F
}

// ROUGELScore returns sentence-level ROUGE-L: with L the length of the longest
// common subsequence of tokens, precision is L over the hypothesis' length and
// recall L over the reference's. Tokens are runs of a-z and 0-9 after lower-casing;
// nothing is stemmed. A text without tokens scores 0. It equals rouge-score's
// RougeScorer(['rougeL']).score(reference, hypothesis).
//
// Source: Lin 2004, "ROUGE: a package for automatic evaluation of summaries",
// section 3.1 with beta = 1.
func ROUGELScore(hypothesis, reference string) Score {
	var room struct {
		words vocabularyRoom
		ids   [128]int32
	}
	words := newVocabulary(len(reference)/6+4, &room.words)
	word := make([]byte, 0, 32)
	ids := room.ids[:0]
	for i := 0; i < len(reference); {
		word, i = nextWord(word[:0], reference, i)
		if len(word) > 0 {
			ids = append(ids, words.intern(word))
		}
	}
	m := newSubsequence(ids, words.size)
	n := 0
	for i := 0; i < len(hypothesis); {
		word, i = nextWord(word[:0], hypothesis, i)
		if len(word) > 0 {
			n++
			m.step(words.lookup(word))
		}
	}
	if n == 0 || len(ids) == 0 {
		return Score{}
	}
	common := float64(m.length())
	return score(common/float64(n), common/float64(len(ids)))
}

// score computes F from precision and recall.
func score(precision, recall float64) Score {
	s := Score{Precision: precision, Recall: recall}
	if precision+recall > 0 {
		s.F = 2 * precision * recall / (precision + recall)
	}
	return s
}

// nextWord appends to word the first token of s at or after i, and returns the
// position after it. The token is empty only where s holds no more tokens.
//
// Two characters outside ASCII have a lower case within it: the Kelvin sign
// becomes k; the dotted capital I becomes i and a combining dot, which ends the
// token.
func nextWord(word []byte, s string, i int) ([]byte, int) {
	for i < len(s) {
		b := s[i]
		switch {
		case b >= 'a' && b <= 'z' || b >= '0' && b <= '9':
			word = append(word, b)
			i++
			continue
		case b >= 'A' && b <= 'Z':
			word = append(word, b+'a'-'A')
			i++
			continue
		case b < utf8.RuneSelf:
			i++
		default:
			r, width := utf8.DecodeRuneInString(s[i:])
			i += width
			switch r {
			case '\u212a':
				word = append(word, 'k')
				continue
			case '\u0130':
				return append(word, 'i'), i
			}
		}
		if len(word) > 0 {
			return word, i
		}
	}
	return word, i
}
