package engine

import (
	"context"
	"errors"
	"fmt"

	"assay/models"
	"assay/models/remote"
)

// asker is a model as ask needs it.
type asker struct {
	info  models.Info
	price Price
	ask   func(context.Context, models.Request) (models.Answer, error)
	of    string // the completion that is judged
}

// ask sends a request, journals the answer and counts it. What the model gives
// up on is noted as missing, and no error.
func (s *session) ask(ctx context.Context, by asker, r models.Request, id string) error {
	answer, err := by.ask(ctx, r)
	if stop := ctx.Err(); stop != nil && err != nil {
		return stop
	}
	if errors.Is(err, remote.ErrDown) {
		return err
	}
	c := models.NewCompletion(id, by.info.Name, &r, answer)
	c.Of = by.of
	if err == nil {
		if _, err := s.answers.put(&c); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.result.Asked++
	s.stage.Requests++
	if err != nil {
		s.result.Failed++
		s.stage.Failed++
		c.Missing = Reason(err)
		return s.gaveUp(by.info.Fingerprint, &c)
	}
	if answer.Tokens != nil {
		s.stage.Tokens.Prompt += answer.Tokens.Prompt
		s.stage.Tokens.Completion += answer.Tokens.Completion
		dollars := by.price.Of(*answer.Tokens)
		s.stage.Dollars += dollars
		s.result.Dollars += dollars
	}
	return s.answered(by.info.Fingerprint)
}

// standing is whether a model answers at all.
type standing struct {
	answered bool                // it did once, to this run
	failures []models.Completion // before that
}

// maxFirstFailures is how many requests a model may give up before it answers
// one. With more, the fault is not the requests' own, and the run had better stop
// than end without a score.
const maxFirstFailures = 20

func (s *session) standing(fingerprint string) *standing {
	st := s.standings[fingerprint]
	if st == nil {
		st = &standing{}
		s.standings[fingerprint] = st
	}
	return st
}

// gaveUp takes note of a failure. It is journalled once the model has answered
// anything, so that a run goes on as it began; till then it may be the plan or
// the server that is wrong.
func (s *session) gaveUp(fingerprint string, c *models.Completion) error {
	if err := s.answers.fail(c); err != nil {
		return err
	}
	st := s.standing(fingerprint)
	if st.answered {
		return s.answers.keep(c)
	}
	st.failures = append(st.failures, *c)
	if len(st.failures) < maxFirstFailures {
		return nil
	}
	return fmt.Errorf("none of its first %d requests was answered, the last for this: %s; check the server, and what the plan asks of it", maxFirstFailures, c.Missing)
}

// answered takes note that a model answered.
func (s *session) answered(fingerprint string) error {
	st := s.standing(fingerprint)
	st.answered = true
	for i := range st.failures {
		if err := s.answers.keep(&st.failures[i]); err != nil {
			return err
		}
	}
	st.failures = nil
	return nil
}

// Reason is what a record says of a failure: the same for the same failure, so
// without times, addresses and counts.
func Reason(err error) string {
	if f, ok := errors.AsType[*remote.Failure](err); ok {
		return f.Reason
	}
	return err.Error()
}
