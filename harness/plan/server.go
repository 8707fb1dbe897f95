package plan

import (
	"time"

	"assay/models"
)

// Server says how requests to a model behind openai: are made. A replay: has none of it,
// a judge's service only the key and the limits.
type Server struct {
	// Base URLs of further servers with the same model.
	Endpoints []string `json:"-" yaml:"endpoints"`
	// Form of the requests; by default, completions.
	API API `json:"api,omitempty" oneof:"completions|chat"`
	// How choices are scored. echo: a request per choice, which the server echoes with log-probabilities. letters: one request that lists the choices as A, B, C. auto, the default: echo if the server supports it, letters otherwise.
	Logprobs Logprobs `json:"logprobs,omitempty" oneof:"auto|echo|letters"`
	// Model name that the server gives in its answers, if it differs; "*" accepts any name.
	ServedAs string `json:"-" yaml:"served_as"`
	// System instruction, sent before every prompt.
	System string `json:"system,omitempty" text:"lines"`
	// Environment variable that holds the key.
	APIKeyEnv string `json:"-" yaml:"api_key_env"`
	Form
	Limits `json:"-"`
}

// Limits bound the traffic. They decide how long a run takes and what it costs,
// not its results. Zero leaves each to the client.
type Limits struct {
	// Maximum number of requests at a time.
	Concurrency int `yaml:"concurrency" range:"[1,10000]"`
	// Maximum time per attempt.
	Timeout time.Duration `yaml:"timeout"`
	// Maximum number of attempts per request, including the first.
	Attempts int `yaml:"attempts" range:"[1,100]"`
	// Maximum number of requests per minute.
	RequestsPerMinute int `yaml:"requests_per_minute" range:"[1,1e9]"`
	// Maximum number of tokens per minute.
	TokensPerMinute int `yaml:"tokens_per_minute" range:"[1,1e12]"`
	// Price per million tokens, in dollars; without it, the cost is unknown.
	Price *Price `yaml:"price" what:"a price"`
}

// Price is in dollars for a million tokens.
type Price struct {
	// Price of prompt tokens.
	Prompt float64 `yaml:"prompt" range:"[0,1e6]" need:"write {prompt: P, completion: C}, in dollars per million tokens"`
	// Price of answer tokens.
	Completion float64 `yaml:"completion" range:"[0,1e6]" need:"write {prompt: P, completion: C}, in dollars per million tokens"`
}

// API is the form of an OpenAI-compatible server's requests.
type API string

const (
	Completions API = "completions" // a bare prompt; the default
	Chat        API = "chat"        // messages
)

// Logprobs is the way in which choices are scored.
type Logprobs string

const (
	AutoLogprobs Logprobs = "auto"    // what the server can do; the default
	Echo         Logprobs = "echo"    // the prompt's own log-probabilities
	Letters      Logprobs = "letters" // choices listed under letters, and the log-probability of each letter
)

// Sampling overrides parameters of decoding; nil leaves one as it is.
type Sampling struct {
	// Sampling temperature; 0 is greedy.
	Temperature *float64 `json:"temperature,omitempty" range:"[0,5]"`
	// Sample only from the most likely tokens that make up this probability.
	TopP *float64 `json:"top_p,omitempty" range:"(0,1]"`
	// Maximum number of tokens per answer.
	MaxTokens *int `json:"max_tokens,omitempty" range:"[1,1e7]"`
	// Maximum number of tokens per answer with its thoughts, instead of max_tokens; for models on servers.
	MaxCompletionTokens *int `json:"max_completion_tokens,omitempty" range:"[1,1e7]" without:"max_tokens"`
}

// Over gives the parameters with those that are set in s taking the place of base's.
func (s Sampling) Over(base models.Sampling) models.Sampling {
	if s.Temperature != nil {
		base.Temperature = *s.Temperature
	}
	if s.TopP != nil {
		base.TopP = *s.TopP
	}
	if s.MaxTokens != nil {
		base.MaxTokens = *s.MaxTokens
	}
	if s.MaxCompletionTokens != nil {
		base.MaxTokens = *s.MaxCompletionTokens
	}
	return base
}
