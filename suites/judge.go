package suites

import (
	"context"

	"assay/metrics"
	"assay/models"
)

// Item is a completion with everything that a judge may need.
type Item struct {
	Example    Example
	Completion models.Completion
	// Baseline is the baseline's completion of the same example, condition and sample. It is
	// nil for a judge that doesn't compare; see [Needs].
	Baseline *models.Completion
	// Ask sends a request to the judge's own model or service, through the run's cache; nil if
	// the judge has none. An error concerns only this request.
	Ask func(ctx context.Context, r models.Request) (models.Answer, error)
	// Unread says that the answer to a request can't be read, and reports whether [Item.Ask] would
	// send the request again now, where it would else give the same answer; nil never would.
	Unread func(r models.Request) bool
	// Over replaces the judge's sampling parameters with those that the plan sets; nil changes
	// nothing.
	Over func(models.Sampling) models.Sampling
}

// Judge turns an item into judgements, one for each metric it knows. What can't be judged,
// for instance because the judge's model failed, becomes a judgement with the reason in
// Missing. An error means that judging must stop altogether, as when ctx has ended.
type Judge interface {
	Judge(ctx context.Context, item Item) ([]metrics.Judgement, error)
	// Metrics are the names of the metrics that it produces.
	Metrics() []string
	// Name is the judge's name in the records.
	Name() string
}

// Needs says what a judge needs besides an example and a completion.
type Needs struct {
	Baseline Baseline
	Requests int // the most that it sends about one completion; 0 for a judge without a model
}

// Baseline says whether a judge also gets the baseline's completion. If so, it gets it even
// if it is Missing, but gets none with the baseline's own completions.
type Baseline int

const (
	NoBaseline      Baseline = iota // the judge sees only a completion
	WithBaseline                    // it judges a completion alone and, if there is a baseline, also against it
	AgainstBaseline                 // it only compares: the baseline's own completions get no judgement
)

// NeedsOf is what a judge needs: nothing, unless it has a method Needs.
func NeedsOf(j Judge) Needs {
	if needy, ok := j.(interface{ Needs() Needs }); ok {
		return needy.Needs()
	}
	return Needs{}
}

// Unjudgeable is the reason why a judge can judge no answer to an example, such as that it should see
// references where there are none; "" if it can, or if it has no method Unjudgeable.
func Unjudgeable(j Judge, ex *Example) string {
	if choosy, ok := j.(interface{ Unjudgeable(ex *Example) string }); ok {
		return choosy.Unjudgeable(ex)
	}
	return ""
}

// Absent returns a judge's judgements if there is nothing to judge: all are missing, with the
// reason. A judge whose metrics depend on the example has its own method Absent. For others
// there is one judgement for each metric.
func Absent(j Judge, item Item, reason string) []metrics.Judgement {
	if own, ok := j.(interface {
		Absent(item Item, reason string) []metrics.Judgement
	}); ok {
		return own.Absent(item, reason)
	}
	var missing []metrics.Judgement
	for _, metric := range j.Metrics() {
		one := NewMissing(item.Completion, metric, j.Name(), reason)
		if item.Baseline != nil {
			one.Baseline = item.Baseline.Model
		}
		missing = append(missing, one)
	}
	return missing
}

// JudgeKind is the name of a kind of judge in plans.
type JudgeKind string
