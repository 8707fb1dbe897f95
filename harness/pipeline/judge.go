package pipeline

import (
	"context"
	"fmt"
	"io"

	"assay/harness/runstore"
	"assay/metrics"
	"assay/suites"
)

// Judge scores the store's completions, in their order, with the judge of each suite
// that has one, and gives the judgements to add. It writes one byte per completion to
// progress. Suites without a judge are skipped. If no suite has a judge, nothing is
// read.
func Judge(ctx context.Context, store runstore.Store, catalog []suites.Suite, add func(metrics.Judgement) error, progress io.Writer) error {
	judges := map[string]*suites.Suite{}
	for i := range catalog {
		if catalog[i].Judge != nil {
			judges[catalog[i].Name] = &catalog[i]
		}
	}
	if len(judges) == 0 {
		return nil
	}
	examples := map[string]suites.Example{}
	for ex, err := range runstore.Examples().Read(store) {
		if err != nil {
			return err
		}
		if judges[ex.Suite] != nil {
			examples[ex.ID] = *ex
		}
	}
	for c, err := range runstore.Completions().Read(store) {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		suite := judges[c.Suite]
		if suite == nil {
			continue
		}
		ex, ok := examples[c.Example]
		if !ok {
			return fmt.Errorf("completion %s: its example %s is not in the run", c.ID, c.Example)
		}
		judged, err := judgeOne(ctx, suite, suites.Item{Example: ex, Completion: *c})
		if err != nil {
			return fmt.Errorf("judge completion %s of %s: %w", c.ID, c.Model, err)
		}
		for _, j := range judged {
			if err := add(j); err != nil {
				return fmt.Errorf("judge completion %s of %s: %w", c.ID, c.Model, err)
			}
		}
		if _, err := progress.Write([]byte{0}); err != nil {
			return err
		}
	}
	return nil
}

// judgeOne judges a completion with the suite's own judge, if the suite scores it.
func judgeOne(ctx context.Context, suite *suites.Suite, item suites.Item) (judged []metrics.Judgement, err error) {
	if reason := suite.Unscored(&item.Completion); reason != "" {
		for _, metric := range suite.Judge.Metrics() {
			judged = append(judged, suites.NewMissing(item.Completion, metric, suite.Judge.Name(), reason))
		}
	} else if judged, err = suite.Judge.Judge(ctx, item); err != nil {
		return nil, err
	}
	suites.Stamp(judged, suites.MarkOf(&item.Completion), "")
	return judged, nil
}
