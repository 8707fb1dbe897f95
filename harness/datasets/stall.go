package datasets

import "time"

// stallTimer calls a function when nothing was written to it for some time.
type stallTimer struct {
	timer *time.Timer
	after time.Duration
}

// stallWatch starts a timer; with after 0 it never fires.
func stallWatch(after time.Duration, stalled func()) stallTimer {
	if after == 0 {
		return stallTimer{}
	}
	return stallTimer{time.AfterFunc(after, stalled), after}
}

func (s stallTimer) Write(b []byte) (int, error) {
	if s.timer != nil {
		s.timer.Reset(s.after)
	}
	return len(b), nil
}

func (s stallTimer) stop() {
	if s.timer != nil {
		s.timer.Stop()
	}
}
