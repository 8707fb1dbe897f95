package loopback

import (
	"bytes"
	"io"
	"math"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"assay/harness/leaf/seed"
)

// Fault is a way to misbehave.
type Fault string

const (
	Busy      Fault = "busy"      // status 429 with Retry-After
	Broken    Fault = "broken"    // status 500
	Truncated Fault = "truncated" // JSON that breaks off in the middle
	Hang      Fault = "hang"      // no answer until the client closes the connection
	Huge      Fault = "huge"      // a well-formed answer of 100 MB
	Garbled   Fault = "garbled"   // JSON whose text is not UTF-8
	Other     Fault = "other"     // an answer from another model, or about another attribute
)

// hugeBody is the approximate length of a [Huge] answer in bytes.
const hugeBody = 100 << 20

// maxStreak is the largest number of faults in a row for one body.
const maxStreak = 3

// Kinds returns all faults.
func Kinds() []Fault { return []Fault{Busy, Broken, Truncated, Hang, Huge, Garbled, Other} }

// faults decides which requests fail.
type faults struct {
	share  float64
	kinds  []Fault
	counts [7]atomic.Int64 // by index in Kinds

	mu   sync.Mutex
	seen map[uint64]visits // by the body's hash
}

// visits counts the attempts of one body.
type visits struct {
	attempts, faults uint64
	streak           int
}

func newFaults(share float64, kinds []Fault) *faults {
	if kinds == nil {
		kinds = Kinds()
	}
	return &faults{share: share, kinds: kinds, seen: map[uint64]visits{}}
}

// next counts an attempt of a body and returns its fault, "" for none, and how many faults that body has had
// before. The body determines the kind of its first fault; later faults take the kinds in turn.
func (f *faults) next(body []byte) (Fault, uint64) {
	if f.share <= 0 || len(f.kinds) == 0 {
		return "", 0
	}
	key := hashOf(body)
	f.mu.Lock()
	v := f.seen[key]
	v.attempts++
	fails := v.streak < maxStreak && seed.Unit(seed.Next(key+v.attempts)) < f.share
	nth := v.faults
	if fails {
		v.streak++
		v.faults++
	} else {
		v.streak = 0
	}
	f.seen[key] = v
	f.mu.Unlock()
	if !fails {
		return "", 0
	}
	kind := f.kinds[(seed.Next(key)+nth)%uint64(len(f.kinds))]
	for i, known := range Kinds() {
		if known == kind {
			f.counts[i].Add(1)
		}
	}
	return kind, nth
}

// misbehave responds with a fault. Nth is how many faults the body has had; answer makes the JSON to spoil.
func (s *Server) misbehave(w http.ResponseWriter, r *http.Request, kind Fault, nth uint64, answer func() []byte) {
	w.Header().Set("Content-Type", "application/json")
	switch kind {
	case Busy:
		seconds := 0
		if nth%2 == 0 {
			seconds = int(math.Ceil(s.config.RetryAfter.Seconds()))
		}
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
		s.write(w, http.StatusTooManyRequests, errorBody(&refusal{http.StatusTooManyRequests, "too many requests"}))
	case Broken:
		s.write(w, http.StatusInternalServerError, errorBody(&refusal{http.StatusInternalServerError, "the server failed"}))
	case Truncated:
		text := answer()
		_, _ = w.Write(text[:len(text)/2])
	case Hang:
		timer := time.NewTimer(s.config.Hang)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
		}
		panic(http.ErrAbortHandler) // cuts the connection
	case Huge:
		writeHuge(w, s.config.Model)
	case Garbled:
		_, _ = w.Write(garble(answer()))
	case Other:
		_, _ = w.Write(answer())
	}
}

// garble puts a byte that is never valid in UTF-8 into the last text of an answer that is longer than its
// member names, or else into the first name.
func garble(answer []byte) []byte {
	at := bytes.IndexByte(answer, '"') + 1
	for _, name := range []string{`"text":"`, `"content":"`} {
		if i := bytes.LastIndex(answer, []byte(name)); i >= 0 {
			at = i + len(name)
		}
	}
	if at < len(answer) {
		answer[at] = 0xff
	}
	return answer
}

// writeHuge streams a completion of 100 MB, until the client closes the connection.
func writeHuge(w io.Writer, model string) {
	head := `{"object":"text_completion","model":"` + model + `","choices":[{"index":0,"finish_reason":"stop","text":"`
	if _, err := io.WriteString(w, head); err != nil {
		return
	}
	block := bytes.Repeat([]byte("words "), 8<<10)
	for written := 0; written < hugeBody; written += len(block) {
		if _, err := w.Write(block); err != nil {
			return
		}
	}
	_, _ = io.WriteString(w, `","message":{"role":"assistant","content":"words"}}]}`)
}
