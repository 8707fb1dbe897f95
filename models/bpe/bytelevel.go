package bpe

import "fmt"

// GPT-2's files write bytes as visible characters: visible bytes are themselves, and the others, in their
// order, are characters from 256 on (bytes_to_unicode in openai/gpt-2, src/encoder.py).
func alphabet() (byByte [256]rune, byRune map[rune]byte) {
	byRune = make(map[rune]byte, 256)
	next := rune(256)
	for b := range 256 {
		r := rune(b)
		seen := '!' <= r && r <= '~' || '¡' <= r && r <= '¬' || '®' <= r && r <= 'ÿ'
		if !seen {
			r = next
			next++
		}
		byByte[b], byRune[r] = r, byte(b)
	}
	return byByte, byRune
}

// written is a token as files write it.
func written(token string) string {
	byByte, _ := alphabet()
	out := make([]rune, len(token))
	for i := range len(token) {
		out[i] = byByte[token[i]]
	}
	return string(out)
}

// reader translates what files write into tokens.
type reader map[rune]byte

func newReader() reader {
	_, byRune := alphabet()
	return byRune
}

func (r reader) token(text string) (string, error) {
	out := make([]byte, 0, len(text))
	for _, c := range text {
		b, ok := r[c]
		if !ok {
			return "", fmt.Errorf("%q has a character that doesn't stand for a byte", text)
		}
		out = append(out, b)
	}
	return string(out), nil
}
