package serve

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
)

func (s *Server) completions(w http.ResponseWriter, r *http.Request) {
	m, f := s.read(w, r)
	if f != nil {
		s.fail(w, f)
		return
	}
	a, f := s.completion(m)
	s.answer(w, r, a, f)
}

func (s *Server) chat(w http.ResponseWriter, r *http.Request) {
	m, f := s.read(w, r)
	if f != nil {
		s.fail(w, f)
		return
	}
	a, f := s.conversation(m)
	s.answer(w, r, a, f)
}

// answer decodes a request if it was parsed and there is room.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, a *asked, f *fault) {
	if f != nil {
		s.fail(w, f)
		return
	}
	n := int64(len(a.jobs))
	if s.asked.Add(n) > int64(s.config.Queue) {
		s.asked.Add(-n)
		s.fail(w, &fault{status: http.StatusTooManyRequests, kind: "rate_limit_error", code: "queue_full", retry: true,
			message: fmt.Sprintf("the server is at its limit of %d answers; try again", s.config.Queue)})
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
func (s *Server) decodeAll(ctx context.Context, a *asked, piece func(i int, text string, tokens []spelt) error) ([]*answer, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	answers := make([]*answer, len(a.jobs))
	var wg sync.WaitGroup
	for i := range a.jobs {
		wg.Go(func() {
			var each func(string, []spelt) error
			if piece != nil {
				each = func(text string, tokens []spelt) error { return piece(i, text, tokens) }
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

// streamed sends the pieces of the answers as they come, as server-sent events.
func (s *Server) streamed(w http.ResponseWriter, r *http.Request, a *asked, h head) {
	if a.chat {
		h.Object += ".chunk"
	}
	out := &events{w: w, control: http.NewResponseController(w), deadline: s.config.Write, clock: s.config.Clock}
	var mu sync.Mutex // one piece at a time
	begun := make([]bool, len(a.jobs))
	send := func(c choice) error { return out.send(response{head: h, Choices: []choice{c}, Seed: &a.seed}) }
	answers, err := s.decodeAll(r.Context(), a, func(i int, text string, tokens []spelt) error {
		mu.Lock()
		defer mu.Unlock()
		c := choice{Index: i, LogProbs: logProbsOf(a, s.config.Model.Tokenizer(), tokens)}
		c.say(a, text, true)
		if a.chat && !begun[i] {
			c.Delta.Role = "assistant"
		}
		begun[i] = true
		return send(c)
	})
	if err != nil {
		if !out.begun {
			s.fail(w, faultOf(err))
			return
		}
		_ = out.send(faultOf(err).body()) // the client may be gone
		return
	}
	for i, one := range answers {
		c := choice{Index: i, Finish: &one.finish}
		c.say(a, "", true)
		if a.chat && !begun[i] {
			c.Delta.Role = "assistant"
		}
		if err := send(c); err != nil {
			return
		}
	}
	if a.usage {
		if err := out.send(response{head: h, Choices: []choice{}, Usage: usageOf(a, answers)}); err != nil {
			return
		}
	}
	_ = out.line("[DONE]")
}

// events writes server-sent events. A client that doesn't read within the deadline ends its request.
type events struct {
	w        http.ResponseWriter
	control  *http.ResponseController
	deadline time.Duration
	clock    func() time.Time
	begun    bool
}

func (e *events) send(body any) error {
	data, err := json.Marshal(body, json.FormatNilMapAsNull(true))
	if err != nil {
		return err
	}
	return e.line(string(data))
}

func (e *events) line(data string) error {
	if !e.begun {
		e.begun = true
		e.w.Header().Set("Content-Type", "text/event-stream")
		e.w.Header().Set("Cache-Control", "no-cache")
	}
	// Test recorders have no deadlines.
	_ = e.control.SetWriteDeadline(e.clock().Add(e.deadline))
	if _, err := fmt.Fprintf(e.w, "data: %s\n\n", data); err != nil {
		return err
	}
	return e.control.Flush()
}
