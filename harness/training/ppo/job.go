package ppo

import (
	"cmp"
	"context"
	"fmt"

	"assay/harness"
	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
	"assay/harness/leaf/seed"
	"assay/harness/plan"
	"assay/harness/training"
	"assay/harness/training/data"
	"assay/harness/training/gold"
	"assay/harness/training/heldout"
	"assay/harness/training/network"
	"assay/models"
	"assay/models/train"
	"assay/models/train/ppo"
	"assay/models/train/rl"
)

// setup is a training that is being put together.
type setup struct {
	plan   *plan.PPO
	files  *Files
	folder *training.Folder
	notes  data.Notes

	networks
	held    *heldout.Prompts // nil without an evaluation
	prompts [][]int32
	text    string // how much of it is mixed in, in words
}

// New puts a training together from its plan and the plan's files. It reads all data and
// checks them, and writes a token file into the folder. Errors name file and line.
func New(p *plan.PPO, files *Files, folder *training.Folder) (*training.Job, error) {
	s := &setup{plan: p, files: files, folder: folder}
	if err := s.open(); err != nil {
		return nil, err
	}
	if err := s.readPrompts(); err != nil {
		return nil, err
	}
	model, err := s.model()
	if err != nil {
		return nil, err
	}
	if err := model.Trainer.Check(); err != nil {
		return nil, fmt.Errorf("%s: %w", p.Path, err)
	}
	canonical, err := s.recorded().Canonical()
	if err != nil {
		return nil, err
	}
	job := training.NewJob(folder.Dir, folder.CPU, harness.Plan{Train: canonical, Sources: files.Sources}, s.policy.Config().Parameters())
	job.Seed, job.Model, job.Stage, job.Steps = p.Seed, model, string(plan.PPOKind), p.Iterations
	job.SaveEvery, job.Fit = cmp.Or(p.SaveSteps, max(1, p.Iterations/20)), model.Fit
	job.Cost, job.Notes = s.cost(model), s.notes.Lines()
	job.Counted = s.notes.Counted()
	if p.Evaluate.LoadBestModelAtEnd {
		job.Best = models.ScoreValidationReward
	}
	return job, nil
}

// at puts an error at a field of the plan, unless it has a place already.
func (s *setup) at(field string, err error) error {
	return place.Within(s.plan.Path, s.plan.Line(field), err)
}

// recorded is the plan as the manifest records it: with the files that were found.
func (s *setup) recorded() *plan.PPO {
	p := *s.plan
	p.Evaluate.Prompts, p.Evaluate.RewardModel = s.files.Prompts, s.files.Judge
	p.Data, p.Init, p.RewardModel, p.Reference, p.ValueModel = s.files.Data, s.files.Init, s.files.Reward, s.files.Reference, s.files.Value
	return &p
}

// model connects the networks to the training's loop.
func (s *setup) model() (*Model, error) {
	p := s.plan
	sampler, err := network.NewSampler(s.folder.CPU, s.policy, p.ResponseLength, s.tokenizer)
	if err != nil {
		return nil, err
	}
	score, err := s.score()
	if err != nil {
		return nil, err
	}
	m := &Model{
		Policy: s.learner(s.policyEngine, s.policy, p.Optimizer.EMADecay), Value: s.learner(s.valueEngine, s.value, 0), Tokenizer: s.tokenizer,
	}
	if s.files.Judge != "" {
		if s.held, err = s.heldOut(&m.Policy.Network); err != nil {
			return nil, s.at("evaluate.reward_model", err)
		}
		m.Evaluation = &Evaluation{
			Evaluations: train.Evaluations{ScoreEvery: p.Evaluate.EvalSteps}, Scores: s.held.Scores, Iterations: p.Iterations,
			KeepsBest: p.Evaluate.LoadBestModelAtEnd, Patience: p.Evaluate.EarlyStoppingPatience,
		}
	}
	m.Trainer = &ppo.Trainer{
		Options: options(p), Policy: m.Policy, Value: m.Value, Prompts: s.prompts, Ends: s.tokenizer.Ends(),
		Sample: sampler.Sample, Beside: s.folder.CPU.Beside, Reward: score,
		Reference: func(b *train.Batch) ([]float32, error) { return network.Numbers(s.reference, b) },
	}
	if p.Pretraining.PTXCoef > 0 {
		texts, err := data.ReadTexts(s.files.Data.Text)
		if err != nil {
			return nil, err
		}
		shape := network.MixedIn(p.Pretraining, s.policy.Config().MaxPositionEmbeddings)
		text, err := data.MixedIn(s.folder, s.tokenizer, texts, shape.Rows, shape.Time, p.Seed)
		if err != nil {
			return nil, s.at("data.text", err)
		}
		m.Trainer.Pretraining = text.Batch
		s.text = fmt.Sprintf(", %s of text", plural.Of(text.Tokens.Len(), "token"))
	}
	return m, nil
}

