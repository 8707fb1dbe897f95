// Serve runs the loopback model server (package loopback) as its own process. The first line on stdout is its
// base URL; OpenAI's routes are below its /v1. It ends on SIGTERM or an interrupt, and with -until-eof when
// stdin closes.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"assay/models/loopback"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdin, os.Stdout); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return
		}
		fmt.Fprintln(os.Stderr, "serve:", err)
		os.Exit(2)
	}
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout io.Writer) error {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	var config loopback.Config
	addr := flags.String("addr", "127.0.0.1:0", "host and port; port 0 takes a free one")
	flags.StringVar(&config.Model, "model", "loopback", "name of the model")
	flags.DurationVar(&config.Delay, "delay", 0, "wait before each answer")
	flags.Float64Var(&config.Faults, "faults", 0, "share of requests that get a fault, 0 to 1")
	kinds := flags.String("kinds", "", "faults to produce, separated by commas; default all")
	flags.DurationVar(&config.Hang, "hang", 10*time.Second, "longest hang")
	flags.DurationVar(&config.RetryAfter, "retry-after", 0, "the Retry-After of every other 429")
	flags.BoolVar(&config.NoEcho, "no-echo", false, "refuse to echo prompts")
	untilEOF := flags.Bool("until-eof", false, "end when stdin closes")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q; this program takes only flags", flags.Arg(0))
	}
	if config.Faults < 0 || config.Faults > 1 {
		return fmt.Errorf("-faults %v is not a share; use 0 to 1", config.Faults)
	}
	for kind := range strings.SplitSeq(*kinds, ",") {
		switch {
		case kind == "":
		case !slices.Contains(loopback.Kinds(), loopback.Fault(kind)):
			return fmt.Errorf("unknown fault %q; use one of %v", kind, loopback.Kinds())
		default:
			config.Kinds = append(config.Kinds, loopback.Fault(kind))
		}
	}
	listener, err := net.Listen("tcp", *addr)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if *untilEOF {
		go func() {
			_, _ = io.Copy(io.Discard, stdin)
			cancel()
		}()
	}
	fmt.Fprintf(stdout, "http://%s\n", listener.Addr())
	server := &http.Server{Handler: loopback.New(config)}
	go func() {
		<-ctx.Done()
		_ = server.Close() // drops hanging requests
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
