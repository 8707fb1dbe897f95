package serve

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/seed"
	"assay/models/sample"
)

// common holds the members that both routes take.
type common struct {
	model       string
	maxTokens   *int
	temperature *float64
	topP        *float64
	topK        *int
	n           *int
	bestOf      *int
	stop        jsontext.Value
	seed        *int64
	stream      bool
	usage       bool // at the end of a stream
}

func (m *members) common() common {
	q := common{
		model: m.text("model"), maxTokens: m.count("max_tokens"), temperature: m.number("temperature"), topP: m.number("top_p"),
		topK: m.count("top_k"), n: m.count("n"), bestOf: m.count("best_of"), stop: m.take("stop"), seed: m.whole("seed"),
		stream: m.flag("stream"),
	}
	if options := m.take("stream_options"); options != nil {
		var o struct {
			IncludeUsage bool `json:"include_usage"`
		}
		if json.Unmarshal(options, &o) != nil {
			m.wrong("stream_options", `an object, as in {"include_usage": true}`)
		}
		q.usage = o.IncludeUsage
	}
	return q
}

// parsedRequest is a request that was read and checked.
type parsedRequest struct {
	chat     bool
	jobs     []sample.Job // n for each prompt, next to each other
	texts    []string     // texts of the prompts, by job
	pieces   [][]string   // texts by token if the tokens are echoed; by job
	stops    []string
	echo     bool
	logProbs bool
	top      int
	stream   bool
	usage    bool // at the end of a stream
	seed     int64
}

// Limits of a request.
const (
	mostStops = 256 // OpenAI takes 4; vLLM and llama.cpp take any number
	mostTop   = 20
	// leastTemperature is where logits divided by the temperature are still far from the limit of float32.
	// Below it the likeliest token is practically certain.
	leastTemperature = 1e-4
)

// completion parses a request of the completions route.
func (s *Server) completion(m *members) (*parsedRequest, *fault) {
	a := &parsedRequest{echo: m.flag("echo")}
	q := m.common()
	if m.text("suffix") != "" {
		return nil, bad("suffix", "suffix is not supported; remove it")
	}
	if top := m.take("logprobs"); top != nil && top.Kind() != 'f' {
		n, ok := wholeNumber(top)
		if !ok || n < 0 || n > mostTop {
			return nil, bad("logprobs", "logprobs must be from 0 to %d", mostTop)
		}
		a.logProbs, a.top = true, int(n)
	}
	if m.fault != nil {
		return nil, m.fault
	}
	prompts, texts, f := s.prompts(m.take("prompt"))
	if f != nil {
		return nil, f
	}
	if f := s.passOver(m); f != nil {
		return nil, f
	}
	return a, s.jobs(a, &q, prompts, texts)
}

// conversation parses a request of the chat route.
func (s *Server) conversation(m *members) (*parsedRequest, *fault) {
	a := &parsedRequest{chat: true, logProbs: m.flag("logprobs")}
	q := m.common()
	if top := m.count("top_logprobs"); top != nil {
		a.top = *top
		if a.top < 0 || a.top > mostTop || a.top > 0 && !a.logProbs {
			return nil, bad("top_logprobs", "top_logprobs must be from 0 to %d, and needs logprobs: true", mostTop)
		}
	}
	if most := m.count("max_completion_tokens"); most != nil {
		q.maxTokens = most
	}
	if m.fault != nil {
		return nil, m.fault
	}
	conversation, f := messages(m.take("messages"))
	if f != nil {
		return nil, f
	}
	if f := s.passOver(m); f != nil {
		return nil, f
	}
	text, f := s.prompt(conversation)
	if f != nil {
		return nil, f
	}
	return a, s.jobs(a, &q, [][]int32{s.tokens(text)}, []string{text})
}

// tokens encodes a conversation. A template writes all special tokens itself, so the tokenizer adds none
// around its text.
func (s *Server) tokens(text string) []int32 {
	if s.config.Chat != nil {
		if tokens := s.config.Model.Tokenizer().Encode(text); len(tokens) > 0 {
			return tokens
		}
	}
	return s.config.Model.Tokens(text)
}

// passOver refuses members that are left, or logs those that it ignores.
func (s *Server) passOver(m *members) *fault {
	ignored, f := m.leftOver(s.config.Lenient)
	if len(ignored) > 0 {
		s.config.Log.Warn("ignoring members of a request", "names", ignored)
	}
	return f
}

