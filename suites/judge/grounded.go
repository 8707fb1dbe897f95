package judge

import (
	"cmp"
	"context"
	"strings"

	"assay/metrics"
	"assay/metrics/names"
	"assay/suites"
	"assay/suites/labels"
)

// Grounded has a model decide whether an answer says anything that the example's input (its context)
// does not say. Its value is 1 if it does, like people's flag hallucination, which its metric
// judged_hallucination is the counterpart of.
type Grounded struct {
	JudgeName string
	MetricSettings
}

const groundedTokens = 512

// GroundedKind is the kind of [Grounded]: whether an answer adds to its input.
const GroundedKind suites.JudgeKind = "grounded"

// noInput is the reason why an example can't be judged.
const noInput = "the example has no input that an answer could be based on"

func groundedKind() Kind {
	return Kind{
		Name: GroundedKind, Asks: Model, Settings: []any{MetricSettings{}},
		New: func(name string, s Settings) (suites.Judge, error) { return Grounded{name, s.MetricSettings}, nil },
		Metrics: func(s Settings) []metrics.Metric {
			people := labels.Suite(names.Labels)
			m, _ := people.Metric(names.Hallucination)
			out := judged(*m)
			if s.Metric != "" {
				out.Name, out.Title = s.Metric, titled(s.Metric)
			}
			return []metrics.Metric{out}
		},
	}
}

// Name implements [suites.Judge].
func (j Grounded) Name() string { return j.JudgeName }

// Metrics implements [suites.Judge].
func (j Grounded) Metrics() []string {
	return []string{cmp.Or(j.Metric, names.JudgedPrefix+names.Hallucination)}
}

// Needs implements [suites.NeedsOf].
func (Grounded) Needs() suites.Needs { return suites.Needs{Requests: 1} }

// Unjudgeable implements [suites.Unjudgeable].
func (Grounded) Unjudgeable(ex *suites.Example) string {
	if strings.TrimSpace(ex.Context) == "" {
		return noInput
	}
	return ""
}

// Judge implements [suites.Judge] with one request.
func (j Grounded) Judge(ctx context.Context, item suites.Item) ([]metrics.Judgement, error) {
	metric := j.Metrics()[0]
	said, reason := "", cmp.Or(j.Unjudgeable(&item.Example), unsaid(&item))
	if reason == "" {
		var err error
		asked := instructionOf("grounded")
		prompt := asked.with("material", material(basedOn(&item)...))
		if said, reason, err = verdict(ctx, &item, asked.system, prompt, groundedTokens, truthVerdict); err != nil {
			return nil, err
		}
	}
	switch {
	case reason != "":
		return []metrics.Judgement{suites.NewMissing(item.Completion, metric, j.JudgeName, reason)}, nil
	case said == "yes":
		return []metrics.Judgement{suites.NewJudgement(item.Completion, metric, j.JudgeName, 1)}, nil
	}
	return []metrics.Judgement{suites.NewJudgement(item.Completion, metric, j.JudgeName, 0)}, nil
}
