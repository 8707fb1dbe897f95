package remote_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"assay/models/remote"
)

func TestRecovery(t *testing.T) {
	var wrote atomic.Int64
	for _, tt := range []struct {
		name  string
		fault http.HandlerFunc
		key   string // in Stats.Faults
	}{
		{"408", status(408, ""), "status 408"},
		{"409", status(409, ""), "status 409"},
		{"425", status(425, ""), "status 425"},
		{"429", status(429, ""), "status 429"},
		{"500", status(500, ""), "status 500"},
		{"503", status(503, "<html>"), "status 503"},
		{"404", status(404, ""), "status 404"},
		{"torn", torn, "the answer is cut short"},
		{"closed", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "the connection broke"},
		{"not UTF-8", status(200, "{\"ok\":\"\xff\"}"), "the answer is not UTF-8"},
		{"huge", huge(&wrote, false), "the answer is larger than 1 MiB"},
		{"huge and declared", huge(&wrote, true), "the answer is larger than 1 MiB"},
		{"malformed", status(200, `{"ok":`), "a malformed answer"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			url, calls := server(t, tt.fault, tt.fault, ok)
			c := client(t, remote.Config{Endpoints: []string{url}, MaxBody: 1 << 20})
			if err := post(c); err != nil {
				t.Fatal(err)
			}
			got := c.Stats()
			if got.Requests != 1 || got.Attempts != 3 || got.Retries != 2 || got.Faults[tt.key] != 2 || got.Waited == 0 || calls.Load() != 3 {
				t.Errorf("%d calls, stats %+v; want 3 attempts and twice %q", calls.Load(), got, tt.key)
			}
		})
	}
	if n := wrote.Load(); n > 80<<20 {
		t.Errorf("%d bytes of 400 MB were taken in", n)
	}
}

// The time limit of an attempt covers the answer's body.
func TestTimeLimit(t *testing.T) {
	const limit, reason = 100 * time.Millisecond, "no answer within the time limit"
	for _, tt := range []struct {
		name   string
		fault  http.HandlerFunc
		status int
	}{
		{"hang", hang, 0},
		{"hang in the body", func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, `{"ok"`)
			w.(http.Flusher).Flush()
			hang(w, r)
		}, 200},
	} {
		clocked(t, tt.name, func(t *testing.T) {
			c, calls := piped(t, remote.Config{Timeout: limit}, tt.fault, tt.fault, ok)
			waited := took(func() {
				if err := post(c); err != nil {
					t.Error(err)
				}
			})
			got := c.Stats()
			if got.Attempts != 3 || got.Retries != 2 || got.Faults[reason] != 2 || calls.Load() != 3 || waited != 2*limit+got.Waited {
				t.Errorf("%d calls in %v, stats %+v; want 3 attempts and twice %q", calls.Load(), waited, got, reason)
			}

			c, calls = piped(t, remote.Config{Timeout: limit, Attempts: 3}, tt.fault)
			failure, _ := errors.AsType[*remote.Failure](post(c))
			if failure == nil || failure.Reason != reason || failure.Status != tt.status || failure.Attempts != 3 || calls.Load() != 3 {
				t.Errorf("failure %+v after %d calls, want status %d, 3 attempts and %q", failure, calls.Load(), tt.status, reason)
			}

			c, _ = piped(t, remote.Config{Timeout: limit}, func(w http.ResponseWriter, r *http.Request) {
				time.Sleep(limit - 1)
				ok(w, r)
			})
			if err := post(c); err != nil || c.Stats().Attempts != 1 {
				t.Errorf("an answer just within the limit: %v, stats %+v", err, c.Stats())
			}
		})
	}
}

func TestGivingUp(t *testing.T) {
	var wrote atomic.Int64
	message := func(text string) string { return fmt.Sprintf(`{"error":{"message":%q}}`, text) }
	for _, tt := range []struct {
		name     string
		fault    http.HandlerFunc
		reason   string
		status   int
		attempts int
	}{
		{"400", status(400, message("context length exceeded")), "status 400: context length exceeded", 400, 1},
		{"413", status(413, `{"error":"too long"}`), "status 413: too long", 413, 1},
		{"422", status(422, `{"detail":[{"loc":["body"],"msg":"field required"}]}`), "status 422: field required", 422, 1},
		{"418", status(418, `{"detail":"a teapot"}`), "status 418: a teapot", 418, 1},
		{"400 without a message", status(400, `<html>no</html>`), "status 400", 400, 1},
		{"400 with control characters", status(400, `{"message":"a\u001b[31m\nb\u202ec"}`), "status 400: a[31m bc", 400, 1},
		{"400 at length", status(400, message(strings.Repeat("é", 300))), "status 400: " + strings.Repeat("é", 200), 400, 1},
		{"500 for a parameter", status(500, message("Only no echo is supported")), "status 500: Only no echo is supported", 500, 1},
		{"429", status(429, message("try again in 1.31s")), "status 429", 429, 3},
		{"500", status(500, message("request 4711 failed")), "status 500", 500, 3},
		{"torn", torn, "the answer is cut short", 200, 3},
		{"not UTF-8", status(200, "\xff"), "the answer is not UTF-8", 200, 3},
		{"huge", huge(&wrote, false), "the answer is larger than 1 MiB", 200, 3},
		{"malformed", status(200, `{}`), "the answer is not ok", 200, 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			url, calls := server(t, tt.fault)
			c := client(t, remote.Config{Endpoints: []string{url}, MaxBody: 1 << 20, Attempts: 3})
			err := post(c)
			var failure *remote.Failure
			if !errors.As(err, &failure) || errors.Is(err, remote.ErrDown) {
				t.Fatalf("error %v, want a failure", err)
			}
			if failure.Reason != tt.reason || failure.Status != tt.status || failure.Attempts != tt.attempts || int(calls.Load()) != tt.attempts {
				t.Errorf("failure %+v after %d calls, want %q, status %d, %d attempts", failure, calls.Load(), tt.reason, tt.status, tt.attempts)
			}
			if strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), url) {
				t.Errorf("error %q", err)
			}
		})
	}
}

