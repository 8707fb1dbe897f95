package engine

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"

	"assay/models"
	"assay/models/remote"
)

// query is a request on its way to an endpoint.
type query struct {
	*Endpoint
	request models.Request
	of      string // the id of the completion that is judged; "" of a completion's own request
	id      string // the answer's address
	sent    string // the form of the request in it
}

// ask sends a request, journals the answer and counts it. What the model gives
// up on is noted as missing, and no error. The id is the answer's address, which may be
// another than before: it may take asking to learn how a request has to be sent.
func (s *runner) ask(ctx context.Context, q query) (id string, err error) {
	answer, err := q.Ask(ctx, q.request)
	if stop := ctx.Err(); stop != nil && err != nil {
		return "", stop
	}
	if errors.Is(err, remote.ErrDown) {
		return "", err
	}
	sent := answer.Sent
	if err != nil {
		sent = sentAs(q.Sender, &q.request)
	}
	if id = q.id; sent != q.sent {
		id = idOf(q.Info.Fingerprint, sent, &q.request)
	}
	if err := s.keepChanges(); err != nil {
		return "", err
	}
	return id, s.took(&q, id, answer, err)
}

// took journals and counts what came of a request.
func (s *runner) took(q *query, id string, answer models.Answer, err error) error {
	c := models.NewCompletion(id, q.Info.Name, &q.request, answer)
	c.Of = q.of
	withheld := err == nil && c.NoAnswer() != "" // filtered, or ended with an error
	switch {
	case withheld:
		c.Missing = c.NoAnswer()
		if err := s.answers.withhold(&c); err != nil {
			return err
		}
	case err == nil:
		if _, err := s.answers.put(&c); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.result.Asked++
	s.stage.Requests++
	if err != nil || withheld {
		s.result.Failed++
		s.stage.Failed++
	}
	if err != nil {
		c.Missing = Reason(err)
		failure, ok := errors.AsType[*remote.Failure](err)
		if !ok {
			failure = &remote.Failure{}
		}
		if failure.Filtered {
			c.Finish = models.FinishFiltered
		}
		return s.gaveUp(q, &c, failure)
	}
	if answer.Tokens != nil {
		s.stage.Tokens.Prompt += answer.Tokens.Prompt
		s.stage.Tokens.Completion += answer.Tokens.Completion
		dollars := q.Price.Of(*answer.Tokens)
		s.stage.Dollars += dollars
		s.result.Dollars += dollars
	}
	return s.answered(q.Info.Fingerprint)
}

// standing is how a model does at present.
type standing struct {
	answered bool // it did once, to this run
	// failures are those since its last answer. They are journalled when the next
	// one comes, and not before: it may be the server that is ill, and then they
	// should be asked again.
	failures []models.Completion
	refused  int // of these, how many the service refused rather than failed: 401, 402, 403, 404
	// owed are requests that were refused for the account's or the configuration's fault. They
	// are never missing: the run stops and asks for them again. row counts those since the last
	// answer.
	owed []models.Completion
	row  int
	// alike are requests that the server rejected in a row, all in the same words.
	alike []models.Completion
}

// mostRefusals is how many requests in a row a model may refuse for the account's fault before
// the run stops.
const mostRefusals = 5

// mostFailures is how many requests a model of a concurrency may give up in a row
// before the run stops: fewer may be requests that none would answer.
func mostFailures(concurrency int) int { return max(20, 2*concurrency) }

func (s *runner) standing(fingerprint string) *standing {
	st := s.standings[fingerprint]
	if st == nil {
		st = &standing{}
		s.standings[fingerprint] = st
	}
	return st
}

// gaveUp takes note of a failure. A request that a server which answers others
// rejects is its own fault, and no sign of anything; want of credit is no request's fault.
func (s *runner) gaveUp(q *query, c *models.Completion, failure *remote.Failure) error {
	if err := s.answers.fail(c); err != nil {
		return err
	}
	st := s.standing(q.Info.Fingerprint)
	switch {
	case failure.Account:
		st.owed = append(st.owed, *c)
		if st.row++; st.row < mostRefusals {
			return nil
		}
		return st.stopOwed(st.row)
	case failure.Rejected() && st.answered:
		return s.rejected(q, st, c, failure)
	}
	st.failures = append(st.failures, *c)
	if failure.Status == http.StatusForbidden {
		st.refused++
	}
	if len(st.failures) < mostFailures(q.Concurrency) {
		return nil
	}
	return st.stop()
}

// tooLong are words about one prompt's length, which many in a row may have.
var tooLong = regexp.MustCompile(`(?i)context|too (long|large|many)|length|reduce|maximum|exceed`)

// rejected takes note of a request that a server which answers others rejects. That is the
// prompt's fault, unless so many in a row are rejected in the same words, and not for their
// length or by a filter: then the server, the account or the plan is at fault, and all of
// them are asked again later.
func (s *runner) rejected(q *query, st *standing, c *models.Completion, failure *remote.Failure) error {
	if failure.Filtered || tooLong.MatchString(failure.Reason) {
		return errors.Join(s.keepAlike(st), s.answers.keep(c))
	}
	if len(st.alike) > 0 && st.alike[0].Missing != c.Missing {
		if err := s.keepAlike(st); err != nil {
			return err
		}
	}
	if st.alike = append(st.alike, *c); len(st.alike) < mostFailures(q.Concurrency) {
		return nil
	}
	return fmt.Errorf("%d requests in a row were refused in the same words: %s; check the account and what the plan asks of the server", len(st.alike), c.Missing)
}

// keepAlike journals what was rejected for the prompts' fault.
func (s *runner) keepAlike(st *standing) error {
	for i := range st.alike {
		if err := s.answers.keep(&st.alike[i]); err != nil {
			return err
		}
	}
	st.alike = nil
	return nil
}

// stopOwed is the error of a model that refused n requests for the account's fault.
func (st *standing) stopOwed(n int) error {
	last := st.owed[len(st.owed)-1].Missing
	if n == 1 {
		return fmt.Errorf("a request was refused, for this: %s; check the account, the key and the model's name", last)
	}
	return fmt.Errorf("%d requests were refused, the last for this: %s; check the account, the key and the model's name", n, last)
}

// stop is the error of a model that no longer answers, or never did.
func (st *standing) stop() error {
	n := len(st.failures)
	last := st.failures[n-1].Missing
	if !st.answered {
		return fmt.Errorf("none of its first %d requests was answered, the last for this: %s; check the server, and what the plan asks of it", n, last)
	}
	return fmt.Errorf("%d requests in a row were not answered, the last for this: %s; check the server", n, last)
}

// answered takes note that a model answered.
func (s *runner) answered(fingerprint string) error {
	st := s.standing(fingerprint)
	st.answered, st.row = true, 0
	return errors.Join(s.keepAlike(st), s.keepFailures(st))
}

func (s *runner) keepFailures(st *standing) error {
	for i := range st.failures {
		if err := s.answers.keep(&st.failures[i]); err != nil {
			return err
		}
	}
	st.failures, st.refused = nil, 0
	return nil
}

// settle ends a stage: what failed last stays failed, unless the model answered nothing at
// all, refused for the account's fault, or refused the last few: these stop the run.
func (s *runner) settle(name, fingerprint string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.standing(fingerprint)
	if len(st.owed) > 0 {
		return fmt.Errorf("%s: %w", name, st.stopOwed(len(st.owed)))
	}
	if !st.answered && len(st.failures) > 0 || st.refused >= mostRefusals {
		return fmt.Errorf("%s: %w", name, st.stop())
	}
	return errors.Join(s.keepAlike(st), s.keepFailures(st))
}

// Reason is what a record says of a failure: the same for the same failure, so
// without times, addresses and counts.
func Reason(err error) string {
	if f, ok := errors.AsType[*remote.Failure](err); ok {
		return f.Reason
	}
	return err.Error()
}
