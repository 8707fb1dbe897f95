package pipeline

import (
	"fmt"
	"slices"
	"strings"

	"assay/metrics/agreement"
	"assay/reports"
)

// How Dawid and Skene's model is fitted: until no probability changes by more than the tolerance.
const (
	consensusTolerance = 1e-9
	consensusMost      = 5000
)

// Consensus fits Dawid and Skene's model to what people and judges said, metric by metric. A metric with
// more than [most] values, or of one rater, has a reason instead.
func (r Runs) Consensus(o AgreementOptions) (out reports.Consensuses, err error) {
	all, learned, err := r.asked(o)
	if err != nil {
		return out, err
	}
	for _, a := range all {
		if len(a.who) < 2 {
			continue
		}
		c := reports.Consensus{Suite: a.suite, Metric: a.metric.Name}
		if err := a.consensus(&c); err != nil {
			return out, fmt.Errorf("%s %s: %w", a.suite, a.metric.Name, err)
		}
		out.Metrics = append(out.Metrics, c)
	}
	out.Notes = learnedNotes(learned)
	return out, nil
}

func (a *asked) consensus(c *reports.Consensus) error {
	// The values are those that somebody gave: nothing can be known of others.
	t, err := agreement.New(a.ratings, nil)
	if err != nil {
		return err
	}
	if len(t.Values) > most {
		c.Undefined = fmt.Sprintf("the model is for at most %d different values", most)
		return nil
	}
	fit, err := t.DawidSkene(consensusTolerance, consensusMost)
	if err != nil {
		c.Undefined = err.Error()
		return nil
	}
	c.Values, c.Shares, c.Converged, c.Iterations = fit.Classes, fit.Shares, fit.Converged, fit.Iterations
	byRater, byItem := map[string]int{}, map[string]int{}
	for _, rating := range a.ratings {
		byRater[rating.Rater]++
		byItem[rating.Item]++
	}
	for i, key := range t.Raters {
		who := a.who[key]
		c.Raters = append(c.Raters, reports.ConsensusRater{Name: who.name, Group: who.group, Ratings: byRater[key], Accuracy: fit.Accuracy[i], Given: fit.Given[i]})
	}
	for i, item := range fit.Items {
		parts := strings.Split(item, "\x00") // see itemOf
		c.Items = append(c.Items, reports.ConsensusItem{Example: parts[0], Condition: parts[1], Model: parts[2], Baseline: parts[3], Sample: parts[4], Ratings: byItem[item], Posterior: slices.Clone(fit.Posterior[i])})
	}
	return nil
}
