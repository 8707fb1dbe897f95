package openai

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// logprobs is the member of that name. The completions route has lists of the
// same length; the chat route, and llama.cpp's server for both, have Content.
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
		return nil, errors.New("the answer's log-probabilities are not of the form of this route")
	}
	return &l, nil
}

// of is the log-probability of token i in nats; known is false where it is null.
// Where the logarithm is of 0 or of no number (Python's -Infinity and NaN), there is
// nothing to add up.
func (l *logprobs) of(i int) (p float64, known bool, err error) {
	switch value := l.LogProbs[i]; {
	case value.Kind() == 'n':
		return 0, false, nil
	case value.Kind() != '0' || json.Unmarshal(value, &p) != nil:
		return 0, false, fmt.Errorf("the answer has a log-probability that is no number: %s", printable(string(value[:min(len(value), 40)])))
	case !(p <= rounding):
		return 0, false, errors.New("the answer has a log-probability above 0")
	}
	return min(p, 0), true, nil
}

// rounding is how far above 0 a logarithm of 1 may be.
const rounding = 1e-3

// offsets are where tokens begin, in the server's unit; nil where it gives none
// for each token.
func (l *logprobs) offsets() []int {
	var offsets []int
	if json.Unmarshal(l.Offsets, &offsets, lenient) != nil || len(offsets) != len(l.Tokens) {
		return nil
	}
	return offsets
}

// top are the likeliest tokens of each place with their log-probabilities; nil
// where the server gives none in this form.
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

// addLogProb leaves out what is no log-probability: a null must not pass for 0, which
// is certainty.
func addLogProb(top map[string]float64, token string, value jsontext.Value) {
	var p float64
	if value.Kind() == '0' && json.Unmarshal(value, &p) == nil && p <= rounding {
		top[token] = min(p, 0)
	}
}

// continuation is the log-probability of choice after prompt, summed over the
// tokens that end within the choice, and their number. The first token of all has
// no log-probability; where the prompt is empty, it is left out of both. Said is
// the answer's text: the echo and what was generated.
func (l *logprobs) continuation(prompt, choice, said string) (score float64, length int, err error) {
	if len(l.Tokens) == 0 || len(l.LogProbs) != len(l.Tokens) {
		return 0, 0, errNoLogProbs
	}
	first, last, err := l.align(prompt+choice, len(prompt), said)
	if err != nil {
		return 0, 0, err
	}
	for i := first; i <= last; i++ {
		p, known, err := l.of(i)
		switch {
		case err != nil:
			return 0, 0, err
		case !known && i == 0:
			continue
		case !known:
			return 0, 0, errors.New("the answer leaves out the log-probability of a token that is not the first")
		}
		score += p
		length++
	}
	if length == 0 {
		return 0, 0, errors.New("the answer has no log-probability for the choice")
	}
	return score, length, nil
}

// late says that the log-probabilities given with each token are those of the
// place after it, as llama-cpp-python (0.3) gives them for models without a token
// that begins the text. The likeliest tokens of a place then predict the next
// token instead of their own.
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

// firstPlace is the first token of a generated text, and the log-probabilities of
// the likeliest tokens of its place.
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
