package openai

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/models"
)

// maxStops is OpenAI's limit.
const maxStops = 4

// requestBody is the body of a request to either route. Zero fields are not sent.
type requestBody struct {
	Model       string    `json:"model"`
	Prompt      *string   `json:"prompt,omitzero"`   // completions
	Messages    []message `json:"messages,omitzero"` // chat
	MaxTokens   int       `json:"max_tokens,omitzero"`
	MaxNew      int       `json:"max_completion_tokens,omitzero"` // the newer name of max_tokens
	Temperature float64   `json:"temperature"`
	TopP        float64   `json:"top_p,omitzero"`
	Stop        []string  `json:"stop,omitzero"`
	Seed        *uint32   `json:"seed,omitzero"`
	Echo        bool      `json:"echo,omitzero"`
	LogProbs    any       `json:"logprobs,omitzero"` // a number for completions, true for chat
	TopLogProbs int       `json:"top_logprobs,omitzero"`

	Extra map[string]jsontext.Value `json:",embed"` // from the plan

	hasty bool // 401, 403 and 404 refuse only this question: see [remote.Client.Attempt]
}

type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// question puts a request into the form of the client's route. It leaves out what can't affect a greedy
// answer.
func (c *Client) requestBody(r *models.Request) *requestBody {
	q := &requestBody{Model: c.config.Model, MaxTokens: r.MaxTokens, Temperature: r.Temperature}
	if r.Temperature > 0 {
		seed := r.ShortSeed()
		q.Seed, q.TopP = &seed, r.TopP
	}
	if c.sendsStops() {
		for _, stop := range r.Stop {
			if stop != "" && len(q.Stop) < maxStops {
				q.Stop = append(q.Stop, stop)
			}
		}
	}
	if !c.config.Chat {
		prompt := r.Text()
		q.Prompt = &prompt
		return q
	}
	if r.System != "" {
		q.Messages = append(q.Messages, message{"system", r.System})
	}
	for _, t := range r.Turns {
		q.Messages = append(q.Messages, message{t.Role, t.Content})
	}
	q.Messages = append(q.Messages, message{"user", r.Prompt})
	return q
}

// sendsStops reports whether the server may cut a text. In a chat it may not: a stop sequence such as a line
// end could end a thought, which can only be recognised when it is complete.
func (c *Client) sendsStops() bool {
	return !c.config.Chat || c.config.Shape.Thoughts.None
}

// body is the question as sent, with the changes that the server needs.
func (c *Client) body(q *requestBody, ch changes) ([]byte, error) {
	sent := *q
	sent.Extra = c.config.Shape.Extra
	if ch.has(newLimit) || c.config.Shape.NewLimit {
		sent.MaxNew, sent.MaxTokens = q.MaxTokens, 0
	}
	if ch.has(noStop) {
		sent.Stop = nil
	}
	if ch.has(folded) && q.system() {
		sent.Messages = slices.Clone(q.Messages[1:])
		sent.Messages[0].Content = q.Messages[0].Content + "\n\n" + q.Messages[1].Content
	}
	body, err := json.Marshal(&sent, jsontext.AllowInvalidUTF8(true), json.Deterministic(true))
	if err == nil && c.config.Shape.Omit != nil {
		body, err = without(body, c.config.Shape.Omit)
	}
	if err != nil {
		return nil, fmt.Errorf("the request can't be written as JSON: %w", err)
	}
	return body, nil
}

// system reports whether the question starts with a system message, and the user's follows.
func (q *requestBody) system() bool {
	return len(q.Messages) >= 2 && q.Messages[0].Role == "system" && q.Messages[1].Role == "user"
}

// without removes members from an object.
func without(body []byte, names []string) ([]byte, error) {
	var members map[string]jsontext.Value
	if err := json.Unmarshal(body, &members, lenient); err != nil {
		return nil, err
	}
	for _, name := range names {
		delete(members, name)
	}
	return json.Marshal(members, jsontext.AllowInvalidUTF8(true), json.Deterministic(true))
}

// members returns the names of a question's members other than the model and the text, as sent.
func (c *Client) members(q *requestBody, ch changes) []string {
	limit := "max_tokens"
	if ch.has(newLimit) || c.config.Shape.NewLimit {
		limit = "max_completion_tokens"
	}
	var names []string
	for _, m := range []struct {
		name string
		sent bool
	}{
		{"temperature", true}, {limit, q.MaxTokens > 0}, {"top_p", q.TopP > 0}, {"stop", q.Stop != nil && !ch.has(noStop)},
		{"seed", q.Seed != nil}, {"echo", q.Echo}, {"logprobs", q.LogProbs != nil}, {"top_logprobs", q.TopLogProbs > 0},
	} {
		if m.sent && !slices.Contains(c.config.Shape.Omit, m.name) {
			names = append(names, m.name)
		}
	}
	return slices.AppendSeq(names, maps.Keys(c.config.Shape.Extra))
}

func (c *Client) send(ctx context.Context, q *requestBody, body []byte, tokens int, read func(answer) error) (answer, error) {
	route := "completions"
	if c.config.Chat {
		route = "chat/completions"
	}
	var a answer
	post := c.remote.Post
	if q.hasty {
		post = c.remote.Attempt
	}
	err := post(ctx, route, body, tokens, func(body []byte) error {
		var err error
		if a, err = c.decode(body); err == nil && read != nil {
			err = read(a)
		}
		return err
	})
	return a, err
}
