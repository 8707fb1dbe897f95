package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"assay/harness/leaf/plural"
	"assay/harness/local"
	"assay/harness/terminal"
	"assay/models"
	"assay/models/sample"
)

type generateFlags struct {
	tokens      int
	temperature float64
	topK        int
	topP        float64
	seed        uint64
	stops       []string
	samples     int
	quiet       bool
	literal     bool
	prompts     string
	skip, limit int
	out         string
}

func newGenerate(c terminal.Console) *cobra.Command {
	var f generateFlags
	cmd := &cobra.Command{
		Use:   "generate MODEL [PROMPT]",
		Short: "Continue a prompt with a local checkpoint",
		Long: `Continue a prompt with a checkpoint in Hugging Face's GPT-2 layout, as written by 'assay
train' (DIR/model) or by transformers. The text is printed as it is generated; the speed
is printed on stderr. Without PROMPT, or with -, the prompt is read from standard input.
In PROMPT and --stop, \n is a newline. The same command gives the same text.

With --prompts, assay answers every prompt of a file of {"prompt": "..."} lines. It writes
one line per prompt to -o: {"prompt": "...", "responses": ["..."], "ended": [true]}.
"ended" is false for a response that was cut off at --max-tokens. The model world:NAME is
one that comes with assay: gpt, sft, ppo, ptx, ptx-twin or ptx-damaged.`,
		Example: `  assay generate gpt/model "The king"
  assay generate gpt/model "The king" --temperature 0.8 --top-p 0.95 --samples 3
  assay generate sft/model "write about nora\n" --temperature 0 --stop "\n"
  assay generate world:sft "list two pets .\n"
  assay generate gpt/model < prompt.txt > text.txt
  assay generate sft/model --prompts prompts.jsonl --samples 4 -o responses.jsonl`,
		Args: between(1, 2, "generate needs a model, and a prompt in quotes"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.check(len(args) > 1); err != nil {
				return err
			}
			if f.prompts != "" {
				return f.batch(cmd.Context(), c, args[0])
			}
			prompt := "-"
			if len(args) > 1 {
				prompt = lineEnds(args[1])
			}
			if prompt == "-" {
				var err error
				if prompt, err = c.ReadPrompt(cmd.Context(), cmd.InOrStdin()); err != nil {
					return err
				}
			}
			return generate(cmd.Context(), c, args[0], prompt, f)
		},
	}
	cmd.Flags().IntVarP(&f.tokens, "max-tokens", "n", 128, "maximum number of tokens")
	cmd.Flags().Float64VarP(&f.temperature, "temperature", "t", 1, "sampling temperature; 0 always takes the most likely token")
	cmd.Flags().IntVar(&f.topK, "top-k", 0, "sample only from the K most likely tokens (default: all)")
	cmd.Flags().Float64Var(&f.topP, "top-p", 1, "sample only from the most likely tokens that make up this probability")
	cmd.Flags().Uint64Var(&f.seed, "seed", 1, "seed for sampling")
	cmd.Flags().StringArrayVar(&f.stops, "stop", nil, "end the text before this string (repeatable)")
	cmd.Flags().IntVar(&f.samples, "samples", 1, "number of texts to generate")
	cmd.Flags().BoolVar(&f.literal, "split-special-tokens", false, "read special tokens in a prompt as plain text")
	cmd.Flags().StringVar(&f.prompts, "prompts", "", "file of prompts to answer, instead of PROMPT")
	cmd.Flags().IntVar(&f.skip, "skip", 0, "leave out this many prompts at the start of the file")
	cmd.Flags().IntVar(&f.limit, "limit", 0, "answer only this many prompts, after those that --skip leaves out (default: all)")
	inRange(cmd.Flags(), "[1,]", "max-tokens", "samples", "limit")
	inRange(cmd.Flags(), "[0,]", "top-k", "skip")
	inRange(cmd.Flags(), "[0,100]", "temperature")
	inRange(cmd.Flags(), "(0,1]", "top-p")
	cmd.Flags().StringVarP(&f.out, "out", "o", "", "file for the answers to --prompts")
	cmd.Flags().BoolVarP(&f.quiet, "quiet", "q", false, "print only the text")
	return cmd
}

