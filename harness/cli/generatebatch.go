package cli

import (
	"context"
	"fmt"

	"assay/harness/leaf/plural"
	"assay/harness/local"
	"assay/harness/smallworld"
	"assay/harness/terminal"
	"assay/harness/training/data"
	"assay/models/sample"
)

// batch answers every prompt of a file and writes the answers to f.out.
func (f *generateFlags) batch(ctx context.Context, c terminal.Console, model string) error {
	prompts, err := data.DifferentPrompts(f.prompts, f.skip, f.limit)
	if err != nil {
		return err
	}
	return withGenerator(c, model, sample.Options{Literal: f.literal}, func(m *local.Model) error {
		bar := terminal.NewBar(c.Err, "generating", int64(len(prompts)*f.samples), false)
		defer bar.Finish()
		texts, err := m.Texts(ctx, prompts, local.Batch{Tokens: f.tokens, Params: f.params(f.seed), Stops: f.stops, Samples: f.samples},
			bar.Step)
		if err != nil {
			return err
		}
		lines := smallworld.Lines(prompts, texts)
		if err := smallworld.WriteLines(f.out, lines); err != nil {
			return err
		}
		fmt.Fprintf(c.Out, "%s: %s, %s to each\n", f.out, plural.Of(len(lines), "prompt"), plural.Of(f.samples, "response"))
		return nil
	})
}