func TestDown(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	tests := []struct {
		name  string
		fault http.HandlerFunc // nil: no server listens
		most  int64            // calls
		text  string
	}{
		{"wrong key", status(401, `{"error":"no such key"}`), 3, "status 401: no such key; check the key"},
		{"forbidden", status(403, ""), 3, "status 403; check the key"},
		{"wrong model", status(404, `{"error":{"message":"no model x"}}`), 3, "status 404: no model x; check the URL and the model's name"},
		{"moved", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		}, 3, "status 307: a redirect, which is not followed"},
		{"no quota", status(429, `{"error":{"message":"spent","code":"insufficient_quota"}}`), 3, "status 429: spent"},
		{"nobody", nil, 0, "the connection was refused"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			url, calls := closed.URL, new(atomic.Int64)
			if tt.fault != nil {
				url, calls = server(t, tt.fault)
			}
			err := post(client(t, remote.Config{Endpoints: []string{url + "/v1"}, Query: map[string][]string{"key": {"sesame"}}}))
			if !errors.Is(err, remote.ErrDown) {
				t.Fatalf("error %v, want one of ErrDown", err)
			}
			if !strings.Contains(err.Error(), url+"/v1/completions: "+tt.text) || strings.ContainsAny(err.Error(), "\n?") {
				t.Errorf("error %q, want %q in it", err, tt.text)
			}
			if calls.Load() > tt.most {
				t.Errorf("%d calls, want at most %d", calls.Load(), tt.most)
			}
		})
	}
}

// Requests that fail permanently don't stop those that succeed, however many attempts in a row they make.
func TestStubbornRequestsAreNoOutage(t *testing.T) {
	url, _ := server(t, func(w http.ResponseWriter, r *http.Request) {
		if body, _ := io.ReadAll(r.Body); string(body) == "stubborn" {
			w.WriteHeader(500)
			return
		}
		ok(w, r)
	})
	c := client(t, remote.Config{Endpoints: []string{url}, Concurrency: 8, Attempts: 10, Backoff: time.Millisecond / 8})
	var group sync.WaitGroup
	for range 8 { // the full concurrency, for 80 attempts
		group.Go(func() {
			var failure *remote.Failure
			if err := postBody(c, "stubborn"); !errors.As(err, &failure) || errors.Is(err, remote.ErrDown) {
				t.Errorf("error %v, want a failure", err)
			}
		})
	}
	group.Wait()
	if err := postBody(c, "docile"); err != nil {
		t.Error(err)
	}
}

// When a server disappears, all requests report it down before each has used up its attempts.
func TestDownWhenTheServerGoes(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(ok))
	c := client(t, remote.Config{Endpoints: []string{s.URL}, Concurrency: 16, Attempts: 1000, Backoff: time.Millisecond / 4})
	if err := post(c); err != nil {
		t.Fatal(err)
	}
	s.Close()
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			if err := post(c); !errors.Is(err, remote.ErrDown) {
				t.Errorf("error %v, want one of ErrDown", err)
			}
		})
	}
	group.Wait()
	if n := c.Stats().Attempts; n < 32 || n > 500 {
		t.Errorf("%d attempts, want some more than 32", n)
	}
}

// After a success, a 404 may be a load balancer's mistake.
func TestRefusalsAfterSuccess(t *testing.T) {
	no := status(404, "")
	url, _ := server(t, ok, no, no, no, no, ok)
	c := client(t, remote.Config{Endpoints: []string{url}})
	for range 2 {
		if err := post(c); err != nil {
			t.Error(err)
		}
	}
}

func TestGet(t *testing.T) {
	none, _ := server(t, status(404, ""))
	good, _ := server(t, ok)
	closed := httptest.NewServer(nil)
	closed.Close()

	body, err := client(t, remote.Config{Endpoints: []string{closed.URL, none, good}}).Get(context.Background(), "models")
	if err != nil || string(body) != `{"ok":true}` {
		t.Errorf("%q, %v", body, err)
	}
	_, err = client(t, remote.Config{Endpoints: []string{none, closed.URL}}).Get(context.Background(), "models")
	var failure *remote.Failure
	if !errors.As(err, &failure) || failure.Status != 404 {
		t.Errorf("error %v, want status 404", err)
	}
	_, err = client(t, remote.Config{Endpoints: []string{closed.URL}}).Get(context.Background(), "models")
	if !errors.Is(err, remote.ErrDown) || !strings.Contains(err.Error(), closed.URL+"/models: the connection was refused") {
		t.Errorf("error %v, want one of ErrDown", err)
	}
}