// lineEnds replaces \n with newlines.
func lineEnds(s string) string { return strings.ReplaceAll(s, `\n`, "\n") }

func (f *generateFlags) check(prompt bool) error {
	for i := range f.stops {
		f.stops[i] = lineEnds(f.stops[i])
	}
	switch {
	case f.prompts != "" && prompt:
		return errors.New("give either PROMPT or --prompts, not both")
	case (f.prompts != "") != (f.out != ""):
		return errors.New("--prompts FILE and -o FILE go together: the answers to the prompts are written to -o")
	case max(f.skip, f.limit) > 0 && f.prompts == "":
		return errors.New("--skip and --limit need --prompts; add it, or remove them")
	}
	return nil
}

// withGenerator opens a checkpoint that generates text.
func withGenerator(c terminal.Console, model string, o sample.Options, work func(*local.Model) error) error {
	all, err := local.New(func(line string) { c.Notice("%s", line) })
	if err != nil {
		return err
	}
	defer all.Close()
	m, _, err := all.Generator(model, o)
	if err != nil {
		return err
	}
	return work(m)
}

func generate(ctx context.Context, c terminal.Console, model, prompt string, f generateFlags) error {
	return withGenerator(c, model, sample.Options{Literal: f.literal}, func(m *local.Model) error { return f.all(ctx, c, m.Model, prompt) })
}

// all generates the requested number of texts, one after the other.
func (f *generateFlags) all(ctx context.Context, c terminal.Console, m *sample.Model, prompt string) error {
	out := c.Texts()
	for i := range f.samples {
		if i > 0 {
			fmt.Fprint(c.Out, "\n---\n")
		}
		if err := f.one(ctx, c, out, m, prompt, uint64(i)); err != nil {
			return err
		}
	}
	return nil
}

func (f *generateFlags) params(seed uint64) sample.SamplingParams {
	return sample.SamplingParams{Temperature: f.temperature, TopK: f.topK, TopP: f.topP, Seed: seed}
}

// one generates one text.
func (f *generateFlags) one(ctx context.Context, c terminal.Console, out io.Writer, m *sample.Model, prompt string, sampleIndex uint64) error {
	job := sample.Job{Prompt: m.Tokens(prompt), MaxTokens: f.tokens, SamplingParams: f.params(f.seed + sampleIndex)}
	var failed error
	begun := time.Now()
	var first time.Time
	answer, err := m.Continue(ctx, job, f.stops, func(piece string) bool {
		if first.IsZero() {
			first = time.Now()
		}
		_, failed = io.WriteString(out, piece)
		return failed == nil
	})
	if errors.Is(err, context.Canceled) {
		if !first.IsZero() {
			fmt.Fprintln(c.Out) // the error starts a new line
		}
		return errors.New("interrupted; the text above is incomplete")
	}
	if err = errors.Join(err, failed); err != nil {
		return err
	}
	if !strings.HasSuffix(answer.Text, "\n") {
		if _, err := io.WriteString(c.Out, "\n"); err != nil {
			return err
		}
	}
	if f.quiet {
		return nil
	}
	took := time.Since(begun) // including the prompt
	shown := ""
	if !first.IsZero() {
		shown = fmt.Sprintf("; first text after %s", first.Sub(begun).Round(time.Millisecond))
	}
	ended := ", then the text ended by itself"
	if answer.Finish == models.FinishLength {
		ended = ", then cut off" // at --max-tokens or the context
	}
	fmt.Fprintf(c.Err, "prompt of %s; %s generated%s; %.1f tokens/s%s\n", plural.Of(answer.Tokens.Prompt, "token"), plural.Of(answer.Tokens.Completion, "token"), ended,
		float64(answer.Tokens.Completion)/took.Seconds(), shown)
	return nil
}
