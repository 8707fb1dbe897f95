package serve

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/models"
	"assay/models/sample"
)

// common is what both routes take.
type common struct {
	Model         string         `json:"model"`
	MaxTokens     *int           `json:"max_tokens"`
	Temperature   *float64       `json:"temperature"`
	TopP          *float64       `json:"top_p"`
	TopK          *int           `json:"top_k"`
	N             *int           `json:"n"`
	BestOf        *int           `json:"best_of"`
	Stop          jsontext.Value `json:"stop"`
	Seed          *int64         `json:"seed"`
	Stream        bool           `json:"stream"`
	StreamOptions *struct {
		IncludeUsage bool `json:"include_usage"`
	} `json:"stream_options"`

	// What would change the answer and isn't supported.
	Frequency  jsontext.Value `json:"frequency_penalty"`
	Presence   jsontext.Value `json:"presence_penalty"`
	Repetition jsontext.Value `json:"repetition_penalty"`
	MinP       jsontext.Value `json:"min_p"`
	MinTokens  jsontext.Value `json:"min_tokens"`
	IgnoreEnd  jsontext.Value `json:"ignore_eos"`
	StopIDs    jsontext.Value `json:"stop_token_ids"`
	Bias       jsontext.Value `json:"logit_bias"`
	Tools      jsontext.Value `json:"tools"`
	Functions  jsontext.Value `json:"functions"`
	Format     *struct {
		Type string `json:"type"`
	} `json:"response_format"`
}

type completionRequest struct {
	common   `json:",inline"`
	Prompt   jsontext.Value `json:"prompt"`
	Echo     bool           `json:"echo"`
	LogProbs *int           `json:"logprobs"`
	Suffix   *string        `json:"suffix"`
}

type chatRequest struct {
	common      `json:",inline"`
	Messages    []message `json:"messages"`
	MaxNew      *int      `json:"max_completion_tokens"`
	LogProbs    bool      `json:"logprobs"`
	TopLogProbs *int      `json:"top_logprobs"`
}

type message struct {
	Role    string         `json:"role"`
	Content jsontext.Value `json:"content"`
}

// asked is a request that was understood.
type asked struct {
	chat     bool
	jobs     []sample.Job // of each prompt n, side by side
	texts    []string     // of the prompts, by job
	pieces   [][]string   // of the texts by token, where the tokens are echoed; by job
	stops    []string
	echo     bool
	logProbs bool
	top      int
	stream   bool
	usage    bool // at the end of a stream
	seed     int64
}

// Limits of what a request may ask for, OpenAI's.
const (
	mostStops = 4
	mostTop   = 20
	// leastTemperature is where logits divided by it are still far from what float32 holds.
	leastTemperature = 1e-4
)

// read takes a request's body apart.
func (s *Server) read(w http.ResponseWriter, r *http.Request, into any) *fault {
	body := http.MaxBytesReader(w, r.Body, s.config.Body)
	err := json.UnmarshalRead(body, into, jsontext.AllowDuplicateNames(true))
	var large *http.MaxBytesError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &large):
		return &fault{status: http.StatusRequestEntityTooLarge, message: fmt.Sprintf("the body has more than %d bytes", s.config.Body)}
	}
	return bad("", "the body can't be read: %s", strings.Join(strings.Fields(err.Error()), " "))
}

// completion understands a request of the completions route.
func (s *Server) completion(q *completionRequest) (*asked, *fault) {
	a := &asked{echo: q.Echo}
	if q.Suffix != nil && *q.Suffix != "" {
		return nil, bad("suffix", "suffix is not supported")
	}
	if q.LogProbs != nil {
		a.logProbs, a.top = true, *q.LogProbs
		if a.top < 0 || a.top > mostTop {
			return nil, bad("logprobs", "logprobs is from 0 to %d", mostTop)
		}
	}
	prompts, texts, f := s.prompts(q.Prompt)
	if f != nil {
		return nil, f
	}
	return a, s.jobs(a, &q.common, prompts, texts)
}

// conversation understands a request of the chat route.
func (s *Server) conversation(q *chatRequest) (*asked, *fault) {
	a := &asked{chat: true, logProbs: q.LogProbs}
	if q.TopLogProbs != nil {
		a.top = *q.TopLogProbs
		if a.top < 0 || a.top > mostTop || !q.LogProbs {
			return nil, bad("top_logprobs", "top_logprobs is from 0 to %d, beside logprobs: true", mostTop)
		}
	}
	if q.MaxNew != nil {
		q.MaxTokens = q.MaxNew
	}
	text, f := conversationText(q.Messages)
	if f != nil {
		return nil, f
	}
	return a, s.jobs(a, &q.common, [][]int32{s.config.Model.Tokens(text)}, []string{text})
}

