package engine

import (
	"context"
	"errors"

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

// send sends a request, journals the answer and counts it. A request that finally fails is
// noted as missing; that is no error. The id is the answer's address. It may differ from
// the query's, since a server may show only on a request which form it needs.
func (s *runner) send(ctx context.Context, q query) (id string, err error) {
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

// took journals and counts the result of a request.
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
	s.result.Sent++
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
		if errors.Is(err, models.ErrUnfit) {
			return s.unfit(q, &c)
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

// Reason returns the reason that records give for a failure. Equal failures have equal reasons:
// they contain no times, addresses or counts.
func Reason(err error) string {
	if f, ok := errors.AsType[*remote.Failure](err); ok {
		return f.Reason
	}
	return err.Error()
}
