package serve

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
)

// streamed sends the pieces of the answers as they come, as server-sent events.
func (s *Server) streamed(w http.ResponseWriter, r *http.Request, a *parsedRequest, h head) {
	if a.chat {
		h.Object += ".chunk"
	}
	out := &events{w: w, control: http.NewResponseController(w), deadline: s.config.Write, clock: s.config.Clock}
	var mu sync.Mutex // one piece at a time
	begun := make([]bool, len(a.jobs))
	send := func(c choice) error { return out.send(response{head: h, Choices: []choice{c}, Seed: &a.seed}) }
	answers, err := s.decodeAll(r.Context(), a, func(i int, text string, tokens []shownToken) error {
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
