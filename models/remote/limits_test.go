package remote_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"assay/models/remote"
)

func TestDeadEndpointSurvived(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	for name, dead := range map[string]func() string{
		"refused": func() string { return closed.URL },
		"500":     func() string { u, _ := server(t, status(500, "")); return u },
		"hang":    func() string { u, _ := server(t, hang); return u },
		"401":     func() string { u, _ := server(t, status(401, "")); return u },
	} {
		t.Run(name, func(t *testing.T) {
			good, calls := server(t, ok)
			c := client(t, remote.Config{Endpoints: []string{dead(), good}, Concurrency: 8, Timeout: 100 * time.Millisecond, Backoff: 20 * time.Millisecond})
			var group sync.WaitGroup
			for range 8 {
				group.Go(func() {
					for range 25 {
						if err := post(c); err != nil {
							t.Error(err)
						}
					}
				})
			}
			group.Wait()
			// On a busy machine an answer may come after the 100 ms, and the request is repeated.
			if n := calls.Load(); n < 200 || n > 220 {
				t.Errorf("%d calls of the good endpoint, want 200", n)
			}
			if n := c.Stats().Retries; n == 0 || n > 60 {
				t.Errorf("%d attempts at the dead endpoint, want few", n)
			}
		})
	}
}

// While a busy server makes progress, no request gives up.
func TestBusyWithProgress(t *testing.T) {
	var n atomic.Int64
	url, _ := server(t, func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1)%2 != 0 {
			w.WriteHeader(429)
			return
		}
		ok(w, r)
	})
	c := client(t, remote.Config{Endpoints: []string{url}, Concurrency: 8, Attempts: 2})
	var group sync.WaitGroup
	var failed atomic.Int64
	for range 8 {
		group.Go(func() {
			for range 10 {
				if post(c) != nil {
					failed.Add(1)
				}
			}
		})
	}
	group.Wait()
	if failed.Load() > 3 { // the last requests may be alone
		t.Errorf("%d of 80 requests failed", failed.Load())
	}
}

func TestRetryAfter(t *testing.T) {
	later := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(429)
	}
	url, _ := server(t, later, ok)
	c := client(t, remote.Config{Endpoints: []string{url}})
	began := time.Now()
	if err := post(c); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < time.Second || c.Stats().Waited < time.Second {
		t.Errorf("it took %v, waited %v; want at least a second", took, c.Stats().Waited)
	}
}

func TestCancellation(t *testing.T) {
	before := runtime.NumGoroutine()
	forever := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "300")
		w.WriteHeader(429)
	}
	for _, tt := range []struct {
		name  string
		serve http.HandlerFunc
		c     remote.Config
	}{
		{"hang", hang, remote.Config{}},
		{"backoff", status(500, ""), remote.Config{Backoff: time.Hour}},
		{"Retry-After", forever, remote.Config{}},
		{"pace", ok, remote.Config{RequestsPerMinute: 1}},
		{"place", hang, remote.Config{Concurrency: 1}},
	} {
		s := httptest.NewServer(tt.serve)
		tt.c.Endpoints = []string{s.URL}
		c := client(t, tt.c)
		ctx, cancel := context.WithCancel(context.Background())
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				for {
					if err := c.Post(ctx, "", nil, 1, decode); err != nil {
						if err != context.Canceled {
							t.Errorf("%s: error %v, want context.Canceled", tt.name, err)
						}
						return
					}
				}
			})
		}
		time.Sleep(50 * time.Millisecond)
		began := time.Now()
		cancel()
		group.Wait()
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("%s: took %v to end", tt.name, took)
		}
		c.Close()
		s.Close()
	}
	for range 100 {
		if runtime.NumGoroutine() <= before+2 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines are left of %d", runtime.NumGoroutine(), before)
}

func TestConcurrencyIsBounded(t *testing.T) {
	var now, most atomic.Int64
	url, _ := server(t, func(w http.ResponseWriter, r *http.Request) {
		n := now.Add(1)
		for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
		}
		time.Sleep(2 * time.Millisecond)
		now.Add(-1)
		ok(w, r)
	})
	c := client(t, remote.Config{Endpoints: []string{url}, Concurrency: 4})
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			for range 5 {
				if err := post(c); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if most.Load() > 4 || most.Load() < 2 {
		t.Errorf("%d requests in flight at once, want 4", most.Load())
	}
}

// Limits per minute: as much as fits a second may go at once, the rest waits.
func TestPace(t *testing.T) {
	url, _ := server(t, ok)
	for name, c := range map[string]remote.Config{
		"requests": {RequestsPerMinute: 600},    // 10 at once, then 10 a second
		"tokens":   {TokensPerMinute: 600_0000}, // 100,000 at once, then as many a second
	} {
		c.Endpoints = []string{url}
		r := client(t, c)
		began := time.Now()
		for range 13 {
			if err := r.Post(context.Background(), "", nil, 10_000, decode); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began); took < 290*time.Millisecond || r.Stats().Waited < 200*time.Millisecond {
			t.Errorf("%s: 13 requests took %v and waited %v, want about 300 ms", name, took, r.Stats().Waited)
		}
	}
}

// A request that expects to use more than the limit of one second is still sent.
func TestPaceOfLargeRequests(t *testing.T) {
	url, _ := server(t, ok)
	r := client(t, remote.Config{Endpoints: []string{url}, TokensPerMinute: 60_000})
	began := time.Now()
	if err := r.Post(context.Background(), "", nil, 1_300, decode); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < 290*time.Millisecond || took > 3*time.Second {
		t.Errorf("took %v, want about 300 ms", took)
	}
}

// Connections are reused.
func TestConnectionsAreReused(t *testing.T) {
	var connections atomic.Int64
	s := httptest.NewUnstartedServer(http.HandlerFunc(ok))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	s.Start()
	defer s.Close()
	c := client(t, remote.Config{Endpoints: []string{s.URL}, Concurrency: 4})
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 50 {
				if err := post(c); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if n := connections.Load(); n > 8 {
		t.Errorf("%d connections for 200 requests at 4 in flight", n)
	}
}
