package remote_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"assay/models/remote"
)

func TestDeadEndpointSurvived(t *testing.T) {
	for name, dead := range map[string]http.HandlerFunc{
		"refused": nil, // there is no server
		"500":     status(500, ""),
		"hang":    hang,
		"401":     status(401, ""),
	} {
		clocked(t, name, func(t *testing.T) {
			c := client(t, remote.Config{Endpoints: []string{"http://dead", "http://good"}, Concurrency: 8, Timeout: 100 * time.Millisecond, Backoff: 20 * time.Millisecond})
			calls := new(atomic.Int64)
			servers := hosts{"good:80": pipe(t, counted(calls, []http.HandlerFunc{ok}))}
			if dead != nil {
				servers["dead:80"] = pipe(t, dead)
			}
			c.Dial(servers.dial)
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
			if n := calls.Load(); n != 200 {
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
	clocked(t, "a second", func(t *testing.T) {
		c, _ := piped(t, remote.Config{}, later, ok)
		waited := took(func() {
			if err := post(c); err != nil {
				t.Error(err)
			}
		})
		// The wait is drawn out a little, so that clients don't all return at once.
		if waited < time.Second || waited > 1500*time.Millisecond || c.Stats().Waited != waited {
			t.Errorf("it took %v, waited %v; want about a second", waited, c.Stats().Waited)
		}
	})
}

func TestCancellation(t *testing.T) {
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
		clocked(t, tt.name, func(t *testing.T) { // which fails if goroutines are left
			c, _ := piped(t, tt.c, tt.serve)
			ctx, cancel := context.WithCancel(context.Background())
			var group sync.WaitGroup
			for range 4 {
				group.Go(func() {
					for {
						if err := c.Post(ctx, "", nil, 1, decode); err != nil {
							if err != context.Canceled {
								t.Errorf("error %v, want context.Canceled", err)
							}
							return
						}
					}
				})
			}
			synctest.Wait()
			if d := took(func() { cancel(); group.Wait() }); d != 0 {
				t.Errorf("it took %v to end", d)
			}
		})
	}
}

func TestConcurrencyIsBounded(t *testing.T) {
	clocked(t, "four", func(t *testing.T) {
		var now, most atomic.Int64
		c, _ := piped(t, remote.Config{Concurrency: 4}, func(w http.ResponseWriter, r *http.Request) {
			n := now.Add(1)
			for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
			}
			time.Sleep(time.Second) // until everything else waits
			now.Add(-1)
			ok(w, r)
		})
		var group sync.WaitGroup
		for range 100 {
			group.Go(func() {
				if err := post(c); err != nil {
					t.Error(err)
				}
			})
		}
		if d := took(group.Wait); most.Load() != 4 || d != 25*time.Second {
			t.Errorf("%d requests in flight at once, 100 of a second took %v; want 4 and 25 s", most.Load(), d)
		}
	})
}

// Limits per minute: as much as fits a second may go at once, the rest waits.
func TestPace(t *testing.T) {
	for name, config := range map[string]remote.Config{
		"requests": {RequestsPerMinute: 600},    // 10 at once, then 10 a second
		"tokens":   {TokensPerMinute: 600_0000}, // 100,000 at once, then as many a second
	} {
		clocked(t, name, func(t *testing.T) {
			c, _ := piped(t, config, ok)
			d := took(func() {
				for range 13 {
					if err := c.Post(context.Background(), "", nil, 10_000, decode); err != nil {
						t.Fatal(err)
					}
				}
			})
			if d.Round(time.Microsecond) != 300*time.Millisecond || c.Stats().Waited != d {
				t.Errorf("13 requests took %v and waited %v, want 300 ms", d, c.Stats().Waited)
			}
		})
	}
	// A request that expects to use more than the limit of one second is still sent.
	clocked(t, "a large request", func(t *testing.T) {
		c, _ := piped(t, remote.Config{TokensPerMinute: 60_000}, ok)
		d := took(func() {
			if err := c.Post(context.Background(), "", nil, 1_300, decode); err != nil {
				t.Fatal(err)
			}
		})
		if d.Round(time.Microsecond) != 300*time.Millisecond {
			t.Errorf("took %v, want 300 ms", d)
		}
	})
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
