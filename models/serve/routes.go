package serve

import (
	"context"
	"fmt"
	"net/http"
	"sync"

	"assay/harness/leaf/plural"
)

// route is the handler of a route whose requests parse understands.
func (s *Server) route(parse func(*members) (*parsedRequest, *fault)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		m, f := s.read(w, r)
		if f != nil {
			s.fail(w, f)
			return
		}
		a, f := parse(m)
		s.answer(w, r, a, f)
	}
}

// answer decodes a request if it was parsed and there is room.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, a *parsedRequest, f *fault) {
	if f != nil {
		s.fail(w, f)
		return
	}
	n := int64(len(a.jobs))
	if s.asked.Add(n) > int64(s.config.Queue) {
		s.asked.Add(-n)
		s.fail(w, &fault{status: http.StatusTooManyRequests, kind: "rate_limit_error", code: "queue_full", retry: true,
			message: fmt.Sprintf("the server is at its limit of %s; try again", plural.Of(s.config.Queue, "answer"))})
		return
	}
	defer s.asked.Add(-n)
	h := s.head(a)
	if a.stream {
		s.streamed(w, r, a, h)
		return
	}
	answers, err := s.decodeAll(r.Context(), a, nil)
	if err != nil {
		s.fail(w, faultOf(err))
		return
	}
	body := response{head: h, Usage: usageOf(a, answers), Seed: &a.seed}
	for i, one := range answers {
		c := choice{Index: i, Finish: &one.finish, LogProbs: one.logProbs(a)}
		c.say(a, one.echo+one.text.String(), false)
		body.Choices = append(body.Choices, c)
	}
	s.reply(w, body)
}

// decodeAll decodes all answers concurrently. The first error ends them.
func (s *Server) decodeAll(ctx context.Context, a *parsedRequest, piece func(i int, text string, tokens []shownToken) error) ([]*answer, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	answers := make([]*answer, len(a.jobs))
	var wg sync.WaitGroup
	for i := range a.jobs {
		wg.Go(func() {
			var each func(string, []shownToken) error
			if piece != nil {
				each = func(text string, tokens []shownToken) error { return piece(i, text, tokens) }
			}
			var err error
			if answers[i], err = s.decode(ctx, a, i, each); err != nil {
				cancel(err)
			}
		})
	}
	wg.Wait()
	return answers, context.Cause(ctx)
}
