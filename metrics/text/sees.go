package text

import (
	"strings"
	"unicode"
)

// ROUGESees reports whether ROUGE's tokens, which are runs of a-z and 0-9, hold most of a
// text's letters and digits. Of a text in another script they hold nothing or little: its
// score would be 0 however good it is. A text without letters and digits is not seen.
func ROUGESees(s string) bool {
	if plainWord(s) && isASCII(s) {
		return true
	}
	seen, unseen := 0, 0
	for word, i := nextWord(nil, s, 0); len(word) > 0; word, i = nextWord(word[:0], s, i) {
		seen += len(word)
	}
	for _, r := range s {
		if r > unicode.MaxASCII && unicode.In(r, unicode.L, unicode.N, unicode.M) {
			unseen++
		}
	}
	return seen > 0 && seen >= unseen
}

// unsegmented are scripts that put no space between words.
var unsegmented = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Tibetan,
}

// BLEUSees reports whether the tokens that sacrebleu calls 13a, which ends tokens at spaces
// and ASCII punctuation, are the words of a text: there is one, and most letters are of
// scripts with a space between words. A sentence in Chinese would be one token, and its
// score 0 however good it is.
func BLEUSees(s string) bool {
	if plainWord(s) && isASCII(s) {
		return true
	}
	_, _, tokens := tokenize13a(s, nil, nil, nil)
	if len(tokens) == 0 {
		return false
	}
	words, others := 0, 0
	for _, r := range s {
		switch {
		case unicode.In(r, unsegmented...):
			others++
		case unicode.In(r, unicode.L, unicode.N):
			words++
		}
	}
	return words >= others
}

// SQuADSees reports whether anything is left of a text in the form in which SQuAD's script
// compares it: see [SQuADNormalize].
func SQuADSees(s string) bool { return plainWord(s) || SQuADNormalize(s) != "" }

// DROPSees reports whether anything is left of a text in the form in which DROP's script
// compares it.
func DROPSees(s string) bool { return plainWord(s) || strings.TrimSpace(normalizeDROP(s)) != "" }

// plainWord finds four letters or digits of ASCII in a row outside of <>, which every rule
// leaves something of: no article and no mark is as long.
func plainWord(s string) bool {
	run := 0
	for i := range len(s) {
		b := s[i]
		switch {
		case b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9':
			if run++; run == 4 {
				return true
			}
		case b == '<' || b == '&': // may begin a mark that 13a drops or replaces
			return false
		default:
			run = 0
		}
	}
	return false
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] > unicode.MaxASCII {
			return false
		}
	}
	return true
}
