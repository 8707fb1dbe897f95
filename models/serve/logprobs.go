package serve

import (
	"strings"

	"assay/models/bpe"
)

// lists are log-probabilities in the form of the completions route.
type lists struct {
	Tokens   []string             `json:"tokens"`
	LogProbs []*float64           `json:"token_logprobs"`
	Top      []map[string]float64 `json:"top_logprobs"`
	Offsets  []int                `json:"text_offset"`
}

// contents are log-probabilities in the form of the chat route.
type contents struct {
	Content []content `json:"content"`
}

type content struct {
	alternative `json:",inline"`
	Top         []alternative `json:"top_logprobs"`
}

type alternative struct {
	Token   string  `json:"token"`
	LogProb float64 `json:"logprob"`
	Bytes   []int   `json:"bytes"`
}

func (w *answer) logProbs(a *parsedRequest) any { return logProbsOf(a, w.tokenizer, w.tokens) }

// logProbsOf writes tokens in the form of a route; nil if the request didn't want them.
func logProbsOf(a *parsedRequest, t *bpe.Tokenizer, tokens []shownToken) any {
	if !a.logProbs {
		return nil
	}
	if a.chat {
		c := contents{Content: []content{}}
		for _, token := range tokens {
			one := content{alternative: alternative{token.text, *token.logProb, bytesOf(token.bytes)}, Top: []alternative{}}
			for _, other := range token.top {
				if other.ID == token.id { // the same except for rounding
					one.Top = append(one.Top, one.alternative)
					continue
				}
				raw := t.Piece(token.before, other.ID)
				one.Top = append(one.Top, alternative{strings.ToValidUTF8(raw, "\ufffd"), other.LogProb, bytesOf(raw)})
			}
			c.Content = append(c.Content, one)
		}
		return c
	}
	l := lists{Tokens: []string{}, LogProbs: []*float64{}, Top: []map[string]float64{}, Offsets: []int{}}
	for _, token := range tokens {
		l.Tokens, l.LogProbs, l.Offsets = append(l.Tokens, token.text), append(l.LogProbs, token.logProb), append(l.Offsets, token.offset)
		l.Top = append(l.Top, topOf(t, token))
	}
	return l
}

// topOf maps a token's likeliest alternatives, including the token itself, by their text; nil for the first
// token of the text. Parts of characters may have equal texts: of these the likeliest counts.
func topOf(t *bpe.Tokenizer, token shownToken) map[string]float64 {
	if token.logProb == nil {
		return nil
	}
	top := map[string]float64{token.text: *token.logProb}
	for _, other := range token.top {
		if other.ID == token.id { // the same except for rounding; clients compare them
			continue
		}
		text := strings.ToValidUTF8(t.Piece(token.before, other.ID), "\ufffd")
		if old, ok := top[text]; !ok || other.LogProb > old {
			top[text] = other.LogProb
		}
	}
	return top
}

func bytesOf(text string) []int {
	out := make([]int, len(text))
	for i := range len(text) {
		out[i] = int(text[i])
	}
	return out
}
