package models

import (
	"errors"
	"fmt"
	"sync"

	"assay/harness/leaf/plural"
)

// EachPrompt scores a request whose choices have prompts of their own ([Request.Prompts]): it makes a request for
// each run of choices with equal prompts, scores them at the same time, and joins the answers.
func EachPrompt(r Request, score func(Request) (Answer, error)) (Answer, error) {
	if len(r.Prompts) != len(r.Choices) {
		return Answer{}, fmt.Errorf("the request has %s for %s", plural.Of(len(r.Prompts), "prompt"), plural.Of(len(r.Choices), "choice"))
	}
	var parts []Request
	for i, prompt := range r.Prompts {
		if i == 0 || prompt != r.Prompts[i-1] {
			part := r
			part.Prompt, part.Prompts, part.Choices = prompt, nil, nil
			parts = append(parts, part)
		}
		last := &parts[len(parts)-1]
		last.Choices = append(last.Choices, r.Choices[i])
	}
	answers, errs := make([]Answer, len(parts)), make([]error, len(parts))
	var group sync.WaitGroup
	for i := range parts {
		group.Go(func() { answers[i], errs[i] = score(parts[i]) })
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return Answer{}, err
		}
	}
	all := Answer{Tokens: &Usage{}}
	for i, a := range answers {
		if len(a.Scores) != len(parts[i].Choices) {
			return Answer{}, errors.New("the model gives no log-probabilities, and choices with prompts of their own need them")
		}
		all.Scores, all.Lengths, all.Greedy = append(all.Scores, a.Scores...), append(all.Lengths, a.Lengths...), append(all.Greedy, a.Greedy...)
		if a.Tokens == nil || all.Tokens == nil {
			all.Tokens = nil
			continue
		}
		all.Tokens.Prompt += a.Tokens.Prompt
		all.Tokens.Completion += a.Tokens.Completion
	}
	return all, nil
}
