package sample

import "strings"

// stop finds the first stop sequence in the held text.
func (w *Writer) stop() (at int, found bool) {
	for _, stop := range w.stops {
		if i := strings.Index(w.held, stop); i >= 0 && (!found || i < at) {
			at, found = i, true
		}
	}
	return at, found
}

// settled is how much of the held text can't be the start of a stop sequence.
func (w *Writer) settled() int {
	settled := len(w.held)
	for _, stop := range w.stops {
		for n := min(len(stop)-1, len(w.held)); n > 0; n-- {
			if strings.HasSuffix(w.held, stop[:n]) {
				settled = min(settled, len(w.held)-n)
				break
			}
		}
	}
	return settled
}
