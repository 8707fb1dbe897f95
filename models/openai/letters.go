package openai

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"assay/models"
	"assay/models/remote"
)

const (
	letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	// letterTokens leaves room for a letter and punctuation.
	letterTokens = 4
	// maxTop is the most likeliest tokens that OpenAI's chat route and vLLM tell;
	// OpenAI's completions route and older vLLMs tell fewTop.
	maxTop, fewTop = 20, 5
)

// scoreLetters asks which of the choices the model would name, and gives that
// choice as text. It gives no scores, even where the server tells all letters'
// log-probabilities: it would for some questions only, those where the model is
// unsure, and a figure over these would be of another kind than one over the rest.
func (c *Client) scoreLetters(ctx context.Context, r *models.Request) (models.Answer, error) {
	if len(r.Choices) > len(letters) {
		return models.Answer{}, &remote.Failure{Reason: "more than 26 choices can't be put under letters"}
	}
	order := shuffled(len(r.Choices), r.Seed)
	asked := models.Request{
		System:   r.System,
		Prompt:   c.letterPrompt(r, order),
		Sampling: models.Sampling{MaxTokens: letterTokens},
		Seed:     r.Seed,
	}
	a, err := c.askLetters(ctx, &asked)
	if err != nil {
		return models.Answer{}, err
	}
	place, ok := 0, false
	if l, err := parseLogProbs(a.logprobs); err == nil {
		place, ok = likeliestLetter(l.likeliestFirst(), len(order))
	}
	if !ok {
		place, ok = namedLetter(a.text, len(order))
	}
	if !ok {
		return models.Answer{}, &remote.Failure{Reason: "the answer names no choice", Attempts: 1}
	}
	return models.Answer{Text: r.Choices[order[place]], Finish: a.finish, Tokens: a.usage}, nil
}

// shuffled is an order of n choices that depends on the seed alone.
func shuffled(n int, seed uint64) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	const stream = 0x6c657474657273 // apart from other uses of the seed
	rand.New(rand.NewPCG(seed, stream)).Shuffle(n, func(i, j int) { order[i], order[j] = order[j], order[i] })
	return order
}

// letterPrompt lists the choices, one a line.
func (c *Client) letterPrompt(r *models.Request, order []int) string {
	var b strings.Builder
	b.WriteString(strings.TrimRight(r.Prompt, " \n"))
	b.WriteString("\n\nWhich of these continues the text above best?\n")
	for place, choice := range order {
		b.WriteByte(letters[place])
		b.WriteString(". ")
		b.WriteString(strings.Join(strings.Fields(r.Choices[choice]), " "))
		b.WriteByte('\n')
	}
	b.WriteString("Answer with one letter and nothing else.")
	if !c.config.Chat {
		b.WriteString("\nAnswer:")
	}
	return b.String()
}

// askLetters asks with log-probabilities, as many as the server has not refused.
func (c *Client) askLetters(ctx context.Context, r *models.Request) (answer, error) {
	c.mu.Lock()
	top := c.top
	c.mu.Unlock()
	for {
		q := c.question(r)
		switch {
		case top == 0:
		case c.config.Chat:
			q.LogProbs, q.TopLogProbs = true, top
		default:
			q.LogProbs = top
		}
		a, err := c.ask(ctx, q, estimate(r), nil)
		if err == nil {
			c.mu.Lock()
			c.top = min(c.top, top)
			c.mu.Unlock()
			return a, nil
		}
		var failure *remote.Failure
		refused := errors.As(err, &failure) &&
			(failure.Status == http.StatusBadRequest || failure.Status == http.StatusUnprocessableEntity || failure.Status >= 500)
		if !refused || top == 0 {
			return answer{}, err
		}
		top = map[int]int{maxTop: fewTop}[top]
	}
}

// likeliestLetter is the likeliest of the first n letters, of those that are
// listed; the first of equals. A letter with a space before it is the same letter.
func likeliestLetter(top map[string]float64, n int) (place int, ok bool) {
	probabilities := make([]float64, n)
	tokens := make([]string, 0, len(top))
	for token := range top {
		tokens = append(tokens, token)
	}
	slices.Sort(tokens) // sums don't depend on the order of a map
	for _, token := range tokens {
		letter := strings.Trim(token, " \n▁Ġ")
		if len(letter) != 1 || !(top[token] <= 1e-3) {
			continue
		}
		if at := strings.Index(letters, letter); at >= 0 && at < n {
			probabilities[at] += math.Exp(top[token])
			ok = true
		}
	}
	for at, p := range probabilities {
		if p > probabilities[place] {
			place = at
		}
	}
	return place, ok
}

// named is a letter alone, or with punctuation or the end of a line after it, so
// that "A good question" names nothing.
var named = regexp.MustCompile(`^([A-Z])(?:[.,:;)]|\s*$|[ \t]*\n)`)

// namedLetter reads which of the first n letters an answer names.
func namedLetter(text string, n int) (int, bool) {
	m := named.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return 0, false
	}
	place := strings.Index(letters, m[1])
	return place, place < n
}

func (l *logprobs) likeliestFirst() map[string]float64 {
	_, top := l.firstPlace()
	return top
}
