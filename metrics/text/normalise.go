package text

import (
	"cmp"
	"math"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Lower is Python's str.lower: Unicode's full mapping, with the final sigma.
func Lower(s string) string { return lower(s) }

// DropASCIIPunctuation drops the characters of Python's string.punctuation.
func DropASCIIPunctuation(s string) string { return removePunctuation(s) }

// DropPunctuation drops the punctuation and symbols of ASCII, and all characters of Unicode's
// category P.
func DropPunctuation(s string) string {
	return strings.Map(func(r rune) rune {
		if isPunctuation(r) || unicode.IsPunct(r) {
			return -1
		}
		return r
	}, s)
}

// DropArticles drops the words a, an and the, in lower case, and reduces white space as
// [Spaces] does: SQuAD's rule.
func DropArticles(s string) string { return removeArticles(s) }

// Spaces drops white space at both ends and writes each run of it within as one space. White
// space is Python's.
func Spaces(s string) string { return strings.Join(strings.FieldsFunc(s, isSpace), " ") }

// DropDigits drops ASCII's digits.
func DropDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, s)
}

// Compatible is Unicode's form NFKC: one form for characters that only look different, such as
// full-width letters, ligatures and composed accents.
func Compatible(s string) string { return norm.NFKC.String(s) }

// numberWords are the English words for which [Numbers] writes digits.
var numberWords = map[string]string{
	"zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
	"nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15",
	"sixteen": "16", "seventeen": "17", "eighteen": "18", "nineteen": "19", "twenty": "20", "thirty": "30", "forty": "40",
	"fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90",
}

// Numbers writes numbers in one form, word by word (words end at white space): "1,000.50" and
// "+1000.5" become "1000.5", "007" becomes "7", and "twelve" becomes "12" (zero to twenty, and
// tens to ninety). Commas count as separators of thousands only where they stand before each
// group of three digits. White space becomes as in [Spaces].
func Numbers(s string) string {
	words := strings.FieldsFunc(s, isSpace)
	for i, w := range words {
		if digits, ok := numberWords[lower(w)]; ok {
			words[i] = digits
		} else if n, ok := plainNumber(w); ok {
			words[i] = n
		}
	}
	return strings.Join(words, " ")
}

// plainNumber writes a decimal number without a plus sign, separators of thousands, leading
// zeros and zeros at the end of the fraction. It keeps all other digits, however many.
func plainNumber(w string) (string, bool) {
	body, negative := strings.CutPrefix(w, "-")
	if !negative {
		body = strings.TrimPrefix(body, "+")
	}
	whole, fraction, point := strings.Cut(body, ".")
	whole, ok := withoutThousands(whole)
	if !ok || whole == "" && fraction == "" || !allDigits(fraction) || point && whole == "" && fraction == "" {
		return "", false
	}
	whole, fraction = strings.TrimLeft(whole, "0"), strings.TrimRight(fraction, "0")
	if whole == "" {
		whole = "0"
	}
	n := whole
	if fraction != "" {
		n += "." + fraction
	}
	if negative && n != "0" {
		n = "-" + n
	}
	return n, true
}

// withoutThousands drops the commas of 1,234,567. A text with a comma in another place, or
// with something that is no digit, is no number.
func withoutThousands(s string) (string, bool) {
	groups := strings.Split(s, ",")
	for i, g := range groups {
		if !allDigits(g) || i > 0 && len(g) != 3 || i == 0 && len(groups) > 1 && (g == "" || len(g) > 3) {
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}

func allDigits(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

// ParseNumber reads a decimal number: digits with separators of thousands as in [Numbers], a
// point, and an exponent. The number must be finite.
func ParseNumber(s string) (float64, bool) {
	if n, ok := plainNumber(strings.TrimFunc(s, isSpace)); ok {
		s = n
	}
	f, ok := parseFloat(s)
	return f, ok && !math.IsInf(f, 0) && !math.IsNaN(f)
}

// ExactNumber writes a decimal number in the one form that all equal numbers have, such as
// -12345e-2, and keeps all of its digits. It takes what [ParseNumber] takes, but for exponents
// beyond 64 bits.
func ExactNumber(s string) (string, bool) {
	if _, ok := ParseNumber(s); !ok {
		return "", false
	}
	s = strings.TrimFunc(s, isSpace)
	if n, ok := plainNumber(s); ok {
		s = n
	}
	s = strings.ReplaceAll(strings.TrimSpace(asciiNumber(s)), "_", "")
	body, negative := strings.CutPrefix(s, "-")
	mantissa, power, _ := strings.Cut(strings.ToLower(strings.TrimPrefix(body, "+")), "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	if digits == "" {
		return "0", true
	}
	exponent, err := strconv.ParseInt(cmp.Or(power, "0"), 10, 64)
	if err != nil || exponent < math.MinInt64/2 { // room for the digits
		return "", false
	}
	short := strings.TrimRight(digits, "0")
	exponent += int64(len(digits) - len(short) - len(fraction))
	if negative {
		short = "-" + short
	}
	return short + "e" + strconv.FormatInt(exponent, 10), true
}
