package wire

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"assay/harness/engine"
	"assay/harness/local"
	"assay/harness/plan"
	"assay/models/bpe"
	"assay/models/toxicity"
	"assay/suites/judge"
)

// judge opens a judge of the plan.
func (w *wiring) judge(p *plan.Judge) (j engine.Judge, err error) {
	kind, err := judge.Find(p.Kind)
	if err != nil {
		return j, err
	}
	j.Endpoint = endpoint(&p.Server, &p.Sampling)
	if j.Judge, err = kind.New(p.Name, p.Settings); err != nil {
		return j, err
	}
	j.Info.Name = p.Name
	switch kind.Asks {
	case judge.Service:
		err = w.service(p, &j.Endpoint)
	case judge.RewardModel:
		err = w.scorer(p, &j.Endpoint)
	case judge.Model:
		err = w.grader(p, &j.Endpoint)
	}
	return j, err
}

// grader opens the model of a judge.
func (w *wiring) grader(p *plan.Judge, e *engine.Endpoint) error {
	if p.Spec.Kind != plan.OpenAI {
		return errors.New("a judge is a model on a server: openai:URL#NAME")
	}
	client, err := w.openai("judge "+p.Name, p.Spec, &p.Server, &p.Sampling, e)
	if err != nil {
		return err
	}
	e.Ask = client.Generate
	return nil
}

// scorer opens the reward model of a judge.
func (w *wiring) scorer(p *plan.Judge, e *engine.Endpoint) error {
	m, err := w.rewardModel(p.Spec)
	if err != nil {
		return err
	}
	w.compareTokenizers(p, m)
	e.Info.Fingerprint, e.Ask = "reward "+m.Fingerprint, m.Reward
	e.Concurrency = cmp.Or(p.Concurrency, local.Concurrency)
	return nil
}

// compareTokenizers adds a note if a reward judge and a local model that it judges have
// different tokenizers. The scores are still right, since the judge reads texts with its own
// tokenizer, but the judge was not trained from that model.
func (w *wiring) compareTokenizers(p *plan.Judge, reward *local.Model) {
	for _, m := range w.locals {
		if err := bpe.Difference(m.name, m.Tokenizer(), p.Name, reward.Tokenizer()); err != nil {
			w.Note(fmt.Sprintf("judge %s and model %s have different tokenizers: %v; the judge it reads texts with its own", p.Name, m.name, err))
		}
	}
}

// service opens a toxicity service.
func (w *wiring) service(p *plan.Judge, e *engine.Endpoint) error {
	service, public := services(p.Service)
	base := cmp.Or(p.URL, public)
	cfg, err := connection(base, &p.Server)
	if err != nil {
		return err
	}
	if service == toxicity.Perspective && p.KeyHeader == "" && p.APIKeyEnv != "" { // its key goes into the address
		cfg.Query.Set("key", strings.TrimPrefix(cfg.Header.Get("Authorization"), "Bearer "))
		cfg.Header.Del("Authorization")
	}
	client, err := toxicity.New(toxicity.Config{Remote: cfg, Service: service, Label: p.Label, Categories: p.Categories})
	if err != nil {
		return err
	}
	w.job.closers = append(w.job.closers, client.Close)
	e.Info.Fingerprint = fmt.Sprintf("toxicity %s %s %q %q", p.Service, base, p.Label, p.Categories) + spaced(p.Form.String())
	e.Ask, e.Probe, e.Trouble = client.Reward, client.Probe, trouble(client.Stats)
	return nil
}

func services(s judge.ToxicityService) (service toxicity.Service, public string) {
	switch s {
	case judge.Perspective:
		return toxicity.Perspective, "https://commentanalyzer.googleapis.com"
	case judge.Moderation:
		return toxicity.Moderation, "https://api.openai.com/v1"
	}
	return toxicity.Classifier, ""
}
