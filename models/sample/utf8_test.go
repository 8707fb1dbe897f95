package sample

import "testing"

func TestRepaired(t *testing.T) {
	// Python: bytes.decode("utf-8", errors="replace").
	for text, want := range map[string]string{
		"":                     "",
		"né":                   "né",
		"a\xe2\x82":            "a\ufffd",
		"\xe2\x82x":            "\ufffdx",
		"\xff\xfe":             "\ufffd\ufffd",
		"\xf0\x9f\x90":         "\ufffd",
		"\xf0\x9fa\x90":        "\ufffda\ufffd",
		"\xc0\xaf":             "\ufffd\ufffd",
		"\xed\xa0\x80":         "\ufffd\ufffd\ufffd",
		"\xe1\x80\xe2\xf0\x91": "\ufffd\ufffd\ufffd",
	} {
		if got := Repaired(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
