package remote

import (
	"testing"
	"time"
)

// A request that is expected to use more than a minute's tokens waits as long as one that uses exactly a
// minute's. At 600 a minute, 10 go at once and then 10 a second, so 600 take 59 seconds.
func TestPaceCountsAMinuteAtMost(t *testing.T) {
	for tokens, want := range map[int]time.Duration{
		10: 0, 20: time.Second, 599: 58900 * time.Millisecond, 600: 59 * time.Second, 601: 59 * time.Second, 1_000_000: 59 * time.Second,
	} {
		_, got := newRateLimit(0, 600).book(time.Now(), tokens)
		if diff := got - want; diff.Abs() > time.Millisecond {
			t.Errorf("%d tokens wait %v, want %v", tokens, got, want)
		}
	}
}
