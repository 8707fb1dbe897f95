package openai

import (
	"errors"
	"maps"
	"math"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// logprobs is the member of that name. The completions route has lists of the
// same length; the chat route, and llama.cpp's server for both, have Content.
type logprobs struct {
	Tokens   []string       `json:"tokens"`
	LogProbs []*float64     `json:"token_logprobs"` // natural logarithms
	Offsets  jsontext.Value `json:"text_offset"`    // see [logprobs.offsets]
	Top      jsontext.Value `json:"top_logprobs"`   // see [logprobs.top]
	Content  []content      `json:"content"`
}

type content struct {
	Token   string   `json:"token"`
	LogProb *float64 `json:"logprob"`
	Top     []struct {
		Token   string  `json:"token"`
		LogProb float64 `json:"logprob"`
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
	var top []map[string]float64
	if json.Unmarshal(l.Top, &top, lenient) != nil {
		return nil
	}
	return top
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
		p := l.LogProbs[i]
		switch {
		case p == nil && i == 0:
			continue
		case p == nil:
			return 0, 0, errors.New("the answer leaves out the log-probability of a token that is not the first")
		case !(*p <= 1e-3): // a logarithm's rounding
			return 0, 0, errors.New("the answer has a log-probability above 0")
		}
		score += min(*p, 0)
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
			top[t.Token] = t.LogProb
		}
		return l.Content[0].Token, top
	}
	if all := l.top(); len(all) > 0 && len(l.Tokens) > 0 {
		return l.Tokens[0], all[0]
	}
	return "", nil
}
