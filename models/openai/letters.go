package openai

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"

	"assay/harness/leaf/plural"
	"assay/models"
	"assay/models/remote"
)

const (
	letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	// letterTokens leaves room for a letter and a few words around it; a plan's max_tokens replaces it.
	letterTokens = 16
	// maxTop is the largest number of likeliest tokens that OpenAI's chat route and vLLM report; OpenAI's
	// completions route and older vLLMs report fewTop.
	maxTop, fewTop = 20, 5
)

// scoreLetters asks which of the choices the model would name, and returns that choice as text, with its
// letter. It returns no scores, even if the server reports the log-probabilities of all letters: it would do
// so only for questions where the model is unsure, and a figure over these would differ in kind from one over
// the rest. For the same reason the answer's text decides which choice is named.
func (c *Client) scoreLetters(ctx context.Context, r *models.Request) (models.Answer, error) {
	if r.Letters == nil {
		return models.Answer{}, fmt.Errorf("%w for log-probabilities of texts: this server returns none; use one that echoes them, or remove the suite", remote.ErrDown)
	}
	order := listing(r)
	if len(order) > len(letters) {
		return models.Answer{}, &remote.Failure{Reason: "there are more than 26 choices, too many for letters"}
	}
	listed := make([]string, len(order))
	for place, at := range order {
		listed[place] = r.Choices[at]
	}
	asked := models.Request{System: r.System, Turns: r.Turns, Prompt: c.letterPrompt(r, listed), Sampling: r.Sampling, Seed: r.Seed}
	asked.Stop = nil // they end continuations, but this is an answer
	if asked.MaxTokens == 0 {
		asked.MaxTokens = letterTokens
	}
	a, err := c.askLetters(ctx, &asked)
	if err != nil {
		return models.Answer{}, err
	}
	place, ok := c.named(a, listed)
	switch {
	case !ok && models.FinishOf(a.finish) == models.FinishLength:
		return models.Answer{Finish: a.finish, Tokens: a.usage}, &remote.Failure{Reason: fmt.Sprintf("the answer was cut at %s, before it named a choice; raise max_tokens", plural.Of(asked.MaxTokens, "token")), Attempts: 1}
	case !ok:
		return models.Answer{Finish: a.finish, Tokens: a.usage}, &remote.Failure{Reason: "the model's text doesn't name one of the choices", Attempts: 1}
	}
	if l, err := parseLogProbs(a.logprobs); err == nil && asked.Temperature == 0 {
		place = l.likelier(place, len(order))
	}
	return models.Answer{Text: listed[place], Letter: letters[place : place+1], Finish: a.finish, Tokens: a.usage, Sent: c.sent(r, a.changes)}, nil
}

// named is the index of the choice that an answer names. On the completions route the prompt ends with
// "Answer:", and models without an end of text continue with questions of their own, so the first line is
// read first.
func (c *Client) named(a answer, listed []string) (place int, ok bool) {
	if !c.config.Chat {
		line, _, _ := strings.Cut(strings.TrimSpace(a.text), "\n")
		if place, ok = namedChoice(line, listed); ok {
			return place, true
		}
	}
	return namedChoice(a.text, listed)
}

// listing returns the indices of the listed choices, in order; the order depends only on the seed. Reversed
// is the same order backwards.
func listing(r *models.Request) []int {
	order := slices.Clone(r.Letters.Among)
	if order == nil {
		for i := range r.Choices {
			order = append(order, i)
		}
	}
	const stream = 0x6c657474657273 // separates this from other uses of the seed
	rand.New(rand.NewPCG(r.Letters.Seed, stream)).Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	if r.Letters.Reversed {
		slices.Reverse(order)
	}
	return order
}

// letterPrompt lists the choices, one per line.
func (c *Client) letterPrompt(r *models.Request, listed []string) string {
	var b strings.Builder
	if prompt := strings.TrimRight(r.Prompt, " \n"); prompt != "" {
		b.WriteString(prompt + "\n\n")
	}
	b.WriteString(r.Letters.Question + "\n")
	for place, choice := range listed {
		b.WriteByte(letters[place])
		b.WriteString(". ")
		b.WriteString(strings.Join(strings.Fields(choice), " "))
		b.WriteByte('\n')
	}
	b.WriteString("Answer with one letter and nothing else.")
	if !c.config.Chat {
		b.WriteString("\nAnswer:")
	}
	return b.String()
}

// askLetters requests log-probabilities, as many as the server has not refused. At a temperature above 0 the
// answer is a draw, and the likeliest tokens don't matter.
func (c *Client) askLetters(ctx context.Context, r *models.Request) (answer, error) {
	c.mu.Lock()
	top := c.top
	c.mu.Unlock()
	if r.Temperature > 0 {
		top = 0
	}
	for {
		q := c.requestBody(r)
		q.hasty = top > 0
		switch {
		case top == 0:
		case c.config.Chat:
			q.LogProbs, q.TopLogProbs = true, top
		default:
			q.LogProbs = top
		}
		a, err := c.ask(ctx, q, estimate(r), nil)
		if err == nil {
			if r.Temperature == 0 {
				c.mu.Lock()
				c.top = min(c.top, top)
				c.mu.Unlock()
			}
			return a, nil
		}
		failure, ok := errors.AsType[*remote.Failure](err)
		if !ok || top == 0 {
			return answer{}, err
		}
		switch status := failure.Status; {
		case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusNotFound:
			top = 0 // the key may be allowed the text, and a router may have a server for it
		case status == http.StatusBadRequest, status == http.StatusUnprocessableEntity, status >= 500:
			top = map[int]int{maxTop: fewTop}[top]
		default:
			return answer{}, err
		}
	}
}

// likelier returns the likeliest of the first n letters at the place where a greedy answer names one, if that
// is its first token: a letter's tokens with and without a space are the same letter, and together may be
// likelier than the one that was written. Otherwise the first token says nothing about letters ("A good
// question"), and the named letter stays.
func (l *logprobs) likelier(named, n int) int {
	token, top := l.firstPlace()
	if letterOf(token) != named {
		return named
	}
	if place, ok := likeliestLetter(top, n); ok {
		return place
	}
	return named
}

// letterOf is the index of the letter that a token is, or -1.
func letterOf(token string) int {
	letter := strings.Trim(token, " \n▁ĠĊ")
	if len(letter) != 1 {
		return -1
	}
	return strings.Index(letters, letter)
}

// likeliestLetter returns the likeliest of the first n letters, if reported; the first of equal ones. A
// letter with a space before it is the same letter.
func likeliestLetter(top map[string]float64, n int) (place int, ok bool) {
	probabilities := make([]float64, n)
	tokens := make([]string, 0, len(top))
	for token := range top {
		tokens = append(tokens, token)
	}
	slices.Sort(tokens) // makes sums independent of the map's order
	for _, token := range tokens {
		at := letterOf(token)
		if at < 0 || at >= n {
			continue
		}
		probabilities[at] += math.Exp(top[token])
		ok = true
	}
	for at, p := range probabilities {
		if p > probabilities[place] {
			place = at
		}
	}
	return place, ok
}
