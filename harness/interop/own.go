package interop

import (
	"errors"
	"fmt"
	"slices"

	"assay/metrics"
	"assay/models"
	"assay/suites"
)

// Own is the member of metadata and of details in which assay keeps, as JSON, what a format has
// no place for: a [Record] in a sample, a [suites.MetricDefinition] in a metric, a [Cell] in a
// score, and the suites' definitions in a model.
const Own = "assay"

// Record is what assay keeps of a judgement and its example in the files of others, so that they
// are read back as they were.
type Record struct {
	Example    suites.Example      `json:"example"`
	Answer     *models.Completion  `json:"answer,omitempty"` // without its text; nil if the run has none
	Judgements []metrics.Judgement `json:"judgements"`
}

// Cell names an aggregate in files that assay wrote.
type Cell struct {
	Suite     string `json:"suite"`
	Model     string `json:"model"`
	Condition string `json:"condition,omitempty"`
	Metric    string `json:"metric"`
	Baseline  string `json:"baseline,omitempty"`
}

// definitions takes suites as assay itself defined them.
func (b *book) definitions(all []suites.Definition) {
	for _, d := range all {
		s := b.suite(d.Name)
		for _, m := range d.Metrics {
			metric := m.Metric()
			kept := b.metric(d.Name, m.Name, form{title: m.Title, lo: m.Range.Lo, hi: m.Range.Hi, kind: &m.Kind, direction: &m.Direction, even: m.Even, statistic: metric.Statistic, width: m.Width, exact: true})
			kept.baseline = m.Even != nil
		}
		d.Metrics = nil
		s.given = &d
	}
}

// recorded takes what assay itself wrote of an answer: its example and judgements.
func (b *book) recorded(a *answer, text []byte) error {
	var r Record
	if err := decodeValue(text, &r); err != nil || len(r.Judgements) == 0 || r.Example.ID == "" {
		return errors.New("assay's own part of the row can't be read; export the run again")
	}
	switch {
	case r.Answer == nil:
		a.text = nil
	case a.text == nil:
		a.text = new("")
		fallthrough
	default:
		a.choices, a.finish, a.failed = r.Answer.Scores, r.Answer.Finish, r.Answer.Missing
	}
	for i, j := range r.Judgements {
		if i > 0 && (j.Suite != a.suite || j.Model != a.model || j.Condition != a.condition || j.Sample != a.sample) {
			return errors.New("assay's own part of the row has judgements of several answers; export the run again")
		}
		a.own, a.suite, a.condition, a.model, a.sample = &r.Example, j.Suite, j.Condition, j.Model, j.Sample
		suite := b.named[j.Suite]
		if suite == nil {
			return errors.New("the files have no definition of the row's suite; export the run again")
		}
		k := slices.IndexFunc(suite.metrics, func(m *scoreMetric) bool { return m.name == j.Metric })
		if k < 0 {
			return fmt.Errorf("the files have no definition of the metric %.80q; export the run again", j.Metric)
		}
		a.scores = append(a.scores, score{metric: suite.metrics[k], value: j.Value, missing: j.Missing, baseline: j.Baseline, judge: j.Judge, labeler: j.Labeler, order: j.Order, orders: j.Orders})
	}
	return b.add(a)
}
