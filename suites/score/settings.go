package score

import (
	"embed"

	"github.com/go-json-experiment/json/jsontext"

	"assay/metrics/text"
)

// Settings are the fields of a metric in a suite file. Each metric takes some of them: see
// [Kinds].
type Settings struct {
	// Name in records and tables; by default, the metric's own. Two metrics of one kind need different names.
	Name string `json:"name,omitempty"`
	// Title in tables and on axes; by default, the name that is written here, or else the metric's own title.
	Title string `json:"title,omitempty"`
	// Changes made to answer and references before they are compared, in this order.
	Normalise []string `json:"normalise,omitempty" oneof:"@normalisers"`
	// Patterns (RE2) whose matches are removed from answer and references, before normalising.
	Ignore []string `json:"ignore,omitempty"`
	// Unit that is compared; words end at white space.
	Unit Unit `json:"unit,omitempty" oneof:"words|characters"`

	// Pattern (RE2) that must match somewhere in the answer; by default, each reference is one.
	Pattern string `json:"pattern,omitempty"`
	// Largest difference between two numbers that count as equal; by default 0, which compares all digits.
	Tolerance float64 `json:"tolerance,omitempty" range:"[0,1e300]"`
	// Largest difference that counts as equal, as a share of the reference: 0.01 is 1%.
	RelativeTolerance float64 `json:"relative_tolerance,omitempty" range:"[0,1]"`
	// Text that says that there is no answer; it equals only itself.
	NoAnswer string `json:"no_answer,omitempty"`
	// Smallest F1 of the references among themselves; below it, an example isn't scored.
	Agreement float64 `json:"agreement,omitempty" range:"[0,1]"`
	// Tokenizer of sacrebleu; by default, 13a.
	Tokenize text.Tokenizer `json:"tokenize,omitempty" oneof:"13a|intl|zh|char|none"`
	// Whether chrF also compares words: chrF++.
	Words bool `json:"words,omitempty"`
	// JSON Schema that the answer must fit: the schema, or the path of its file.
	Schema jsontext.Value `json:"schema,omitempty"`
	// Labels among which the answer chooses. With choices, they name the choices by position.
	Labels []string `json:"labels,omitempty"`
	// The label that is looked for.
	Label string `json:"label,omitempty"`
	// What a log-probability is divided by.
	Per Per `json:"per,omitempty" oneof:"character|byte|token|word"`
	// Largest value that a loss can have, for intervals that need one.
	Highest float64 `json:"highest,omitempty" range:"(0,1e300]"`
	// Number of bins by confidence; by default, 10.
	Bins int `json:"bins,omitempty" range:"[1,1000]"`

	// Field of the example (see fields) that holds the text of the choice that counts as 1.
	Toward string `json:"toward,omitempty"`
	// Field of the example that holds the text of the choice that counts as -1.
	Against string `json:"against,omitempty" with:"toward"`
	// Whether to leave out answers that are neither of the two; otherwise they count as 0.
	Decided bool `json:"decided,omitempty" with:"toward"`
	// Fields and their values, such as {context: ambig}: other examples are left out of the metric.
	When map[string]string `json:"when,omitempty" like:"{language: en}"`

	// Values of k for pass@k: the probability that at least one of k answers to an example is right.
	PassAt []int `json:"pass_at,omitempty"`
	// Whether the most frequent answer of several samples is scored.
	Majority bool `json:"majority,omitempty"`

	// ReadFile reads the file of a schema. Without it, a schema can't be a path.
	ReadFile func(path string) ([]byte, error) `json:"-"`
	// Blank says that a blank reference is compared as it is. Otherwise it counts as none.
	Blank bool `json:"-"`
}

// always are the keys that every metric takes.
var always = []string{"name", "title", "when", "pass_at", "majority"}

// Unit is what texts are compared by.
type Unit string

const (
	ByWord      Unit = "words"      // separated by white space; the default
	ByCharacter Unit = "characters" // without white space
)

// Per is the unit of a text's length.
type Per string

const (
	PerText      Per = ""          // the text as it is
	PerCharacter Per = "character" // Unicode's
	PerByte      Per = "byte"      // of UTF-8
	PerToken     Per = "token"     // the model's own
	PerWord      Per = "word"      // separated by white space
)

// Source is this package's code: the comments of settings describe the fields of files.
//
//go:embed *.go
var Source embed.FS
