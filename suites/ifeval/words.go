package ifeval

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/abadojack/whatlanggo"
	"github.com/neurosnap/sentences"
	"github.com/neurosnap/sentences/data"
)

// hasWord reports whether a pattern matches between two boundaries of words, without case.
func hasWord(text, pattern string) bool {
	re := regexp.MustCompile(`(?i)^(?:` + pattern + `)`)
	for at := 0; at < len(text); {
		_, size := utf8.DecodeRuneInString(text[at:])
		if boundary(text, at) {
			if m := re.FindStringIndex(text[at:]); m != nil && boundary(text, at+m[1]) {
				return true
			}
		}
		at += size
	}
	return false
}

// boundary reports whether a word begins or ends at a place.
func boundary(text string, at int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:at])
	after, _ := utf8.DecodeRuneInString(text[at:])
	return (at > 0 && inWord(before)) != (at < len(text) && inWord(after))
}

func inWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) }

// isUpper is Python's isupper: there is a letter with case, and none is lower case.
func isUpper(s string) bool {
	return strings.ContainsFunc(s, unicode.IsUpper) && !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLower(r) || unicode.IsTitle(r) })
}

// isLower is Python's islower.
func isLower(s string) bool {
	return strings.ContainsFunc(s, unicode.IsLower) && !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsUpper(r) || unicode.IsTitle(r) })
}

// Where a text is cut into words, after the Penn Treebank's conventions (nltk's word_tokenize).
var (
	apart       = regexp.MustCompile("[;@#$%&?!*()\\[\\]{}<>\"“”«»‘’„`]+|--|\\.{2,}")
	before      = regexp.MustCompile(`[:,](?:[^0-9]|$)`)
	contraction = regexp.MustCompile(`(?i)^(.+?)('s|'m|'d|'ll|'re|'ve|n't)$`)
	twoWords    = map[string]bool{"cannot": true, "d'ye": true, "gimme": true, "gonna": true, "gotta": true, "lemme": true, "more'n": true, "wanna": true, "'tis": true, "'twas": true}
)

// capitalWords counts the words in capitals.
func capitalWords(text string) (n int) {
	text = apart.ReplaceAllString(text, " $0 ")
	text = before.ReplaceAllStringFunc(text, func(m string) string { return " " + m[:1] + " " + m[1:] })
	for _, w := range strings.Fields(text) {
		bare := strings.TrimRight(w, ".'")
		switch m := contraction.FindStringSubmatch(bare); {
		case m != nil:
			for _, part := range m[1:] {
				if isUpper(part) {
					n++
				}
			}
		case !isUpper(w):
		case twoWords[strings.ToLower(bare)]:
			n += 2
		default:
			n++
		}
	}
	return n
}

// splitter cuts English into sentences by Punkt (Kiss and Strunk 2006), as nltk does.
var splitter = sync.OnceValue(func() *sentences.DefaultSentenceTokenizer {
	trained, err := data.Asset("data/english.json")
	if err != nil {
		panic("ifeval: " + err.Error())
	}
	model, err := sentences.LoadTraining(trained)
	if err != nil {
		panic("ifeval: " + err.Error())
	}
	return sentences.NewSentenceTokenizer(model)
})

func sentenceCount(text string) (n int) {
	for _, s := range splitter().Tokenize(strings.TrimSpace(text)) {
		if strings.TrimSpace(s.Text) != "" {
			n++
		}
	}
	return n
}

// knowsLanguage reports whether the detector knows a language.
func knowsLanguage(code string) bool {
	for l := whatlanggo.Afr; l <= whatlanggo.Zul; l++ {
		if l.Iso6391() == code && code != "" {
			return true
		}
	}
	return false
}

// isLanguage reports whether a text is in a language. One without letters counts as such, as in the
// data set's program.
func isLanguage(text, code string) bool {
	if !strings.ContainsFunc(text, unicode.IsLetter) {
		return true
	}
	return whatlanggo.DetectLang(strings.ToLower(text)).Iso6391() == code
}