// heldOut are the prompts of the evaluation, with the reward model that scores responses.
func (s *setup) heldOut(policy *network.Network) (*heldout.Prompts, error) {
	p := s.plan
	prompts, err := data.ReadPrompts(s.files.Prompts)
	if err != nil {
		return nil, err
	}
	trained, err := data.ReadPrompts(s.files.Data.Prompts)
	if err != nil {
		return nil, err
	}
	learnt := map[string]bool{}
	for _, t := range trained {
		learnt[t.Text] = true
	}
	for _, h := range prompts {
		if learnt[h.Text] {
			s.notes.Count("prompts of the evaluation that training also has", h.Place)
		}
	}
	o := heldout.Options{
		CPU: s.folder.CPU, Policy: policy, Folder: s.files.Init, Tokenizer: s.tokenizer, Reward: s.files.Judge, Prompts: prompts,
		Response: p.ResponseLength, Overlong: p.Data.Overlong, Notes: &s.notes, Seed: seed.At(p.Seed, 0), Prefix: models.Validation,
	}
	if p.Gold == plan.WorldGold {
		o.GoldFiles = s.files.Prompts
	}
	return heldout.New(o)
}

// score returns what scores episodes: the reward model, and the small world's gold rules if
// the plan names them.
func (s *setup) score() (func(context.Context, []*ppo.Episode) error, error) {
	score := func(_ context.Context, episodes []*ppo.Episode) error {
		return network.ScoreEpisodes(s.reward, s.tokenizer, episodes, s.plan.MiniBatchSize)
	}
	if s.plan.Gold != plan.WorldGold {
		return score, nil
	}
	rules, err := gold.Read(s.tokenizer, s.files.Data.Prompts, s.prompts)
	if err != nil {
		return nil, s.at("data.prompts", err)
	}
	return func(ctx context.Context, episodes []*ppo.Episode) error {
		for _, e := range episodes {
			utility, err := rules.Utility(e.Prompt, e.Response, e.Ended)
			if err != nil {
				return err
			}
			e.Gold = &utility
		}
		return score(ctx, episodes)
	}, nil
}

// readPrompts reads the prompts and encodes those that leave room for a response in every
// network's context.
func (s *setup) readPrompts() error {
	p := s.plan
	read, err := data.ReadPrompts(s.files.Data.Prompts)
	if err != nil {
		return err
	}
	room, err := network.RewardedRoom(p.ResponseLength, s.reward, s.policy, s.reference, s.value)
	if err != nil {
		return s.at("response_length", err)
	}
	s.prompts, err = data.EncodePrompts(s.tokenizer, read, room, p.ResponseLength, p.Data.Overlong, &s.notes)
	if err == nil && len(s.prompts) == 0 {
		err = s.at("data.prompts", fmt.Errorf("no prompts to learn from; %d were read", len(read)))
	}
	return err
}

// options turns the plan's settings into those of the training's loop.
func options(p *plan.PPO) ppo.Options {
	o := ppo.Options{
		Iterations: p.Iterations, Batch: p.BatchSize, Minibatch: p.MiniBatchSize, Epochs: p.NumPPOEpochs, Seed: p.Seed,
		Rate: p.Optimizer.LearningRate, ValueRate: p.Optimizer.ValueLearningRate, Warmup: p.Optimizer.WarmupSteps,
		KL:    rl.KLControl{Beta: p.KL.KLCoef, Target: p.KL.Target, Horizon: p.KL.Horizon},
		Gamma: p.Advantages.Gamma, Lambda: p.Advantages.Lam, WhitenRewards: p.Advantages.WhitenRewards,
		Clip: p.Clip.Cliprange, ValueClip: p.Clip.CliprangeValue,
		Ptx: p.Pretraining.PTXCoef, PtxPerText: p.Pretraining.PTXPer == plan.PerText, PretrainingParts: p.Pretraining.GradientAccumulationSteps, RecordGradients: p.Pretraining.PTXCoef > 0, ShowEpisodes: p.NumSampleGenerations,
	}
	switch {
	case p.MissingEOSPenalty != nil:
		o.Unended = rl.Unended{How: rl.Penalise, Value: *p.MissingEOSPenalty}
	case p.MissingEOSReward != nil:
		o.Unended = rl.Unended{How: rl.Replace, Value: *p.MissingEOSReward}
	}
	return o
}
