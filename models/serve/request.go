package serve

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/plural"
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
		return bad("n", "a request must have 1 to %s (prompts times n)", plural.Of(s.config.Answers, "answer"))
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
