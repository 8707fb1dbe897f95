package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"assay/harness/engine"
	"assay/harness/interop"
	"assay/harness/plan"
	"assay/harness/runstore"
	"assay/models"
	"assay/models/bestof"
	"assay/models/bpe"
	"assay/models/openai"
	"assay/models/remote"
	"assay/models/replay"
	"assay/models/sample"
	"assay/models/toxicity"
	"assay/suites"
	"assay/suites/catalog"
	"assay/suites/judge"
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
	if of, ok := m.Generator.(*localModel); ok {
		if err := sameTokenizer(p.Model, of.Tokenizer(), p.Reward, reward.Tokenizer()); err != nil {
			return m, fmt.Errorf("best_of: %w", err)
		}
	}
	m.Generator, err = bestof.New(p.BestOf, m.Generator, reward)
	m.Info.Fingerprint = fmt.Sprintf("best of %d by %s: %s", p.BestOf, reward.fingerprint, m.Info.Fingerprint)
	return m, err
}

// rewardModel opens a reward model on this machine.
func (w *wiring) rewardModel(at string) (*localModel, error) {
	spec, err := plan.ParseSpec(at)
	if err != nil {
		return nil, err
	}
	m, err := w.checkpoint(spec, sample.Options{})
	if err == nil && !m.Config().ScalarHead {
		return nil, fmt.Errorf("%s is no reward model; 'assay train reward' makes one", spec.Target)
	}
	return m, err
}

// tellTokenizers says where a reward judge cuts texts otherwise than a local model that it
// judges. It reads texts with its own tokenizer, so that its numbers stand; but it was not
// trained from that model.
func (w *wiring) tellTokenizers(p *plan.Judge, reward *localModel) {
	for _, m := range w.job.Models {
		of, ok := m.Generator.(*localModel)
		if !ok {
			continue
		}
		if err := bpe.Difference(m.Info.Name, of.Tokenizer(), p.Name, reward.Tokenizer()); err != nil {
			w.note(fmt.Sprintf("judge %s has another tokenizer than model %s: %v; it reads texts with its own", p.Name, m.Info.Name, err))
		}
	}
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
	spec, err := plan.ParseSpec(p.Model)
	if err != nil {
		return m, err
	}
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

// localConcurrency is how many requests a local checkpoint gets at a time: as many as
// are decoded together.
const localConcurrency = 64

// local opens a checkpoint on this machine.
func (w *wiring) local(spec plan.Spec, p *plan.Model, m *engine.Model) error {
	local, err := w.checkpoint(spec, sample.Options{Literal: p.SplitSpecial})
	if err != nil {
		return err
	}
	if local.Config().ScalarHead {
		return fmt.Errorf("%s is a reward model: it scores texts, and can't be asked for one", spec.Target)
	}
	if m.Info.Parameters == 0 {
		m.Info.Parameters, m.Info.Size = float64(local.Config().Parameters()), sizeName(local.Config().Parameters())
	}
	m.Info.Fingerprint = local.fingerprint
	m.Generator, m.Scorer = local, local
	m.Concurrency = cmp.Or(p.Concurrency, localConcurrency)
	return nil
}

// checkpoint opens a folder beside the plan, or a checkpoint that assay carries, and notes
// its files.
func (w *wiring) checkpoint(spec plan.Spec, o sample.Options) (local *localModel, err error) {
	if w.checkpoints == nil {
		opened, err := newCheckpoints(w.note)
		if err != nil {
			return nil, err
		}
		w.checkpoints = opened
		w.job.closers = append(w.job.closers, opened.close)
	}
	dir := spec.Target
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(filepath.Dir(w.plan.Path), dir)
	}
	if spec.Kind == plan.World {
		local, err = w.checkpoints.carried(spec.Target, o)
	} else {
		local, err = w.checkpoints.get(dir, o)
	}
	if err != nil {
		return nil, err
	}
	for _, src := range local.sources {
		if strings.Contains(src.Name, ".safetensors") { // every checkpoint has files of these names
			src.Name = checkpointName(dir) + "/" + src.Name
		}
		if !slices.Contains(w.job.Plan.Sources, src) {
			w.job.Plan.Sources = append(w.job.Plan.Sources, src)
		}
	}
	return local, nil
}

func logProbs(l plan.Logprobs) openai.Mode {
	switch l {
	case plan.Echo:
		return openai.Echo
	case plan.Letters:
		return openai.Letters
	}
	return openai.Auto
}

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
	if p.Kind == suites.Reward {
		m, err := w.rewardModel(p.Model)
		if err != nil {
			return j, err
		}
		w.tellTokenizers(p, m)
		j.Info.Fingerprint, j.Ask = "reward "+m.fingerprint, m.Reward
		j.Concurrency = cmp.Or(p.Concurrency, localConcurrency)
		return j, nil
	}
	spec, err := plan.ParseSpec(p.Model)
	if err != nil {
		return j, err
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

// trouble is what a client's statistics say of its attempts.
func trouble(stats func() remote.Stats) func() (int, map[string]int) {
	return func() (int, map[string]int) {
		s := stats()
		return s.Retries, s.Faults
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

// replay opens recorded outputs: a run's folder, a file of completions, or a file
// of outputs as AlpacaEval writes them.
func (w *wiring) replay(spec plan.Spec, name string) (*replay.Model, string, error) {
	path := spec.Target
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(w.plan.Path), path)
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", fmt.Errorf("replay %s: there is no such file or folder", path)
	}
	if err != nil {
		return nil, "", err
	}
	dir := filepath.Dir(path)
	if info.IsDir() {
		dir, path = path, filepath.Join(path, runstore.Completions().File())
	}
	src, err := hashFile(path)
	if err != nil {
		return nil, "", fmt.Errorf("replay: %w", err)
	}
	w.job.Plan.Sources = append(w.job.Plan.Sources, src)
	recorded := cmp.Or(spec.Name, name)
	var m *replay.Model
	if filepath.Base(path) == runstore.Completions().File() {
		m, err = replay.New(recorded, values(runstore.Completions().Read(runstore.Dir(dir))))
	} else {
		var outputs map[string]string
		if outputs, err = interop.ReadOutputs(path, spec.Name); err == nil {
			m, err = replay.NewOutputs(recorded, outputs)
		}
	}
	if err != nil {
		return nil, "", err
	}
	return m, fmt.Sprintf("replay:%s#%s", src.SHA256, recorded), nil
}

// values are the records themselves.
func values[T any](records iter.Seq2[*T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for r, err := range records {
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			if !yield(*r, nil) {
				return
			}
		}
	}
}
