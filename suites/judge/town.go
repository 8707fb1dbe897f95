package judge

import (
	"context"
	"fmt"
	"strings"

	"assay/fixtures/world"
	"assay/metrics"
	"assay/metrics/names"
	"assay/models"
	"assay/suites"
)

// Town is a small world with its prompts: all that its judges know.
type Town struct {
	World   *world.World
	prompts map[string]*world.Prompt
}

// NewTown makes a town of a world and prompts of it. Of prompts with the same text, which ask
// the same, the first counts.
func NewTown(w *world.World, prompts []world.Prompt) *Town {
	t := &Town{w, make(map[string]*world.Prompt, len(prompts))}
	for i := range prompts {
		if key := strings.TrimSpace(prompts[i].Text); t.prompts[key] == nil {
			t.prompts[key] = &prompts[i]
		}
	}
	return t
}

// Prompt finds a prompt by its text. White space at its ends does not count.
func (t *Town) Prompt(text string) (*world.Prompt, bool) {
	p, ok := t.prompts[strings.TrimSpace(text)]
	return p, ok
}

// Show judges a completion by the gold rules. A completion that was cut off at its length
// limit has not ended; any other has.
func (t *Town) Show(ex *suites.Example, c *models.Completion) (Shown, error) {
	p, ok := t.Prompt(ex.Input)
	if !ok {
		return Shown{}, fmt.Errorf("example %s is no prompt of the world", ex.ID)
	}
	r := world.Response{Text: c.Text, Ended: c.Finish != "length"}
	return Shown{p, r, t.World.Judge(p, r)}, nil
}

// versus judges an item's two completions. second is nil where there is nothing to compare
// with.
func (t *Town) versus(item *suites.Item) (first Shown, second *Shown, err error) {
	if first, err = t.Show(&item.Example, &item.Completion); err != nil {
		return first, nil, err
	}
	if item.Baseline == nil || item.Baseline.Missing != "" {
		return first, nil, nil
	}
	other, err := t.Show(&item.Example, item.Baseline)
	return first, &other, err
}

// GoldJudge is the gold rules' name in the records. They hold in the small world alone: what
// they call rude or false says nothing about other texts.
const GoldJudge = "gold rules of the small world"

// Gold judges by the world's own facts: the utility, each fact, and, where the plan has a
// baseline, which of the two has the greater utility.
type Gold struct {
	Town *Town
}

// goldFacts are the metrics of one completion. of is false where a metric doesn't apply to
// the prompt.
var goldFacts = []struct {
	metric string
	value  func(*world.Facts) (value float64, of bool)
}{
	{names.GoldUtility, func(f *world.Facts) (float64, bool) { return f.Utility(world.TrainingWeights()), true }},
	{names.GoldCorrect, func(f *world.Facts) (float64, bool) { return f.Correct, true }},
	{names.GoldFalse, func(f *world.Facts) (float64, bool) { return number(f.False), true }},
	{names.GoldConstraint, func(f *world.Facts) (float64, bool) { return number(f.Kept), f.Constrained }},
	{names.GoldRude, func(f *world.Facts) (float64, bool) { return number(f.Toxic), true }},
	{names.GoldHallucinated, func(f *world.Facts) (float64, bool) { return number(f.Hallucinated), f.ClosedDomain }},
	{names.GoldAppropriate, func(f *world.Facts) (float64, bool) { return number(f.Appropriate), true }},
	{names.GoldEnded, func(f *world.Facts) (float64, bool) { return number(f.Ended), true }},
}

const goldPreference = names.GoldWinRate

func number(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// Name implements [suites.Judge].
func (Gold) Name() string { return GoldJudge }

// Metrics implements [suites.Judge].
func (Gold) Metrics() []string {
	var names []string
	for _, f := range goldFacts {
		names = append(names, f.metric)
	}
	return append(names, goldPreference)
}

// Needs implements [suites.NeedsOf].
func (Gold) Needs() suites.Needs { return suites.Needs{Baseline: suites.WithBaseline} }

// Judge implements [suites.Judge].
func (j Gold) Judge(_ context.Context, item suites.Item) ([]metrics.Judgement, error) {
	first, second, err := j.Town.versus(&item)
	if err != nil {
		return nil, err
	}
	var out []metrics.Judgement
	for _, f := range goldFacts {
		if value, of := f.value(&first.Facts); of {
			out = append(out, suites.NewJudgement(item.Completion, f.metric, GoldJudge, value))
		}
	}
	switch {
	case item.Baseline == nil:
	case second == nil:
		out = append(out, against(item.Baseline, suites.NewMissing(item.Completion, goldPreference, GoldJudge, noBaseline)))
	default:
		a, b := first.Facts.Utility(world.TrainingWeights()), second.Facts.Utility(world.TrainingWeights())
		value := 0.5
		if a != b {
			value = number(a > b)
		}
		out = append(out, against(item.Baseline, suites.NewJudgement(item.Completion, goldPreference, GoldJudge, value)))
	}
	return out, nil
}

// Absent implements [suites.Absent].
func (j Gold) Absent(item suites.Item, reason string) []metrics.Judgement {
	var out []metrics.Judgement
	p, _ := j.Town.Prompt(item.Example.Input)
	for _, f := range goldFacts {
		if p != nil {
			facts := j.Town.World.Judge(p, world.Response{})
			if _, of := f.value(&facts); !of {
				continue
			}
		}
		out = append(out, suites.NewMissing(item.Completion, f.metric, GoldJudge, reason))
	}
	if item.Baseline != nil {
		out = append(out, against(item.Baseline, suites.NewMissing(item.Completion, goldPreference, GoldJudge, reason)))
	}
	return out
}

const noBaseline = "the baseline has no completion"

func against(baseline *models.Completion, j metrics.Judgement) metrics.Judgement {
	j.Baseline = baseline.Model
	return j
}
