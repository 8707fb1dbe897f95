// Package plural writes a number with its noun, so that one row is not "1 rows".
package plural

import (
	"fmt"
	"strings"
)

// Integer is any type of whole numbers.
type Integer interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64
}

// Of is a number with its noun, which is given in the singular: "1 row", "2 rows", "0 other entries". Only the last
// word of a noun takes the plural. Several nouns are joined: "2 rows or columns".
func Of[N Integer](n N, nouns ...string) string {
	words := make([]string, len(nouns))
	for i, noun := range nouns {
		words[i] = Word(n, noun, many(noun))
	}
	return fmt.Sprintf("%d %s", n, strings.Join(words, " or "))
}

// Word is one if n is 1 and many otherwise: for verbs, as in Word(n, "is", "are"), and irregular nouns.
func Word[N Integer](n N, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// many is the regular plural of a noun.
func many(noun string) string {
	for _, hissing := range []string{"s", "x", "z", "ch", "sh"} {
		if strings.HasSuffix(noun, hissing) {
			return noun + "es"
		}
	}
	if stem, ok := strings.CutSuffix(noun, "y"); ok && stem != "" && !strings.ContainsRune("aeiou", rune(stem[len(stem)-1])) {
		return stem + "ies"
	}
	return noun + "s"
}
