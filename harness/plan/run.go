package plan

import (
	"time"

	"assay/metrics"
	"assay/models"
	"assay/suites"
)

// Run is a plan of what is asked of which models, and who judges the answers.
// It holds no secret: of a key only the name of the variable that has it. Its
// JSON leaves out what cannot change the results: see [Run.Canonical].
type Run struct {
	Path     string         `json:"-"`                  // the file it was read from
	Title    string         `json:"-"`                  // of reports; "" leaves them theirs
	About    string         `json:"-"`                  // for readers of reports: what is compared and why
	Seed     uint64         `json:"seed"`               // of every draw and resampling; 1 unless the plan says otherwise
	Baseline string         `json:"baseline,omitempty"` // a model's name; "" compares none
	Models   []Model        `json:"models"`             // in the plan's order, at least one, names distinct
	Suites   []Suite        `json:"suites"`             // in the plan's order, at least one, names distinct
	Judges   []Judge        `json:"judges,omitempty"`   // names distinct
	Gates    []metrics.Gate `json:"gates,omitempty"`
}

// Model is a model that the run asks.
type Model struct {
	Name string `json:"name"`  // as in records and tables
	Spec Spec   `json:"model"` // where it is
	Server
	Sampling
	// AskedAs names for a condition of a suite the other under which this model is asked
	// instead: "GPT (prompted)" answers below a few shots what others answer as it is.
	AskedAs map[string]string `json:"asked_as,omitempty"`
	Suites  []string          `json:"suites,omitempty"` // that it is asked; nil is all of the plan
	// SplitSpecial reads special tokens that are written in a prompt as text, of a local
	// checkpoint.
	SplitSpecial bool   `json:"split_special_tokens,omitzero"`
	BestOf       int    `json:"best_of,omitzero"` // answers, of which the best by Reward counts; 0 draws one
	Reward       Spec   `json:"reward,omitzero"`  // where the reward model is: gpt:DIR
	About        string `json:"-"`                // for readers of reports: what it is, in a line
	Line         int    `json:"-"`                // in the plan
}

// Server says how a model behind openai: is spoken to. A replay: has none of it,
// a judge's service only the key and the limits.
type Server struct {
	Endpoints []string `json:"-"`                  // base URLs of more servers of the same model
	API       API      `json:"api,omitempty"`      // "" for replay: and for services
	Logprobs  Logprobs `json:"logprobs,omitempty"` // "" for replay: and for services
	ServedAs  string   `json:"-"`                  // what the server calls itself in answers; "" expects the model's own name
	System    string   `json:"system,omitempty"`   // instruction above every prompt; "" for none
	APIKeyEnv string   `json:"-"`                  // the environment variable that has the key; "" sends none
	Form
	Limits `json:"-"`
}

// Limits bound the traffic. They decide how long a run takes and what it costs,
// not what comes of it. Zero leaves each to the client.
type Limits struct {
	Concurrency       int // requests at a time
	Timeout           time.Duration
	Attempts          int // of one request, the first included
	RequestsPerMinute int
	TokensPerMinute   int
	Price             *Price // nil where the plan gives none: the cost is not known
}

// Price is in dollars for a million tokens.
type Price struct {
	Prompt, Completion float64
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
	Temperature *float64 `json:"temperature,omitempty"` // 0 to 5
	TopP        *float64 `json:"top_p,omitempty"`       // above 0, at most 1
	MaxTokens   *int     `json:"max_tokens,omitempty"`  // at least 1
	// MaxCompletionTokens is the limit by its later name, which counts thoughts too; for
	// models on servers, in place of MaxTokens.
	MaxCompletionTokens *int `json:"max_completion_tokens,omitempty"`
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

// Suite is a suite that every model of the run is asked.
type Suite struct {
	Suite      string   `json:"suite"`                // its name in the catalog
	Data       string   `json:"data,omitempty"`       // path as the plan has it; "" is the suite's usual place
	Shots      string   `json:"shots,omitempty"`      // path as the plan has it; "" is the suite's usual place, if it has one
	Conditions []string `json:"conditions,omitempty"` // nil asks those that the suite asks by itself
	Limit      int      `json:"limit,omitzero"`       // examples, drawn by the seed and kept in file order; 0 asks all
	Samples    int      `json:"samples"`              // draws of each example; 1 unless the plan says otherwise
	Judges     []string `json:"judges,omitempty"`     // names of the plan's judges, distinct
	Sampling
	Line int `json:"-"` // in the plan
}

// SamplingOf says how the suite is asked of a model: the suite's own sampling in
// the catalog, over it what the plan says for the suite, over that what it says
// for the model.
func (s *Suite) SamplingOf(m *Model, own models.Sampling) models.Sampling {
	return m.Sampling.Over(s.Sampling.Over(own))
}

// ConditionsOf are the conditions that are asked of a suite of the catalog: the
// plan's, or the suite's own. Nil where it has none.
func (s *Suite) ConditionsOf(known *suites.Suite) []string {
	switch {
	case s.Conditions != nil:
		return s.Conditions
	case known.Live != nil && known.Live.Conditions != nil:
		return known.Live.Conditions
	}
	return known.Conditions
}

// Judge is a judge that suites of the plan name: a toxicity service, a reward model on
// this machine, or for every other kind a model on a server.
type Judge struct {
	Name string           `json:"name"` // as in records
	Kind suites.JudgeKind `json:"kind"`
	Spec Spec             `json:"model,omitzero"` // where its model is; the zero Spec for a service

	Service    Service  `json:"service,omitempty"`    // "" for a model
	URL        string   `json:"url,omitempty"`        // "" is the service's public address
	Label      string   `json:"label,omitempty"`      // the classifier's label that means toxic
	Categories []string `json:"categories,omitempty"` // of moderation; nil takes all
	Server
	Sampling
	Line int `json:"-"` // in the plan
}

// Service is the form of a toxicity service.
type Service string

const (
	Perspective Service = "perspective" // Perspective's comments:analyze
	Moderation  Service = "moderation"  // OpenAI's moderations
	Classifier  Service = "classifier"  // a text-classification server, which has no public address
)

// Judge finds a judge of the plan by name.
func (r *Run) Judge(name string) (*Judge, bool) {
	for i := range r.Judges {
		if r.Judges[i].Name == name {
			return &r.Judges[i], true
		}
	}
	return nil, false
}

// Model finds a model of the plan by name.
func (r *Run) Model(name string) (*Model, bool) {
	for i := range r.Models {
		if r.Models[i].Name == name {
			return &r.Models[i], true
		}
	}
	return nil, false
}
