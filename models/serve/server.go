package serve

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/go-json-experiment/json"

	"assay/harness/leaf/plural"
	"assay/models/chat"
	"assay/models/sample"
)

// Config is a server's model and its limits. Zeros mean the defaults.
type Config struct {
	Model *sample.Model
	Name  string // the model's name in requests
	// Chat turns a conversation into a prompt with the checkpoint's template. If nil, messages are joined as
	// plain text. An error is a [chat.Refusal], or says why no template is available.
	Chat        func(conversation []chat.Message) (string, error)
	Fingerprint string // of the weights and the CPU's path
	Key         string // clients must send it as a bearer token; "" requires none

	Lenient bool     // ignore unknown members and log their names
	Origins []string // web pages that may send requests (CORS), as https://host:port; "*" is all; none by default

	Body    int64         // bytes of a request, also when decompressed; 4 MiB
	Answers int           // answers of one request: prompts times n; 128
	Queue   int           // answers running and waiting; more are refused with 429; 1024
	Clients int           // requests being read or answered; more are refused with 429; 512
	Time    time.Duration // duration of one request; 10 minutes
	Write   time.Duration // time that a client may take to read a piece; 30 seconds

	Log   *slog.Logger     // nil logs nothing
	Clock func() time.Time // nil is the system clock
	Seed  func() uint64    // for requests without one
}

// Server is an [http.Handler].
type Server struct {
	config  Config
	mux     *http.ServeMux
	metrics metrics
	key     [sha256.Size]byte
	clients atomic.Int64 // requests being read or answered
	asked   atomic.Int64 // answers running and waiting
	count   atomic.Int64 // requests so far, for their ids
}

// New makes a server.
func New(c Config) *Server {
	c.Body, c.Answers, c.Queue = cmp.Or(c.Body, 4<<20), cmp.Or(c.Answers, 128), cmp.Or(c.Queue, 1024)
	c.Queue, c.Clients = max(c.Queue, c.Answers), cmp.Or(c.Clients, 512)
	c.Time, c.Write = cmp.Or(c.Time, 10*time.Minute), cmp.Or(c.Write, 30*time.Second)
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	s := &Server{config: c, mux: http.NewServeMux(), key: sha256.Sum256([]byte(c.Key))}
	s.mux.HandleFunc("/healthz", s.health)
	s.mux.HandleFunc("/metrics", s.exposition)
	s.mux.HandleFunc("/v1/models", s.models)
	s.mux.HandleFunc("/v1/models/{name...}", s.model)
	s.mux.HandleFunc("/v1/completions", s.route(s.completion))
	s.mux.HandleFunc("/v1/chat/completions", s.route(s.conversation))
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, &fault{status: http.StatusNotFound, message: fmt.Sprintf("no route %q; use /v1/models, /v1/completions or /v1/chat/completions", r.URL.Path)})
	})
	return s
}

// ServeHTTP answers a request and records it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	begun := s.config.Clock()
	noted := &noting{ResponseWriter: w, status: http.StatusOK}
	_, route := s.mux.Handler(r) // the pattern, because the number of paths is unlimited
	// A connection keeps the deadline of its last request.
	_ = http.NewResponseController(w).SetWriteDeadline(begun.Add(s.config.Write))
	ctx, cancel := context.WithTimeout(r.Context(), s.config.Time)
	defer cancel()
	defer func() {
		took := s.config.Clock().Sub(begun)
		s.metrics.request(route, noted.status, took)
		s.config.Log.Info("request", "method", r.Method, "route", r.URL.Path, "status", noted.status, "seconds", took.Seconds(), "bytes", noted.bytes)
	}()
	if s.preflight(noted, r, route) {
		return
	}
	defer s.clients.Add(-1)
	if n := s.clients.Add(1); n > int64(s.config.Clients) && r.Method == http.MethodPost {
		s.fail(noted, &fault{status: http.StatusServiceUnavailable, code: "too_many_requests", retry: true,
			message: fmt.Sprintf("the server is at its limit of %s; try again", plural.Of(s.config.Clients, "request"))})
		return
	}
	if f := s.admit(r, route); f != nil {
		s.fail(noted, f)
		return
	}
	s.mux.ServeHTTP(noted, r.WithContext(ctx))
}

// noting is a response that remembers its status.
type noting struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (n *noting) WriteHeader(status int) {
	n.status = status
	n.ResponseWriter.WriteHeader(status)
}

func (n *noting) Write(p []byte) (int, error) {
	written, err := n.ResponseWriter.Write(p)
	n.bytes += int64(written)
	return written, err
}

// Unwrap lets http.ResponseController reach the underlying writer.
func (n *noting) Unwrap() http.ResponseWriter { return n.ResponseWriter }

func (s *Server) health(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	s.write(w, http.StatusOK, []byte("ok\n"))
}

func (s *Server) reply(w http.ResponseWriter, body any) {
	s.send(w, http.StatusOK, body)
}

func (s *Server) send(w http.ResponseWriter, status int, body any) {
	data, err := json.Marshal(body, json.FormatNilMapAsNull(true))
	if err != nil {
		s.config.Log.Error("an answer can't be encoded", "error", err)
		status, data = http.StatusInternalServerError, []byte(`{"error":{"message":"the answer can't be encoded","type":"server_error","param":null,"code":null}}`)
	}
	w.Header().Set("Content-Type", "application/json")
	s.write(w, status, data)
}

// write sends a body to a client, which has as long to read each part of it as for a piece of a stream.
func (s *Server) write(w http.ResponseWriter, status int, data []byte) {
	control := http.NewResponseController(w)
	w.WriteHeader(status)
	for len(data) > 0 {
		_ = control.SetWriteDeadline(s.config.Clock().Add(s.config.Write)) // test recorders have no deadlines
		n := min(len(data), 64<<10)
		if _, err := w.Write(data[:n]); err != nil {
			return // the client has disconnected
		}
		data = data[n:]
	}
}
