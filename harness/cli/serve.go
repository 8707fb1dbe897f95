package cli

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"assay/harness/local"
	"assay/harness/terminal"
	"assay/harness/wire"
	"assay/models/sample"
	"assay/models/serve"
)

type serveFlags struct {
	address string
	name    string
	keyEnv  string
	grace   time.Duration
	limits  serve.Config
	decode  sample.Options
	cacheMB int64
	quiet   bool
}

func newServe(c terminal.Console) *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "serve MODEL",
		Short: "Serve a local checkpoint to OpenAI-compatible clients",
		Long: `Serve a checkpoint in Hugging Face's GPT-2 layout over HTTP: /v1/models,
/v1/completions (with echo and logprobs), /v1/chat/completions, streaming, /healthz, and
/metrics for Prometheus. Requests are decoded in batches, but each answer depends only on
its own request: equal requests with equal seeds get equal answers.

The chat route uses the checkpoint's chat template. Without one, it joins the messages as
plain text and says so at startup. A request is refused if it has an unsupported member
that would change the answer; the error names the member.

By default, the server listens on this machine only. Any other address needs a key, which
clients send as a bearer token. On SIGTERM or Ctrl-C the server refuses new requests, gives
running ones the time set by --grace, and stops. A second signal stops it at once.`,
		Example: `  assay serve gpt/model
  curl http://127.0.0.1:8080/v1/completions -H 'Content-Type: application/json' \
    -d '{"prompt": "The king", "max_tokens": 32, "temperature": 0.8, "seed": 1}'
  assay serve gpt/model --cors http://localhost:3000
  ASSAY_KEY=... assay serve gpt/model --address 0.0.0.0:8080 --api-key-env ASSAY_KEY`,
		Args: exactly(1, "serve needs one model"),
		RunE: func(cmd *cobra.Command, args []string) error { return runServe(cmd.Context(), c, args[0], f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.address, "address", "127.0.0.1:8080", "address to listen on; port 0 picks a free port")
	flags.StringVar(&f.name, "name", "", "model name for clients (default: the folder's name)")
	flags.StringVar(&f.keyEnv, "api-key-env", "", "environment variable with the key that clients must send")
	flags.DurationVar(&f.grace, "grace", 30*time.Second, "time for running requests to finish when the server stops")
	flags.Int64Var(&f.limits.Body, "max-body", 4<<20, "maximum bytes per request")
	flags.IntVar(&f.limits.Answers, "max-answers", 128, "maximum number of answers per request: prompts times n")
	flags.IntVar(&f.limits.Queue, "max-queue", 1024, "maximum number of answers running or waiting; more are refused with status 429")
	flags.DurationVar(&f.limits.Time, "max-time", 10*time.Minute, "maximum time per request")
	flags.DurationVar(&f.limits.Write, "max-write", 30*time.Second, "maximum time for a client to read a piece of a stream")
	flags.IntVar(&f.decode.Sequences, "sequences", 64, "maximum number of sequences decoded together")
	flags.BoolVar(&f.decode.Literal, "split-special-tokens", false, "read special tokens in a prompt as plain text (not on the chat route with a chat template, which writes its own special tokens)")
	flags.Int64Var(&f.cacheMB, "cache", 2048, "MiB for cached keys and values")
	inRange(flags, "[1,]", "max-body", "max-answers", "max-queue", "sequences", "cache")
	inRange(flags, "(0,]", "max-time", "max-write")
	inRange(flags, "[0,]", "grace")
	flags.BoolVar(&f.limits.Lenient, "ignore-unknown", false, "ignore unknown members of a request and log them (default: refuse them)")
	flags.StringArrayVar(&f.limits.Origins, "cors", nil, "origin of web pages that may send requests, such as https://host:port (repeatable; * allows all)")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "don't log each request")
	return cmd
}

func (f *serveFlags) check() error {
	for _, origin := range f.limits.Origins {
		if err := serve.CheckOrigin(origin); err != nil {
			return fmt.Errorf("--cors %w", err)
		}
	}
	host, err := serve.SplitAddress(f.address, "127.0.0.1:8080")
	if err != nil {
		return fmt.Errorf("--address %w", err)
	}
	if f.limits.Key, err = wire.Key(f.keyEnv); err != nil {
		return err
	}
	if f.limits.Key == "" && !serve.IsLoopback(host) {
		return fmt.Errorf("--address %s is open to other machines and needs a key: name its variable with --api-key-env, or listen on 127.0.0.1", f.address)
	}
	return nil
}

func runServe(ctx context.Context, c terminal.Console, model string, f serveFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	all, err := local.New(func(line string) { c.Notice("%s", line) })
	if err != nil {
		return err
	}
	defer all.Close()
	f.decode.Cache = f.cacheMB << 20
	m, name, err := all.Generator(model, f.decode)
	if err != nil {
		return err
	}
	listener, err := serve.Listen(f.address)
	if err != nil {
		return fmt.Errorf("--address %w", err)
	}
	config := f.limits
	config.Model, config.Name, config.Fingerprint, config.Seed = m.Model, f.name, m.Fingerprint, serve.RandomSeed
	if config.Name == "" {
		config.Name = name
	}
	note, err := local.UseTemplate(&config, model)
	if err != nil {
		return err
	}
	if !f.quiet {
		config.Log = slog.New(slog.NewTextHandler(c.Err, nil))
	}
	fmt.Fprintf(c.Err, "serving %s (%s) at http://%s/v1 under the name %s; %s\n", model, local.SizeName(m.Config().Parameters()), listener.Addr(), config.Name, note)
	return serve.Until(ctx, listener, serve.New(config), f.grace, func(line string) { fmt.Fprintln(c.Err, line) })
}
