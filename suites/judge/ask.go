package judge

import (
	"context"
	"errors"
	"strings"

	"assay/models"
	"assay/models/remote"
	"assay/suites"
)

// noAnswer is the reason for an error that has none which is the same in equal runs.
const noAnswer = "the judge gave no answer"

// ask sends one request. The reason says why this request has no answer, and is "" if it
// has one. The error says why no request will have one.
func ask(ctx context.Context, item *suites.Item, r models.Request) (answer models.Answer, reason string, err error) {
	if item.Ask == nil {
		return models.Answer{}, "", errors.New("the judge has no model; name one in the plan")
	}
	r.About = models.About{
		Suite: item.Completion.Suite, Example: item.Completion.Example, Condition: item.Completion.Condition,
		Input: item.Example.Input,
	}
	answer, err = item.Ask(ctx, r)
	if err == nil {
		return answer, "", nil
	}
	var failure *remote.Failure
	switch {
	case ctx.Err() != nil:
		return models.Answer{}, "", ctx.Err()
	case errors.Is(err, remote.ErrDown), errors.Is(err, context.Canceled):
		return models.Answer{}, "", err
	case errors.As(err, &failure) && failure.Reason != "":
		return models.Answer{}, failure.Reason, nil
	}
	return models.Answer{}, noAnswer, nil
}

// read sends a request and reads the answer, until it can be read or would be the same again. The
// reason that reading gives says why there is no verdict.
func read(ctx context.Context, item *suites.Item, r models.Request, reading func(models.Answer) (reason string)) (reason string, err error) {
	for {
		answer, reason, err := ask(ctx, item, r)
		if err != nil || reason != "" {
			return reason, err
		}
		if reason = reading(answer); reason == "" || item.Unread == nil || !item.Unread(r) {
			return reason, nil
		}
	}
}

// verdict sends a request at temperature 0, or with the plan's own sampling, and reads the
// verdict in the last line of the answer: see [parse].
func verdict(ctx context.Context, item *suites.Item, system, prompt string, tokens int, f form) (value, reason string, err error) {
	values, reason, err := verdicts(ctx, item, system, prompt, tokens, []form{f})
	return strings.Join(values, ""), reason, err
}

// verdicts is [verdict] for an answer that ends in a line for each form: see [parseLines].
func verdicts(ctx context.Context, item *suites.Item, system, prompt string, tokens int, forms []form) (values []string, reason string, err error) {
	sampling := models.Sampling{MaxTokens: tokens}
	if item.Over != nil {
		sampling = item.Over(sampling)
	}
	r := models.Request{System: system, Prompt: prompt, Sampling: sampling}
	reason, err = read(ctx, item, r, func(a models.Answer) (reason string) {
		if reason = cut(a, sampling.MaxTokens); reason == "" {
			values, reason = parseLines(a.Text, forms)
		}
		return reason
	})
	return values, reason, err
}
