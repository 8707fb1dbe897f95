package models

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Request is one thing asked of a model. The answer depends on nothing else.
type Request struct {
	// About says what the request is for. It is not sent, and not part of [Request.ID];
	// recorded outputs are found by it.
	About About

	System  string // instruction above the prompt; a chat's system message
	Prompt  string
	Choices []string // continuations whose log-probabilities or rewards are asked for; nil asks for text
	Letters *Letters // how a model that gives no log-probabilities is asked to choose; nil: it can't be
	Sampling
	Seed   uint64
	Sample int // which draw
}

// Letters lists choices under letters, for a model that names one of them instead
// of giving their log-probabilities.
type Letters struct {
	Question string // which of the choices is wanted: a line above the list
	Among    []int  // which of [Request.Choices] are listed; nil lists all
	Seed     uint64 // of the order in which they are listed
	Reversed bool   // lists them in that order from its end
}

// About names the place of a request, or of its answer, in a run.
type About struct {
	Suite, Example, Condition string
	Input                     string // the example's own input, without any prompt around it
}

// Sampling are the parameters of decoding.
type Sampling struct {
	Temperature float64  // 0 is greedy
	TopP        float64  // 1 keeps the whole distribution; 0 leaves it to the model
	MaxTokens   int      // 0 leaves it to the model
	Stop        []string // the text ends before the first of these
}

// String writes the parameters so that equal ones give equal strings.
func (s Sampling) String() string {
	f := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	topP := f(s.TopP)
	switch {
	case s.TopP == 0 && s.Temperature > 0: // the model's own, whatever that is
		topP = "unset"
	case s.TopP == 0:
		topP = "1"
	}
	fields := []string{f(s.Temperature), topP, strconv.Itoa(s.MaxTokens)}
	for _, stop := range s.Stop {
		fields = append(fields, strconv.Quote(stop))
	}
	return strings.Join(fields, " ")
}

// Cut ends a text before the first stop, for models that don't do so themselves.
func (s Sampling) Cut(text string) string {
	for _, stop := range s.Stop {
		if stop == "" {
			continue
		}
		if i := strings.Index(text, stop); i >= 0 {
			text = text[:i]
		}
	}
	return text
}

// Text is the prompt below the system's instruction, for models that know no messages.
func (r *Request) Text() string {
	if r.System == "" {
		return r.Prompt
	}
	return r.System + "\n\n" + r.Prompt
}

// ShortSeed is 31 bits of the seed, for servers that take no more; a model that is asked
// without a server draws from the same.
func (r *Request) ShortSeed() uint32 {
	return uint32(r.Seed^r.Seed>>31^r.Seed>>62) & math.MaxInt32
}

// ID addresses the answer of the model with a fingerprint: see [CompletionID].
func (r *Request) ID(fingerprint string) string {
	if r.System == "" && r.Choices == nil {
		return CompletionID(fingerprint, r.Prompt, r.Sampling.String(), r.Seed, r.Sample)
	}
	var b strings.Builder // fields that no bare prompt can be mistaken for: each with its length
	for _, field := range append([]string{r.System, r.Prompt}, r.Choices...) {
		b.WriteString(strconv.Itoa(len(field)))
		b.WriteByte(':')
		b.WriteString(field)
	}
	kind := "system " // keeps the two forms of prompt apart
	if r.Choices != nil {
		kind = "choices "
	}
	if l := r.Letters; l != nil {
		kind = fmt.Sprintf("letters %q %v %d %t ", l.Question, l.Among, l.Seed, l.Reversed)
	}
	return CompletionID(fingerprint, b.String(), kind+r.Sampling.String(), r.Seed, r.Sample)
}

// Answer is what a model gave for a request.
type Answer struct {
	Text   string `json:"text,omitempty"`
	Finish string `json:"finish,omitempty"` // why the text ended: see [FinishOf]
	// Scores are log-probabilities, in nats, one for each of the request's
	// choices in their order; or the one score of a [Rewarder].
	Scores  []float64 `json:"scores,omitempty"`
	Lengths []int     `json:"lengths,omitempty"` // tokens of each choice
	// Letter is the letter under which the choice in Text was listed; "" where
	// nothing was.
	Letter string `json:"letter,omitempty"`
	Tokens *Usage `json:"tokens,omitempty"` // nil where the model doesn't say
	// Sent says how the request was sent otherwise than it was asked, because the server
	// would not take it: see [Sender].
	Sent string `json:"sent,omitempty"`
}

// Usage counts the tokens of one request.
type Usage struct {
	Prompt     int `json:"prompt"`
	Completion int `json:"completion"`
}

// Sender is a model behind a server to which requests may have to be sent otherwise
// than they are asked.
type Sender interface {
	// Sent says how a request would be sent otherwise than it is asked; "" is as it is
	// asked. Requests that are sent otherwise have answers of their own.
	Sent(r *Request) string
	// Changes are what the server has made necessary so far.
	Changes() []string
	// Adopt takes over changes of an earlier session.
	Adopt(changes []string)
}

// Generator continues a prompt.
type Generator interface {
	Generate(ctx context.Context, r Request) (Answer, error)
}

// Scorer gives the log-probability of each of a request's choices as the
// continuation of its prompt. A model that can choose but not tell probabilities is
// asked by the request's Letters; it leaves Scores empty and gives the chosen one
// as Text, with its Letter.
type Scorer interface {
	Score(ctx context.Context, r Request) (Answer, error)
}

// Rewarder gives a text (the request's prompt) one number in Scores, such as a toxicity
// classifier's probability; a reward model gives one to each of the request's choices, as
// responses to the prompt.
type Rewarder interface {
	Reward(ctx context.Context, r Request) (Answer, error)
}
