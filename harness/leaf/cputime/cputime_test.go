//go:build unix

package cputime_test

import (
	"testing"
	"time"

	"assay/harness/leaf/cputime"
)

// Work counts, and waiting doesn't.
func TestUsed(t *testing.T) {
	start := cputime.Used()
	time.Sleep(300 * time.Millisecond)
	if used := cputime.Used() - start; used < 0 || used > 200*time.Millisecond {
		t.Errorf("waiting used %v", used)
	}
	start = cputime.Used()
	for n := uint64(1); cputime.Used()-start < 100*time.Millisecond; n++ {
		if n > 1<<32 {
			t.Fatal("work used no time")
		}
	}
}
