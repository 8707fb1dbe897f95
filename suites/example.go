package suites

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
)

// Example is one thing that is asked of every model. The prompt type is not part
// of it: that is the condition, so that two prompt types meet on one example.
type Example struct {
	ID         string   `json:"id"` // see [ExampleID]
	Suite      string   `json:"suite"`
	Input      string   `json:"input"`
	References []string `json:"references,omitempty"` // correct answers, the best first
	Incorrect  []string `json:"incorrect,omitempty"`  // wrong answers, where the data set lists them
	Category   string   `json:"category,omitempty"`   // the data set's own subdivision
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
	return nil
}

// ExampleID is the hash of suite and canonical input (line ends as LF, no white
// space at either end), so that two models, two prompt types or two harnesses
// meet on it.
func ExampleID(suite, input string) string {
	canonical := strings.TrimSpace(strings.ReplaceAll(input, "\r\n", "\n"))
	sum := sha256.Sum256([]byte(suite + "\x00" + canonical))
	return hex.EncodeToString(sum[:12])
}
