package text

import (
	"regexp"
	"strings"
	"unicode"
)

// Tokenizer is one of sacrebleu's tokenizers for BLEU.
type Tokenizer string

const (
	Tokens13a        Tokenizer = "13a"  // WMT's mteval-v13a: ASCII punctuation apart; the default
	TokensIntl       Tokenizer = "intl" // mteval-v14: all punctuation and symbols apart
	TokensChinese    Tokenizer = "zh"   // Chinese characters apart, the rest by 13a's rules
	TokensCharacters Tokenizer = "char" // every character apart
	TokensSpaces     Tokenizer = "none" // tokens end at white space
)

// Tokenizers lists the tokenizers.
func Tokenizers() []Tokenizer {
	return []Tokenizer{Tokens13a, TokensIntl, TokensChinese, TokensCharacters, TokensSpaces}
}

// split appends a line's tokens to spans, as [tokenize13a] does.
func (t Tokenizer) split(line string, a, b []byte, spans []span) ([]byte, []byte, []span) {
	switch t {
	case TokensIntl:
		line = separateIntl(strings.TrimRightFunc(line, isSpace))
	case TokensChinese:
		return separate13a(separateSymbols(a[:0], separateChinese(strings.TrimFunc(line, isSpace))), b, spans)
	case TokensCharacters:
		line = strings.Join(Characters(line), " ")
	case TokensSpaces:
	default:
		return tokenize13a(line, a, b, spans)
	}
	a = append(a[:0], line...)
	start := -1
	for i, r := range line {
		switch {
		case !isSpace(r) && start < 0:
			start = i
		case isSpace(r) && start >= 0:
			spans = append(spans, span{int32(start), int32(i)})
			start = -1
		}
	}
	if start >= 0 {
		spans = append(spans, span{int32(start), int32(len(line))})
	}
	return a, b, spans
}

// The substitutions of mteval-v14, in order: a mark after something that is no number, one
// before it, and symbols.
var (
	afterNonNumber  = regexp.MustCompile(`(\P{N})(\p{P})`)
	beforeNonNumber = regexp.MustCompile(`(\p{P})(\P{N})`)
	symbols         = regexp.MustCompile(`(\p{S})`)
)

func separateIntl(line string) string {
	line = afterNonNumber.ReplaceAllString(line, "$1 $2 ")
	line = beforeNonNumber.ReplaceAllString(line, " $1 $2")
	return symbols.ReplaceAllString(line, " $1 ")
}

// chinese are the characters that sacrebleu's zh sets apart. Its two ranges beyond the basic
// plane are written with four hexadecimal digits and one character more, so they are U+2001 to
// U+2A6D and part of the Kangxi radicals.
var chinese = &unicode.RangeTable{R16: []unicode.Range16{
	{Lo: 0x2001, Hi: 0x2a6d, Stride: 1}, {Lo: 0x2e80, Hi: 0x2fdf, Stride: 1}, {Lo: 0x2ff0, Hi: 0x303f, Stride: 1},
	{Lo: 0x3100, Hi: 0x312f, Stride: 1}, {Lo: 0x31a0, Hi: 0x31bf, Stride: 1}, {Lo: 0x31c0, Hi: 0x31ef, Stride: 1},
	{Lo: 0x3200, Hi: 0x33ff, Stride: 1}, {Lo: 0x3400, Hi: 0x4db5, Stride: 1}, {Lo: 0x4e00, Hi: 0x9fbb, Stride: 1},
	{Lo: 0xf900, Hi: 0xfa2d, Stride: 1}, {Lo: 0xfa30, Hi: 0xfa6a, Stride: 1}, {Lo: 0xfa70, Hi: 0xfad9, Stride: 1},
	{Lo: 0xfe10, Hi: 0xfe1f, Stride: 1}, {Lo: 0xfe30, Hi: 0xfe4f, Stride: 1}, {Lo: 0xff00, Hi: 0xffef, Stride: 1},
}}

func separateChinese(line string) string {
	var b strings.Builder
	for _, r := range line {
		if unicode.Is(chinese, r) {
			b.WriteByte(' ')
			b.WriteRune(r)
			b.WriteByte(' ')
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
