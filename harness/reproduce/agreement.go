package reproduce

import (
	"math"
	"slices"

	"assay/harness/training/data"
	"assay/metrics"
	"assay/metrics/agreement"
	"assay/metrics/stats"
)

// rankings are each labeler's ranks of a prompt's responses.
type rankings map[string][]int

// agreements are how often two labelers order a pair of responses the same way, among the
// pairs that both ordered (Ouyang et al. 2022, section 3.4), for two labelers of one
// group and for one of each.
func agreements(trainingFile, heldOutFile string) ([]metrics.Estimate, error) {
	groups := make([]map[string]rankings, 2) // prompt -> labeler -> ranks
	var prompts []string
	for i, path := range []string{trainingFile, heldOutFile} {
		rows, err := data.ReadPreferences([]string{path}, nil)
		if err != nil {
			return nil, err
		}
		groups[i] = map[string]rankings{}
		for _, row := range rows {
			if groups[i][row.Prompt] == nil {
				groups[i][row.Prompt] = rankings{}
				if i == 0 {
					prompts = append(prompts, row.Prompt)
				}
			}
			groups[i][row.Prompt][row.Labeler] = row.Ranks
		}
	}
	var out []metrics.Estimate
	for _, of := range []struct {
		who  string
		a, b int
	}{{"training labelers", 0, 0}, {"held-out labelers", 1, 1}, {"a training and a held-out labeler", 0, 1}} {
		var same, n []float64
		for _, p := range prompts {
			if s, m := agreeing(groups[of.a][p], groups[of.b][p], of.a == of.b); m > 0 {
				same, n = append(same, float64(s)), append(n, float64(m))
			}
		}
		out = append(out, rate(of.who, same, n))
	}
	return out, nil
}

// agreeing counts the pairs of responses that two labelers both ordered, and those with the
// same order, over all pairs of labelers of a group, or over one labeler of each.
func agreeing(a, b rankings, oneGroup bool) (same, n int) {
	for _, x := range a.who() {
		for _, y := range b.who() {
			if oneGroup && y <= x {
				continue
			}
			p, q := a[x], b[y]
			s, m := agreement.SameOrder(len(p), func(i, k int) int { return p[i] - p[k] }, func(i, k int) int { return q[i] - q[k] })
			same, n = same+s, n+m
		}
	}
	return same, n
}

// who are the people who ranked, sorted.
func (r rankings) who() []string {
	var all []string
	for name := range r {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// rate is a share, with prompts as clusters.
func rate(who string, same, n []float64) metrics.Estimate {
	mean, se := stats.ClusteredOneWay(same, n)
	total := 0.0
	for _, m := range n {
		total += m
	}
	lo, hi := stats.StudentBounds(mean, se, math.Inf(1), (1-metrics.Confidence)/2)
	return metrics.Estimate{Suite: "preferences", Metric: "agreement", Model: labelers, Condition: who, Confidence: metrics.Confidence,
		Interval: &metrics.Interval{Point: mean, SE: se, Lo: max(lo, 0), Hi: min(hi, 1)}, Method: "normal, clustered by prompt", N: int(total), Clusters: len(n)}
}
