package engine

import (
	"context"
	"fmt"
	"iter"
	"sync"
)

// generateAll sends the requests without an answer. Where a server needs another form of
// requests after it has answered some, it sends those again: all requests of a run to one
// server have one form.
func (s *runner) generateAll(ctx context.Context) error {
	todo, err := s.todo()
	if err != nil {
		return err
	}
	for {
		before := len(s.job.changes())
		if err := s.generate(ctx, todo); err != nil {
			return err
		}
		if len(s.job.changes()) == before {
			return nil
		}
		if todo, err = s.unanswered(); err != nil {
			return err
		}
	}
}

// generate sends each model's requests without an answer, to all models at once. It waits
// first until every server responds, those of the judges too.
func (s *runner) generate(ctx context.Context, todo map[*Model]int) error {
	all := 0
	for _, n := range todo {
		all += n
	}
	if all == 0 {
		return nil
	}
	for m, n := range todo {
		if n > 0 && m.Probe != nil {
			if err := m.Probe(ctx); err != nil {
				return fmt.Errorf("model %s: %w", m.Info.Name, err)
			}
		}
	}
	for name, e := range s.job.judges() {
		if err := s.ready(ctx, e); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	s.begin("generate", all)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	for m := range todo {
		wg.Go(func() {
			if err := each(ctx, s.pending(m, cancel), m.Concurrency, s.complete); err != nil {
				cancel(fmt.Errorf("model %s: %w", m.Info.Name, err))
			}
		})
	}
	wg.Wait()
	if err := context.Cause(ctx); err != nil {
		return err
	}
	for m := range todo {
		if err := s.settle("model "+m.Info.Name, m.Info.Fingerprint); err != nil {
			return err
		}
	}
	s.end()
	return s.answers.journal.Sync()
}

// pending yields a model's tasks without an answer.
func (s *runner) pending(m *Model, fail context.CancelCauseFunc) iter.Seq[Task] {
	return func(yield func(Task) bool) {
		for t := range s.job.Tasks(m) {
			known, err := s.answers.known(t.ID)
			if err != nil {
				fail(err)
				return
			}
			if !known && !yield(t) {
				return
			}
		}
	}
}

// complete requests one completion.
func (s *runner) complete(ctx context.Context, t Task) error {
	if _, err := s.send(ctx, query{Endpoint: &t.Model.Endpoint, request: t.Request, id: t.ID, sent: t.sent}); err != nil {
		return err
	}
	s.step()
	return nil
}

// retries adds up those of all models and judges.
func (s *runner) retries() int {
	n := 0
	for _, e := range s.job.endpoints() {
		if e.Trouble != nil {
			retries, _ := e.Trouble()
			n += retries
		}
	}
	return n
}

// faults adds up the failed attempts of all models and judges, by reason.
func (s *runner) faults() map[string]int {
	sum := map[string]int{}
	for _, e := range s.job.endpoints() {
		if e.Trouble == nil {
			continue
		}
		_, faults := e.Trouble()
		for reason, n := range faults {
			sum[reason] += n
		}
	}
	return sum
}
