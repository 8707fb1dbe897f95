package serve

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"assay/models/sample"
)

// Until serves on a listener until the context ends. Running requests then have the time of
// grace to finish, or until the process gets another signal. Requests that are cut off get
// an error that says so. say is called when the server begins to stop, and when it has.
func Until(ctx context.Context, l net.Listener, h http.Handler, grace time.Duration, say func(string)) error {
	requests, cut := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cut(nil)
	s := &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, BaseContext: func(net.Listener) context.Context { return requests },
	}
	failed := make(chan error, 1)
	go func() { failed <- s.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	again, forget := signal.NotifyContext(requests, os.Interrupt, syscall.SIGTERM)
	defer forget()
	say(fmt.Sprintf("stopping: running requests have %v to finish; a second signal stops them at once", grace))
	stopping, cancel := context.WithTimeout(again, grace)
	defer cancel()
	if s.Shutdown(stopping) == nil {
		say("stopped")
		return nil
	}
	cut(sample.ErrClosed)
	last, cancelLast := context.WithTimeout(context.WithoutCancel(ctx), lastWord)
	defer cancelLast()
	if s.Shutdown(last) != nil {
		_ = s.Close() // clients that don't read
	}
	say("stopped: some requests were cut off")
	return nil
}

// lastWord is the time to send an error to requests that are cut off.
const lastWord = time.Second

// RandomSeed is for requests without a seed: 31 bits, which every client can send back.
func RandomSeed() uint64 {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	return uint64(binary.LittleEndian.Uint32(b[:]) & 0x7fffffff)
}
