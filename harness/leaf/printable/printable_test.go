package printable_test

import (
	"testing"

	"assay/harness/leaf/printable"
)

func TestText(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{"a model: Größe 5 µm, 漢字, 🙂", "a model: Größe 5 µm, 漢字, 🙂"},
		{"red \x1b[31malert\x1b[0m", "red [31malert[0m"},
		{"title\x1b]0;new\a", "title]0;new"},
		{"two\nlines\r\tand\u0085more\u2028", "twolinesandmore"},
		{"right\u202eleft\u200bto", "rightleftto"},
	} {
		if got := printable.Text(c.text); got != c.want {
			t.Errorf("Text(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}
