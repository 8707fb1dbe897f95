package models

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
)

// Completion is what a model gave for one example under one condition: a text,
// or the log-probabilities of choices. A judge's answers are completions too.
type Completion struct {
	ID        string `json:"id"`           // see [CompletionID]
	Of        string `json:"of,omitempty"` // in a judge's answer: the id of the completion that it is about
	Suite     string `json:"suite"`
	Example   string `json:"example"`
	Condition string `json:"condition,omitempty"`
	Model     string `json:"model"`
	Sample    int    `json:"sample,omitempty"`
	Text      string `json:"text"`

	Finish  string    `json:"finish,omitempty"`  // see [Answer]
	Scores  []float64 `json:"scores,omitempty"`  // see [Answer]
	Lengths []int     `json:"lengths,omitempty"` // see [Answer]
	Letter  string    `json:"letter,omitempty"`  // see [Answer]
	Tokens  *Usage    `json:"tokens,omitempty"`  // see [Answer]
	Sent    string    `json:"sent,omitempty"`    // see [Answer]
	// Missing says why there is no answer, where the model failed to give one.
	Missing string `json:"missing,omitempty"`
}

// NewCompletion puts an answer in its place. Of an answer to choices the finish is kept only
// where it is a failure: what else ends a letter or a score says nothing of a text.
func NewCompletion(id, model string, r *Request, a Answer) Completion {
	a.Finish = FinishOf(a.Finish)
	if r.Choices != nil && a.Finish != FinishFiltered && a.Finish != FinishError {
		a.Finish = ""
	}
	return Completion{
		ID: id, Suite: r.About.Suite, Example: r.About.Example, Condition: r.About.Condition,
		Model: model, Sample: r.Sample,
		Text: a.Text, Finish: a.Finish, Scores: a.Scores, Lengths: a.Lengths, Letter: a.Letter, Tokens: a.Tokens, Sent: a.Sent,
	}
}

// Answer is the answer in the completion.
func (c *Completion) Answer() Answer {
	return Answer{Text: c.Text, Finish: c.Finish, Scores: c.Scores, Lengths: c.Lengths, Letter: c.Letter, Tokens: c.Tokens, Sent: c.Sent}
}

// Validate checks the record by itself.
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

// CompletionID addresses a completion by everything that determines it: the
// model's fingerprint, the prompt, the sampling parameters, the seed and the
// sample's index. Fields are length-prefixed, so that no two differ by where one
// ends.
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
