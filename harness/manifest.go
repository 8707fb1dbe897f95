package harness

import (
	"github.com/go-json-experiment/json/jsontext"

	"assay/metrics"
	"assay/models"
	"assay/suites"
)

// Manifest describes a run: enough to repeat it, and to see whether two runs make the same
// requests. Equal runs have equal manifests. What differs between equal runs (durations,
// host) is in timings.jsonl.
type Manifest struct {
	Schema   int           `json:"schema"`
	Plan     Plan          `json:"plan"`
	Seed     uint64        `json:"seed"` // of every resampling over this run
	Versions Versions      `json:"versions"`
	Baseline string        `json:"baseline,omitempty"` // the model that others are compared with by default
	Models   []models.Info `json:"models"`             // in order of first appearance
	Counts   []Count       `json:"counts"`
	// Suites define the run's suites and metrics. Nil in a run from before manifests had
	// definitions; the catalog's are then used.
	Suites []suites.Definition `json:"suites,omitempty"`
	// Answers counts each model's answers to each suite. Nil in an old run whose judgements
	// carry no marks.
	Answers []AnswerCount `json:"answers,omitempty"`
	// Notes count what a training did to its data before the first step, such as prompts that
	// it left out because they were too long.
	Notes []Note `json:"notes,omitempty"`
	// Settings say how another harness made the requests of an imported run, and what suite files set.
	Settings []Setting `json:"settings,omitempty"`
	// Files are the run's own streams as they were when the run was finished; nil in an
	// imported run.
	Files []Source `json:"files,omitempty"`
}

// SuiteFileSetting is what the name of a setting starts with that a suite file has. A plan may
// set the same field otherwise.
const SuiteFileSetting = "suite file: "

// Setting is how another harness made its requests, in its own words: "temperature", "0.7".
// Names that a plan also has are written as in plans, so that the two can be compared: api,
// system, temperature, top_p, max_tokens, shots.
type Setting struct {
	Suite string `json:"suite,omitempty"` // "" for all suites of the run
	Model string `json:"model,omitempty"` // "" for all its models
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Note counts what was done to rows of data.
type Note struct {
	What string `json:"what"`
	N    int    `json:"n"`
}

// ManifestSchema is the version of the manifest that this assay reads and writes.
const ManifestSchema = 1

// Plan says where a run's records come from: an importer, or the plan of a run
// or of a training.
type Plan struct {
	Title   string         `json:"title,omitempty"`  // of reports, from the plan
	About   string         `json:"about,omitempty"`  // what is compared and why, from the plan
	Import  string         `json:"import,omitempty"` // the importer's name
	Run     jsontext.Value `json:"run,omitempty"`    // the plan that was run, in its canonical form
	Train   jsontext.Value `json:"train,omitempty"`  // the training's plan, in its canonical form
	Sources []Source       `json:"sources"`          // the files that were read
}

// Source is a file that was read.
type Source struct {
	Name   string `json:"name"` // base name
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	// Skipped counts the bad rows that an import skipped. Torn is true if the file could not
	// be read to its end.
	Skipped int  `json:"skipped,omitempty"`
	Torn    bool `json:"torn,omitempty"`
}

// Versions say which program made the run, and on which CPU path.
type Versions struct {
	Assay  string `json:"assay"`
	Commit string `json:"commit,omitempty"` // "" if the build doesn't know it
	Go     string `json:"go"`
	CPU    string `json:"cpu"`
}

// Count tallies the judgements of one suite.
type Count struct {
	Suite       string `json:"suite"`
	Examples    int    `json:"examples"`
	Completions int    `json:"completions"`
	Attempted   int    `json:"attempted"` // judgements
	Scored      int    `json:"scored"`
	Missing     int    `json:"missing"`
}

// AnswerCount tallies one model's answers to one suite.
type AnswerCount struct {
	Suite           string `json:"suite"`
	Model           string `json:"model"`
	metrics.Answers `json:",inline"`
}

// AnswerCounts tallies answers, in order of first appearance.
type AnswerCounts []AnswerCount

// Add counts one answer.
func (all *AnswerCounts) Add(suite, model string, mark metrics.Mark) {
	for i := len(*all) - 1; i >= 0; i-- { // the last is the likeliest
		if c := &(*all)[i]; c.Suite == suite && c.Model == model {
			c.Answers.Add(mark)
			return
		}
	}
	*all = append(*all, AnswerCount{Suite: suite, Model: model})
	(*all)[len(*all)-1].Answers.Add(mark)
}
