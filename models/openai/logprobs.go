package openai

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/printable"
)

// logprobs is the member of that name. The completions route has lists of equal length; the chat route, and
// llama.cpp's server on both routes, have Content.
type logprobs struct {
	Tokens   []string         `json:"tokens"`
	LogProbs []jsontext.Value `json:"token_logprobs"` // see [logprobs.of]
	Offsets  jsontext.Value   `json:"text_offset"`    // see [logprobs.offsets]
	Top      jsontext.Value   `json:"top_logprobs"`   // see [logprobs.top]
	Content  []content        `json:"content"`
}

type content struct {
	Token string `json:"token"`
	Top   []struct {
		Token   string         `json:"token"`
		LogProb jsontext.Value `json:"logprob"`
	} `json:"top_logprobs"`
}

var errNoLogProbs = errors.New("the answer has no log-probabilities")

func parseLogProbs(value jsontext.Value) (*logprobs, error) {
	if len(value) == 0 || value.Kind() == 'n' {
		return nil, errNoLogProbs
	}
	var l logprobs
	if err := json.Unmarshal(value, &l, lenient); err != nil {
		return nil, errors.New("the answer's log-probabilities don't have the form of this route")
	}
	return &l, nil
}

// of is the log-probability of token i in nats; known is false if it is null. The logarithm of 0 or of a
// number that is not finite (Python's -Infinity and NaN) is an error.
func (l *logprobs) of(i int) (p float64, known bool, err error) {
	switch value := l.LogProbs[i]; {
	case value.Kind() == 'n':
		return 0, false, nil
	case value.Kind() != '0' || json.Unmarshal(value, &p) != nil:
		return 0, false, fmt.Errorf("the answer has a log-probability that is not a number: %s", printable.Text(string(value[:min(len(value), 40)])))
	case !(p <= rounding):
		return 0, false, errors.New("the answer has a log-probability above 0")
	}
	return min(p, 0), true, nil
}

// rounding is how far above 0 a log-probability may be.
const rounding = 1e-3

// offsets returns where tokens start, in the server's unit; nil if the server doesn't report them for each
// token.
func (l *logprobs) offsets() []int {
	var offsets []int
	if json.Unmarshal(l.Offsets, &offsets, lenient) != nil || len(offsets) != len(l.Tokens) {
		return nil
	}
	return offsets
}

// top returns the likeliest tokens of each place with their log-probabilities; nil if the server doesn't
// report them in this form.
func (l *logprobs) top() []map[string]float64 {
	var values []map[string]jsontext.Value
	if json.Unmarshal(l.Top, &values, lenient) != nil {
		return nil
	}
	top := make([]map[string]float64, len(values))
	for i, place := range values {
		top[i] = make(map[string]float64, len(place))
		for token, value := range place {
			addLogProb(top[i], token, value)
		}
	}
	return top
}

// addLogProb ignores what isn't a log-probability: a null must not pass for 0, which is certainty.
func addLogProb(top map[string]float64, token string, value jsontext.Value) {
	var p float64
	if value.Kind() == '0' && json.Unmarshal(value, &p) == nil && p <= rounding {
		top[token] = min(p, 0)
	}
}

// continuation returns the log-probability of choice after prompt, summed over the tokens that end within the
// choice, and their number. The first token of the text has no log-probability; if the prompt is empty, it is
// excluded from both. said is the answer's text: the echo and what was generated.
// greedy says that each of its tokens is the likeliest of those that the answer lists at its place.
func (l *logprobs) continuation(prompt, choice, said string) (score float64, length int, greedy bool, err error) {
	if len(l.Tokens) == 0 || len(l.LogProbs) != len(l.Tokens) {
		return 0, 0, false, errNoLogProbs
	}
	first, last, err := l.align(prompt+choice, len(prompt), said)
	if err != nil {
		return 0, 0, false, err
	}
	top := l.top()
	greedy = len(top) == len(l.Tokens)
	for i := first; i <= last; i++ {
		p, known, err := l.of(i)
		switch {
		case err != nil:
			return 0, 0, false, err
		case !known && i == 0:
			continue
		case !known:
			return 0, 0, false, errors.New("the answer lacks the log-probability of a token that is not the first")
		}
		score += p
		length++
		if greedy {
			for _, other := range top[i] {
				greedy = greedy && other <= p
			}
		}
	}
	if length == 0 {
		return 0, 0, false, errors.New("the answer has no log-probability for the choice")
	}
	return score, length, greedy, nil
}

// late reports whether the log-probabilities given with each token are those of the next place, as
// llama-cpp-python (0.3) returns them for models without a beginning-of-text token. The likeliest tokens of a
// place then predict the next token instead of their own.
func (l *logprobs) late() bool {
	own, next := 0, 0
	top := l.top()
	for i := range min(len(top), len(l.Tokens)) {
		likeliest, ok := likeliest(top[i])
		if !ok {
			continue
		}
		if likeliest == l.Tokens[i] {
			own++
		}
		if i+1 < len(l.Tokens) && likeliest == l.Tokens[i+1] {
			next++
		}
	}
	return next >= own+3
}

func likeliest(top map[string]float64) (string, bool) {
	best, at := math.Inf(-1), ""
	for _, token := range slices.Sorted(maps.Keys(top)) {
		if top[token] > best {
			best, at = top[token], token
		}
	}
	return at, len(top) > 0
}

// firstPlace returns the first token of a generated text, and the log-probabilities of the likeliest tokens
// at its place.
func (l *logprobs) firstPlace() (token string, top map[string]float64) {
	if len(l.Content) > 0 {
		top = make(map[string]float64, len(l.Content[0].Top))
		for _, t := range l.Content[0].Top {
			addLogProb(top, t.Token, t.LogProb)
		}
		return l.Content[0].Token, top
	}
	if all := l.top(); len(all) > 0 && len(l.Tokens) > 0 {
		return l.Tokens[0], all[0]
	}
	return "", nil
}
