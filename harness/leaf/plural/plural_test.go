package plural

import "testing"

func TestOf(t *testing.T) {
	for _, c := range []struct {
		n    int64
		noun string
		want string
	}{
		{0, "row", "0 rows"},
		{1, "row", "1 row"},
		{2, "row", "2 rows"},
		{-1, "row", "-1 rows"},
		{11, "failed request", "11 failed requests"},
		{1, "entry", "1 entry"},
		{3, "entry", "3 entries"},
		{3, "day", "3 days"},
		{2, "match", "2 matches"},
		{2, "box", "2 boxes"},
		{2, "pass", "2 passes"},
		{2, "flash", "2 flashes"},
		{2, "_samples.jsonl file", "2 _samples.jsonl files"},
	} {
		if got := Of(c.n, c.noun); got != c.want {
			t.Errorf("Of(%d, %q) = %q, want %q", c.n, c.noun, got, c.want)
		}
	}
	if got := Of(1, "row", "column") + ", " + Of(2, "row", "column"); got != "1 row or column, 2 rows or columns" {
		t.Errorf("got %q", got)
	}
	if got := Of(uint8(255), "byte"); got != "255 bytes" {
		t.Errorf("got %q", got)
	}
}

func TestWord(t *testing.T) {
	for n, want := range []string{"are", "is", "are", "are"} {
		if got := Word(n, "is", "are"); got != want {
			t.Errorf("Word(%d) = %q, want %q", n, got, want)
		}
	}
}
