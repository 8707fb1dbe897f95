package serve

import (
	"fmt"
)

// head holds what all parts of a response have in common.
type head struct {
	ID          string `json:"id"`
	Object      string `json:"object"`
	Created     int64  `json:"created"`
	Model       string `json:"model"`
	Fingerprint string `json:"system_fingerprint,omitempty"`
}

type response struct {
	head    `json:",inline"`
	Choices []choice `json:"choices"`
	Usage   *usage   `json:"usage,omitzero"`
	Seed    *int64   `json:"seed,omitzero"` // the same request with this seed gives the same answer
}

type choice struct {
	Index    int     `json:"index"`
	Text     *string `json:"text,omitzero"`    // completions
	Message  *said   `json:"message,omitzero"` // chat
	Delta    *said   `json:"delta,omitzero"`   // chat, in a stream
	LogProbs any     `json:"logprobs"`
	Finish   *string `json:"finish_reason"`
}

type said struct {
	Role    string  `json:"role,omitempty"`
	Content *string `json:"content,omitzero"`
}

// say puts a text where the route expects it.
func (c *choice) say(a *parsedRequest, text string, stream bool) {
	switch {
	case !a.chat:
		c.Text = &text
	case stream:
		c.Delta = &said{}
		if text != "" {
			c.Delta.Content = &text
		}
	default:
		c.Message = &said{Role: "assistant", Content: &text}
	}
}

type usage struct {
	Prompt     int `json:"prompt_tokens"`
	Completion int `json:"completion_tokens"`
	Total      int `json:"total_tokens"`
}

// usageOf counts each prompt once, however many answers it has.
func usageOf(a *parsedRequest, answers []*answer) *usage {
	u := &usage{}
	for i, one := range answers {
		if i == 0 || &a.jobs[i].Prompt[0] != &a.jobs[i-1].Prompt[0] {
			u.Prompt += len(a.jobs[i].Prompt)
		}
		u.Completion += one.added
	}
	u.Total = u.Prompt + u.Completion
	return u
}

func (s *Server) head(a *parsedRequest) head {
	h := head{
		ID: fmt.Sprintf("cmpl-%d", s.count.Add(1)), Object: "text_completion", Created: s.config.Clock().Unix(),
		Model: s.config.Name, Fingerprint: s.config.Fingerprint,
	}
	if a.chat {
		h.ID, h.Object = "chat"+h.ID, "chat.completion"
	}
	return h
}
