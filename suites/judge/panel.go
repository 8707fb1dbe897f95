package judge

import (
	"context"

	"assay/fixtures/world"
	"assay/metrics"
	"assay/metrics/names"
	"assay/suites"
)

// Panel is a group of labelers who evaluate. Each grades a completion from 1 to 7 and, where
// the plan has a baseline, says which of the two is better. With Flags, they also record
// the flags of the paper's Table 3. A judgement has its labeler's name, as people's
// judgements do.
type Panel struct {
	Town   *Town
	Group  Group
	Prefix string // of the metrics' names
	Flags  bool
}

// Name implements [suites.Judge].
func (j Panel) Name() string { return j.Group.Name + " labelers of the small world" }

// Metrics implements [suites.Judge].
func (j Panel) Metrics() []string {
	names := []string{j.grade(), j.preference()}
	if j.Flags {
		for _, flag := range world.FlagNames() {
			names = append(names, j.Prefix+flag)
		}
	}
	return names
}

func (j Panel) grade() string      { return j.Prefix + names.Likert }
func (j Panel) preference() string { return j.Prefix + names.WinRate }

// Needs implements [suites.NeedsOf].
func (Panel) Needs() suites.Needs { return suites.Needs{Baseline: suites.WithBaseline} }

// Judge implements [suites.Judge]. A flag that doesn't apply to the world or to the prompt has
// no judgement.
func (j Panel) Judge(_ context.Context, item suites.Item) ([]metrics.Judgement, error) {
	first, second, err := j.Town.versus(&item)
	if err != nil {
		return nil, err
	}
	var out []metrics.Judgement
	for i := range j.Group.Labelers {
		l := &j.Group.Labelers[i]
		say := func(metric string, value float64) {
			one := suites.NewJudgement(item.Completion, metric, j.Name(), value)
			one.Labeler = l.Name
			out = append(out, one)
		}
		seen := l.Metadata(&first, ForEvaluation)
		say(j.grade(), float64(seen.Overall))
		if j.Flags {
			for k, flag := range seen.Flags() {
				if flag != world.NoSuchThing {
					say(j.Prefix+world.FlagNames()[k], number(flag == world.Yes))
				}
			}
		}
		switch {
		case item.Baseline == nil:
			continue
		case second == nil:
			one := suites.NewMissing(item.Completion, j.preference(), j.Name(), noBaseline)
			one.Labeler = l.Name
			out = append(out, one)
		default:
			say(j.preference(), Prefer(l.Utility(&first, ForEvaluation), l.Utility(second, ForEvaluation)))
		}
		last := &out[len(out)-1]
		*last = against(item.Baseline, *last)
	}
	return out, nil
}

// Absent implements [suites.Absent]: every judgement that each labeler would
// have made is missing.
func (j Panel) Absent(item suites.Item, reason string) []metrics.Judgement {
	asked := world.Metadata{}
	if p, ok := j.Town.Prompt(item.Example.Input); ok && j.Flags {
		asked = j.Town.World.Judge(p, world.Response{}).Metadata()
	}
	var out []metrics.Judgement
	for i := range j.Group.Labelers {
		miss := func(metric string) *metrics.Judgement {
			one := suites.NewMissing(item.Completion, metric, j.Name(), reason)
			one.Labeler = j.Group.Labelers[i].Name
			out = append(out, one)
			return &out[len(out)-1]
		}
		miss(j.grade())
		for k, flag := range asked.Flags() {
			if flag != world.NoSuchThing {
				miss(j.Prefix + world.FlagNames()[k])
			}
		}
		if item.Baseline != nil {
			miss(j.preference()).Baseline = item.Baseline.Model
		}
	}
	return out
}
