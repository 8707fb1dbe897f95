package printable

import (
	"strings"
	"testing"
)

func TestVisible(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"plain, ünïcode 🙂👩‍👩‍👧 \t\n", "plain, ünïcode 🙂👩‍👩‍👧 \t\n"},
		{"a\r\nb\rc", "a\nb␍c"},
		{"\x00\x07\x1b[0m\x7f", "␀␇␛[0m␡"},
		{"\u0080\u009f", "⟨U+0080⟩⟨U+009F⟩"},
		{"\u202a\u202b\u202c\u202d\u202e", "⟨U+202A⟩⟨U+202B⟩⟨U+202C⟩⟨U+202D⟩⟨U+202E⟩"},
		{"\u2066\u2067\u2068\u2069", "⟨U+2066⟩⟨U+2067⟩⟨U+2068⟩⟨U+2069⟩"},
		{"\u2028\u2029\ufeff", "⟨U+2028⟩⟨U+2029⟩⟨U+FEFF⟩"},
		{"\U000e0041", "⟨U+E0041⟩"},
		{"a\xffb\xc3", "a\ufffdb\ufffd"},
		{"a\u200fb\u05d0", "a\u200fb\u05d0"},
	} {
		if got := Visible(test.in); got != test.want {
			t.Errorf("Visible(%q) = %q, want %q", test.in, got, test.want)
		}
		if got := Visible(Visible(test.in)); got != Visible(test.in) {
			t.Errorf("Visible(%q) is not stable", test.in)
		}
	}
}

func FuzzVisible(f *testing.F) {
	f.Add("<script>\u202e\x00\r\n</script>")
	f.Fuzz(func(t *testing.T, s string) {
		if got := Visible(s); strings.IndexFunc(got, acts) >= 0 {
			t.Errorf("Visible(%q) = %q still affects the text around it", s, got)
		}
	})
}