// jobs makes the jobs for some prompts.
func (s *Server) jobs(a *asked, q *common, prompts [][]int32, texts []string) *fault {
	if q.Model != "" && q.Model != s.config.Name {
		return s.noModel(q.Model)
	}
	params, f := q.params()
	if f != nil {
		return f
	}
	n := 1
	if q.N != nil {
		n = *q.N
	}
	switch {
	case n < 1 || n > s.config.Answers || len(prompts)*n > s.config.Answers:
		return bad("n", "a request has 1 to %d answers, prompts times n", s.config.Answers)
	case q.BestOf != nil && *q.BestOf != n:
		return bad("best_of", "best_of is not supported, unless it is n")
	}
	if a.stops, f = stops(q.Stop); f != nil {
		return f
	}
	a.stream = q.Stream
	a.usage = q.StreamOptions != nil && q.StreamOptions.IncludeUsage
	add := s.config.Model.Config().Context
	if q.MaxTokens != nil {
		if add = *q.MaxTokens; add < 0 || add > math.MaxInt32 {
			return bad("max_tokens", "max_tokens is at least 0")
		}
	}
	seed := s.seed(q)
	a.seed = int64(seed)
	var pieces []string
	for i, prompt := range prompts {
		for k := range n {
			j := sample.Job{Prompt: prompt, Add: add, Params: params, Top: a.top}
			j.Seed = answerSeed(seed, k)
			if a.echo && a.logProbs {
				j.Score = 1
			}
			room := s.config.Model.Config().Context - len(prompt)
			switch {
			case a.echo && room == 0: // the echo alone is an answer
				j.Add = 0
			case q.MaxTokens == nil && add > room:
				j.Add = max(room, 1) // where there is no room, the batcher says so
			}
			a.jobs, a.texts = append(a.jobs, j), append(a.texts, texts[i])
			if a.echo && a.logProbs && k == 0 {
				pieces = s.pieces(texts[i], prompt)
			}
			a.pieces = append(a.pieces, pieces)
		}
	}
	return nil
}

// pieces cuts a prompt's text where its tokens end.
func (s *Server) pieces(text string, prompt []int32) []string {
	t := s.config.Model.Tokenizer()
	pieces := make([]string, len(prompt))
	from := 0
	for i, end := range sample.Ends(t, text, prompt) {
		if end > len(text) { // the token between documents, which is the prompt where there is no text
			return []string{t.Token(prompt[0])}
		}
		pieces[i], from = text[from:end], end
	}
	return pieces
}

func (s *Server) seed(q *common) uint64 {
	switch {
	case q.Seed != nil:
		return uint64(*q.Seed)
	case s.config.Seed != nil:
		return s.config.Seed()
	}
	return 0
}

// answerSeed is the seed of the k-th of n answers: the first has the request's own.
func answerSeed(seed uint64, k int) uint64 {
	if k == 0 {
		return seed
	}
	x := seed + uint64(k)*0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	return x ^ x>>27
}

func (q *common) params() (p sample.Params, f *fault) {
	p.Temperature = 1
	if q.Temperature != nil {
		if p.Temperature = *q.Temperature; p.Temperature != 0 && !(p.Temperature >= leastTemperature && p.Temperature <= 100) {
			return p, bad("temperature", "temperature is 0, or from %g to 100", leastTemperature)
		}
	}
	if q.TopP != nil {
		if p.TopP = *q.TopP; !(p.TopP > 0 && p.TopP <= 1) {
			return p, bad("top_p", "top_p is above 0, and at most 1")
		}
	}
	if q.TopK != nil {
		if p.TopK = max(*q.TopK, 0); *q.TopK < -1 { // -1 is vLLM's word for all
			return p, bad("top_k", "top_k is at least 0")
		}
	}
	return p, q.refused()
}

// refused finds a member that would change the answer and isn't supported.
func (q *common) refused() *fault {
	for _, m := range []struct {
		name    string
		value   jsontext.Value
		neutral []string // values that change nothing
	}{
		{"frequency_penalty", q.Frequency, []string{"0", "0.0"}}, {"presence_penalty", q.Presence, []string{"0", "0.0"}},
		{"repetition_penalty", q.Repetition, []string{"1", "1.0"}}, {"min_p", q.MinP, []string{"0", "0.0"}},
		{"min_tokens", q.MinTokens, []string{"0"}}, {"ignore_eos", q.IgnoreEnd, []string{"false"}},
		{"stop_token_ids", q.StopIDs, []string{"[]"}}, {"logit_bias", q.Bias, []string{"{}"}},
		{"tools", q.Tools, []string{"[]"}}, {"functions", q.Functions, []string{"[]"}},
	} {
		if given(m.value) && !slices.Contains(m.neutral, string(m.value)) {
			return bad(m.name, "%s is not supported", m.name)
		}
	}
	if q.Format != nil && q.Format.Type != "text" {
		return bad("response_format", "response_format is text alone")
	}
	return nil
}