// jobs makes the jobs for the prompts.
func (s *Server) jobs(a *parsedRequest, q *common, prompts [][]int32, texts []string) *fault {
	if q.model != "" && q.model != s.config.Name {
		return s.noModel(q.model)
	}
	params, f := q.params()
	if f != nil {
		return f
	}
	n := 1
	if q.n != nil {
		n = *q.n
	}
	switch {
	case n < 1 || n > s.config.Answers || len(prompts)*n > s.config.Answers:
		return bad("n", "a request must have 1 to %d answers (prompts times n)", s.config.Answers)
	case q.bestOf != nil && *q.bestOf != n:
		return bad("best_of", "best_of is supported only if it equals n")
	}
	if a.stops, f = stops(q.stop); f != nil {
		return f
	}
	a.stream, a.usage = q.stream, q.usage
	add := s.config.Model.Config().MaxPositionEmbeddings
	if q.maxTokens != nil {
		if add = *q.maxTokens; add < 0 {
			return bad("max_tokens", "max_tokens must be at least 0")
		}
	}
	seed := s.seed(q)
	a.seed = int64(seed)
	var pieces []string
	for i, prompt := range prompts {
		for k := range n {
			j := sample.Job{Prompt: prompt, MaxTokens: add, SamplingParams: params, Top: a.top}
			j.Seed = answerSeed(seed, k)
			if a.echo && a.logProbs {
				j.Score = 1
			}
			room := s.config.Model.Config().MaxPositionEmbeddings - len(prompt)
			switch {
			case a.echo && room == 0: // the echo alone is an answer
				j.MaxTokens = 0
			case q.maxTokens == nil && add > room:
				j.MaxTokens = max(room, 1) // if there is no room, the batcher reports it
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
	for i, end := range t.EndsIn(text, prompt) {
		if end > len(text) { // the end-of-text token, which stands for an empty prompt
			return []string{t.Token(prompt[0])}
		}
		pieces[i], from = text[from:end], end
	}
	return pieces
}

func (s *Server) seed(q *common) uint64 {
	switch {
	case q.seed != nil:
		return uint64(*q.seed)
	case s.config.Seed != nil:
		return s.config.Seed()
	}
	return 0
}

// answerSeed is the seed of the k-th of n answers: the first has the request's seed.
// The others have the first half of SplitMix64's output, so that they stay what they were.
func answerSeed(first uint64, k int) uint64 {
	if k == 0 {
		return first
	}
	x := first + uint64(k)*seed.Golden
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	return x ^ x>>27
}

func (q *common) params() (p sample.SamplingParams, f *fault) {
	p.Temperature = 1
	if q.temperature != nil {
		if p.Temperature = *q.temperature; !(p.Temperature >= 0 && p.Temperature <= 100) {
			return p, bad("temperature", "temperature must be from 0 to 100")
		}
		if p.Temperature < leastTemperature {
			p.Temperature = 0
		}
	}
	if q.topP != nil {
		if p.TopP = *q.topP; !(p.TopP > 0 && p.TopP <= 1) {
			return p, bad("top_p", "top_p must be above 0 and at most 1")
		}
	}
	if q.topK != nil {
		if p.TopK = max(*q.topK, 0); *q.topK < -1 { // -1 means all in vLLM
			return p, bad("top_k", "top_k must be at least 0")
		}
	}
	return p, nil
}

// stops reads a string or a list of strings.
func stops(v jsontext.Value) ([]string, *fault) {
	if !given(v) {
		return nil, nil
	}
	all, ok := listOf(v, textOf)
	if one, single := textOf(v); single {
		all, ok = []string{one}, true
	}
	if !ok {
		return nil, bad("stop", "stop must be a string or a list of strings")
	}
	if len(all) > mostStops {
		return nil, bad("stop", "stop may have at most %d strings", mostStops)
	}
	return all, nil
}

// prompts reads a string, a list of strings, a list of tokens, or a list of lists of tokens.
func (s *Server) prompts(v jsontext.Value) (tokens [][]int32, texts []string, f *fault) {
	if !given(v) {
		return nil, nil, bad("prompt", "no prompt; send a string, a list of strings, or tokens")
	}
	var lists [][]int32
	idsOf := func(v jsontext.Value) ([]int32, bool) { return listOf(v, idOf) }
	if one, ok := textOf(v); ok {
		texts = []string{one}
	} else if list, ok := listOf(v, textOf); ok && len(list) > 0 {
		texts = list
	} else if ids, ok := idsOf(v); ok && len(ids) > 0 {
		lists = [][]int32{ids}
	} else if lists, ok = listOf(v, idsOf); !ok || len(lists) == 0 {
		return nil, nil, bad("prompt", "prompt must be a string, a list of strings, a list of tokens, or a list of lists of tokens")
	}
	if len(texts)+len(lists) > s.config.Answers {
		return nil, nil, bad("prompt", "a request may have at most %d prompts", s.config.Answers)
	}
	for _, text := range texts {
		tokens = append(tokens, s.config.Model.Tokens(text))
	}
	for _, ids := range lists {
		text, err := s.config.Model.Tokenizer().Decode(ids)
		if err != nil || len(ids) == 0 {
			return nil, nil, bad("prompt", "a list of tokens is empty or contains a token outside the vocabulary of %d", s.config.Model.Tokenizer().Size())
		}
		tokens, texts = append(tokens, ids), append(texts, text)
	}
	return tokens, texts, nil
}
