package openai

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"unicode"

	"assay/models"
	"assay/models/remote"
)

// Mode is a way of scoring choices; see the package comment.
type Mode int

const (
	Auto    Mode = iota // Echo if the server can, otherwise Letters
	Echo                // log-probabilities of the choices' own tokens
	Letters             // choices under letters
)

func (m Mode) String() string {
	switch m {
	case Echo:
		return "echo"
	case Letters:
		return "letters"
	}
	return "auto"
}

// Score returns the log-probability of each of the request's choices, in nats, and the number of tokens in
// the sum. With [Letters] there are no Scores, and Text is the choice that the model names.
func (c *Client) Score(ctx context.Context, r models.Request) (models.Answer, error) {
	if len(r.Choices) == 0 {
		return models.Answer{}, &remote.Failure{Reason: "the request has no choices to score"}
	}
	if err := c.takes(&r); err != nil {
		return models.Answer{}, err
	}
	if r.Prompts != nil {
		return models.EachPrompt(r, func(r models.Request) (models.Answer, error) { return c.Score(ctx, r) })
	}
	if r.Scoring == models.Whole || r.Scoring == models.ByCount && r.Text() == "" {
		return models.Answer{}, &remote.Failure{Reason: "a text without a prompt needs the token that begins a text, which a server doesn't tell; use a local checkpoint (gpt:DIR)"}
	}
	mode, err := c.Scoring(ctx)
	if err != nil {
		return models.Answer{}, err
	}
	if mode == Letters && r.Scoring == models.ByCount && r.Letters == nil {
		return models.Answer{}, &remote.Failure{Reason: "the server echoes no usable log-probabilities"}
	}
	if mode == Letters {
		return c.scoreLetters(ctx, &r)
	}
	return c.scoreEcho(ctx, &r)
}

// Scoring returns how choices are scored: [Echo] or [Letters]. The first call tests whether the server can
// echo a short text, unless the configuration decides it. If [Echo] is configured but not supported, the
// error wraps [remote.ErrDown], since every request would fail.
func (c *Client) Scoring(ctx context.Context) (Mode, error) {
	if mode := c.decided(); mode != Auto {
		return mode, nil
	}
	select {
	case <-c.scoring:
		defer func() { c.scoring <- struct{}{} }()
	case <-ctx.Done():
		return Auto, ctx.Err()
	}
	if mode := c.decided(); mode != Auto {
		return mode, nil
	}
	mode := Echo
	why, err := c.echoes(ctx)
	switch {
	case err != nil:
		return Auto, err
	case why != nil && c.config.LogProbs == Echo:
		return Auto, fmt.Errorf("%w for echo scoring: the server echoes no usable log-probabilities: %w; use letters or auto", remote.ErrDown, why)
	case why != nil:
		mode = Letters
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mode = mode
	return mode, nil
}

func (c *Client) decided() Mode {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.mode
}

// The text of the probe. It has numbers, because any trained model continues counting; and characters of 2, 3
// and 4 bytes (accents, a dash, Chinese and Japanese brackets, emoji), whose tokens servers write in many
// ways.
const (
	probePrompt = "Déjà vu – 「été」。 🐟 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,"
	probeChoice = " 11, 12, 13, 14, 15, 16 – é、 🦉 über 「15」."
)

// echoes returns as why the reason that the server's log-probabilities of an echoed text can't be used, or
// nil if they can. A server that fails otherwise is an error.
func (c *Client) echoes(ctx context.Context) (why, err error) {
	q := c.echoQuestion(probePrompt + probeChoice)
	q.hasty = true // a refusal of log-probabilities is an answer
	_, err = c.ask(ctx, q, 64, func(a answer) error {
		l, fault := parseLogProbs(a.logprobs)
		score := 0.0
		if why = fault; why == nil {
			score, _, _, why = l.continuation(probePrompt, probeChoice, a.raw)
		}
		switch {
		case why != nil:
		case score == 0:
			why = errors.New("all of them are 0")
		case l.late():
			why = errors.New("they belong to the next token")
		}
		return nil
	})
	if failure, ok := errors.AsType[*remote.Failure](err); ok && failure.Status >= 400 {
		return failure, nil
	}
	return why, err
}

func (c *Client) echoQuestion(text string) *requestBody {
	return &requestBody{Model: c.config.Model, Prompt: &text, MaxTokens: 1, Echo: true, LogProbs: 1}
}

// scoreEcho scores all choices at once, as far as the limits allow.
func (c *Client) scoreEcho(ctx context.Context, r *models.Request) (models.Answer, error) {
	prompt, given := r.Text(), r.Choices
	if r.Scoring == models.ByCount { // white space at the prompt's end belongs to the choice
		short := strings.TrimRightFunc(prompt, unicode.IsSpace)
		given = make([]string, len(r.Choices))
		for i, choice := range r.Choices {
			given[i] = prompt[len(short):] + choice
		}
		prompt = short
	}
	greedy := make([]bool, len(r.Choices))
	scores := make([]float64, len(r.Choices))
	lengths := make([]int, len(r.Choices))
	usages := make([]*models.Usage, len(r.Choices))
	errs := make([]error, len(r.Choices))
	var group sync.WaitGroup
	for i, choice := range given {
		group.Go(func() {
			q := c.echoQuestion(prompt + choice)
			a, err := c.ask(ctx, q, (len(prompt)+len(choice))/4+1, func(a answer) error {
				l, err := parseLogProbs(a.logprobs)
				if err == nil {
					scores[i], lengths[i], greedy[i], err = l.continuation(prompt, choice, a.raw)
				}
				if err != nil && err != errNoLogProbs { // another attempt would give the same tokens
					err = remote.Final(err)
				}
				return err
			})
			usages[i], errs[i] = a.usage, err
		})
	}
	group.Wait()
	// All have finished, so which error is returned doesn't depend on timing.
	for _, err := range errs {
		if errors.Is(err, remote.ErrDown) {
			return models.Answer{}, err
		}
	}
	for _, err := range errs {
		if err != nil {
			return models.Answer{}, err
		}
	}
	answer := models.Answer{Scores: scores, Lengths: lengths, Tokens: total(usages)}
	if r.Scoring == models.ByCount {
		answer.Greedy = greedy
	}
	return answer, nil
}

// total adds usages, or returns nil if one of them is unknown.
func total(usages []*models.Usage) *models.Usage {
	var sum models.Usage
	for _, u := range usages {
		if u == nil {
			return nil
		}
		sum.Prompt += u.Prompt
		sum.Completion += u.Completion
	}
	return &sum
}
