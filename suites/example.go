package suites

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"slices"
	"strings"
)

// Example is one input for every model. The prompt type is not part of it: that is the
// condition, so that two prompt types share an example.
type Example struct {
	ID         string   `json:"id"` // see [ExampleID]
	Suite      string   `json:"suite"`
	Input      string   `json:"input"`
	References []string `json:"references,omitempty"` // correct answers, the best first
	Incorrect  []string `json:"incorrect,omitempty"`  // wrong answers, if the data set lists them
	Choices    []string `json:"choices,omitempty"`    // what could be chosen from, in the order shown to models
	Context    string   `json:"context,omitempty"`    // what the answer should be based on, for judges; Input may have it too
	Category   string   `json:"category,omitempty"`   // the data set's own subdivision
	// Cluster is what several examples share, such as their passage: errors are clustered
	// by it. "" shares with none. [Suite.Clusters] is the word for it.
	Cluster string `json:"cluster,omitempty"`
	// Fields are other names and values to break metrics down by, such as "article".
	Fields map[string]string `json:"fields,omitempty"`
	// Content is the hash of the bare question and references, by which runs of other harnesses
	// are joined: see [Content]. Whoever makes an example sets it if the bare question is not
	// Input; else it is set when the example is written.
	Content string `json:"content,omitempty"`
}

// CategoryField is the name of an example's Category among its fields.
const CategoryField = "category"

// Field returns a field to break metrics down by; false if the example doesn't have it.
func (e *Example) Field(name string) (string, bool) {
	if name == CategoryField {
		return e.Category, e.Category != ""
	}
	value, ok := e.Fields[name]
	return value, ok
}

// IDField is the name among an example's fields of the id that its data give it.
const IDField = "id"

// OwnID is the id that the data give the example, for people to find its row; "" if they give none.
func (e *Example) OwnID() string { return e.Fields[IDField] }

// FieldNames lists the names for which [Example.Field] has a value, sorted.
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

// Instruction is the example's input for an instruction with an input, which are separate in
// the files of AlpacaFarm and Alpaca: the instruction, a blank line and its input. A blank
// input counts as none.
func Instruction(instruction, input string) string {
	if strings.TrimSpace(input) == "" {
		return instruction
	}
	return instruction + "\n\n" + input
}

// Validate checks the record on its own.
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

// ClusterOf is the cluster for a text that several examples share: its hash, with white
// space as one space.
func ClusterOf(shared string) string {
	sum := sha256.Sum256([]byte(strings.Join(strings.Fields(shared), " ")))
	return hex.EncodeToString(sum[:8])
}

// ExampleID is the hash of suite and canonical input (line ends as LF, no white space at
// either end). So two models, two prompt types or two harnesses have the same id for it.
func ExampleID(suite, input string) string {
	canonical := strings.TrimSpace(strings.ReplaceAll(input, "\r\n", "\n"))
	sum := sha256.Sum256([]byte(suite + "\x00" + canonical))
	return hex.EncodeToString(sum[:12])
}
