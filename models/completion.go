package models

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
)

// Completion is a model's output for one example under one condition: a text, or the log-probabilities of
// choices. A judge's answers are completions too.
type Completion struct {
	ID        string `json:"id"`           // see [CompletionID]
	Of        string `json:"of,omitempty"` // in a judge's answer: the id of the judged completion
	Suite     string `json:"suite"`
	Example   string `json:"example"`
	Condition string `json:"condition,omitempty"`
	Model     string `json:"model"`
	Sample    int    `json:"sample,omitempty"`
	Text      string `json:"text"`

	Finish  string    `json:"finish,omitempty"`  // see [Answer]
	Scores  []float64 `json:"scores,omitempty"`  // see [Answer]
	Lengths []int     `json:"lengths,omitempty"` // see [Answer]
	Greedy  []bool    `json:"greedy,omitempty"`  // see [Answer]
	Letter  string    `json:"letter,omitempty"`  // see [Answer]
	Tokens  *Usage    `json:"tokens,omitempty"`  // see [Answer]
	Sent    string    `json:"sent,omitempty"`    // see [Answer]
	// Missing is the reason why there is no answer, if the model failed to give one.
	Missing string `json:"missing,omitempty"`
}

// NewCompletion makes the record of an answer. For answers to choices it keeps the finish only if it is a
// failure: how a letter or a score ended says nothing about a text.
func NewCompletion(id, model string, r *Request, a Answer) Completion {
	a.Finish = FinishOf(a.Finish)
	if r.Choices != nil && a.Finish != FinishFiltered && a.Finish != FinishError {
		a.Finish = ""
	}
	return Completion{
		ID: id, Suite: r.About.Suite, Example: r.About.Example, Condition: r.About.Condition,
		Model: model, Sample: r.Sample,
		Text: a.Text, Finish: a.Finish, Scores: a.Scores, Lengths: a.Lengths, Greedy: a.Greedy, Letter: a.Letter, Tokens: a.Tokens, Sent: a.Sent,
	}
}

// Answer returns the completion's answer.
func (c *Completion) Answer() Answer {
	return Answer{Text: c.Text, Finish: c.Finish, Scores: c.Scores, Lengths: c.Lengths, Greedy: c.Greedy, Letter: c.Letter, Tokens: c.Tokens, Sent: c.Sent}
}

// Validate checks the record on its own, without the rest of the run.
func (c *Completion) Validate() error {
	switch {
	case c.ID == "":
		return errors.New("completion without an id")
	case c.Suite == "":
		return errors.New("completion without a suite")
	case c.Example == "":
		return errors.New("completion without an example")
	case c.Model == "":
		return errors.New("completion without a model")
	}
	return nil
}

// CompletionID is the address of a completion: a hash of everything that determines it, which is the model's
// fingerprint, the prompt, the sampling parameters, the seed and the sample's index. Each field has its
// length in front, so that fields can't run into each other.
func CompletionID(fingerprint, prompt, sampling string, seed uint64, sample int) string {
	h := sha256.New()
	var n [8]byte
	for _, s := range []string{fingerprint, prompt, sampling} {
		binary.LittleEndian.PutUint64(n[:], uint64(len(s)))
		h.Write(n[:])
		h.Write([]byte(s))
	}
	binary.LittleEndian.PutUint64(n[:], seed)
	h.Write(n[:])
	binary.LittleEndian.PutUint64(n[:], uint64(sample))
	h.Write(n[:])
	return hex.EncodeToString(h.Sum(nil)[:16])
}
