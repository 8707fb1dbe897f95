package engine

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"

	"assay/harness/leaf/plural"
	"assay/harness/session"
	"assay/models"
	"assay/models/remote"
)

// standing is how well a model answers at present.
type standing struct {
	answered bool // it has answered at least one request of this run
	// failures are those since its last answer. They are journalled only when the next answer
	// comes: if the server is at fault, they must be sent again.
	failures []models.Completion
	refused  int // of these, how many the service refused rather than failed: 401, 402, 403, 404
	// owed are requests that were refused because of the account or the configuration. They
	// are never missing: the run stops, and sends them again when it resumes. row counts those
	// since the last answer.
	owed []models.Completion
	row  int
	// rejected are requests in a row that the server rejected in the same words.
	rejected []models.Completion
	program  string // what failed, if it is a program on this machine
	server   string // the address of what failed, if it is a server
}

// mostRefusals is how many requests in a row a server may refuse because of the account
// before the run stops, and how many a program may fail that has never answered.
const mostRefusals = 5

// mostFailures is how many requests in a row may fail before the run stops. Fewer may each
// fail for a reason of their own.
func mostFailures(concurrency int) int { return max(20, 2*concurrency) }

func (s *runner) standing(fingerprint string) *standing {
	st := s.standings[fingerprint]
	if st == nil {
		st = &standing{}
		s.standings[fingerprint] = st
	}
	return st
}

// unfit takes note of a request that the model can never answer, such as one beyond its context. That says
// nothing about the model, however many there are in a row.
func (s *runner) unfit(q *query, c *models.Completion) error {
	if err := s.answers.fail(c); err != nil {
		return err
	}
	s.result.Unfit++
	return errors.Join(s.keepAlike(s.standing(q.Info.Fingerprint)), s.answers.keep(c))
}

// gaveUp takes note of a failure. A rejection by a server that answers other requests is the
// request's own fault; a lack of credit never is.
func (s *runner) gaveUp(q *query, c *models.Completion, failure *remote.Failure) error {
	if err := s.answers.fail(c); err != nil {
		return err
	}
	st := s.standing(q.Info.Fingerprint)
	st.server = failure.Server
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
	most := mostFailures(q.Concurrency)
	if st.program = failure.Program; st.program != "" && !st.answered {
		most = mostRefusals
	}
	if len(st.failures) < most {
		return nil
	}
	return st.stop()
}

// tooLong matches reasons about a prompt's length, which many prompts in a row may share.
var tooLong = regexp.MustCompile(`(?i)context|too (long|large|many)|length|reduce|maximum|exceed`)

// rejected takes note of a rejection by a server that answers other requests. That is the
// prompt's fault, unless many in a row are rejected in the same words, and neither for their
// length nor by a filter: then the server, the account or the plan is at fault, and all of
// them are sent again later.
func (s *runner) rejected(q *query, st *standing, c *models.Completion, failure *remote.Failure) error {
	if failure.Filtered || tooLong.MatchString(failure.Reason) {
		return errors.Join(s.keepAlike(st), s.answers.keep(c))
	}
	if len(st.rejected) > 0 && st.rejected[0].Missing != c.Missing {
		if err := s.keepAlike(st); err != nil {
			return err
		}
	}
	if st.rejected = append(st.rejected, *c); len(st.rejected) < mostFailures(q.Concurrency) {
		return nil
	}
	return fmt.Errorf("%s in a row%s were refused in the same words: %s; check the account and the plan's fields for this server", plural.Of(len(st.rejected), "request"), st.to(), c.Missing)
}

// keepAlike journals requests that were rejected because of their prompts.
func (s *runner) keepAlike(st *standing) error {
	for i := range st.rejected {
		if err := s.answers.keep(&st.rejected[i]); err != nil {
			return err
		}
	}
	st.rejected = nil
	return nil
}

// to says where requests went: " to http://127.0.0.1:8080/v1/completions".
func (st *standing) to() string {
	if st.server == "" {
		return ""
	}
	return " to " + st.server
}

// stopOwed is the error of a model that refused n requests because of the account.
func (st *standing) stopOwed(n int) error {
	last := st.owed[len(st.owed)-1].Missing
	if n == 1 {
		return fmt.Errorf("a request%s was refused: %s; check the account, the key and the model's name", st.to(), last)
	}
	return fmt.Errorf("%d requests%s were refused, the last with: %s; check the account, the key and the model's name", n, st.to(), last)
}

// stop is the error of a model that no longer answers or never did.
func (st *standing) stop() error {
	n := len(st.failures)
	last := st.failures[n-1].Missing
	if !st.answered && st.program != "" {
		return &session.BadInput{Err: fmt.Errorf("no valid line from the program %s; its first %s failed, the last: %s", st.program, plural.Of(n, "request"), last)}
	}
	if !st.answered {
		return fmt.Errorf("its first %s%s failed, the last with: %s; check the server, and the model's fields in the plan", plural.Of(n, "request"), st.to(), last)
	}
	return fmt.Errorf("%s in a row%s were not answered, the last failed with: %s; check the server", plural.Of(n, "request"), st.to(), last)
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

// settle ends a stage for one model: its last failures become missing. The run stops instead
// if the model never answered, refused requests because of the account, or refused its last
// few.
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
