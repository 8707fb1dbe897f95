package loopback

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
)

// question holds the members that completions and chat requests share. Other members are ignored, as servers
// do.
type question struct {
	Model               string   `json:"model"`
	MaxTokens           *int     `json:"max_tokens"`
	MaxCompletionTokens *int     `json:"max_completion_tokens"`
	Temperature         *float64 `json:"temperature"`
	Seed                *int64   `json:"seed"`
	N                   int      `json:"n"`
	Stream              bool     `json:"stream"`
	Stop                stops    `json:"stop"`
}

// stops is a text or a list of them.
type stops []string

// UnmarshalJSON implements json.Unmarshaler.
func (s *stops) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		*s = make(stops, 1)
		return json.Unmarshal(data, &(*s)[0])
	}
	var list []string
	err := json.Unmarshal(data, &list)
	*s = list
	return err
}

type usage struct {
	Prompt     int `json:"prompt_tokens"`
	Completion int `json:"completion_tokens"`
	Total      int `json:"total_tokens"`
}

// check refuses what the server doesn't serve.
func (s *Server) check(q *question) *refusal {
	switch {
	case q.Model != s.config.Model:
		return &refusal{http.StatusNotFound, "the model " + strconv.Quote(q.Model) + " is not available on this server"}
	case q.N > 1:
		return &refusal{http.StatusBadRequest, "n must be 1"}
	case q.Stream:
		return &refusal{http.StatusBadRequest, "stream is not supported"}
	case q.maxTokens() < 0:
		return &refusal{http.StatusBadRequest, "max_tokens is negative"}
	}
	return nil
}

// maxTokens is the request's limit, or a large number if it has none.
func (q *question) maxTokens() int {
	if q.MaxTokens != nil {
		return *q.MaxTokens
	}
	if q.MaxCompletionTokens != nil {
		return *q.MaxCompletionTokens
	}
	return 1 << 30
}

// say returns the model's answer to a question, cut at stop sequences and at the limit, and why it ended. It
// begins with lead.
func (s *Server) say(q *question, system, prompt, lead string) (tokens []string, finish string) {
	temperature, seed := 1.0, int64(0)
	if q.Temperature != nil {
		temperature = *q.Temperature
	}
	if q.Seed != nil && temperature > 0 {
		seed = *q.Seed
	}
	d := draw{hashOf(s.config.Model, system, prompt, strconv.FormatFloat(temperature, 'g', -1, 64), strconv.FormatInt(seed, 10))}
	text := lead + d.reply(prompt)
	for _, stop := range q.Stop {
		if i := strings.Index(text, stop); i >= 0 && stop != "" {
			text = text[:i]
		}
	}
	tokens = tokenize(text)
	if limit := q.maxTokens(); len(tokens) > limit {
		return tokens[:limit], "length"
	}
	return tokens, "stop"
}

type completionAnswer struct {
	ID      string             `json:"id"`
	Object  string             `json:"object"`
	Model   string             `json:"model"`
	Choices []completionChoice `json:"choices"`
	Usage   usage              `json:"usage"`
}

type completionChoice struct {
	Index    int          `json:"index"`
	Text     string       `json:"text"`
	Logprobs *logprobList `json:"logprobs"`
	Finish   string       `json:"finish_reason"`
}

// logprobList has one entry for each token in every member. Offsets count characters.
type logprobList struct {
	Tokens  []string             `json:"tokens"`
	Values  []*float64           `json:"token_logprobs"` // null for the first token of the text
	Top     []map[string]float64 `json:"top_logprobs"`   // likewise
	Offsets []int                `json:"text_offset"`
}

func (s *Server) completion(body []byte, other bool) (any, *refusal) {
	var q struct {
		question `json:",inline"`
		Prompt   string `json:"prompt"`
		Echo     bool   `json:"echo"`
		Logprobs *int   `json:"logprobs"`
	}
	if err := json.Unmarshal(body, &q); err != nil {
		return nil, &refusal{http.StatusBadRequest, "the request is not a JSON completion with one text as its prompt"}
	}
	if no := s.check(&q.question); no != nil {
		return nil, no
	}
	if q.Echo && s.config.NoEcho {
		return nil, &refusal{http.StatusBadRequest, "echo is not supported"}
	}
	said, finish := s.say(&q.question, "", q.Prompt, " ")
	choice := completionChoice{Text: strings.Join(said, ""), Finish: finish}
	if q.Echo {
		choice.Text = q.Prompt + choice.Text
	}
	if q.Logprobs != nil {
		prompt := tokenize(q.Prompt)
		skip := len(prompt)
		if q.Echo {
			skip = 0
		}
		choice.Logprobs = s.list(slices.Concat(prompt, said), skip, *q.Logprobs)
	}
	return completionAnswer{
		ID: s.id("cmpl-", body), Object: "text_completion", Model: s.served(other),
		Choices: []completionChoice{choice}, Usage: count(countTokens(q.Prompt), len(said)),
	}, nil
}

// list returns the log-probabilities of all tokens except the first skip.
func (s *Server) list(all []string, skip, top int) *logprobList {
	values := s.logprobs(all)
	list := &logprobList{Tokens: all[skip:]}
	offset := 0
	for i := skip; i < len(all); i++ {
		list.Offsets = append(list.Offsets, offset)
		offset += utf8.RuneCountInString(all[i])
		if i == 0 {
			list.Values, list.Top = append(list.Values, nil), append(list.Top, nil)
			continue
		}
		likely := map[string]float64{all[i]: values[i]}
		others, logprobs := alternatives(all[i], values[i], min(max(top, 0), 20))
		maps.Insert(likely, zip(others, logprobs))
		list.Values, list.Top = append(list.Values, &values[i]), append(list.Top, likely)
	}
	return list
}

func zip(keys []string, values []float64) func(yield func(string, float64) bool) {
	return func(yield func(string, float64) bool) {
		for i, key := range keys {
			if !yield(key, values[i]) {
				return
			}
		}
	}
}

// served is the model's name for the answer.
func (s *Server) served(other bool) string {
	if other {
		return s.config.Model + "-other"
	}
	return s.config.Model
}

func (s *Server) id(prefix string, body []byte) string {
	return prefix + strconv.FormatUint(hashOf(body), 16)
}

func count(prompt, completion int) usage { return usage{prompt, completion, prompt + completion} }
