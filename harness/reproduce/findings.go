package reproduce

import (
	"fmt"
	"slices"
	"strings"

	"assay/fixtures"
	"assay/harness/leaf/place"
	"assay/harness/yamlstruct"
	"assay/metrics/names"
	"assay/models"
	"assay/reports/study"
)

// Finding is a claim of the paper, as in fixtures/findings.yaml.
type Finding struct {
	yamlstruct.Place

	// Unique name of the finding.
	ID string `yaml:"id" need:"give each finding its own id"`
	// What the paper found.
	Claim string `yaml:"claim" text:"lines" need:"say what the paper found"`
	// Where the paper makes the claim.
	Source string `yaml:"source" need:"say where the paper makes the claim"`
	// The paper's own number, where it gives one.
	Paper string `yaml:"paper"`
	// True for a comparison that the paper does not make.
	Extra bool `yaml:"extra"`
	// True if the claim depends on something that a null world lacks, so that it must not hold there.
	Vanishes bool `yaml:"vanishes"`
	// What must hold of the measured numbers.
	Tests []Test `yaml:"tests" what:"a test" need:"write tests: and below it a line '- {name: ..., of: ..., number: ..., above: 0}' for each"`
}

// Test is a sum of measured numbers and the range that it must be in for the claim
// to hold.
type Test struct {
	yamlstruct.Place

	// Name in tables.
	Name string `yaml:"name" need:"name the test"`
	// Where the numbers are measured: run/suite/metric/condition.
	Of string `yaml:"of"`
	// A sum of models' numbers, such as sft - 0.5 gpt.
	Number sum `yaml:"number" need:"write a sum of models, such as sft - gpt"`
	// The number must be above this.
	Above *float64 `yaml:"above"`
	// The number must be below this.
	Below *float64 `yaml:"below" without:"above"`
	// The number must be at most this far from 0, in either direction.
	Within *float64 `yaml:"within" range:"(0,)" without:"above|below"`
}

const findingsRemedy = "write a line '- {id: ..., claim: ..., source: ..., tests: [...]}' for each"

// ReadFindings reads and checks a file of findings. path is for messages.
func ReadFindings(path string, data []byte) ([]Finding, error) {
	f, err := yamlstruct.Parse(path, data, findingsRemedy)
	if err != nil {
		return nil, err
	}
	return readFindings(f)
}

// LoadFindings reads a file of findings from the disk, or assay's own if path is "".
func LoadFindings(path string) ([]Finding, error) {
	if path == "" {
		return ReadFindings("findings.yaml", fixtures.Findings())
	}
	f, err := yamlstruct.Open(path, findingsRemedy)
	if err != nil {
		return nil, err
	}
	return readFindings(f)
}

func readFindings(f *yamlstruct.File) ([]Finding, error) {
	var findings []Finding
	f.Decode(&findings, findingsOptions())
	if len(findings) == 0 {
		f.Fail(1, "no findings; %s", findingsRemedy)
	}
	seen := map[string]bool{}
	for i := range findings {
		one := &findings[i]
		if seen[one.ID] {
			f.Fail(one.Line("id"), "two findings have the id %q; give each its own id", one.ID)
		}
		seen[one.ID] = true
		for k := range one.Tests {
			one.Tests[k].check(f)
		}
	}
	return findings, f.Err()
}

// check finds faults across the test's fields.
func (t *Test) check(f *yamlstruct.File) {
	if t.Above == nil && t.Below == nil && t.Within == nil {
		f.Fail(t.Line(""), "no rule; write above, below or within with a number")
	}
	for _, term := range t.Number {
		if term.place != "" {
			continue
		}
		if err := checkPlace(t.Of); err != nil {
			f.Fail(t.Line("of"), "%w", err)
		}
	}
}

// Check reports what findings need but a reproduction will not measure, before
// anything is trained.
func (o *Options) Check(findings []Finding) error {
	families := o.families()
	for i := range findings {
		for k := range findings[i].Tests {
			t := &findings[i].Tests[k]
			for _, term := range t.Number {
				if !slices.Contains(families, term.family) {
					return fmt.Errorf("finding %s, test %d: no model %q; %s", findings[i].ID, k+1, term.family, place.Choose(term.family, families))
				}
				if err := o.keys(term, t.Of)[0].known(); err != nil {
					return fmt.Errorf("finding %s, test %d: %w", findings[i].ID, k+1, err)
				}
			}
		}
	}
	return nil
}

// rule is the range of the number, in words and as bounds.
func (t *Test) rule() (text string, lo, hi *float64) {
	switch {
	case t.Above != nil:
		return fmt.Sprintf("above %g", *t.Above), t.Above, nil
	case t.Below != nil:
		return fmt.Sprintf("below %g", *t.Below), nil, t.Below
	}
	low := -*t.Within
	return fmt.Sprintf("within %g of 0", *t.Within), &low, t.Within
}

// unit is the unit of a test's number, by the metric of its place. Most are shares.
func (t *Test) unit() string {
	place := t.Of
	if place == "" && len(t.Number) > 0 {
		place = t.Number[0].place
	}
	_, rest, _ := strings.Cut(place, "/")
	_, rest, _ = strings.Cut(rest, "/")
	switch metric, _, _ := strings.Cut(rest, "/"); metric {
	case names.GoldUtility, models.ScoreGoldUtility:
		return models.ScoreGoldUtility
	case names.Likert, names.HeldOutLikert:
		return "Likert score"
	case models.ScoreReward:
		return "reward model's score"
	case names.BiasEntropy:
		return "bits"
	case names.Loss:
		return "nats per token"
	case names.WinRate, names.HeldOutWinRate, names.GoldWinRate:
		if len(t.Number) == 1 { // a single win rate, not a difference
			return study.WinRate
		}
	}
	return "share"
}
