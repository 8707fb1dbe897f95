package loopback

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-json-experiment/json"
)

// maxRequest is the longest accepted request body, in bytes.
const maxRequest = 16 << 20

// Config says what the server serves and how it misbehaves. The zero Config answers at once and without
// faults.
type Config struct {
	Model string        // the model's name; "" is "loopback"
	Delay time.Duration // before each answer
	// Faults is the share of POST requests that get a fault instead of an answer, 0 to 1. The body and the
	// number of its attempts decide which ones. A repeated request succeeds in the end: no body gets more
	// than three faults in a row.
	Faults float64
	Kinds  []Fault // the kinds that occur; nil is all
	// Hang is how long a hanging request waits before the server cuts its connection, unless the client does
	// so first. 0 is ten seconds.
	Hang time.Duration
	// RetryAfter is what every other 429 requests, rounded up to seconds; the rest request 0.
	RetryAfter time.Duration
	// NoEcho refuses to echo the prompt with its log-probabilities, as many servers do.
	NoEcho bool
}

// Server answers requests. It is safe for concurrent use.
type Server struct {
	config   Config
	mux      *http.ServeMux
	faults   *faults
	answered atomic.Int64
	refused  atomic.Int64
}

// New makes a server; pass it to [http.Serve] or to httptest.
func New(c Config) *Server {
	if c.Model == "" {
		c.Model = "loopback"
	}
	if c.Hang <= 0 {
		c.Hang = 10 * time.Second
	}
	s := &Server{config: c, mux: http.NewServeMux(), faults: newFaults(c.Faults, c.Kinds)}
	s.mux.HandleFunc("GET /v1/models", s.models)
	s.post("/v1/completions", s.completion)
	s.post("/v1/chat/completions", s.chat)
	s.post("/v1/moderations", s.moderation)
	s.post("/v1alpha1/comments:analyze", s.analyze)
	s.post("/predict", s.predict)
	return s
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Counts returns the numbers of requests so far: "answered", "refused" (malformed or unsupported requests),
// and the faults by kind.
func (s *Server) Counts() map[string]int {
	counts := map[string]int{"answered": int(s.answered.Load()), "refused": int(s.refused.Load())}
	for i, kind := range Kinds() {
		counts[string(kind)] = int(s.faults.counts[i].Load())
	}
	return counts
}

// refusal is the response to a wrong request.
type refusal struct {
	status  int
	message string
}

// answerer makes the answer to a body. With other set, the answer is about something that was not requested:
// another model, another attribute.
type answerer func(body []byte, other bool) (answer any, no *refusal)

// buffers hold request and answer bodies.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// release empties a buffer for the next request and drops a large one.
func release(b *bytes.Buffer) {
	if b.Cap() > 1<<20 {
		return
	}
	b.Reset()
	buffers.Put(b)
}

// post adds a route that may return faults.
func (s *Server) post(path string, answer answerer) {
	s.mux.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
		body := buffers.Get().(*bytes.Buffer)
		defer release(body)
		if _, err := io.Copy(body, http.MaxBytesReader(w, r.Body, maxRequest)); err != nil {
			var long *http.MaxBytesError
			if errors.As(err, &long) {
				s.refuse(w, &refusal{http.StatusRequestEntityTooLarge, "the request is too long"})
			}
			return
		}
		if kind, nth := s.faults.next(body.Bytes()); kind != "" {
			s.misbehave(w, r, kind, nth, func() []byte {
				value, no := answer(body.Bytes(), kind == Other)
				if no != nil {
					value = errorBody(no)
				}
				text, _ := json.Marshal(value, format()) // our own types never fail to encode
				return text
			})
			return
		}
		if !s.wait(r.Context(), s.config.Delay) {
			return
		}
		value, no := answer(body.Bytes(), false)
		if no != nil {
			s.refuse(w, no)
			return
		}
		s.answered.Add(1)
		s.write(w, http.StatusOK, value)
	})
}

// wait reports false when ctx ends first.
func (s *Server) wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// format makes equal answers equal bytes, and writes an absent map as null.
func format() json.Options {
	return json.JoinOptions(json.Deterministic(true), json.FormatNilMapAsNull(true))
}

func (s *Server) write(w http.ResponseWriter, status int, value any) {
	out := buffers.Get().(*bytes.Buffer)
	defer release(out)
	if err := json.MarshalWrite(out, value, format()); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes()) // the client may be gone, which is no error of ours
}

func (s *Server) refuse(w http.ResponseWriter, no *refusal) {
	s.refused.Add(1)
	s.write(w, no.status, errorBody(no))
}

// failure is OpenAI's error object.
type failure struct {
	Error struct {
		Message string `json:"message"`
		Type    string `json:"type"`
		Code    int    `json:"code"`
	} `json:"error"`
}

func errorBody(no *refusal) failure {
	var f failure
	f.Error.Message, f.Error.Type, f.Error.Code = no.message, "invalid_request_error", no.status
	return f
}

func (s *Server) models(w http.ResponseWriter, r *http.Request) {
	type model struct {
		ID      string `json:"id"`
		Object  string `json:"object"`
		OwnedBy string `json:"owned_by"`
	}
	s.write(w, http.StatusOK, struct {
		Object string  `json:"object"`
		Data   []model `json:"data"`
	}{"list", []model{{s.config.Model, "model", "loopback"}}})
}
