package models

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Request is one request to a model. The answer depends on nothing else.
type Request struct {
	// About says what the request is for. It is not sent and is not part of [Request.ID]; replayed outputs
	// are looked up by it.
	About About

	System  string   // instruction above the prompt; a chat's system message
	Turns   []Turn   // earlier turns of a chat, between System and Prompt; only models with messages take them
	Prompt  string   // the last turn, the user's
	Choices []string // continuations to score; nil requests a text
	Prompts []string // a prompt for each choice, in place of Prompt; nil where all have the same
	Scoring Scoring  // how choices are scored
	Letters *Letters // how a model without log-probabilities is asked to choose; nil if it can't be
	Sampling
	Seed   uint64
	Sample int // which draw
}

// Scoring says which tokens of a choice are scored.
type Scoring int

const (
	// ByPlace scores the tokens of prompt and choice together that end within the choice.
	ByPlace Scoring = iota
	// ByCount scores as lm-evaluation-harness does: white space at the end of the prompt belongs to the choice, and
	// what counts are the tokens of both together after as many as the prompt alone has. An empty prompt is the
	// token between documents. The answer says which choices are the likeliest continuation, token by token:
	// [Answer.Greedy].
	ByCount
	// Whole scores all tokens of a choice, which is a text without a prompt, after the token between documents. A
	// text longer than the context is read in parts as long as the context, each token once, as
	// lm-evaluation-harness's loglikelihood_rolling does.
	Whole
)

// Turn is an earlier message of a chat.
type Turn struct {
	Role    string `json:"role"` // user or assistant
	Content string `json:"content"`
}

// ErrUnfit is in the error of a model on this machine for a request that it can never answer, though it may
// answer others: one that is longer than its context.
var ErrUnfit = errors.New("the request is longer than the model's context")

// ErrTurns is the error of a model without messages for a request with [Request.Turns].
var ErrTurns = errors.New("the request has earlier turns of a chat, and this model takes one text; use a server with api: chat ('assay serve' makes one of a checkpoint with a chat template)")

// Letters lists choices under letters, for a model that names one of them instead of giving their
// log-probabilities.
type Letters struct {
	Question string // a line above the list that says what to choose
	Among    []int  // which of [Request.Choices] are listed; nil lists all
	Seed     uint64 // seed of the order in which they are listed
	Reversed bool   // lists them in the opposite order
}

// About identifies the place of a request, or of its answer, in a run.
type About struct {
	Suite, Example, Condition string
	Input                     string // the example's own input, without any prompt around it
}

// Text is the prompt below the system message, for models that have no messages. They refuse requests with
// Turns ([ErrTurns]).
func (r *Request) Text() string {
	if r.System == "" {
		return r.Prompt
	}
	return r.System + "\n\n" + r.Prompt
}

// Size is the length in bytes of everything above the answer.
func (r *Request) Size() int {
	n := len(r.System) + len(r.Prompt)
	for _, prompt := range r.Prompts {
		n += len(prompt)
	}
	for _, t := range r.Turns {
		n += len(t.Content)
	}
	return n
}

// ShortSeed is 31 bits of the seed, for servers that accept no more. Models that run without a server use the
// same bits.
func (r *Request) ShortSeed() uint32 {
	return uint32(r.Seed^r.Seed>>31^r.Seed>>62) & math.MaxInt32
}

// ID is the address of the answer of the model with this fingerprint: see [CompletionID].
func (r *Request) ID(fingerprint string) string {
	if r.System == "" && r.Choices == nil && r.Turns == nil {
		return CompletionID(fingerprint, r.Prompt, r.Sampling.String(), r.Seed, r.Sample)
	}
	var b strings.Builder // length-prefixed fields, which no bare prompt can be mistaken for
	for _, field := range append([]string{r.System, r.Prompt}, r.Choices...) {
		b.WriteString(strconv.Itoa(len(field)))
		b.WriteByte(':')
		b.WriteString(field)
	}
	for _, prompt := range r.Prompts {
		b.WriteString("/" + strconv.Itoa(len(prompt)) + ":" + prompt)
	}
	kind := "system " // keeps the two forms of prompts apart
	if r.Choices != nil {
		kind = "choices "
	}
	if r.Scoring != ByPlace {
		kind = fmt.Sprintf("scoring %d ", r.Scoring)
	}
	if l := r.Letters; l != nil {
		kind = fmt.Sprintf("letters %q %v %d %t ", l.Question, l.Among, l.Seed, l.Reversed)
	}
	if r.Turns != nil {
		kind = fmt.Sprintf("turns %q ", r.Turns) + kind
	}
	return CompletionID(fingerprint, b.String(), kind+r.Sampling.String(), r.Seed, r.Sample)
}

// Answer is a model's response to a request.
type Answer struct {
	Text   string `json:"text,omitempty"`
	Finish string `json:"finish,omitempty"` // why the text ended: see [FinishOf]
	// Scores are log-probabilities in nats, one for each of the request's choices in their order, or the one
	// score of a [Rewarder].
	Scores  []float64 `json:"scores,omitempty"`
	Lengths []int     `json:"lengths,omitempty"` // tokens of each choice
	Greedy  []bool    `json:"greedy,omitempty"`  // with [ByCount]: greedy decoding would give the choice
	// Letter is the letter under which the choice in Text was listed; "" if nothing was listed.
	Letter string `json:"letter,omitempty"`
	Tokens *Usage `json:"tokens,omitempty"` // nil if the model doesn't report them
	// Sent says how the request was changed before it was sent, because the server would not accept it
	// unchanged: see [Sender].
	Sent string `json:"sent,omitempty"`
}

// Usage counts the tokens of one request.
type Usage struct {
	Prompt     int `json:"prompt"`
	Completion int `json:"completion"`
}
