package local

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"assay/harness/leaf/seed"
	"assay/models/sample"
)

// Batch is how several texts are generated for each of several prompts.
type Batch struct {
	Tokens  int                   // at most, per text
	Params  sample.SamplingParams // Seed is the batch's
	Stops   []string              // a text ends before any of these
	Samples int                   // texts per prompt
}

// Text is a generated text. Ended is false if it was cut off at its greatest length.
type Text struct {
	Text  string
	Ended bool
}

// Texts generates the texts of all prompts: a row of b.Samples texts per prompt. They
// are decoded together, [Concurrency] at a time. done is called after each text, by one
// goroutine at a time. A text depends on its prompt, its number and the batch's settings,
// and not on the other prompts.
func (m *Model) Texts(ctx context.Context, prompts []string, b Batch, done func()) ([][]Text, error) {
	rows := make([][]Text, len(prompts))
	finished := make(chan struct{}, Concurrency)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(Concurrency + 1)
	group.Go(func() error {
		for range len(prompts) * b.Samples {
			select {
			case <-finished:
				done()
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	for i, prompt := range prompts {
		rows[i] = make([]Text, b.Samples)
		for k := range b.Samples {
			if ctx.Err() != nil {
				break
			}
			group.Go(func() error {
				job := sample.Job{Prompt: m.Tokens(prompt), MaxTokens: b.Tokens, SamplingParams: b.Params}
				job.Seed = b.seed(prompt, k)
				answer, err := m.Continue(ctx, job, b.Stops, func(string) bool { return true })
				if err != nil {
					return fmt.Errorf("prompt %d: %w", i+1, err)
				}
				rows[i][k] = Text{answer.Text, answer.Finish != string(sample.Length)}
				finished <- struct{}{}
				return nil
			})
		}
	}
	return rows, group.Wait()
}

// seed is the seed of a text.
func (b *Batch) seed(prompt string, k int) uint64 {
	return seed.Text(fmt.Appendf(nil, "%d %q %d", b.Params.Seed, prompt, k))
}
