package reproduce

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"assay/metrics"
	"assay/metrics/infer"
	"assay/metrics/names"
	"assay/models"
	"assay/reports/study"
)

// Finding is a claim of the paper, as in fixtures/findings.yaml.
type Finding struct {
	ID     string `yaml:"id"`
	Claim  string `yaml:"claim"`
	Source string `yaml:"source"` // where the paper makes it
	// Vanishes says that the claim depends on something that a null world lacks, so it
	// must not hold there.
	Vanishes bool   `yaml:"vanishes"`
	Tests    []Test `yaml:"tests"`
}

// Test is a sum of measured numbers and the range that it must be in for the claim
// to hold.
type Test struct {
	Name   string   `yaml:"name"`
	Of     string   `yaml:"of"`     // run/suite/metric/condition
	Number string   `yaml:"number"` // see parseNumber
	Above  *float64 `yaml:"above"`
	Below  *float64 `yaml:"below"`
	Within *float64 `yaml:"within"` // distance from 0, to either side

	terms []term
}

// ReadFindings reads and checks a file of findings. path is for messages.
func ReadFindings(path string, data []byte) ([]Finding, error) {
	var findings []Finding
	if err := yaml.UnmarshalWithOptions(data, &findings, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("%s: %s", path, yaml.FormatError(err, false, true))
	}
	seen := map[string]bool{}
	for i := range findings {
		f := &findings[i]
		if f.ID == "" || seen[f.ID] || f.Claim == "" || f.Source == "" || len(f.Tests) == 0 {
			return nil, fmt.Errorf("%s: finding %d (%q): it needs a unique id, a claim, a source and tests", path, i+1, f.ID)
		}
		seen[f.ID] = true
		for k := range f.Tests {
			if err := f.Tests[k].check(); err != nil {
				return nil, fmt.Errorf("%s: finding %s, test %d: %w", path, f.ID, k+1, err)
			}
		}
	}
	if len(findings) == 0 {
		return nil, fmt.Errorf("%s: no findings", path)
	}
	return findings, nil
}

// LoadFindings reads a file of findings from the disk.
func LoadFindings(path string) ([]Finding, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return ReadFindings(path, data)
}

func (t *Test) check() (err error) {
	rules := 0
	for _, r := range []*float64{t.Above, t.Below, t.Within} {
		if r != nil {
			rules++
		}
	}
	switch {
	case t.Name == "":
		return errors.New("no name")
	case rules == 0:
		return errors.New("no rule; write above, below or within with a number")
	case rules > 1:
		return errors.New("above, below and within exclude each other; write only one of them")
	case t.Within != nil && !(*t.Within > 0):
		return errors.New("within must be above 0")
	}
	if t.terms, err = parseNumber(t.Number); err != nil {
		return err
	}
	for _, term := range t.terms {
		if term.place == "" {
			return checkPlace(t.Of)
		}
	}
	return nil
}

// Check reports what findings need but a reproduction will not measure, before
// anything is trained.
func (o *Options) Check(findings []Finding) error {
	families := slices.Concat(evaluated, o.changed(), []string{hacked, rewardModel, labelers})
	if !o.Sweeps { // another reproduction may have these; here they are not tested
		families = append(families, (&Options{Sweeps: true}).changed()...)
	}
	for i := range findings {
		for k := range findings[i].Tests {
			t := &findings[i].Tests[k]
			for _, term := range t.terms {
				key := o.key(term, t.Of)
				if !slices.Contains(families, term.family) {
					return fmt.Errorf("finding %s, test %d: no model %q; use one of %s", findings[i].ID, k+1, term.family, strings.Join(families, ", "))
				}
				if err := key.known(); err != nil {
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
	if place == "" && len(t.terms) > 0 {
		place = t.terms[0].place
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
		return "nats a token"
	case names.WinRate, names.HeldOutWinRate, names.GoldWinRate:
		if len(t.terms) == 1 { // a single win rate, not a difference
			return study.WinRate
		}
	}
	return "share"
}

// judge decides a test from the seeds' numbers. It holds if the entire interval keeps
// the rule, and fails if the entire interval breaks it.
func (o *Options) judge(t *Test, seeds []Cells) study.Test {
	text, lo, hi := t.rule()
	out := study.Test{Name: t.Name, Unit: t.unit(), Rule: text, Lo: lo, Hi: hi, Verdict: study.NotTested}
	var of []metrics.Interval
	for _, cells := range seeds {
		number, missing := o.evaluate(cells, t.terms, t.Of)
		if missing != "" {
			out.Missing = missing
			return out
		}
		of = append(of, number)
		out.PerSeed = append(out.PerSeed, number.Point)
	}
	out.Seeds, out.Interval = len(of), infer.OverSeeds(of)
	in := out.Interval
	switch {
	case in == nil:
	case (lo == nil || in.Lo > *lo) && (hi == nil || in.Hi < *hi):
		out.Verdict = study.Holds
	case lo != nil && in.Hi < *lo, hi != nil && in.Lo > *hi:
		out.Verdict = study.Fails
	default:
		out.Verdict = study.Undecided
	}
	return out
}

// Judge decides every finding. A finding holds if all of its tests do, and fails if one
// of them fails. In a null world a claim that depends on something which is missing there
// vanishes, unless one of its tests holds.
func (o *Options) Judge(findings []Finding, seeds []Cells) []study.Finding {
	var out []study.Finding
	for i := range findings {
		f := &findings[i]
		judged := study.Finding{ID: f.ID, Claim: f.Claim, Source: f.Source}
		count := map[study.Verdict]int{}
		for k := range f.Tests {
			t := o.judge(&f.Tests[k], seeds)
			count[t.Verdict]++
			judged.Tests = append(judged.Tests, t)
		}
		switch {
		case count[study.NotTested] == len(f.Tests):
			judged.Verdict = study.NotTested
		case count[study.Fails] > 0:
			judged.Verdict = study.Fails
		case count[study.Holds] == len(f.Tests):
			judged.Verdict = study.Holds
		default:
			judged.Verdict = study.Undecided
		}
		if o.Null && f.Vanishes && judged.Verdict != study.NotTested {
			judged.Verdict = study.Vanishes
			if count[study.Holds] > 0 {
				judged.Verdict = study.StillThere
			}
		}
		out = append(out, judged)
	}
	return out
}
