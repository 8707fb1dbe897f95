package remote_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"assay/models/remote"
)

// clocked runs a test with a clock of its own, which moves only while everything waits. So a
// wait takes exactly as long as it should, however busy the machine is. Servers have to be
// piped, since the clock doesn't know what waits for a socket.
func clocked(t *testing.T, name string, test func(t *testing.T)) {
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}

// piped is like server and client, over pipes instead of sockets.
func piped(t *testing.T, config remote.Config, handlers ...http.HandlerFunc) (*remote.Client, *atomic.Int64) {
	t.Helper()
	config.Endpoints = []string{"http://piped"}
	c := client(t, config)
	calls := new(atomic.Int64)
	c.Dial(hosts{"piped:80": pipe(t, counted(calls, handlers))}.dial)
	return c, calls
}

// A dialer connects to one server.
type dialer func(context.Context) (net.Conn, error)

// hosts are the servers by host and port. Others refuse connections.
type hosts map[string]dialer

func (h hosts) dial(ctx context.Context, address string) (net.Conn, error) {
	if dial := h[address]; dial != nil {
		return dial(ctx)
	}
	return nil, syscall.ECONNREFUSED
}

// pipe starts a server.
func pipe(t *testing.T, handler http.Handler) dialer {
	l := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
	s := &http.Server{Handler: handler}
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })
	return func(ctx context.Context) (net.Conn, error) {
		here, there := net.Pipe()
		select {
		case l.conns <- there:
			return here, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-l.closed:
			return nil, errors.New("the server is closed")
		}
	}
}

// pipes is a listener for the ends of pipes.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }

// took is the time of a function by the clock.
func took(f func()) time.Duration {
	began := time.Now()
	f()
	return time.Since(began)
}
