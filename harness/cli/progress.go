package cli

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
)

// progress shows on stderr how far a long step has come: a bar on a terminal, otherwise a
// line every few seconds. Each byte written to it counts as one unit.
type progress struct {
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

// newProgress starts a step with a total of all units.
func newProgress(w io.Writer, what string, all int64, bytes bool) *progress {
	p := &progress{w: w, what: what, all: all, begun: time.Now(), last: time.Now(), note: func() string { return "" }}
	if isTerminal(w) {
		p.bar = progressbar.NewOptions64(all,
			progressbar.OptionSetWriter(w),
			progressbar.OptionSetDescription(what),
			progressbar.OptionShowBytes(bytes),
			progressbar.OptionShowCount(),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionClearOnFinish(),
			progressbar.OptionSetPredictTime(true),
			progressbar.OptionEnableColorCodes(os.Getenv("NO_COLOR") == ""),
		)
		p.bar.RenderBlank()
	}
	return p
}

// Write advances the progress by len(b).
func (p *progress) Write(b []byte) (int, error) {
	p.done += int64(len(b))
	if p.bar != nil {
		if note := p.note(); note != p.said {
			p.said = note
			p.bar.Describe(p.what + note)
		}
		p.bar.Add(len(b))
		return len(b), nil
	}
	if now := time.Now(); now.Sub(p.last) >= plainEvery && p.all > 0 {
		p.last = now
		fmt.Fprintf(p.w, "%s: %d%%%s%s\n", p.what, 100*p.done/p.all, timeLeft(now.Sub(p.begun), p.done, p.all), p.note())
	}
	return len(b), nil
}

// finish removes the bar.
func (p *progress) finish() {
	if p.bar != nil {
		p.bar.Finish()
	}
}
