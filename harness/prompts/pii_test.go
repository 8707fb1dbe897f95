package prompts

import (
	"slices"
	"testing"
)

func TestFindPII(t *testing.T) {
	for _, c := range []struct {
		text string
		want []PII
	}{
		{"write to jo.bloggs+news@mail.example.org, please", []PII{Email}},
		{"at jörg@example.de", []PII{Email}},
		{"meet @jo at example.org", nil},
		{"an e-mail without a domain: jo@localhost", nil},
		// Test numbers that card networks publish; the last one's check digit is wrong.
		{"card 4111 1111 1111 1111, thanks", []PII{Card}},
		{"5500-0000-0000-0004", []PII{Card}},
		{"amex 378282246310005.", []PII{Card}},
		{"4111 1111 1111 1111 123", []PII{Card}},
		{"4111 1111 1111 1112", nil},
		{"pi is 3.14159265358979323846", nil},
		{"one 1234567890123 two", nil},
		// The example of ISO 13616 for the United Kingdom, and with two digits swapped.
		{"IBAN GB82 WEST 1234 5698 7654 32 it is", []PII{IBAN}},
		{"DE89370400440532013000", []PII{IBAN}},
		{"GB28 WEST 1234 5698 7654 32", nil},
		{"ssn 219-09-9999", []PII{SSN}},
		{"ssn 666-09-9999 or 900-01-0001 or 123-00-4567", nil},
		{"from 203.0.113.7 to 198.51.100.23.", []PII{IP}},
		{"127.0.0.1 and 0.0.0.0 and 300.1.1.1", nil},
		{"version 1.2.3.4.5", nil},
		{"host 2001:db8::8a2e:370:7334 answers", []PII{IP}},
		{"std::vector at 12:30:45, bad::cafe, ::1", nil},
		{"call +44 20 7946 0018 now", []PII{Phone}},
		{"call (212) 555-0147 or 212-555-0147", []PII{Phone}},
		{"call 020 7946 0018", nil}, // no + and not North America's: documented as not found
		{"1999-2004, 2005-2010; 100-200-3000", nil},
		{"sum 212.555.01475", nil},
		{"jo@example.org, 4111111111111111, +1 212 555 0147, 203.0.113.7", []PII{Email, Card, IP, Phone}},
		// Numbers of the smallest and the largest length, and with one digit more or less.
		{"old card 4222222222222 here", []PII{Card}},
		{"long card 6227000012345678906 here", []PII{Card}},
		{"no card 62270000123456789019 here", nil},
		{"to NO9386011117947 or XK49AB1234567890123456789012345678", []PII{IBAN}},
		{"Konto NO93 8601 1117 947", []PII{IBAN}},
		{"XK49AB1234567890123456789012345678", []PII{IBAN}},
		{"dial +49 123 456 or +49 12 345", []PII{Phone}},
		{"dial +49 12 345", nil},
		{"dial +123456789012345", []PII{Phone}},
		{"dial +1234567890123456", nil},
		// Digits joined by a sign to more digits are part of a longer number.
		{"1-219-09-9999", nil},
		{"219-09-9999-1 or 219-09-9999:1 or 7:219-09-9999", nil},
		{"1.219-09-9999", nil},
		{"219-09-9999,1 or 219-09-9999.1", nil},
		{"-219-09-9999", []PII{SSN}},
		{"no-219-09-9999- but", []PII{SSN}},
		{".203.0.113.7", []PII{IP}},
		{"1:2:3:4:5:6:7:8", []PII{IP}},
		{"1:2:3:4:5:6:7:8:9", nil},
		{"key 43:51:43:a1:b5:fc:8b:b7:0a:3a:a9:b1:0f:66:73:a8", nil},
		{"", nil},
		{"My name is Jo Bloggs, I live at 5 High Street", nil}, // documented as not found
	} {
		if got := FindPII(c.text); !slices.Equal(got, c.want) {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}

func TestLuhn(t *testing.T) {
	// Each digit changed by one is noticed.
	const number = "4111111111111111"
	if !luhn(number) {
		t.Fatal(number)
	}
	for i := range len(number) {
		b := []byte(number)
		b[i] = '0' + (b[i]-'0'+1)%10
		if luhn(string(b)) {
			t.Errorf("%s passes", b)
		}
	}
}

func FuzzFindPII(f *testing.F) {
	f.Add("jo@example.org 4111 1111 1111 1111 +44 20 7946 0018")
	f.Add("2001:db8::1 203.0.113.7 \xff\xfe")
	f.Fuzz(func(t *testing.T, text string) {
		if found := FindPII(text); len(found) > len(AllPII()) {
			t.Errorf("%q: %q", text, found)
		}
	})
}