func given(v jsontext.Value) bool { return len(v) > 0 && v.Kind() != 'n' }

// stops reads a text or a list of texts.
func stops(v jsontext.Value) ([]string, *fault) {
	if !given(v) {
		return nil, nil
	}
	var all []string
	var one string
	if json.Unmarshal(v, &one) == nil {
		all = []string{one}
	} else if json.Unmarshal(v, &all) != nil {
		return nil, bad("stop", "stop is a text, or a list of texts")
	}
	if len(all) > mostStops {
		return nil, bad("stop", "stop has at most %d texts", mostStops)
	}
	return all, nil
}

// prompts reads a text, a list of texts, a list of tokens, or a list of those.
func (s *Server) prompts(v jsontext.Value) (tokens [][]int32, texts []string, f *fault) {
	if !given(v) {
		return nil, nil, bad("prompt", "no prompt; send a text, a list of texts, or tokens")
	}
	var one string
	var list []string
	var ids []int32
	var lists [][]int32
	switch {
	case json.Unmarshal(v, &one) == nil:
		texts = []string{one}
	case json.Unmarshal(v, &list) == nil && len(list) > 0:
		texts = list
	case json.Unmarshal(v, &ids) == nil && len(ids) > 0:
		lists = [][]int32{ids}
	case json.Unmarshal(v, &lists) == nil && len(lists) > 0:
	default:
		return nil, nil, bad("prompt", "prompt is a text, a list of texts, a list of tokens, or a list of lists of tokens")
	}
	if len(texts)+len(lists) > s.config.Answers {
		return nil, nil, bad("prompt", "a request has at most %d prompts", s.config.Answers)
	}
	for _, text := range texts {
		tokens = append(tokens, s.config.Model.Tokens(text))
	}
	for _, ids := range lists {
		text, err := s.config.Model.Tokenizer().Decode(ids)
		if err != nil || len(ids) == 0 {
			return nil, nil, bad("prompt", "a list of tokens is empty, or has one that the vocabulary of %d lacks", s.config.Model.Tokenizer().Size())
		}
		tokens, texts = append(tokens, ids), append(texts, text)
	}
	return tokens, texts, nil
}

// conversationText puts messages together: see the package comment.
func conversationText(messages []message) (string, *fault) {
	if len(messages) == 0 {
		return "", bad("messages", "no messages")
	}
	contents := make([]string, len(messages))
	for i, m := range messages {
		switch m.Role {
		case "system", "developer", "user", "assistant":
		default:
			return "", bad("messages", "message %d has the role %q; there are system, user and assistant", i+1, m.Role)
		}
		text, ok := contentText(m.Content)
		if !ok {
			return "", bad("messages", "message %d has no text", i+1)
		}
		contents[i] = text
	}
	last := len(messages) - 1
	instructs := func(i int) bool { return messages[i].Role == "system" || messages[i].Role == "developer" }
	switch {
	case last == 0 && messages[0].Role == "user":
		return contents[0], nil
	case last == 1 && instructs(0) && messages[1].Role == "user":
		r := models.Request{System: contents[0], Prompt: contents[1]}
		return r.Text(), nil
	}
	var b strings.Builder
	for i, m := range messages {
		if instructs(i) {
			b.WriteString(contents[i] + "\n\n")
			continue
		}
		b.WriteString(m.Role + ": " + contents[i] + "\n\n")
	}
	return b.String() + "assistant:", nil
}

// contentText reads a text, or a list of parts that are texts.
func contentText(v jsontext.Value) (string, bool) {
	if !given(v) {
		return "", false
	}
	var text string
	if json.Unmarshal(v, &text) == nil {
		return text, utf8.ValidString(text)
	}
	var parts []struct {
		Type string  `json:"type"`
		Text *string `json:"text"`
	}
	if json.Unmarshal(v, &parts) != nil {
		return "", false
	}
	for _, p := range parts {
		if p.Type != "text" || p.Text == nil {
			return "", false
		}
		text += *p.Text
	}
	return text, true
}
