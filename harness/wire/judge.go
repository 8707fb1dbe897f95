package wire

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"assay/harness/engine"
	"assay/harness/local"
	"assay/harness/plan"
	"assay/models"
	"assay/models/bpe"
	"assay/models/toxicity"
	"assay/suites"
	"assay/suites/judge"
)

// judge opens a judge of the plan.
func (w *wiring) judge(p *plan.Judge) (engine.Judge, error) {
	j := engine.Judge{Kind: p.Kind, Info: models.Info{Name: p.Name}, Sampling: p.Sampling.Over,
		Concurrency: cmp.Or(p.Concurrency, defaultConcurrency)}
	if p.Price != nil {
		j.Price = engine.Price(*p.Price)
	}
	var err error
	if j.Judge, err = judge.New(p.Kind, p.Name); err != nil {
		return j, err
	}
	if p.Kind == suites.Toxicity {
		return j, w.service(p, &j)
	}
	spec := p.Spec
	if p.Kind == suites.Reward {
		m, err := w.rewardModel(spec)
		if err != nil {
			return j, err
		}
		w.tellTokenizers(p, m)
		j.Info.Fingerprint, j.Ask = "reward "+m.Fingerprint, m.Reward
		j.Concurrency = cmp.Or(p.Concurrency, local.Concurrency)
		return j, nil
	}
	if spec.Kind != plan.OpenAI {
		return j, errors.New("a judge is a model on a server: openai:URL#NAME")
	}
	client, err := w.openai("judge "+p.Name, spec, &p.Server, &p.Sampling)
	if err != nil {
		return j, err
	}
	j.Info.Fingerprint, j.Sender = fingerprint(spec, &p.Server, &p.Sampling), client
	j.Ask, j.Probe, j.System = client.Generate, client.Probe, p.System
	j.Trouble = trouble(client.Stats)
	return j, nil
}

// tellTokenizers says where a reward judge cuts texts otherwise than a local model that it
// judges. It reads texts with its own tokenizer, so that its numbers stand; but it was not
// trained from that model.
func (w *wiring) tellTokenizers(p *plan.Judge, reward *local.Model) {
	for _, m := range w.job.Models {
		of, ok := m.Generator.(*local.Model)
		if !ok {
			continue
		}
		if err := bpe.Difference(m.Info.Name, of.Tokenizer(), p.Name, reward.Tokenizer()); err != nil {
			w.Note(fmt.Sprintf("judge %s has another tokenizer than model %s: %v; it reads texts with its own", p.Name, m.Info.Name, err))
		}
	}
}

// service opens a toxicity service.
func (w *wiring) service(p *plan.Judge, j *engine.Judge) error {
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
	j.Info.Fingerprint = fmt.Sprintf("toxicity %s %s %q %q", p.Service, base, p.Label, p.Categories) + spaced(p.Form.String())
	j.Ask, j.Probe = client.Reward, client.Probe
	j.Trouble = trouble(client.Stats)
	return nil
}

func services(s plan.Service) (service toxicity.Service, public string) {
	switch s {
	case plan.Perspective:
		return toxicity.Perspective, "https://commentanalyzer.googleapis.com"
	case plan.Moderation:
		return toxicity.Moderation, "https://api.openai.com/v1"
	}
	return toxicity.Classifier, ""
}
