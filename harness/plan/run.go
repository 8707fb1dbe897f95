package plan

import (
	"assay/harness/yamlstruct"
	"assay/models"
	"assay/suites"
	"assay/suites/judge"
)

// Run is a plan of what is asked of which models, and who judges the answers.
// It holds no secret: of a key only the name of the variable that has it. Its
// JSON leaves out what cannot change the results: see [Run.Canonical].
type Run struct {
	Path             string `json:"-"` // the file it was read from
	yamlstruct.Place `json:"-"`

	// Title of reports.
	Title string `json:"-" yaml:"title"`
	// A paragraph for readers of reports: what is compared and why.
	About string `json:"-" yaml:"about" text:"lines"`
	// Seed of every draw and resampling.
	Seed uint64 `json:"seed" default:"1"`
	// Name of the model that the others are compared with.
	Baseline string `json:"baseline,omitempty"`
	// Models to evaluate, each under a name of its own.
	Models []Model `json:"models" what:"a model" need:"write models: and under it one - {name: NAME, model: openai:URL#NAME} a line"`
	// Suites to run, each once.
	Suites []Suite `json:"suites" what:"a suite" need:"write suites: and under it one - {suite: NAME} a line"`
	// Judges that suites name, each under a name of its own.
	Judges []Judge `json:"judges,omitempty" what:"a judge"`
	// Gates that decide the run's exit code.
	Gates []Gate `json:"gates,omitempty" what:"a gate"`
}

// Model is a model that the run asks.
type Model struct {
	yamlstruct.Place `json:"-"`

	// Name in records and tables.
	Name string `json:"name" need:"give the model the name that tables should show"`
	// Where the model is: openai:URL#NAME, gpt:DIR, world:NAME, replay:FILE or replay:FILE#NAME.
	Spec Spec `json:"model" need:"write openai:URL#NAME for a server, gpt:DIR for a local checkpoint or replay:FILE for recorded outputs"`
	Server
	Sampling
	// Conditions under which this model is run in place of others: "GPT (prompted)" sees a few shots where others see none.
	AskedAs map[string]string `json:"asked_as,omitempty" like:"{QA prompt: QA + instruction}"`
	// Suites that this model is run on; without it all of the plan.
	Suites []string `json:"suites,omitempty"`
	// Whether special tokens in a prompt are read as plain text, for local checkpoints.
	SplitSpecial bool `json:"split_special_tokens,omitzero"`
	// Answers, of which the best by the reward model counts.
	BestOf int `json:"best_of,omitzero" range:"[1,10000]" with:"reward"`
	// The reward model of best_of: gpt:DIR.
	Reward Spec `json:"reward,omitzero" with:"best_of"`
	// A line on what the model is, for readers of reports.
	About string `json:"-" yaml:"about"`
}

// Suite is a suite that every model of the run is asked.
type Suite struct {
	yamlstruct.Place `json:"-"`

	// Name of the suite.
	Suite string `json:"suite" need:"write suite: and its name" oneof:"@suites"`
	// Data file, beside the plan or below the data folder; without it the suite's usual place.
	Data string `json:"data,omitempty" text:"path"`
	// File of few-shot examples; without it the suite's usual place, if it has one.
	Shots string `json:"shots,omitempty" text:"path"`
	// Prompt types; without it those that the suite runs by default.
	Conditions []string `json:"conditions,omitempty"`
	// Examples, drawn by the seed; without it all.
	Limit int `json:"limit,omitzero" range:"[1,1e9]"`
	// Draws of each example.
	Samples int `json:"samples" default:"1" range:"[1,100000]"`
	// Names of the judges.
	Judges   []string `json:"judges,omitempty" single:"judge"`
	Sampling `less:"max_completion_tokens"`
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
	yamlstruct.Place `json:"-"`

	// Name in records, by which suites name it.
	Name string `json:"name" need:"give the judge the name by which suites name it"`
	// What it judges.
	Kind suites.JudgeKind `json:"kind" need:"write kind: and what it judges, as in kind: toxicity" oneof:"@kinds"`
	// Where the judge's model is: openai:URL#NAME, replay:FILE, or gpt:DIR for a reward model; none for a service.
	Spec Spec `json:"model,omitzero"`
	judge.Settings
	Server
	Sampling
}

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
