package pipeline

import (
	"assay/harness/interop"
	"assay/metrics"
	"assay/suites"
)

// alike finds names in a run that look alike but are different, such as a model's name with and
// without a space at its end: what was recorded under them is not paired.
type alike struct{ suites, models, metrics, conditions, judges, labelers, categories, clusters interop.Lookalikes }

func newAlike() alike {
	named := func(what string) interop.Lookalikes { return interop.Lookalikes{What: what, Case: true} }
	return alike{named("suite"), named("model"), named("metric"), named("condition"), named("judge"), named("labeler"), named("category"), interop.Lookalikes{What: "cluster"}}
}

func (a *alike) example(ex *suites.Example) {
	a.categories.Saw(ex.Category)
	a.clusters.Saw(ex.Cluster)
}

func (a *alike) judgement(j *metrics.Judgement) {
	a.suites.Saw(j.Suite)
	a.models.Saw(j.Model)
	a.models.Saw(j.Baseline)
	a.metrics.Saw(j.Metric)
	a.conditions.Saw(j.Condition)
	a.judges.Saw(j.Judge)
	a.labelers.Saw(j.Labeler)
}

// notices says what was found.
func (a *alike) notices(say func(format string, args ...any)) {
	for _, l := range []*interop.Lookalikes{&a.suites, &a.models, &a.metrics, &a.conditions, &a.judges, &a.labelers, &a.categories, &a.clusters} {
		if notice := l.Notice(); notice != "" {
			say("%s", notice)
		}
	}
}
