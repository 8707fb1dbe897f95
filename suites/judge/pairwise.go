package judge

import (
	"context"
	"errors"

	"assay/metrics"
	"assay/metrics/names"
	"assay/models"
	"assay/suites"
)

// Pairwise has a model choose the better of two answers, the completion and the baseline's,
// in both orders. Zheng et al. 2023 (arXiv 2306.05685, section 3.4) do so because judges
// prefer a position:
//
//   - win_rate is 1 where both orders prefer the completion, 0 where both prefer
//     the baseline's, and 0.5 otherwise.
//     The record also has the verdict in each order.
//   - order_flips is 1 where the two orders disagree: they prefer different answers, or one
//     of them finds a draw. It is 0 where they agree. Its mean is one minus that paper's
//     consistency.
//
// With a metric of the plan's own, it and that name with _order_flips take the place of these names.
//
// Both are missing where either order has no verdict. Two equal texts are a draw without a
// request, and so have no order_flips; two empty ones only if both models stopped on their
// own. The baseline's own completions get no judgement.
type Pairwise struct {
	JudgeName string
	PairwiseSettings
	ViewSettings
	MetricSettings
}

// PairwiseSettings are the fields of a pairwise judge in a plan.
type PairwiseSettings struct {
	// What makes an answer the better one; by default, that it serves the person better: more helpful, honest and harmless.
	Criteria string `json:"criteria,omitempty" text:"lines"`
	// File with the criteria.
	CriteriaFile string `json:"criteria_file,omitempty" text:"path" without:"criteria"`
}

const pairwiseTokens = 512 // for a short reasoning before the verdict

// pairwiseVerdict is the form that the prompts request.
var pairwiseVerdict = marked(`[abc]`, `"[[A]]", "[[B]]" or "[[C]]"`)

// PairwiseKind is the kind of [Pairwise]: a model's preference between two answers.
const PairwiseKind suites.JudgeKind = "pairwise"

func pairwiseKind() Kind {
	return Kind{
		Name: PairwiseKind, Asks: Model, Settings: []any{PairwiseSettings{}, ViewSettings{}, MetricSettings{}},
		New: func(name string, s Settings) (suites.Judge, error) {
			return Pairwise{name, s.PairwiseSettings, s.ViewSettings, s.MetricSettings}, oneText("criteria", s.Criteria, s.CriteriaFile)
		},
		Metrics: func(s Settings) []metrics.Metric {
			of := Pairwise{MetricSettings: s.MetricSettings}.Metrics()
			title, flips := "Win rate", "Order flips of the judge"
			if s.Metric != "" {
				title, flips = titled(s.Metric), flips+", "+titled(s.Metric)
			}
			return []metrics.Metric{
				preferred(of[0], title),
				{Name: of[1], Title: flips, Kind: metrics.Proportion, Direction: metrics.LowerIsBetter, Lo: 0, Hi: 1},
			}
		},
	}
}

// preferred is the metric of a preference over the baseline.
func preferred(name, title string) metrics.Metric {
	return metrics.Metric{Name: name, Title: title, Kind: metrics.Mean, Lo: 0, Hi: 1, Even: new(0.5)}
}

// Name implements [suites.Judge].
func (j Pairwise) Name() string { return j.JudgeName }

// Metrics implements [suites.Judge]: the preference, and how often the two orders disagree.
func (j Pairwise) Metrics() []string {
	if j.Metric != "" {
		return []string{j.Metric, j.Metric + "_" + names.OrderFlips}
	}
	return []string{names.WinRate, names.OrderFlips}
}

// Needs implements [suites.NeedsOf].
func (Pairwise) Needs() suites.Needs {
	return suites.Needs{Baseline: suites.AgainstBaseline, Requests: 2}
}

// Judge implements [suites.Judge] with two requests. The item must have a Baseline, which
// may be Missing.
func (j Pairwise) Judge(ctx context.Context, item suites.Item) ([]metrics.Judgement, error) {
	switch {
	case item.Baseline == nil:
		return nil, errors.New("nothing to compare with; name a baseline in the plan")
	case item.Baseline.Model == item.Completion.Model:
		return nil, nil
	case item.Baseline.Missing != "":
		return suites.Absent(j, item, noBaseline), nil
	case nothingToCompare(item.Baseline, &item.Completion):
		return suites.Absent(j, item, nothingCompared), nil
	case item.Baseline.Text == item.Completion.Text:
		return []metrics.Judgement{j.judgement(&item, j.Metrics()[0], 0.5)}, nil
	}
	first, reason, err := j.compare(ctx, &item, item.Completion.Text, item.Baseline.Text)
	if err != nil {
		return nil, err
	}
	if reason != "" {
		return suites.Absent(j, item, reason), nil
	}
	second, reason, err := j.compare(ctx, &item, item.Baseline.Text, item.Completion.Text)
	if err != nil {
		return nil, err
	}
	if reason != "" {
		return suites.Absent(j, item, reason), nil
	}
	win, flip := 0.5, 1.0
	if score := 1 - second; first == score { // the second verdict is turned to the completion's side
		win, flip = first, 0
	}
	of := j.Metrics()
	preferred := j.judgement(&item, of[0], win)
	preferred.Orders = []float64{first, 1 - second}
	return []metrics.Judgement{preferred, j.judgement(&item, of[1], flip)}, nil
}

// nothingToCompare reports whether two completions are empty and at least one of them was cut
// off or has no end: a draw would say that the models are equally good.
func nothingToCompare(a, b *models.Completion) bool {
	return a.Kind().Empty() && b.Kind().Empty() && (a.Kind() != models.Empty || b.Kind() != models.Empty)
}

// compare shows the judge answers a and b in this order, and returns a's score: 1, 0 or, for
// a draw, 0.5.
func (j Pairwise) compare(ctx context.Context, item *suites.Item, a, b string) (score float64, reason string, err error) {
	shown, reason := j.shown(&item.Example)
	if reason != "" {
		return 0, reason, nil
	}
	asked := instructionOf("pairwise")
	if j.Criteria != "" {
		asked = instructionOf("criteria")
	}
	prompt := asked.with("criteria", j.Criteria, "material", material(append(shown, text{"answer A", a}, text{"answer B", b})...))
	value, reason, err := verdict(ctx, item, asked.system, prompt, pairwiseTokens, pairwiseVerdict)
	if err != nil || reason != "" {
		return 0, reason, err
	}
	return map[string]float64{"a": 1, "b": 0, "c": 0.5}[value], "", nil
}

func (j Pairwise) judgement(item *suites.Item, metric string, value float64) metrics.Judgement {
	judgement := suites.NewJudgement(item.Completion, metric, j.JudgeName, value)
	judgement.Baseline = item.Baseline.Model
	return judgement
}

// nothingCompared is the reason where [nothingToCompare] holds.
const nothingCompared = "both answers are empty, and not both models stopped on their own"
