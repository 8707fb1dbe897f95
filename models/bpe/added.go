package bpe

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// added are the tokens that are found in a text before it is cut, as in Hugging Face's tokenizers
// (AddedVocabulary): those that aren't normalised are found in the original text, the others, which are
// normalised themselves, in the normalised text.
type added struct {
	all             []addedToken // in the order in which they were added
	raw, normalized finder
}

// addedToken is an added token as stored in files.
type addedToken struct {
	ID         int32  `json:"id"`
	Content    string `json:"content"`
	SingleWord bool   `json:"single_word"`
	LStrip     bool   `json:"lstrip"`
	RStrip     bool   `json:"rstrip"`
	Normalized bool   `json:"normalized"`
	Special    bool   `json:"special"`
}

// add makes a token findable.
func (a *added) add(token addedToken, normalizers []normalizer) {
	a.all = append(a.all, token)
	if token.Content == "" {
		return
	}
	if !token.Normalized || len(normalizers) == 0 {
		a.raw.add(token, token.Content)
		return
	}
	content := span{text: token.Content}
	for _, normalise := range normalizers {
		content = normalise(content)
	}
	if content.text != "" {
		a.normalized.add(token, content.text)
	}
}

// finder finds tokens in a text: the longest of those that start at one place.
type finder struct {
	first  [256]bool // the first bytes of the texts
	single int       // the only such byte, or -1
	tokens []findable
}

type findable struct {
	addedToken
	text string
}

func (f *finder) add(token addedToken, text string) {
	f.tokens = append(f.tokens, findable{token, text})
	slices.SortStableFunc(f.tokens, func(a, b findable) int { return len(b.text) - len(a.text) })
	f.first[text[0]] = true
	f.single = int(text[0])
	for _, t := range f.tokens {
		if int(t.text[0]) != f.single {
			f.single = -1
		}
	}
}

// next is the first token at or after a place, and where it is.
func (f *finder) next(text string, from int) (*findable, int) {
	for at := from; at < len(text); at++ {
		if f.single >= 0 {
			i := strings.IndexByte(text[at:], byte(f.single))
			if i < 0 {
				return nil, 0
			}
			at += i
		} else if !f.first[text[at]] {
			continue
		}
		for i := range f.tokens {
			if strings.HasPrefix(text[at:], f.tokens[i].text) {
				return &f.tokens[i], at
			}
		}
	}
	return nil, 0
}

// split calls yield with the parts of a text: what is between tokens with -1, and each token with its id.
// literal ignores special tokens.
func (f *finder) split(whole span, literal bool, yield func(part span, id int32)) {
	text, start := whole.text, 0
	for from := 0; len(f.tokens) > 0; {
		t, at := f.next(text, from)
		if t == nil {
			break
		}
		end := at + len(t.text)
		from = end
		if literal && t.Special || t.SingleWord && (endsInWord(text[:at]) || beginsWithWord(text[end:])) {
			continue
		}
		if t.LStrip {
			at = max(len(strings.TrimRightFunc(text[:at], unicode.IsSpace)), start)
		}
		if t.RStrip {
			end = len(text) - len(strings.TrimLeftFunc(text[end:], unicode.IsSpace))
		}
		if start < at {
			yield(whole.sub(start, at), -1)
		}
		yield(whole.sub(at, end), t.ID)
		start, from = end, max(from, end)
	}
	if start < len(text) {
		yield(whole.sub(start, len(text)), -1)
	}
}

func endsInWord(text string) bool {
	r, n := utf8.DecodeLastRuneInString(text)
	return n > 0 && isWord(r)
}

func beginsWithWord(text string) bool {
	r, n := utf8.DecodeRuneInString(text)
	return n > 0 && isWord(r)
}

// isWord is \w: letters, marks, digits and connectors.
func isWord(r rune) bool {
	return unicode.In(r, unicode.L, unicode.M, unicode.Nd, unicode.Nl, unicode.Pc) || unicode.Is(unicode.Other_Alphabetic, r)
}
