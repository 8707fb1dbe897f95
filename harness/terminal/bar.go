package terminal

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
)

// Bar shows on stderr how far a long step has come: a bar on a terminal, otherwise a
// line every few seconds. Each byte written to it counts as one unit.
type Bar struct {
	bar         *progressbar.ProgressBar
	w           io.Writer
	what        string
	done        int64
	all         int64
	begun, last time.Time
	note        func() string // text after the figures
	said        string        // the note that the bar shows
}

const plainEvery = 5 * time.Second

// NewBar starts a step with a total of all units; bytes says that these are bytes.
func NewBar(w io.Writer, what string, all int64, bytes bool) *Bar {
	b := &Bar{w: w, what: what, all: all, begun: time.Now(), last: time.Now(), note: func() string { return "" }}
	if Is(w) {
		b.bar = progressbar.NewOptions64(all,
			progressbar.OptionSetWriter(w),
			progressbar.OptionSetDescription(what),
			progressbar.OptionShowBytes(bytes),
			progressbar.OptionShowCount(),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionClearOnFinish(),
			progressbar.OptionSetPredictTime(true),
			progressbar.OptionEnableColorCodes(os.Getenv("NO_COLOR") == ""),
		)
		b.bar.RenderBlank()
	}
	return b
}

// Write advances the progress by len(p).
func (b *Bar) Write(p []byte) (int, error) {
	b.done += int64(len(p))
	if b.bar != nil {
		if note := b.note(); note != b.said {
			b.said = note
			b.bar.Describe(b.what + note)
		}
		b.bar.Add(len(p))
		return len(p), nil
	}
	if now := time.Now(); now.Sub(b.last) >= plainEvery && b.all > 0 {
		b.last = now
		fmt.Fprintf(b.w, "%s: %d%%%s%s\n", b.what, 100*b.done/b.all, timeLeft(now.Sub(b.begun), b.done, b.all), b.note())
	}
	return len(p), nil
}

// Step advances the progress by one unit.
func (b *Bar) Step() { _, _ = b.Write([]byte{0}) }

// Finish removes the bar.
func (b *Bar) Finish() {
	if b.bar != nil {
		b.bar.Finish()
	}
}

// timeLeft guesses from the time that done of all steps took.
func timeLeft(spent time.Duration, done, all int64) string {
	if done == 0 {
		return ""
	}
	left := time.Duration(float64(spent) / float64(done) * float64(all-done))
	if left < time.Second {
		return ""
	}
	return fmt.Sprintf(", about %s left", left.Round(time.Second))
}

// Steps shows the progress of a step whose total is known once it has begun.
func (c Console) Steps(what string) func(done, all int) {
	var bar *Bar
	return func(done, all int) {
		if bar == nil {
			bar = NewBar(c.Err, what, int64(all), false)
		}
		bar.Step()
		if done == all {
			bar.Finish()
			bar = nil
		}
	}
}
