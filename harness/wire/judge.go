package wire

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"unicode/utf8"

	"assay/harness"
	"assay/harness/engine"
	"assay/harness/leaf/rows"
	"assay/harness/local"
	"assay/harness/plan"
	"assay/models/bpe"
	"assay/models/learned"
	"assay/models/program"
	"assay/models/sample"
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
	settings, err := p.Settings.Filled(w.textFile)
	if err != nil {
		return j, err
	}
	if j.Judge, err = kind.New(p.Name, settings); err != nil {
		return j, err
	}
	j.Info.Name = p.Name
	if j.Audit, err = w.audit(&p.Audit); err != nil {
		return j, fmt.Errorf("audit: %w", err)
	}
	if p.Spec.Trained() {
		return j, w.trained(p, &j)
	}
	switch kind.Asks {
	case judge.Service:
		err = w.service(p, &j.Endpoint)
	case judge.RewardModel:
		if err = w.scorer(p, &j.Endpoint); err == nil && p.Spec.Kind == plan.GPT {
			var record *learned.Texts
			record, err = learned.Open(w.beside(p.Spec.Target))
			j.Learned = learnedIn(record)
		}
	case judge.Model:
		err = w.grader(p, &j.Endpoint)
	case judge.Program:
		err = w.program(p, &j.Endpoint)
	}
	return j, err
}

// auditExamples is of how many examples answers are judged again, if the plan doesn't say.
const auditExamples = 100

// audit reads what a judge is asked for its audit.
func (w *wiring) audit(p *plan.JudgeAudit) (a engine.Audit, err error) {
	if a.Repeats = p.Repeats; p.Repeats > 0 {
		a.Examples = cmp.Or(p.Examples, auditExamples)
	}
	if p.Known == "" {
		return a, nil
	}
	path := w.beside(p.Known)
	if a.Known, err = judge.ReadKnown(path); err != nil {
		return a, err
	}
	src, err := harness.FileSource(path)
	if err == nil {
		w.addSource(src)
	}
	return a, err
}

// textFileSize bounds a file with a judge's rubric or criteria.
const textFileSize = 1 << 20

// textFile reads a text that the plan keeps in a file.
func (w *wiring) textFile(name string) (string, error) {
	path := w.beside(name)
	switch info, err := os.Stat(path); {
	case err != nil:
		return "", fmt.Errorf("%s: no such file; paths are relative to the plan's folder", path)
	case info.IsDir() || info.Size() > textFileSize:
		return "", fmt.Errorf("%s: a judge's text must be a file of at most %d bytes", path, textFileSize)
	}
	src, err := harness.FileSource(path)
	if err != nil {
		return "", err
	}
	w.addSource(src)
	text, err := rows.ReadFile(path)
	if err == nil && !utf8.Valid(text) {
		err = fmt.Errorf("%s is not UTF-8 text", path)
	}
	return string(text), err
}

// program finds the program of a judge. Its fingerprint has the command and the contents of those
// of its arguments and files that exist.
func (w *wiring) program(p *plan.Judge, e *engine.Endpoint) error {
	e.Concurrency = cmp.Or(p.Concurrency, runtime.GOMAXPROCS(0))
	run, err := program.New(program.Config{Command: p.Command, Dir: filepath.Dir(w.plan.Path), Timeout: p.Timeout, Processes: e.Concurrency, Once: p.Once})
	if err != nil {
		return err
	}
	w.job.closers = append(w.job.closers, run.Close)
	version := fmt.Sprintf("command %q %q %t", p.Command, p.Version, p.Once)
	for i, name := range slices.Concat(p.Command, p.Files) {
		path := w.beside(name)
		info, err := os.Stat(path)
		named := i >= len(p.Command) // under files:, and not an argument that may be anything
		switch {
		case err == nil && !info.IsDir():
		case !named:
			continue
		case err == nil:
			return fmt.Errorf("files: %s is a folder; name its files", name)
		default:
			return fmt.Errorf("files: %s: no such file", path)
		}
		src, err := harness.FileSource(path)
		if err != nil {
			return err
		}
		w.addSource(src)
		version += " " + src.SHA256
	}
	e.Info.Fingerprint, e.Ask, e.Sampling = version, run.Generate, nil
	return nil
}

// grader opens the model of a judge.
func (w *wiring) grader(p *plan.Judge, e *engine.Endpoint) error {
	switch p.Spec.Kind {
	case plan.GPT, plan.World:
		return w.localJudge(p, e)
	case plan.Replay:
		return errors.New("a judge is a model that answers: openai:URL#NAME for a server, or gpt:DIR for a local checkpoint")
	}
	client, err := w.openai("judge "+p.Name, p.Spec, &p.Server, &p.Sampling, e)
	if err != nil {
		return err
	}
	e.Ask = client.Generate
	return nil
}

// localJudge opens a checkpoint on this machine as the model of a judge.
func (w *wiring) localJudge(p *plan.Judge, e *engine.Endpoint) error {
	m, err := w.checkpoint(p.Spec, sample.Options{})
	if err != nil {
		return err
	}
	if m.Config().ScalarHead {
		return fmt.Errorf("%s is a reward model: it generates no verdict; write kind: reward for it", p.Spec.Target)
	}
	e.Info.Fingerprint, e.Ask, e.Sampling = m.Fingerprint, m.Generate, allTokens(e.Sampling)
	e.Concurrency = cmp.Or(p.Concurrency, local.Concurrency)
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
