package text_test

import (
	"testing"

	"assay/metrics/text"
)

// Python 3.11, with getcontext().prec = 500: Decimal(x).normalize().as_tuple(), and 0 for every zero.
func TestExactNumber(t *testing.T) {
	for x, want := range map[string]string{
		"9007199254740993": "9007199254740993e0", "+9007199254740993.000": "9007199254740993e0", "9007199254740992": "9007199254740992e0",
		"-0012.3400": "-1234e-2", "1e3": "1e3", "1,000": "1e3", "0.001E+3": "1e0", "1_000": "1e3", "٣.٥": "35e-1",
		"-0": "0", "0e999": "0", "-1E-400": "-1e-400", " 12345678901234567890123456789.5\n": "123456789012345678901234567895e-1",
	} {
		if got, ok := text.ExactNumber(x); !ok || got != want {
			t.Errorf("%q: %q %v, want %q", x, got, ok, want)
		}
	}
	for _, x := range []string{"", "forty", "inf", "nan", "1e999", "1e-99999999999999999999", "0x10", "1,00", "--1"} {
		if got, ok := text.ExactNumber(x); ok {
			t.Errorf("%q is the number %q", x, got)
		}
	}
}
