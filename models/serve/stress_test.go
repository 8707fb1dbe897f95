package serve_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"assay/models/bpe"
	"assay/models/sample"
	"assay/models/serve"
)

// crowd is a set of clients that all use one server at once.
type crowd struct {
	url      string
	want     []string // texts of the requests 0, 1, ..., each run alone
	requests []string
	right    atomic.Int64
	errors   chan string
}

func (c *crowd) fail(format string, args ...any) {
	select {
	case c.errors <- fmt.Sprintf(format, args...):
	default:
	}
}

// Two hundred clients, some of which read slowly, disconnect in the middle, or send malformed requests: every
// complete answer equals the one from a request alone, and nothing is left over.
func TestCrowd(t *testing.T) {
	m := model(t, bpe.NewBytes(), sample.Options{Cache: 1 << 20})
	// The timeouts leave room for a machine that is busy with other tests.
	server := serve.New(serve.Config{Model: m, Name: "tiny", Body: 100_000, Write: time.Minute})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	web := &http.Server{Handler: server, ReadHeaderTimeout: time.Minute, ReadTimeout: time.Minute}
	go func() { _ = web.Serve(listener) }()
	c := &crowd{url: "http://" + listener.Addr().String(), errors: make(chan string, 100)}
	for i := range 20 {
		c.requests = append(c.requests, fmt.Sprintf(`{"prompt": "the cat %d", "max_tokens": %d, "temperature": %d, "seed": %d`, i, 5+5*i, i%2, i))
		_, r := post(t, c.url, "/v1/completions", c.requests[i]+"}")
		c.want = append(c.want, r.Choices[0].Text)
	}
	http.DefaultClient.CloseIdleConnections()
	before := runtime.NumGoroutine()

	const clients, kinds, visits = 200, 8, 4
	var wg sync.WaitGroup
	for k := range clients {
		wg.Go(func() {
			client := &http.Client{Transport: &http.Transport{}}
			defer client.CloseIdleConnections()
			for i := range visits {
				c.visit(client, k%kinds, (k+i)%len(c.requests))
			}
		})
	}
	wg.Wait()
	close(c.errors)
	for e := range c.errors {
		t.Error(e)
	}
	const complete = clients * (kinds - 3) / kinds * visits // three kinds of clients get no full answer
	if c.right.Load() != complete {
		t.Errorf("%d full answers, want %d", c.right.Load(), complete)
	}
	stopping, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	if err := web.Shutdown(stopping); err != nil {
		t.Errorf("stopping: %v", err)
	}
	deadline := time.Now().Add(time.Minute)
	for s := m.Batcher().Stats(); s.Active+s.Queued+s.Pages > 0 || runtime.NumGoroutine() > before; s = m.Batcher().Stats() {
		if time.Now().After(deadline) {
			stacks := make([]byte, 1<<16)
			t.Fatalf("left behind: %+v; %d goroutines, %d before\n%s", s, runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// visit sends one request of a kind.
func (c *crowd) visit(client *http.Client, kind, i int) {
	switch kind {
	case 0: // malformed
		c.refused(client, `{"prompt": `, http.StatusBadRequest)
	case 1: // too much
		c.refused(client, `{"prompt": "`+strings.Repeat("x", 200_000)+`"}`, http.StatusRequestEntityTooLarge)
	case 2: // disconnects
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		request, err := http.NewRequestWithContext(ctx, "POST", c.url+"/v1/completions", strings.NewReader(`{"prompt": "x", "max_tokens": 120, "stream": true, "n": 3}`))
		if err != nil {
			c.fail("%v", err)
			return
		}
		if response, err := client.Do(request); err == nil {
			_, _ = io.ReadFull(response.Body, make([]byte, 300))
			cancel()
			_ = response.Body.Close()
		}
	case 3: // reads slowly
		c.whole(client, i, 20*time.Millisecond)
	default:
		c.whole(client, i, 0)
	}
}

func (c *crowd) refused(client *http.Client, body string, status int) {
	response, err := client.Post(c.url+"/v1/completions", "application/json", strings.NewReader(body))
	if err != nil { // the server may close before it has read everything that it refuses
		if status != http.StatusRequestEntityTooLarge {
			c.fail("%v", err)
		}
		return
	}
	defer func() { _ = response.Body.Close() }()
	var r reply
	if err := json.NewDecoder(response.Body).Decode(&r); response.StatusCode != status || err != nil || r.Error == nil {
		c.fail("status %d, want %d; %+v, %v", response.StatusCode, status, r.Error, err)
	}
}

// whole reads a stream to its end.
func (c *crowd) whole(client *http.Client, i int, pause time.Duration) {
	response, err := client.Post(c.url+"/v1/completions", "application/json", strings.NewReader(c.requests[i]+`, "stream": true}`))
	if err != nil {
		c.fail("%v", err)
		return
	}
	defer func() { _ = response.Body.Close() }()
	var all strings.Builder
	piece := make([]byte, 4096)
	for {
		n, err := response.Body.Read(piece)
		all.Write(piece[:n])
		if err == io.EOF {
			break
		}
		if err != nil {
			c.fail("request %d: %v", i, err)
			return
		}
		time.Sleep(pause)
	}
	var text strings.Builder
	for event := range strings.SplitSeq(all.String(), "\n\n") {
		var r reply
		if data, ok := strings.CutPrefix(event, "data: {"); ok {
			if err := json.Unmarshal([]byte("{"+data), &r); err != nil || r.Error != nil {
				c.fail("request %d: %v, %+v", i, err, r.Error)
				return
			}
			text.WriteString(r.Choices[0].Text)
		}
	}
	if text.String() != c.want[i] || !strings.HasSuffix(all.String(), "[DONE]\n\n") {
		c.fail("request %d: %q, want %q", i, text.String(), c.want[i])
		return
	}
	c.right.Add(1)
}
