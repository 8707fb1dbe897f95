package place_test

import (
	"testing"

	"assay/harness/leaf/place"
)

func TestSeen(t *testing.T) {
	first := place.Seen{File: "a.csv", Line: 3}
	if got := first.From("a.csv"); got != "line 3" {
		t.Errorf("in the same file: %q", got)
	}
	if got := first.From("b.csv"); got != "a.csv:3" {
		t.Errorf("in another file: %q", got)
	}
}
