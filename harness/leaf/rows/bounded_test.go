package rows

import (
	"io"
	"strings"
	"testing"
)

// A row may have so many bytes, counted anew behind each row.
func TestBounded(t *testing.T) {
	b := NewBounded("f.txt", strings.NewReader(strings.Repeat("x", 100)), 30)
	read := func(n int) (int, error) { return io.ReadFull(b, make([]byte, n)) }
	for line := range 3 {
		if n, err := read(25); n != 25 || err != nil {
			t.Fatalf("row %d: %d bytes, error %v", line, n, err)
		}
		b.Row(line + 1)
	}
	b.Widen(10)
	if n, err := read(20); n != 11 || err == nil || err.Error() != "f.txt:4: a row of more than 30 bytes; write one record per line or row" || !Ends(err) {
		t.Errorf("%d bytes, error %v", n, err)
	}
}
