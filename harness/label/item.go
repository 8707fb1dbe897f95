package label

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"

	"assay/harness/leaf/seed"
	"assay/suites/labels"
)

// Item is what a labeler judges at a time: a prompt with one or more outputs.
type Item struct {
	ID   string      `json:"id"` // says nothing about models
	Kind labels.Item `json:"kind,omitzero"`

	Suite        string `json:"suite"`
	Example      string `json:"example"`
	Condition    string `json:"condition,omitzero"`
	Sample       int    `json:"sample,omitzero"`
	Prompt       string `json:"prompt"`
	Context      string `json:"context,omitzero"`
	Category     string `json:"category,omitzero"`
	Cluster      string `json:"cluster,omitzero"`
	Constraint   string `json:"constraint,omitzero"`
	ClosedDomain *bool  `json:"closed_domain,omitzero"`

	Outputs []Output `json:"outputs"`
	// Probability is that of each output to be drawn for labelling; 0 for items with known answers.
	Probability float64 `json:"probability,omitzero"`
}

// Output is what one model said.
type Output struct {
	Model string `json:"model"`
	Text  string `json:"text"`
	// Known is the right judgement, in an item with known answers.
	Known *labels.Row `json:"known,omitzero"`
}

// identify gives the item its id.
func (it *Item) identify() {
	h := sha256.New()
	for _, s := range []string{string(it.Kind), it.Suite, it.Example, it.Condition, fmt.Sprint(it.Sample)} {
		fmt.Fprintf(h, "%d:%s", len(s), s)
	}
	for _, o := range it.Outputs {
		fmt.Fprintf(h, "%d:%s", len(o.Model), o.Model)
	}
	it.ID = hex.EncodeToString(h.Sum(nil)[:8])
}

// Order is the order in which a labeler sees the item's outputs: entry i is the output shown at
// place i. Each labeler has another one, so that no model is always first.
func (it *Item) Order(from uint64, labeler string) []int {
	return rand.New(seed.New(seed.At(from ^ seed.Text([]byte(it.ID+"\x00"+labeler))))).Perm(len(it.Outputs))
}
