package wire

import (
	"cmp"
	"context"
	"fmt"
	"runtime"

	"github.com/go-json-experiment/json"

	"assay/harness/engine"
	"assay/harness/local"
	"assay/harness/plan"
	"assay/metrics/names"
	"assay/models"
	"assay/models/linear"
	"assay/suites/judge"
)

// trained opens a judge of 'assay train judge'.
func (w *wiring) trained(p *plan.Judge, e *engine.Endpoint) error {
	task := plan.TaskToxicity
	if p.Kind == judge.TruthKind {
		task = plan.TaskTruth
	}
	m, err := w.linear(p.Spec, task)
	if err != nil {
		return err
	}
	e.Concurrency = cmp.Or(p.Concurrency, runtime.GOMAXPROCS(0))
	e.Info.Fingerprint, e.Ask, e.Sampling = "linear "+m.SHA256, m.Reward, nil
	w.describe(p.Name, m.Known)
	if p.InformativeModel == "" {
		return nil
	}
	spec, err := plan.ParseSpec(p.InformativeModel)
	if err != nil {
		return err
	}
	second, err := w.linear(spec, plan.TaskInformative)
	if err != nil {
		return err
	}
	e.Info.Fingerprint += " " + second.SHA256
	e.Ask = truthAsk(map[string]*linear.Model{names.True: m.Model, names.Informative: second.Model})
	w.describe(p.Name, second.Known)
	return nil
}

// linear opens a trained judge and records its file.
func (w *wiring) linear(spec plan.Spec, task plan.JudgeTask) (*local.Linear, error) {
	m, err := local.OpenLinear(spec, task)
	if err != nil {
		return nil, err
	}
	if m.Source != nil {
		w.addSource(*m.Source)
	}
	return m, nil
}

// describe keeps what a trained judge says about itself, for the suites that it judges.
func (w *wiring) describe(name, about string) {
	if w.about == nil {
		w.about = map[string]string{}
	}
	if w.about[name] != "" {
		w.about[name] += " "
	}
	w.about[name] += about
}

// truthAsk answers the requests of [judge.TrainedTruth].
func truthAsk(by map[string]*linear.Model) func(context.Context, models.Request) (models.Answer, error) {
	return func(_ context.Context, r models.Request) (models.Answer, error) {
		var q judge.TrainedQuestion
		if err := json.Unmarshal([]byte(r.Prompt), &q); err != nil {
			return models.Answer{}, err
		}
		m := by[q.Of]
		if m == nil {
			return models.Answer{}, fmt.Errorf("no trained judge of %q", q.Of)
		}
		return models.Answer{Scores: []float64{m.Probability(linear.Text{Text: q.Text, Context: q.Context, For: q.For, Against: q.Against})}}, nil
	}
}
