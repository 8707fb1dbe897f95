package plan

import (
	"slices"

	"assay/harness/yamlstruct"
	"assay/models"
	"assay/suites"
	"assay/suites/judge"
)

// Run is a plan: which suites run on which models, and who judges the answers.
// It holds no secret: of a key only the name of the variable that has it. Its
// JSON leaves out what cannot change the results: see [Run.Canonical].
type Run struct {
	Path             string `json:"-"` // the file it was read from
	yamlstruct.Place `json:"-"`
	// Known are the suites that the plan may name: the catalog's, and those of the suite files
	// that it names. The plan's suites have the metrics that their judges define.
	Known []suites.Suite `json:"-"`

	// Title of the report.
	Title string `json:"-" yaml:"title"`
	// A paragraph for readers of reports: what is compared and why.
	About string `json:"-" yaml:"about" text:"lines"`
	// Seed for all sampling and resampling.
	Seed uint64 `json:"seed" default:"1"`
	// Name of the model that the others are compared with.
	Baseline string `json:"baseline,omitempty"`
	// Models to evaluate, each with its own name.
	Models []Model `json:"models" what:"a model" need:"write models: and below it a line '- {name: NAME, model: openai:URL#NAME}' for each"`
	// Suites to run, each listed once.
	Suites []Suite `json:"suites" what:"a suite" need:"write suites: and below it a line '- {suite: NAME}' for each"`
	// Judges that the suites use, each with its own name.
	Judges []Judge `json:"judges,omitempty" what:"a judge"`
	// Gates that decide the run's exit code.
	Gates []Gate `json:"gates,omitempty" what:"a gate"`
}

// Model is a model to evaluate.
type Model struct {
	yamlstruct.Place `json:"-"`

	// Name in records and tables.
	Name string `json:"name" need:"write the name that tables should show"`
	// Where the model is: openai:URL#NAME, gpt:DIR, world:NAME, replay:FILE or replay:FILE#NAME.
	Spec Spec `json:"model" need:"write openai:URL#NAME for a server, gpt:DIR for a local checkpoint or replay:FILE for recorded outputs"`
	Server
	Sampling
	// Conditions to replace for this model: {plain: few-shot} runs it under few-shot where other models run under plain, as the paper's "GPT (prompted)".
	AskedAs map[string]string `json:"asked_as,omitempty" like:"{QA prompt: QA + instruction}"`
	// Suites to run this model on; by default, all of the plan's suites.
	Suites []string `json:"suites,omitempty"`
	// Whether to read special tokens in a prompt as plain text; for local checkpoints.
	SplitSpecial bool `json:"split_special_tokens,omitzero"`
	// Number of answers to draw; only the one with the highest reward is kept.
	BestOf int `json:"best_of,omitzero" range:"[1,10000]" with:"reward"`
	// The reward model of best_of: gpt:DIR.
	Reward Spec `json:"reward,omitzero" with:"best_of"`
	// What the model is, in one line, for readers of the report.
	About string `json:"-" yaml:"about"`
}

// Suite is a suite that every model of the run is evaluated on.
type Suite struct {
	yamlstruct.Place `json:"-"`

	// Name of the suite; or the path of a suite file, such as tickets.yaml; or lm-eval:PATH for a task file of lm-evaluation-harness.
	Suite string `json:"suite" need:"write suite: and its name" oneof:"@suites"`
	// Data file, beside the plan or in the data folder; by default, the suite's usual place in the data folder, or what its suite file names.
	Data string `json:"data,omitempty" text:"path"`
	// File of few-shot examples; by default, the suite's usual place, if it has one.
	Shots string `json:"shots,omitempty" text:"path"`
	// Conditions (prompt types) to run; by default, the suite's own choice.
	Conditions []string `json:"conditions,omitempty"`
	// Number of examples, drawn with the seed; by default, all.
	Limit int `json:"limit,omitzero" range:"[1,1e9]"`
	// Field of the examples: toxicity (RealToxicityPrompts, in tenths), or category or another field of a suite file. The limit draws equally many examples from each of its values.
	Stratify string `json:"stratify,omitempty"`
	// Answers per example; by default, the suite file's number, or else 1.
	Samples int `json:"samples" range:"[1,100000]"`
	// Names of the judges.
	Judges   []string `json:"judges,omitempty" single:"judge"`
	Sampling `less:"max_completion_tokens"`
}

