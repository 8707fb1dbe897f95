package suites

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"slices"
	"strings"
)

// Example is one input for every model. The prompt type is not part
// of it: that is the condition, so that two prompt types meet on one example.
type Example struct {
	ID         string   `json:"id"` // see [ExampleID]
	Suite      string   `json:"suite"`
	Input      string   `json:"input"`
	References []string `json:"references,omitempty"` // correct answers, the best first
	Incorrect  []string `json:"incorrect,omitempty"`  // wrong answers, where the data set lists them
	Category   string   `json:"category,omitempty"`   // the data set's own subdivision
	// Cluster is what several examples share, such as their passage: errors are clustered
	// by it. "" shares with none. What it is of the suite says: [Suite.Clusters].
	Cluster string `json:"cluster,omitempty"`
	// Fields are other names and values to break metrics down by, as "article".
	Fields map[string]string `json:"fields,omitempty"`
}

// CategoryField is the name of an example's Category among its fields.
const CategoryField = "category"

// Field is a field to break metrics down by; false where the example has none.
func (e *Example) Field(name string) (string, bool) {
	if name == CategoryField {
		return e.Category, e.Category != ""
	}
	value, ok := e.Fields[name]
	return value, ok
}

// FieldNames are the names that [Example.Field] knows of the example, sorted.
func (e *Example) FieldNames() []string {
	names := slices.Collect(maps.Keys(e.Fields))
	if e.Category != "" {
		names = append(names, CategoryField)
	}
	slices.Sort(names)
	return names
}

// NewExample makes an example with its id.
func NewExample(suite, input string, references []string, category string) Example {
	return Example{ID: ExampleID(suite, input), Suite: suite, Input: input, References: references, Category: category}
}

// Instruction is the input of an instruction with an input of its own, which AlpacaFarm's
// and Alpaca's files keep apart: below it, after a blank line. A blank one is none.
func Instruction(instruction, input string) string {
	if strings.TrimSpace(input) == "" {
		return instruction
	}
	return instruction + "\n\n" + input
}

// Validate checks the record by itself.
func (e *Example) Validate() error {
	switch {
	case e.ID == "":
		return errors.New("example without an id")
	case e.Suite == "":
		return errors.New("example without a suite")
	}
	if _, ok := e.Fields[CategoryField]; ok {
		return errors.New("example with a field \"category\"; that is a member of its own")
	}
	return nil
}

// ClusterOf is the cluster of what several examples share: a hash of its text, with white
// space as one space.
func ClusterOf(shared string) string {
	sum := sha256.Sum256([]byte(strings.Join(strings.Fields(shared), " ")))
	return hex.EncodeToString(sum[:8])
}

// ExampleID is the hash of suite and canonical input (line ends as LF, no white
// space at either end), so that two models, two prompt types or two harnesses
// meet on it.
func ExampleID(suite, input string) string {
	canonical := strings.TrimSpace(strings.ReplaceAll(input, "\r\n", "\n"))
	sum := sha256.Sum256([]byte(suite + "\x00" + canonical))
	return hex.EncodeToString(sum[:12])
}
