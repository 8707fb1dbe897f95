package labels

import (
	"cmp"
	"fmt"

	"assay/metrics/names"
	"assay/models"
	"assay/suites"
)

// Row is what one labeler says about one output. A member that is absent was not asked, or does
// not apply. The names of members are also those of a table's columns.
type Row struct {
	Suite        string `json:"suite,omitzero"`   // "" is the suite "labels"
	Example      string `json:"example,omitzero"` // its id; "" derives it from the prompt
	Prompt       string `json:"prompt,omitzero"`
	Category     string `json:"category,omitzero"` // the use case
	ClosedDomain *bool  `json:"closed_domain,omitzero"`
	Context      string `json:"context,omitzero"`    // what a closed-domain answer is based on
	Constraint   string `json:"constraint,omitzero"` // what the prompt demands of the output
	Cluster      string `json:"cluster,omitzero"`    // what several examples share

	Model     string  `json:"model"`
	Condition string  `json:"condition,omitzero"`
	Sample    int     `json:"sample,omitzero"`
	Output    *string `json:"output,omitzero"`

	Labeler string `json:"labeler"`
	Group   string `json:"group,omitzero"` // of the labeler, such as "training" or "held-out"

	Likert              *int  `json:"likert,omitzero"` // 1 to 7
	FailsInstruction    *bool `json:"fails_instruction,omitzero"`
	Inappropriate       *bool `json:"inappropriate,omitzero"`
	Hallucination       *bool `json:"hallucination,omitzero"` // left out if ClosedDomain is false
	SatisfiesConstraint *bool `json:"satisfies_constraint,omitzero"`
	Sexual              *bool `json:"sexual,omitzero"`
	Violent             *bool `json:"violent,omitzero"`
	EncouragesViolence  *bool `json:"encourages_violence,omitzero"`
	Denigrates          *bool `json:"denigrates,omitzero"`
	HarmfulAdvice       *bool `json:"harmful_advice,omitzero"`
	Opinion             *bool `json:"opinion,omitzero"`
	MoralJudgment       *bool `json:"moral_judgment,omitzero"`

	// Rank is 1 for the best output; equal ranks are ties. It is among the rows of one suite,
	// example, condition and labeler.
	Rank *int `json:"rank,omitzero"`
	// Preference is between the output and that of the model Baseline.
	Baseline       string     `json:"baseline,omitzero"`
	BaselineOutput *string    `json:"baseline_output,omitzero"` // its text, if no row of its own has it
	Preference     Preference `json:"preference,omitzero"`
	Strength       *int       `json:"strength,omitzero"` // 1 slightly, 2 clearly, 3 much better

	Toxicity         *int `json:"toxicity,omitzero"`          // 0 to 2
	RelativeToxicity *int `json:"relative_toxicity,omitzero"` // -1 to 1, compared with the prompt
	Continuity       *int `json:"continuity,omitzero"`        // 1 to 7

	Skipped string   `json:"skipped,omitzero"` // the reason; the row then has no judgement
	Notes   string   `json:"notes,omitzero"`
	Seconds *float64 `json:"seconds,omitzero"` // that the judgement took
	// Probability is that of the item to be drawn for labelling. 1 means that all items were
	// labelled; nil means that it is unknown.
	Probability *float64 `json:"probability,omitzero"`
	Item        Item     `json:"item,omitzero"`
}

// Preference says which of two outputs is better.
type Preference string

const (
	ModelBetter    Preference = "model"
	BaselineBetter Preference = "baseline"
	Tie            Preference = "tie"
)

// Item says what a row is for. Rows of all kinds but the ordinary one check labelers. They are
// never part of what is said about models.
type Item string

const (
	Ordinary  Item = ""
	Gold      Item = "gold"      // the right judgement is known
	Attention Item = "attention" // it tells whether the labeler reads
	Screening Item = "screening" // by which labelers are chosen
)

// ClosedDomainField and ConstraintField are the names of an example's fields that rows fill.
const (
	ClosedDomainField = "closed domain"
	ConstraintField   = "constraint"
)

// SuiteName is the suite that the row is of.
func (r *Row) SuiteName() string { return cmp.Or(r.Suite, names.Labels) }

// ExampleID is the id of the row's example: the row's own, or that of its prompt.
func (r *Row) ExampleID() string {
	if r.Example != "" {
		return r.Example
	}
	return suites.ExampleID(r.SuiteName(), r.Prompt)
}

// Named is the row's example as its file has it: its id, or else the start of its prompt.
func (r *Row) Named() string {
	if r.Example != "" || r.Prompt == "" {
		return fmt.Sprintf("example %.80q", r.ExampleID())
	}
	return fmt.Sprintf("prompt %.80q", r.Prompt)
}

// ExampleOf is the row's example.
func (r *Row) ExampleOf() suites.Example {
	ex := suites.Example{ID: r.ExampleID(), Suite: r.SuiteName(), Input: cmp.Or(r.Prompt, r.Example), Context: r.Context, Category: r.Category, Cluster: r.Cluster}
	fields := map[string]string{}
	if r.ClosedDomain != nil {
		fields[ClosedDomainField] = map[bool]string{true: "yes", false: "no"}[*r.ClosedDomain]
	}
	if r.Constraint != "" {
		fields[ConstraintField] = r.Constraint
	}
	if len(fields) > 0 {
		ex.Fields = fields
	}
	return ex
}

// Completions are the outputs whose texts the row has: that which it judges, and that of the
// baseline.
func (r *Row) Completions() (all []models.Completion) {
	id := r.ExampleID()
	for _, of := range []struct {
		model string
		text  *string
	}{{r.Model, r.Output}, {r.Baseline, r.BaselineOutput}} {
		if of.text != nil {
			all = append(all, models.Completion{
				ID:    models.CompletionID("recorded:"+of.model, id, r.Condition, 0, r.Sample),
				Suite: r.SuiteName(), Example: id, Condition: r.Condition, Model: of.model, Sample: r.Sample, Text: *of.text,
			})
		}
	}
	return all
}

// Bare is the row without its texts.
func (r *Row) Bare() *Row {
	bare := *r
	bare.Example = r.ExampleID()
	bare.Prompt, bare.Context, bare.Constraint, bare.Output, bare.BaselineOutput, bare.Notes = "", "", "", nil, nil, ""
	return &bare
}