// SamplingOf returns the sampling of a suite's requests to a model: the suite's own in the
// catalog, overridden by the plan's for the suite, then by the plan's for the model.
func (s *Suite) SamplingOf(m *Model, own models.Sampling) models.Sampling {
	return m.Sampling.Over(s.Sampling.Over(own))
}

// ConditionsOf are the conditions under which a suite of the catalog runs: the plan's, or
// the suite's own. Nil if it has none.
func (s *Suite) ConditionsOf(known *suites.Suite) []string {
	switch {
	case s.Conditions != nil:
		return s.Conditions
	case known.Live != nil && known.Live.Conditions != nil:
		return known.Live.Conditions
	}
	return known.Conditions
}

// Judge is a judge that suites of the plan name: a toxicity service, a reward model on this
// machine, a program, or for every other kind a model.
type Judge struct {
	yamlstruct.Place `json:"-"`

	// Name in records; suites refer to the judge by it.
	Name string `json:"name" need:"write the name by which suites refer to it"`
	// Kind of judge.
	Kind suites.JudgeKind `json:"kind" need:"write kind:, such as kind: toxicity" oneof:"@kinds"`
	// Where the judge's model is: openai:URL#NAME, gpt:DIR, judge:DIR of 'assay train judge', or assay:toxicity; leave it out for a service or a program.
	Spec Spec `json:"model,omitzero"`
	judge.Settings
	// What the judge is asked beside the run's answers, so that a report can say how it judges.
	Audit JudgeAudit `json:"audit,omitzero"`
	Server
	Sampling
}

// JudgeAudit says what a judge is asked for its audit in reports.
type JudgeAudit struct {
	// How many more times each request is sent, to see how often the judge says something else.
	Repeats int `json:"repeats,omitempty" range:"[0,20]"`
	// Examples of each suite about whose answers requests are sent again; by default 100.
	Examples int `json:"examples,omitempty" range:"[1,1000000]" with:"repeats"`
	// File of pairs whose better answer is known, for kind: pairwise: rows with input, output_1, output_2 and label (1 or 2), as in LLMBar.
	Known string `json:"known,omitempty" text:"path"`
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

const runRemedy = "write models: and suites:, and under each one - entry a line"

// ReadRun reads a run's plan and checks it on its own and against the catalog. It
// reads neither the environment nor any other file, except suite files: the caller checks
// that paths exist and key variables are set.
func ReadRun(path string, catalog []suites.Suite, open Opener) (*Run, error) {
	return readFile(path, runRemedy, func(f *yamlstruct.File) (*Run, error) { return readRun(f, catalog, open) })
}

// newRun is a plan with its defaults.
func newRun() *Run {
	r := &Run{}
	yamlstruct.Defaults(r)
	return r
}

// runOptions are how a run's plan or a gates file is decoded.
func runOptions(what string, names []string) yamlstruct.Options {
	var kinds []string
	for _, k := range judge.Kinds() {
		kinds = append(kinds, string(k.Name))
	}
	return yamlstruct.Options{What: what, Lists: map[string][]string{"suites": names, "gated": names, "kinds": kinds}, Hint: keyHint}
}

func readRun(f *yamlstruct.File, catalog []suites.Suite, open Opener) (*Run, error) {
	r := newRun()
	named, err := openSuites(f, catalog, open)
	if err != nil {
		return r, err
	}
	r.Known = slices.Concat(catalog, named.suites())
	o := runOptions("a plan", slices.Concat(suiteNames(r.Known, false), named.references()))
	o.Named = map[string][]string{"gated": named.run(f, o.Lists["suites"])}
	o.Else = map[string]string{"suites": "or write the path of a suite file, such as tickets.yaml, or lm-eval: and the path of a task file"}
	f.Decode(r, o)
	if f.Err() == nil {
		named.rename(f, r)
	}
	if f.Err() == nil {
		c := &runChecker{f, r, slices.Clone(r.Known)}
		c.check()
		r.Known = c.catalog
	}
	r.Path = f.Path
	return r, f.Err()
}

// suiteNames are the names of the catalog's suites, or of those alone that models can be
// run on.
func suiteNames(catalog []suites.Suite, live bool) []string {
	var names []string
	for i := range catalog {
		if !live || catalog[i].Live != nil {
			names = append(names, catalog[i].Name)
		}
	}
	return names
}
