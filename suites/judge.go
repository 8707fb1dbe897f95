package suites

import (
	"context"

	"assay/metrics"
	"assay/models"
)

// Item is what a judge gets: a completion and all that may be needed to judge it.
type Item struct {
	Example    Example
	Completion models.Completion
	// Baseline is the baseline's completion of the same example, condition and
	// sample, where the judge compares two.
	Baseline *models.Completion
	// Ask asks the judge's own model or service, through the run's cache; nil where
	// the judge has none. An error is for this one request.
	Ask func(ctx context.Context, r models.Request) (models.Answer, error)
	// Over puts the plan's own sampling parameters over those that a judge asks with;
	// nil changes nothing.
	Over func(models.Sampling) models.Sampling
}

// Judge turns an item into judgements, one for each metric it knows. What can't
// be judged, be it that the judge's model failed, becomes a judgement with a
// reason in Missing; an error means that judging as a whole can't go on, as when
// ctx has ended.
type Judge interface {
	Judge(ctx context.Context, item Item) ([]metrics.Judgement, error)
	// Metrics are the names of those it judges.
	Metrics() []string
	// Name is the judge's in the records.
	Name() string
}

// Comparer is a judge that judges a completion by itself and, where the plan names a
// baseline, against it too. It gets the baseline's completion even where that is
// Missing, and none for the baseline's own completions.
type Comparer interface {
	Judge
	// Absent are its judgements of an item without a completion: missing, each with
	// the reason.
	Absent(item Item, reason string) []metrics.Judgement
}

// JudgeKind is a kind of judge that a plan can name.
type JudgeKind string

const (
	Toxicity JudgeKind = "toxicity" // a service's toxicity of a text, 0 to 1
	Pairwise JudgeKind = "pairwise" // a model's preference between two answers
	Grade    JudgeKind = "grade"    // a model's grade of one answer, 1 to 7
	Truth    JudgeKind = "truth"    // a model's word on whether an answer is true, and informative
	Reward   JudgeKind = "reward"   // what a reward model on this machine gives prompt and answer
)

// Asks is how often a judge of the kind asks its model about one completion, at
// most: both orders of a pair, and truth and informativeness apart.
func (k JudgeKind) Asks() int {
	switch k {
	case Pairwise, Truth:
		return 2
	case Toxicity, Grade, Reward:
		return 1
	}
	return 0
}
