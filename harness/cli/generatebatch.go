package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"

	"github.com/go-json-experiment/json"

	"assay/harness/leaf/outfile"
	"assay/harness/local"
	"assay/harness/smallworld"
	"assay/harness/terminal"
	"assay/harness/training/data"
	"assay/models/sample"
	"assay/reports"
)

// batch answers every prompt of a file and writes the answers to f.out.
func (f *generateFlags) batch(ctx context.Context, c terminal.Console, model string) error {
	prompts, err := promptsOf(f.prompts, f.skip, f.limit)
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
		lines := make([]smallworld.Line, len(texts))
		for i, row := range texts {
			lines[i].Prompt = prompts[i]
			for _, t := range row {
				lines[i].Responses = append(lines[i].Responses, t.Text)
				lines[i].Ended = append(lines[i].Ended, t.Ended)
			}
		}
		if err := writeLines(f.out, lines); err != nil {
			return err
		}
		fmt.Fprintf(c.Out, "%s: %s, %s to each\n", f.out, reports.Counted(len(lines), "prompt"), reports.Counted(f.samples, "response"))
		return nil
	})
}

// promptsOf reads the texts of {"prompt": "..."} lines, each text once. It leaves out the first
// skip texts and returns at most limit of the others, or all for 0. An empty text is a prompt too.
func promptsOf(path string, skip, limit int) ([]string, error) {
	var texts []string
	seen := map[string]bool{}
	all, err := data.ReadPrompts([]string{path})
	for _, p := range all {
		if !seen[p.Text] {
			seen[p.Text] = true
			texts = append(texts, p.Text)
		}
	}
	switch {
	case err != nil:
		return nil, err
	case len(texts) == 0:
		return nil, fmt.Errorf("%s: no prompts found; write lines of {\"prompt\": \"...\"}", path)
	case skip > 0 && len(texts)-skip < max(limit, 1):
		return nil, fmt.Errorf("%s: --skip %d leaves %d of its %d different prompts; at least %d must be left, so skip fewer", path, skip, max(0, len(texts)-skip), len(texts), max(limit, 1))
	}
	texts = texts[skip:]
	if limit > 0 {
		texts = texts[:min(limit, len(texts))]
	}
	return texts, nil
}

// writeLines writes a file of JSON lines, completely or not at all.
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
