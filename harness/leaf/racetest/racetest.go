// Package racetest keeps work in which the race detector can find nothing out of 'make race'. Work
// in one goroutine has no races, and the detector makes it many times slower.
package racetest

import "testing"

// SkipSequential skips a test under the race detector. Call it from tests that are slow there and do
// their work in one goroutine. work says what the work is. 'make test' runs these tests in full.
func SkipSequential(t testing.TB, work string) {
	if On {
		t.Helper()
		t.Skipf("%s, in one goroutine: not under the race detector; make test runs it", work)
	}
}
