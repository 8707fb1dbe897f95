package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"

	"github.com/go-json-experiment/json"
	"golang.org/x/sync/errgroup"

	"assay/harness/leaf/outfile"
	"assay/harness/leaf/seed"
	"assay/harness/local"
	"assay/harness/training/data"
	"assay/models/sample"
)

// batchLine is a line of output of 'assay generate --prompts': a model's answers to a
// prompt. 'assay world rank' reads it.
type batchLine struct {
	Prompt    string   `json:"prompt"`
	Responses []string `json:"responses"`
	Ended     []bool   `json:"ended"` // false if the response was cut off at the maximum length
}

// batch answers every prompt of a file and writes the answers to f.out.
func (f *generateFlags) batch(ctx context.Context, c console, model string) error {
	prompts, err := promptsOf(f.prompts, f.limit)
	if err != nil {
		return err
	}
	return withGenerator(c, model, sample.Options{Literal: f.literal}, func(m *local.Model) error {
		lines, err := f.answers(ctx, c, m.Model, prompts)
		if err != nil {
			return err
		}
		if err := writeLines(f.out, lines); err != nil {
			return err
		}
		fmt.Fprintf(c.out, "%s: %d responses to each of %d prompts\n", f.out, f.samples, len(lines))
		return nil
	})
}

// promptsOf reads the texts of {"prompt": "..."} lines, each text once; of more than
// limit the first. An empty one is a prompt too.
func promptsOf(path string, limit int) ([]string, error) {
	var texts []string
	seen := map[string]bool{}
	all, err := data.ReadPrompts([]string{path})
	for _, p := range all {
		if !seen[p.Text] && (limit == 0 || len(texts) < limit) {
			seen[p.Text] = true
			texts = append(texts, p.Text)
		}
	}
	if err == nil && len(texts) == 0 {
		err = fmt.Errorf("%s: no prompts found; write lines of {\"prompt\": \"...\"}", path)
	}
	return texts, err
}

// answers generates all responses in one batch.
func (f *generateFlags) answers(ctx context.Context, c console, m *sample.Model, prompts []string) ([]batchLine, error) {
	bar := newProgress(c.err, "generating", int64(len(prompts)*f.samples), false)
	defer bar.finish()
	lines := make([]batchLine, len(prompts))
	done := make(chan struct{}, local.Concurrency)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(local.Concurrency + 1)
	group.Go(func() error { // only this goroutine uses the bar
		for range len(prompts) * f.samples {
			select {
			case <-done:
				bar.Write(one)
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	for i, prompt := range prompts {
		lines[i] = batchLine{prompt, make([]string, f.samples), make([]bool, f.samples)}
		for s := range f.samples {
			if ctx.Err() != nil {
				break
			}
			group.Go(func() error {
				job := f.job(m, prompt, f.drawSeed(prompt, s))
				answer, err := m.Continue(ctx, job, f.stops, func(string) bool { return true })
				if err != nil {
					return fmt.Errorf("prompt %d: %w", i+1, err)
				}
				lines[i].Responses[s], lines[i].Ended[s] = answer.Text, answer.Finish != string(sample.Length)
				done <- struct{}{}
				return nil
			})
		}
	}
	return lines, group.Wait()
}

// drawSeed depends only on the command's seed, the prompt and the sample, not on the rest
// of the file.
func (f *generateFlags) drawSeed(prompt string, sample int) uint64 {
	return seed.Text(fmt.Appendf(nil, "%d %q %d", f.seed, prompt, sample))
}

// writeLines writes a file of JSON lines whole, or not at all.
func writeLines[T any](path string, rows []T) error {
	return outfile.Write(path, func(f io.Writer) error {
		b := bufio.NewWriter(f)
		for i := range rows {
			if err := json.MarshalWrite(b, &rows[i]); err != nil {
				return err
			}
			if err := b.WriteByte('\n'); err != nil {
				return err
			}
		}
		return b.Flush()
	})
}
