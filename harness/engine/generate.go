package engine

import (
	"context"
	"fmt"
	"iter"
	"sync"

	"assay/models"
)

// generateAll asks for what is not known, and again where a server has made another form
// of requests necessary after it answered some: all of a run are sent alike.
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

// generate asks every model for what is not known, all models at once, once all
// servers are there, those of the judges too.
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
	for i := range s.job.Suites {
		for k := range s.job.Suites[i].Judges {
			j := &s.job.Suites[i].Judges[k]
			if err := s.ready(ctx, j); err != nil {
				return fmt.Errorf("judge %s: %w", j.Name(), err)
			}
		}
	}
	s.begin("generate", all)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	for m := range todo {
		wg.Go(func() {
			if err := each(ctx, s.unknown(m, cancel), m.Concurrency, s.complete); err != nil {
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

// unknown yields a model's tasks without an answer.
func (s *runner) unknown(m *Model, fail context.CancelCauseFunc) iter.Seq[Task] {
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

// complete asks for one completion.
func (s *runner) complete(ctx context.Context, t Task) error {
	by := asker{info: t.Model.Info, price: t.Model.Price, ask: t.Model.answer, concurrency: t.Model.Concurrency, sender: t.Model.Sender, id: t.ID, sent: t.sent}
	if _, err := s.ask(ctx, by, t.Request); err != nil {
		return err
	}
	s.step()
	return nil
}

// answer asks for text or for log-probabilities, as the request has it.
func (m *Model) answer(ctx context.Context, r models.Request) (models.Answer, error) {
	switch {
	case r.Choices != nil && m.Scorer != nil:
		return m.Scorer.Score(ctx, r)
	case r.Choices == nil && m.Generator != nil:
		return m.Generator.Generate(ctx, r)
	}
	return models.Answer{}, fmt.Errorf("the model %s can't be asked for this", m.Info.Name)
}

// retries adds up those of all models and judges.
func (s *runner) retries() int {
	n := 0
	for _, trouble := range s.job.troubles() {
		retries, _ := trouble()
		n += retries
	}
	return n
}

// faults adds up the failed attempts of all models and judges, by reason.
func (s *runner) faults() map[string]int {
	sum := map[string]int{}
	for _, trouble := range s.job.troubles() {
		_, faults := trouble()
		for reason, n := range faults {
			sum[reason] += n
		}
	}
	return sum
}

// troubles are those of each model and each judge once: a judge may serve several
// suites.
func (j *Job) troubles() (all []func() (int, map[string]int)) {
	counted := map[string]bool{}
	for i := range j.Models {
		if f := j.Models[i].Trouble; f != nil {
			all = append(all, f)
		}
	}
	for i := range j.Suites {
		for k := range j.Suites[i].Judges {
			judge := &j.Suites[i].Judges[k]
			if judge.Trouble == nil || counted[judge.Name()] {
				continue
			}
			counted[judge.Name()] = true
			all = append(all, judge.Trouble)
		}
	}
	return all
}
