package wire

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"

	"assay/harness/engine"
	"assay/harness/local"
	"assay/harness/plan"
	"assay/metrics/names"
	"assay/models"
	"assay/models/learned"
	"assay/models/linear"
	"assay/models/sample"
	"assay/models/toxicity"
	"assay/suites"
	"assay/suites/judge"
)

// trained opens a judge of 'assay train judge'.
func (w *wiring) trained(p *plan.Judge, j *engine.Judge) error {
	task := map[string]plan.JudgeTask{string(judge.TruthKind): plan.TaskTruth, string(judge.GroundedKind): plan.TaskSupport}[string(p.Kind)]
	m, err := w.openTrained(p, p.Spec, cmp.Or(task, plan.TaskToxicity))
	if err != nil {
		return err
	}
	e := &j.Endpoint
	e.Concurrency, e.Sampling = cmp.Or(p.Concurrency, m.Concurrency), nil
	e.Info.Fingerprint = m.Fingerprint
	j.Learned = learnedIn(m.Learned)
	switch p.Kind {
	case judge.GroundedKind:
		if !m.Contexts {
			return fmt.Errorf("judge %s: %s learned from texts without a context, so it can't compare an answer with its input; train it on rows with text, context and label", p.Name, p.Spec)
		}
		j.Judge = judge.TrainedGrounded{Grounded: judge.Grounded{JudgeName: p.Name, MetricSettings: p.MetricSettings}}
		e.Ask = askTrained(map[string]*local.Trained{judge.Supported: m})
	case judge.TruthKind:
		spec, err := plan.ParseSpec(p.InformativeModel)
		if err != nil {
			return err
		}
		second, err := w.openTrained(p, spec, plan.TaskInformative)
		if err != nil {
			return err
		}
		e.Info.Fingerprint += " " + second.Fingerprint
		j.Learned = learnedIn(m.Learned, second.Learned)
		e.Ask = askTrained(map[string]*local.Trained{names.True: m, names.Informative: second})
	default:
		e.Ask = scoreTrained(m)
	}
	return nil
}

// learnedIn looks for answers in the records of what a judge's models were trained on. A record may be
// nil; nil if all are. The prompt in a record is what the judge saw with the answer: a question,
// a context or nothing.
func learnedIn(records ...*learned.Texts) func(ex *suites.Example, answer string) bool {
	records = slices.DeleteFunc(records, func(r *learned.Texts) bool { return r == nil })
	if len(records) == 0 {
		return nil
	}
	return func(ex *suites.Example, answer string) bool {
		return slices.ContainsFunc(records, func(r *learned.Texts) bool { return r.Has(ex.Input, answer) || r.Has(ex.Context, answer) })
	}
}

// openTrained opens a trained judge, records its files, and keeps what it says about itself.
func (w *wiring) openTrained(p *plan.Judge, spec plan.Spec, task plan.JudgeTask) (*local.Trained, error) {
	if spec.Kind == plan.JudgeDir {
		spec.Target = w.beside(spec.Target)
	}
	m, err := local.OpenTrained(spec, task, func(dir string) (*local.Model, error) {
		return w.checkpoint(plan.Spec{Kind: plan.GPT, Target: dir}, sample.Options{})
	})
	if err != nil {
		return nil, err
	}
	for _, s := range m.Sources {
		w.addSource(s)
	}
	w.describe(p.Name, m.Known)
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

// scoreTrained answers requests as a toxicity service does: with the probability for the request's
// prompt. A text of white space has none.
func scoreTrained(m *local.Trained) func(context.Context, models.Request) (models.Answer, error) {
	return func(ctx context.Context, r models.Request) (models.Answer, error) {
		if err := toxicity.Scorable(r.Prompt); err != nil {
			return models.Answer{}, err
		}
		p, err := m.Probability(ctx, linear.Text{Text: r.Prompt})
		return models.Answer{Scores: []float64{p}}, err
	}
}

// askTrained answers the requests of judges that ask about a text and what belongs to it: see
// [judge.TrainedQuestion].
func askTrained(by map[string]*local.Trained) func(context.Context, models.Request) (models.Answer, error) {
	return func(ctx context.Context, r models.Request) (models.Answer, error) {
		var q judge.TrainedQuestion
		if err := json.Unmarshal([]byte(r.Prompt), &q); err != nil {
			return models.Answer{}, err
		}
		m := by[q.Of]
		if m == nil {
			return models.Answer{}, fmt.Errorf("no trained judge of %q", q.Of)
		}
		p, err := m.Probability(ctx, linear.Text{Text: q.Text, Context: q.Context, For: q.For, Against: q.Against})
		return models.Answer{Scores: []float64{p}}, err
	}
}
