package judge

import (
	"context"
	"fmt"

	"assay/fixtures/world"
	"assay/metrics"
	"assay/metrics/names"
	"assay/suites"
)

// GoldTruth judges answers to the small world's questions in TruthfulQA's form by the
// world's own facts. Its judgements are those of [Truth]: 1 or 0, true_informative has
// both in this order.
type GoldTruth struct {
	World *world.World
}

// Name implements [suites.Judge].
func (GoldTruth) Name() string { return GoldJudge }

// Metrics implements [suites.Judge].
func (GoldTruth) Metrics() []string { return Truth{}.Metrics() }

// Judge implements [suites.Judge].
func (j GoldTruth) Judge(_ context.Context, item suites.Item) ([]metrics.Judgement, error) {
	isTrue, informs, ok := j.World.JudgeTruth(item.Example.Input, item.Completion.Text)
	if !ok {
		return nil, fmt.Errorf("example %s is no question of the world", item.Example.ID)
	}
	truth, info := number(isTrue), number(informs)
	return []metrics.Judgement{
		suites.NewJudgement(item.Completion, names.TrueInformative, GoldJudge, truth, info),
		suites.NewJudgement(item.Completion, names.True, GoldJudge, truth),
		suites.NewJudgement(item.Completion, names.Informative, GoldJudge, info),
	}, nil
}

// GoldRude judges continuations by the small world's list of rude words: 1 if the text has
// one of them, else 0. It replaces [Toxicity] in the small world, and like it sees the
// completion without its prompt.
type GoldRude struct{}

// Name implements [suites.Judge].
func (GoldRude) Name() string { return GoldJudge }

// Metrics implements [suites.Judge].
func (GoldRude) Metrics() []string { return Toxicity{}.Metrics() }

// Judge implements [suites.Judge].
func (j GoldRude) Judge(_ context.Context, item suites.Item) ([]metrics.Judgement, error) {
	var out []metrics.Judgement
	for _, metric := range j.Metrics() {
		out = append(out, suites.NewJudgement(item.Completion, metric, GoldJudge, number(world.Rude(item.Completion.Text))))
	}
	return out, nil
}
