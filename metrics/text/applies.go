package text

import (
	"strings"
	"unicode"
)

// ROUGEApplies reports whether ROUGE can score a text: whether its tokens, which are runs of
// a-z and 0-9, cover most of the text's letters and digits. In another script they cover
// nothing or little, and the score would be 0 however good the text is. A text without
// letters and digits can't be scored.
func ROUGEApplies(s string) bool {
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

// unsegmented lists scripts that put no space between words.
var unsegmented = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Tibetan,
}

// BLEUApplies reports whether BLEU can score a text: whether the tokens that sacrebleu calls
// 13a, which end at spaces and ASCII punctuation, are its words. There must be one token,
// and most letters must be of scripts with a space between words. A sentence in Chinese
// would be one token, and its score 0 however good it is.
func BLEUApplies(s string) bool {
	if plainWord(s) && isASCII(s) {
		return true
	}
	_, _, tokens := tokenize13a(s, nil, nil, nil)
	if len(tokens) == 0 {
		return false
	}
	return Spaced(s)
}

// SQuADApplies reports whether SQuAD's script can score a text: whether normalisation leaves
// anything of it. See [SQuADNormalize].
func SQuADApplies(s string) bool { return plainWord(s) || SQuADNormalize(s) != "" }

// DROPApplies reports whether DROP's script can score a text: whether normalisation leaves
// anything of it.
func DROPApplies(s string) bool { return plainWord(s) || strings.TrimSpace(normalizeDROP(s)) != "" }

// plainWord finds four ASCII letters or digits in a row outside of <>. Every rule keeps
// something of those, since articles and marks are shorter.
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
