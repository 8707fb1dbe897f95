package openai

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// reading is a way in which servers write tokens.
type reading struct {
	name string
	// starts appends where in the text a token that ends at byte end may start; end is not 0.
	starts func(starts []int, token, text string, end int) []int
	// partial means that a token may be a part of a character, and empty.
	partial bool
}

// readings are tried in this order; the first that yields the text counts.
var readings = []reading{
	{name: "decoded", starts: decoded},
	{name: "byte-level", starts: byteLevel},
	{name: "SentencePiece", starts: sentencePiece},
	{name: "without broken characters", starts: unbroken, partial: true},
	{name: "without spaces", starts: spaceless},
}

// suffix appends the start of a token that is in the text unchanged. Tokenizers that put a space before a
// text give its first token that space.
func suffix(starts []int, token, text string, end int) []int {
	if strings.HasSuffix(text[:end], token) {
		return append(starts, end-len(token))
	}
	if len(token) == end+1 && token[0] == ' ' && token[1:] == text[:end] {
		return append(starts, 0)
	}
	return starts
}

// decoded reads tokens as text. Bytes that aren't a character are U+FFFD (vLLM), or escaped: bytes:\xf0\x9f
// (OpenAI), <0xF0> (a SentencePiece byte).
func decoded(starts []int, token, text string, end int) []int {
	starts = suffix(starts, token, text, end)
	if b, ok := escaped(token); ok {
		starts = suffix(starts, b, text, end)
	}
	if strings.ContainsRune(token, utf8.RuneError) {
		starts = replaced(starts, token, text, end)
	}
	return starts
}

var (
	hexEscape = regexp.MustCompile(`\\x[0-9a-fA-F]{2}`)
	byteToken = regexp.MustCompile(`^<0x[0-9a-fA-F]{2}>$`)
)

// escaped returns the bytes of an escaped token.
func escaped(token string) (string, bool) {
	hex := func(digits string) string {
		b, _ := strconv.ParseUint(digits, 16, 8) // matched as two digits
		return string([]byte{byte(b)})
	}
	if rest, ok := strings.CutPrefix(token, "bytes:"); ok && strings.Contains(rest, `\x`) {
		return hexEscape.ReplaceAllStringFunc(rest, func(e string) string { return hex(e[2:]) }), true
	}
	if strings.HasPrefix(token, "<0x") && byteToken.MatchString(token) {
		return hex(token[3:5]), true
	}
	return "", false
}

// replaced matches a token in which each U+FFFD stands for bytes that aren't a character: one byte, or a
// character without its last bytes (Unicode 15.0, section 3.9, "U+FFFD Substitution of Maximal Subparts").
func replaced(starts []int, token, text string, end int) []int {
	if token == "" {
		return append(starts, end)
	}
	r, size := utf8.DecodeLastRuneInString(token)
	rest := token[:len(token)-size]
	if r != utf8.RuneError {
		if strings.HasSuffix(text[:end], token[len(rest):]) {
			return replaced(starts, rest, text, end-size)
		}
		return starts
	}
	for n := 1; n <= 3 && n <= end; n++ {
		if part := text[end-n : end]; broken(part, text[end:]) {
			starts = replaced(starts, rest, text, end-n)
		}
	}
	return starts
}

// broken reports whether bytes followed by others in a text are one byte of a multi-byte character, or such a
// character without its last bytes.
func broken(part, after string) bool {
	if len(part) == 1 {
		return part[0] >= utf8.RuneSelf
	}
	if !utf8.RuneStart(part[0]) || len(after) == 0 || utf8.RuneStart(after[0]) {
		return false
	}
	for i := 1; i < len(part); i++ {
		if utf8.RuneStart(part[i]) {
			return false
		}
	}
	return part[0] >= utf8.RuneSelf
}

// byteLevel reads tokens of a byte-level vocabulary as written in its file, with a character for each byte
// ("Ġthe"). Other tokens are special.
func byteLevel(starts []int, token, text string, end int) []int {
	var b strings.Builder
	for _, r := range token {
		c, ok := byteOf(r)
		if !ok {
			return suffix(starts, token, text, end)
		}
		b.WriteByte(c)
	}
	return suffix(starts, b.String(), text, end)
}

// byteOf is the byte that a character of a byte-level vocabulary stands for, as in bytes_to_unicode of
// GPT-2's encoder.py: printable bytes of Latin-1 are themselves, the other 68 are U+0100 and following in
// their order.
func byteOf(r rune) (byte, bool) {
	switch {
	case r >= '!' && r <= '~', r >= 0xa1 && r <= 0xac, r >= 0xae && r <= 0xff:
		return byte(r), true
	case r >= 0x100 && r <= 0x120: // bytes 0 to 32
		return byte(r - 0x100), true
	case r >= 0x121 && r <= 0x142: // bytes 127 to 160
		return byte(r - 0x121 + 127), true
	case r == 0x143:
		return 0xad, true
	}
	return 0, false
}

// sentencePiece reads SentencePiece tokens as written in its file, with ▁ for a space.
func sentencePiece(starts []int, token, text string, end int) []int {
	if b, ok := escaped(token); ok {
		return suffix(starts, b, text, end)
	}
	return suffix(starts, strings.ReplaceAll(token, "▁", " "), text, end)
}

// unbroken reads tokens without the bytes that aren't a character (llama-cpp-python): the rest of one at a
// token's start, and the start of one at its end.
func unbroken(starts []int, token, text string, end int) []int {
	for after := 0; after <= 3 && after < end; after++ {
		if after > 0 && !(utf8.RuneStart(text[end-after]) && broken(text[end-after:end], text[end:])) {
			continue
		}
		at := end - after
		if !strings.HasSuffix(text[:at], token) {
			continue
		}
		at -= len(token)
		if token != "" || after > 0 {
			starts = append(starts, at)
		}
		for before := 1; before <= 3 && at-before > 0 && !utf8.RuneStart(text[at-before]); before++ {
			starts = append(starts, at-before)
		}
	}
	return starts
}

// spaceless reads tokens that lost the space before them, as SentencePiece tokenizers decode a single token.
func spaceless(starts []int, token, text string, end int) []int {
	starts = decoded(starts, token, text, end)
	for _, start := range starts {
		if start > 0 && text[start-1] == ' ' {
			starts = append(starts, start-1)
		}
	}
	return starts
}
