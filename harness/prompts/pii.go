package prompts

import (
	"math/big"
	"net/netip"
	"regexp"
	"strings"
	"unicode/utf8"
)

// PII is a kind of personal data that can be recognised by its form.
//
// These are found: e-mail addresses; card numbers of 13 to 19 digits that pass Luhn's
// check and begin as cards do; IBANs that pass theirs; social security numbers of the
// USA written with hyphens; IP addresses except loopback and unspecified ones;
// telephone numbers that begin with + and a country, and those of North America
// written with an area code and separators.
//
// These are not found: names, postal addresses, dates of birth, user names, numbers
// of passports, licences and other accounts, telephone numbers of other countries
// without their +, keys and passwords. To find these, a person must read a sample.
type PII string

const (
	Email PII = "e-mail address"
	Card  PII = "card number"
	IBAN  PII = "IBAN"
	SSN   PII = "social security number"
	IP    PII = "IP address"
	Phone PII = "telephone number"
)

// AllPII are the kinds in the order in which they are searched.
func AllPII() []PII { return []PII{Email, Card, IBAN, SSN, IP, Phone} }

// pattern finds candidates; check decides whether a candidate is real.
type pattern struct {
	kind  PII
	form  *regexp.Regexp
	check func(string) bool
}

var patterns = []pattern{
	{Email, regexp.MustCompile(`[\p{L}\p{N}._%+\-]+@[\p{L}\p{N}](?:[\p{L}\p{N}\-]*\.)+\p{L}{2,}`), nil},
	{Card, regexp.MustCompile(`[0-9](?:[ -]?[0-9]){12,}`), isCard},
	{IBAN, regexp.MustCompile(`[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]){11,30}`), isIBAN},
	{SSN, regexp.MustCompile(`[0-9]{3}-[0-9]{2}-[0-9]{4}`), isSSN},
	{IP, regexp.MustCompile(`[0-9]{1,3}(?:\.[0-9]{1,3}){3}`), isIP},
	{IP, regexp.MustCompile(`[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}`), isIP6},
	{Phone, regexp.MustCompile(`\+[0-9][0-9 ().\-]{6,20}[0-9]`), isInternational},
	{Phone, regexp.MustCompile(`(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[-. ])[2-9][0-9]{2}[-. ][0-9]{4}`), nil},
}

// FindPII returns the kinds of personal data in a text, each once. Text found as
// one kind is not searched for the next.
func FindPII(text string) []PII {
	var found []PII
	for _, p := range patterns {
		hit := false
		for _, at := range p.form.FindAllStringIndex(text, -1) {
			candidate := text[at[0]:at[1]]
			if !apart(text, at[0], at[1]) || p.check != nil && !p.check(candidate) {
				continue
			}
			hit = true
			text = text[:at[0]] + strings.Repeat(" ", len(candidate)) + text[at[1]:]
		}
		if hit && (len(found) == 0 || found[len(found)-1] != p.kind) {
			found = append(found, p.kind)
		}
	}
	return found
}

// apart reports whether text[from:to] is not part of a longer word or number.
func apart(text string, from, to int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:from])
	after, n := utf8.DecodeRuneInString(text[to:])
	if wordy(before) || wordy(after) {
		return false
	}
	// A point or a comma continues a number if a digit follows it.
	if after == '.' || after == ',' || after == '-' || after == ':' {
		next, _ := utf8.DecodeRuneInString(text[to+n:])
		if '0' <= next && next <= '9' {
			return false
		}
	}
	return before != '.' && before != '-' && before != ':' || from < 2 || !digit(text[from-2])
}

func wordy(r rune) bool {
	return r == '_' || r < utf8.RuneSelf && (digit(byte(r)) || 'a' <= r|0x20 && r|0x20 <= 'z')
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

// digits returns the digits of a text.
func digits(text string) string {
	var b strings.Builder
	for i := range len(text) {
		if digit(text[i]) {
			b.WriteByte(text[i])
		}
	}
	return b.String()
}

// isCard looks for a card's number in a run of groups of digits, made of complete
// groups.
func isCard(text string) bool {
	groups := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '-' })
	for i := range groups {
		number := ""
		for _, g := range groups[i:] {
			if number += g; len(number) > 19 {
				break
			}
			if len(number) >= 13 && strings.IndexByte("23456", number[0]) >= 0 && luhn(number) {
				return true
			}
		}
	}
	return false
}

// luhn is the check of ISO/IEC 7812: with every second digit from the right
// doubled, the sum of all digits is a multiple of ten.
func luhn(number string) bool {
	sum := 0
	for i := range len(number) {
		d := int(number[len(number)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// isIBAN is the check of ISO 13616: with the first four characters moved to the end
// and letters as 10 to 35, the number modulo 97 is 1. A candidate may include words
// after the number, so shorter ones are tried too, cut at spaces.
func isIBAN(text string) bool {
	for {
		plain := strings.ReplaceAll(text, " ", "")
		if len(plain) < 15 {
			return false
		}
		if len(plain) <= 34 && ibanSum(plain) {
			return true
		}
		i := strings.LastIndexByte(text, ' ')
		if i < 0 {
			return false
		}
		text = text[:i]
	}
}

func ibanSum(plain string) bool {
	var b strings.Builder
	for _, r := range plain[4:] + plain[:4] {
		if r >= 'A' {
			b.WriteString(big.NewInt(int64(r-'A') + 10).String())
		} else {
			b.WriteRune(r)
		}
	}
	n, ok := new(big.Int).SetString(b.String(), 10)
	return ok && n.Mod(n, big.NewInt(97)).Int64() == 1
}

func isSSN(text string) bool {
	return text[:3] != "000" && text[:3] != "666" && text[0] != '9' && text[4:6] != "00" && text[7:] != "0000"
}

// isIP excludes the addresses that every machine has.
func isIP(text string) bool {
	addr, err := netip.ParseAddr(text)
	return err == nil && !addr.IsLoopback() && !addr.IsUnspecified()
}

// isIP6 requires three groups, since two with colons are often code.
func isIP6(text string) bool {
	groups := strings.FieldsFunc(text, func(r rune) bool { return r == ':' })
	return len(groups) >= 3 && isIP(text)
}

// isInternational counts digits: E.164 allows at most 15 with the country's.
func isInternational(text string) bool {
	n := len(digits(text))
	return n >= 8 && n <= 15
}
