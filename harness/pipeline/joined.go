package pipeline

import (
	"slices"
	"strings"

	"assay/metrics"
	"assay/metrics/names"
	"assay/suites"
)

// If a suite has people's metric M and a judge's metric judged_M, it also has joined_M: the
// mean of the labels that people would give to all answers, from their labels of some and
// the judge's values of all. It has no judgements of its own.

// withJoined adds the joined metrics to a suite's.
func withJoined(all []metrics.Metric) []metrics.Metric {
	out := slices.Clone(all)
	has := func(name string) *metrics.Metric {
		if i := slices.IndexFunc(out, func(m metrics.Metric) bool { return m.Name == name }); i >= 0 {
			return &out[i]
		}
		return nil
	}
	for _, m := range all {
		judge := has(names.JudgedPrefix + m.Name)
		if judge == nil || has(names.JoinedPrefix+m.Name) != nil || m.Kind == metrics.FunctionOfSums || judge.Kind == metrics.FunctionOfSums {
			continue
		}
		m.Name, m.Title = names.JoinedPrefix+m.Name, m.Title+", labels and judge"
		m.Width, m.Statistic = 0, metrics.Statistic{}
		out = append(out, m)
	}
	return out
}

// canJoin has the metrics of people and judges that are joined, by suite and name.
func canJoin(known []suites.Suite) map[[2]string]bool {
	out := map[[2]string]bool{}
	for _, s := range known {
		for _, m := range s.Metrics {
			if of, ok := strings.CutPrefix(m.Name, names.JoinedPrefix); ok {
				out[[2]string{s.Name, of}], out[[2]string{s.Name, names.JudgedPrefix + of}] = true, true
			}
		}
	}
	return out
}

// joinCells adds a cell for each cell of people that has a judge's.
func (j *Judged) joinCells() {
	for _, c := range slices.Clone(j.cells) {
		by, to := c, c
		by.Metric, to.Metric = names.JudgedPrefix+c.Metric, names.JoinedPrefix+c.Metric
		judge, suite := j.columns[by], &j.suites[indexOf(j.suites, c.Suite)]
		m, ok := suite.Metric(to.Metric)
		if judge == nil || !ok || j.columns[to] != nil {
			continue
		}
		j.columns[to] = j.columns[c].With(judge, m)
		j.judgedBy[to] = slices.Concat(j.judgedBy[c], j.judgedBy[by])
		j.opponent[to], j.against[to] = j.opponent[c], j.against[c]
		j.cells = append(j.cells, to)
	}
}
