package wire

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"assay/harness/engine"
	"assay/harness/local"
	"assay/harness/plan"
	"assay/models"
	"assay/models/bestof"
	"assay/models/bpe"
	"assay/models/openai"
	"assay/suites/catalog"
)

// defaultConcurrency is how many requests a model gets at a time.
const defaultConcurrency = 16

// model opens a model of the plan.
func (w *wiring) model(p *plan.Model) (engine.Model, error) {
	m, err := w.asked(p)
	m.Info.About = p.About
	if err != nil || p.BestOf == 0 {
		return m, err
	}
	reward, err := w.rewardModel(p.Reward)
	if err != nil {
		return m, fmt.Errorf("reward: %w", err)
	}
	if of, ok := m.Generator.(*local.Model); ok {
		if err := bpe.Difference(p.Spec.String(), of.Tokenizer(), p.Reward.String(), reward.Tokenizer()); err != nil {
			return m, fmt.Errorf("best_of: model and reward model have different tokenizers: %w; train the reward model from this model", err)
		}
	}
	m.Generator, err = bestof.New(p.BestOf, m.Generator, reward)
	m.Info.Fingerprint = fmt.Sprintf("best of %d by %s: %s", p.BestOf, reward.Fingerprint, m.Info.Fingerprint)
	return m, err
}

// asked opens the model that answers.
func (w *wiring) asked(p *plan.Model) (engine.Model, error) {
	m := engine.Model{
		Info: models.ParseName(p.Name), System: p.System, AskedAs: p.AskedAs, Suites: p.Suites,
		Sampling:    func(s models.Sampling) models.Sampling { return wholeDistribution(p.Sampling.Over(s)) },
		Concurrency: cmp.Or(p.Concurrency, defaultConcurrency),
	}
	if p.Price != nil {
		m.Price = engine.Price(*p.Price)
	}
	spec := p.Spec
	if spec.Kind == plan.Replay {
		r, fingerprint, err := w.replay(spec, p.Name)
		if err != nil {
			return m, err
		}
		m.Info.Fingerprint, m.Generator, m.Scorer = fingerprint, r, r
		return m, nil
	}
	if spec.Kind == plan.GPT || spec.Kind == plan.World {
		err := w.local(spec, p, &m)
		return m, err
	}
	m.Sampling = p.Sampling.Over // an unset top_p is the server's own
	client, err := w.openai("model "+p.Name, spec, &p.Server, &p.Sampling)
	if err != nil {
		return m, err
	}
	m.Info.Fingerprint = fingerprint(spec, &p.Server, &p.Sampling)
	m.Generator, m.Scorer, m.Probe, m.Sender = client, client, w.probe(client, p), client
	m.Letters = p.Logprobs != plan.Echo
	m.Trouble = trouble(client.Stats)
	return m, nil
}

// probe is a client's, and where a suite that the model is asked needs
// log-probabilities, finds out whether the server gives them.
func (w *wiring) probe(client *openai.Client, p *plan.Model) func(context.Context) error {
	var need []string
	for _, s := range w.plan.Suites {
		known, ok := catalog.Find(s.Suite)
		if ok && known.Live != nil && known.Live.Scored && !known.Live.ByLetter && (p.Suites == nil || slices.Contains(p.Suites, s.Suite)) {
			need = append(need, s.Suite)
		}
	}
	if need == nil {
		return client.Probe
	}
	return func(ctx context.Context) error {
		if err := client.Probe(ctx); err != nil {
			return err
		}
		mode, err := client.Scoring(ctx)
		if err == nil && mode != openai.Echo {
			err = fmt.Errorf("the server echoes no usable log-probabilities, which %s measures; use a server that does, or name the suites that the model can answer in its field suites", strings.Join(need, " and "))
		}
		return err
	}
}
