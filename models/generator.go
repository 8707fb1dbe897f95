package models

import (
	"context"
)

// Sender is a model behind a server that may only accept some requests in a changed form.
type Sender interface {
	// Sent says how a request would be changed before it is sent; "" if not at all. A changed request has an
	// answer, and an address, of its own.
	Sent(r *Request) string
	// Changes are those that the server has required so far.
	Changes() []string
	// Adopt takes over the changes of an earlier session.
	Adopt(changes []string)
}

// Generator continues a prompt.
type Generator interface {
	Generate(ctx context.Context, r Request) (Answer, error)
}

// Scorer gives the log-probability of each of a request's choices as the continuation of its prompt. A model
// that can choose but gives no probabilities is queried by the request's Letters: it leaves Scores empty and
// returns its choice as Text, with its Letter.
type Scorer interface {
	Score(ctx context.Context, r Request) (Answer, error)
}

// Rewarder gives a text (the request's prompt) one number in Scores, such as a toxicity
// classifier's probability; a reward model gives one to each of the request's choices, as
// responses to the prompt.
type Rewarder interface {
	Reward(ctx context.Context, r Request) (Answer, error)
}
