package labels

import (
	"assay/metrics"
	"assay/metrics/names"
)

// Ranking names the rows whose ranks are among each other.
type Ranking struct{ Suite, Example, Condition, Labeler string }

// Ranking is that of the row.
func (r *Row) Ranking() Ranking {
	return Ranking{r.SuiteName(), r.ExampleID(), r.Condition, r.Labeler}
}

// WinRates are the judgements of a ranking: each model's output against each other's, 1 if it is
// better, 0.5 for equal ranks, else 0. Only outputs with the same number of sample are compared.
// A baseline that is ranked leaves only the comparisons with it; "" leaves all.
func WinRates(ranked []*Row, baseline string) (all []metrics.Judgement) {
	for _, r := range ranked {
		for _, other := range ranked {
			if r.Model == other.Model || r.Sample != other.Sample || baseline != "" && other.Model != baseline {
				continue
			}
			score := 0.5
			switch {
			case *r.Rank < *other.Rank:
				score = 1
			case *r.Rank > *other.Rank:
				score = 0
			}
			all = append(all, r.scored(names.WinRate, other.Model, score))
		}
	}
	return all
}
