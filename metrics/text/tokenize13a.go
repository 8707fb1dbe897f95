package text

import (
	"strings"
	"unicode/utf8"
)

// tokenize13a is the tokenizer that sacrebleu calls 13a, after the script
// mteval-v13a.pl of the WMT evaluations.
//
// The rules, in order, each a substitution over the entire line:
//
//  1. trailing white space is dropped; "<skipped>" and "-\n" vanish; "\n" is a space;
//     &quot; &amp; &lt; &gt; are replaced in that order, once each
//  2. the line gets a space before and after it
//  3. a space before and after each of {|}~ [\]^_` !"#$%& ()*+ :;<=>?@ / and space
//  4. ([^0-9])([.,])  ->  "\1 \2 "
//  5. ([.,])([^0-9])  ->  " \1 \2"
//  6. ([0-9])(-)      ->  "\1 \2 "
//  7. split at white space
//
// Matches do not overlap, so in "a..b" rule 4 separates the first period only. The
// rules match only ASCII or a character next to ASCII, so working on bytes gives the
// same result as working on characters.
//
// It appends the tokens to spans; they point into the first buffer returned. The
// buffers a and b are scratch space and are returned grown.
func tokenize13a(line string, a, b []byte, spans []span) ([]byte, []byte, []span) {
	line = unescape13a(strings.TrimRightFunc(line, isSpace))
	a = append(separateSymbols(append(a[:0], ' '), line), ' ')
	return separate13a(a, b, spans)
}

// separate13a is rules 4 to 7. a holds the line.
func separate13a(a, b []byte, spans []span) ([]byte, []byte, []span) {
	b = separateAfterNonDigit(b[:0], a)
	a = separateBeforeNonDigit(a[:0], b)
	return a, b, splitDashes(a, spans)
}

// unescape13a is rule 1 except trailing white space.
func unescape13a(line string) string {
	if strings.IndexByte(line, '<') >= 0 {
		line = strings.ReplaceAll(line, "<skipped>", "")
	}
	if strings.IndexByte(line, '\n') >= 0 {
		line = strings.ReplaceAll(line, "-\n", "")
		line = strings.ReplaceAll(line, "\n", " ")
	}
	if strings.IndexByte(line, '&') >= 0 {
		line = strings.ReplaceAll(line, "&quot;", `"`)
		line = strings.ReplaceAll(line, "&amp;", "&")
		line = strings.ReplaceAll(line, "&lt;", "<")
		line = strings.ReplaceAll(line, "&gt;", ">")
	}
	return line
}

// isSymbol13a is the class of rule 3 without the space: tripling a space changes
// no token.
func isSymbol13a(b byte) bool {
	switch {
	case b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9':
		return false
	case b <= ' ' || b > '~':
		return false
	}
	return b != '\'' && b != ',' && b != '-' && b != '.'
}

// separateSymbols is rule 3.
func separateSymbols(dst []byte, line string) []byte {
	start := 0
	for i := 0; i < len(line); i++ {
		if isSymbol13a(line[i]) {
			dst = append(dst, line[start:i]...)
			dst = append(dst, ' ', line[i], ' ')
			start = i + 1
		}
	}
	return append(dst, line[start:]...)
}

func isDigit(b byte) bool { return b-'0' < 10 }

func isStop(b byte) bool { return b == '.' || b == ',' }

// separateAfterNonDigit is rule 4.
func separateAfterNonDigit(dst, line []byte) []byte {
	start := 0
	for i := 1; i < len(line); i++ {
		if !isStop(line[i]) || isDigit(line[i-1]) {
			continue
		}
		dst = append(dst, line[start:i]...)
		dst = append(dst, ' ', line[i], ' ')
		start = i + 1
		i++ // the next match begins after this one, so its stop is at i+2 or later
	}
	return append(dst, line[start:]...)
}

// separateBeforeNonDigit is rule 5.
func separateBeforeNonDigit(dst, line []byte) []byte {
	start := 0
	for i := 0; i+1 < len(line); i++ {
		if !isStop(line[i]) || isDigit(line[i+1]) {
			continue
		}
		dst = append(dst, line[start:i]...)
		dst = append(dst, ' ', line[i], ' ', line[i+1])
		start = i + 2
		i++
	}
	return append(dst, line[start:]...)
}

// splitDashes is rules 6 and 7.
func splitDashes(line []byte, spans []span) []span {
	start := int32(-1) // of the token being read
	for i := 0; i < len(line); {
		b, width := line[i], 1
		if b > ' ' && b < utf8.RuneSelf && b != '-' { // most bytes
			if start < 0 {
				start = int32(i)
			}
			i++
			continue
		}
		space := isSpace(rune(b))
		if b >= utf8.RuneSelf {
			var r rune
			r, width = utf8.DecodeRune(line[i:])
			space = isSpace(r)
		}
		switch {
		case space:
			if start >= 0 {
				spans = append(spans, span{start, int32(i)})
			}
			start = -1
		case b == '-' && i > 0 && isDigit(line[i-1]):
			spans = append(spans, span{start, int32(i)}, span{int32(i), int32(i + 1)})
			start = -1
		case start < 0:
			start = int32(i)
		}
		i += width
	}
	if start >= 0 {
		spans = append(spans, span{start, int32(len(line))})
	}
	return spans
}
