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
)

// defaultConcurrency is how many requests a model gets at a time.
const defaultConcurrency = 16

// model opens a model of the plan.
func (w *wiring) model(p *plan.Model) (engine.Model, error) {
	m := engine.Model{Endpoint: endpoint(&p.Server, &p.Sampling), AskedAs: p.AskedAs, Suites: p.Suites}
	m.Info = models.ParseName(p.Name)
	m.Info.About = p.About
	g, s, err := w.source(p, &m)
	if err != nil {
		return m, err
	}
	if p.BestOf > 0 {
		if g, err = w.bestOf(p, &m, g); err != nil {
			return m, err
		}
	}
	m.Ask = engine.Ask(p.Name, g, s)
	return m, nil
}

// endpoint has the fields that models and judges in a plan share.
func endpoint(s *plan.Server, sampling *plan.Sampling) engine.Endpoint {
	e := engine.Endpoint{System: s.System, Sampling: sampling.Over, Concurrency: cmp.Or(s.Concurrency, defaultConcurrency)}
	if s.Price != nil {
		e.Price = engine.Price(*s.Price)
	}
	return e
}

// source opens the source of a model's answers: recorded outputs, a checkpoint on this
// machine or a server.
func (w *wiring) source(p *plan.Model, m *engine.Model) (models.Generator, models.Scorer, error) {
	switch p.Spec.Kind {
	case plan.Replay:
		recorded, fingerprint, err := w.replay(p.Spec, p.Name)
		if err != nil {
			return nil, nil, err
		}
		m.Sampling = allTokens(m.Sampling)
		m.Info.Fingerprint = fingerprint
		return recorded, recorded, nil
	case plan.GPT, plan.World:
		opened, err := w.local(p, m)
		if err != nil {
			return nil, nil, err
		}
		return opened, opened, nil
	}
	client, err := w.openai("model "+p.Name, p.Spec, &p.Server, &p.Sampling, &m.Endpoint)
	if err != nil {
		return nil, nil, err
	}
	m.Probe = w.probe(client, p)
	m.Letters = p.Logprobs != plan.Echo
	return client, client, nil
}

// allTokens sets top_p to 1 if the plan doesn't set it. It is for models on this machine and for
// recordings; a server has its own default.
func allTokens(over func(models.Sampling) models.Sampling) func(models.Sampling) models.Sampling {
	return func(s models.Sampling) models.Sampling {
		s = over(s)
		s.TopP = cmp.Or(s.TopP, 1)
		return s
	}
}

// bestOf makes a model give the best of several answers by a reward model.
func (w *wiring) bestOf(p *plan.Model, m *engine.Model, g models.Generator) (models.Generator, error) {
	reward, err := w.rewardModel(p.Reward)
	if err != nil {
		return nil, fmt.Errorf("reward: %w", err)
	}
	if of, ok := g.(*local.Model); ok {
		if err := bpe.Difference(p.Spec.String(), of.Tokenizer(), p.Reward.String(), reward.Tokenizer()); err != nil {
			return nil, fmt.Errorf("best_of: model and reward model have different tokenizers: %w; train the reward model from this model", err)
		}
	}
	m.Info.Fingerprint = fmt.Sprintf("best of %d by %s: %s", p.BestOf, reward.Fingerprint, m.Info.Fingerprint)
	return bestof.New(p.BestOf, g, reward)
}

// probe is a client's probe. If a suite of the model needs log-probabilities, it also finds
// out whether the server returns them.
func (w *wiring) probe(client *openai.Client, p *plan.Model) func(context.Context) error {
	var need []string
	for _, s := range w.plan.Suites {
		known, ok := w.known(s.Suite)
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
			err = fmt.Errorf("the server echoes no usable log-probabilities, which %s needs; use a server that does, or name the suites that the model can answer in its field suites", strings.Join(need, " and "))
		}
		return err
	}
}
