package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"assay/fixtures/world"
	"assay/harness"
	"assay/harness/leaf/place"
	"assay/harness/plan"
	"assay/harness/training"
	"assay/models"
	"assay/models/bpe"
	"assay/models/compute"
	"assay/models/compute/kernels"
	"assay/models/gpt"
	"assay/models/train"
	"assay/models/train/ppo"
	"assay/models/train/rl"
	"assay/suites/catalog"
)

func newTrainPPO(c console) *cobra.Command {
	var f trainFlags
	cmd := &cobra.Command{
		Use:   "ppo CONFIG.yaml -o DIR",
		Short: "Fine-tune against a reward model with PPO, with or without a pretraining mix",
		Long: `Fine-tune a model with proximal policy optimisation, as in Ouyang et al. 2022 (section
3.5). Each iteration samples responses from the policy, scores them with a reward model
('assay train reward'), penalises their KL divergence from the SFT model, and updates the
policy. A pretraining gamma above 0 mixes in pretraining gradients: PPO-ptx. A
configuration:

  preset: small                      # or paper
  init: sft/model
  reward: reward/model
  data: {prompts: [prompts.jsonl], text: [text.txt]}   # {"prompt": "..."}; text for a gamma
  iterations: 150
  kl: {beta: 0.15}
  pretraining: {gamma: 1}

Every iteration records reward, KL, entropy, response length, share of responses
without an end, clip fraction, value loss and more; 'assay report DIR' draws them. Every field:
go doc ./harness/plan PPO.`,
		Example: `  assay train ppo ppo.yaml -o ppo
  assay generate ppo/model "write about nora .\n" --stop "\n"`,
		Args: exactly(1, "train ppo needs one configuration"),
		RunE: func(cmd *cobra.Command, args []string) error {
			w := &ppoWiring{trainFolder: f.folder(args[0])}
			var err error
			if w.plan, err = plan.ReadPPO(args[0]); err != nil {
				return err
			}
			if err := w.resolve(); err != nil {
				return err
			}
			return w.train(cmd.Context(), c, plan.PPOKind, w.job)
		},
	}
	f.add(cmd)
	return cmd
}

// ppoWiring turns a plan of PPO into values.
type ppoWiring struct {
	trainFolder
	plan *plan.PPO
}

// resolve finds the plan's files and notes what they hold.
func (w *ppoWiring) resolve() error {
	p := w.plan
	err := cmp.Or(w.files(p.Line("prompts"), p.Data.Prompts), w.files(p.Line("text"), p.Data.Text))
	if err == nil {
		err = cmp.Or(w.checkpoint(p.Line("init"), &p.Init), w.checkpoint(p.Line("reward"), &p.Reward))
	}
	return err
}

// job puts the training together.
func (w *ppoWiring) job(cpu *kernels.CPU) (*training.Job, error) {
	p := w.plan
	side := ppoSides{policy: compute.NewEngine(cpu), value: compute.NewEngine(cpu.Second())}
	nets, err := w.networks(side)
	if err != nil {
		return nil, err
	}
	prompts, err := w.prompts(nets)
	if err != nil {
		return nil, err
	}
	sampler, err := training.NewSampler(cpu, nets.policy, p.Tokens, nets.tokenizer)
	if err != nil {
		return nil, err
	}
	t := &ppo.Trainer{
		Options: ppoOptions(p), Prompts: prompts, Ends: nets.tokenizer.Ends(), Sample: sampler.Sample, Beside: cpu.Beside,
		Reference: func(b *train.Batch) ([]float32, error) { return training.Numbers(nets.reference, b) },
		Reward: func(_ context.Context, episodes []*ppo.Episode) error {
			return training.Reward(nets.reward, nets.tokenizer, episodes, p.Minibatch)
		},
	}
	if p.Gold == plan.WorldGold {
		gold, err := w.gold(nets.tokenizer, prompts)
		if err != nil {
			return nil, err
		}
		score := t.Reward
		t.Reward = func(ctx context.Context, episodes []*ppo.Episode) error {
			return errors.Join(score(ctx, episodes), gold(episodes))
		}
	}
	model := &training.PPO{
		Policy: w.learner(side.policy, nets.policy, p.Optimizer.EMA), Value: w.learner(side.value, nets.value, 0), Tokenizer: nets.tokenizer, Trainer: t,
	}
	t.Policy, t.Value = model.Policy, model.Value
	if t.Ptx > 0 {
		texts, err := training.ReadTexts(p.Data.Text)
		if err != nil {
			return nil, err
		}
		if t.Pretraining, err = w.text(nets.tokenizer, texts, p.Pretraining, nets.policy.Config().Context, p.Seed); err != nil {
			return nil, place.At(p.Path, p.Line("text"), err)
		}
	}
	if err := t.Check(); err != nil {
		return nil, fmt.Errorf("%s: %w", p.Path, err)
	}
	canonical, err := p.Canonical()
	if err != nil {
		return nil, err
	}
	w.costs(nets, model, prompts)
	return &training.Job{
		Plan: harness.Plan{Train: canonical, Sources: w.sources}, Seed: p.Seed, Versions: versionsOn(cpu),
		Info: trainedInfo(w.out, canonical, w.sources, nets.policy.Config().Parameters()), Model: model,
		Stage: training.StagePPO, Steps: p.Iterations, SaveEvery: cmp.Or(p.SaveEvery, max(1, p.Iterations/20)), Fit: model.Fit,
	}, nil
}

// costs are what the training takes. Its sides have memory for activations each.
func (w *ppoWiring) costs(n ppoNetworks, model *training.PPO, prompts [][]int32) {
	p := w.plan
	longest := 0
	for _, prompt := range prompts {
		longest = max(longest, len(prompt))
	}
	batch := gpt.Shape{Rows: p.Minibatch, Time: longest + p.Tokens - 1, Counted: p.Minibatch * p.Tokens}
	w.cost = trainCost{
		parameters: n.policy.Config().Parameters(), rows: 1, accumulate: 1, path: p.Path, line: p.Line("batch"), copies: 7, trainings: 1,
		batch:  fmt.Sprintf("%d responses of up to %d tokens, learnt from by %d at a time", p.Batch, p.Tokens, p.Minibatch),
		remedy: "write a smaller minibatch, fewer tokens, or take smaller models",
		need: func(int) (int64, error) {
			policy := []func() (int64, error){foot(n.policy, true, batch), foot(n.reference, false, batch)}
			if mix := p.Pretraining; mix.Gamma > 0 {
				time := n.policy.Config().Context
				if mix.Context > 0 {
					time = min(time, mix.Context)
				}
				policy = append(policy, foot(n.policy, true, gpt.Shape{Rows: mix.Rows, Time: time, Counted: mix.Rows * time}))
			}
			value := []func() (int64, error){foot(n.value, true, batch),
				func() (int64, error) { return training.ScoringBytes(n.reward, prompts, p.Tokens, p.Minibatch) }}
			ours, err := largest(policy...)
			if err != nil {
				return 0, err
			}
			theirs, err := largest(value...)
			drawn := slices.Clone(prompts)
			slices.SortFunc(drawn, func(a, b []int32) int { return cmp.Compare(len(b), len(a)) })
			drawing := training.SamplingBytes(n.policy.Config(), drawn[:min(p.Batch, len(drawn))], p.Tokens)
			if k := len(drawn); k < p.Batch {
				drawing = drawing * int64(p.Batch) / int64(k)
			}
			return weights(n.policy, 3) + weights(n.value, 3) + ours + theirs + drawing, err
		},
		try: func(ctx context.Context, report func(models.TrainStep) error) error {
			_, err := model.Fit(ctx, train.Progress{}, report)
			return err
		},
	}
}

func ppoOptions(p *plan.PPO) ppo.Options {
	o := ppo.Options{
		Iterations: p.Iterations, Batch: p.Batch, Minibatch: p.Minibatch, Epochs: p.Epochs, Seed: p.Seed,
		Rate: p.Optimizer.LearningRate, ValueRate: p.Optimizer.ValueLearningRate, Warmup: p.Optimizer.Warmup,
		KL:    rl.KLControl{Beta: p.KL.Beta, Target: p.KL.Target, Horizon: p.KL.Horizon},
		Gamma: p.Advantages.Gamma, Lambda: p.Advantages.Lambda, WhitenRewards: p.Advantages.WhitenRewards,
		Clip: p.Clip.Ratio, ValueClip: p.Clip.Value,
		Ptx: p.Pretraining.Gamma, PretrainingParts: p.Pretraining.Parts, RecordGradients: p.Pretraining.Gamma > 0, ShowEpisodes: p.Show,
	}
	switch end := p.WithoutEnd; {
	case end.Penalise != nil:
		o.Unended = rl.Unended{How: rl.Penalise, Value: *end.Penalise}
	case end.Replace != nil:
		o.Unended = rl.Unended{How: rl.Replace, Value: *end.Replace}
	}
	return o
}

// ppoNetworks are the networks of a training: the policy and the reference that it
// begins as, the reward model and the value function that begins as it.
type ppoNetworks struct {
	tokenizer                        *bpe.Tokenizer
	policy, reference, reward, value *gpt.Model
}

// ppoSides are the engines of the policy and its reference, and of the value function and
// the reward model: each side trains beside the other.
type ppoSides struct{ policy, value *compute.Engine }

func (w *ppoWiring) networks(side ppoSides) (n ppoNetworks, err error) {
	if n.tokenizer, err = bpe.Load(w.plan.Init); err != nil {
		return n, err
	}
	w.tellTokenizer(w.plan.Init, n.tokenizer)
	rewarded, err := bpe.Load(w.plan.Reward)
	if err != nil {
		return n, err
	}
	if err := sameTokenizer(w.plan.Init, n.tokenizer, w.plan.Reward, rewarded); err != nil {
		return n, place.At(w.path, w.plan.Line("reward"), err)
	}
	for _, dir := range []string{w.plan.Init, w.plan.Reward} {
		config, err := configOf(dir)
		if err != nil {
			return n, err
		}
		field := map[string]string{w.plan.Init: "init", w.plan.Reward: "reward"}[dir]
		if err := weightsFit(w.path, w.plan.Line(field), config.Parameters(), 5); err != nil {
			return n, err
		}
	}
	for _, load := range []struct {
		to     **gpt.Model
		engine *compute.Engine
		dir    string
		scalar bool
	}{
		{&n.policy, side.policy, w.plan.Init, false}, {&n.reference, side.policy, w.plan.Init, false},
		{&n.reward, side.value, w.plan.Reward, true}, {&n.value, side.value, w.plan.Reward, true},
	} {
		net, err := gpt.Load(load.engine, load.dir)
		if err != nil {
			return n, err
		}
		switch {
		case net.Config().ScalarHead && !load.scalar:
			return n, place.Errorf(w.path, w.plan.Line("init"), "init is %s, a reward model; it must be a model that gives text", load.dir)
		case !net.Config().ScalarHead && load.scalar:
			return n, place.Errorf(w.path, w.plan.Line("reward"), "reward is %s, which is no reward model; 'assay train reward' makes one", load.dir)
		case n.tokenizer.Size() > net.Config().Vocab:
			return n, fmt.Errorf("%s: init's tokenizer has %d tokens, and the model in %s %d; both must have one vocabulary", w.path, n.tokenizer.Size(), load.dir, net.Config().Vocab)
		}
		net.SetDropout(0)
		*load.to = net
	}
	return n, nil
}

func (w *ppoWiring) learner(e *compute.Engine, net *gpt.Model, average float64) *training.Learner {
	o := w.plan.Optimizer
	return &training.Learner{Network: training.Network{Net: net, Optimiser: compute.NewAdamW(e, net.Params(), compute.AdamWOptions{
		Beta1: o.Beta1, Beta2: o.Beta2, Epsilon: o.Epsilon, EpsilonHat: true, Decay: o.Decay, Clip: o.Clip, Average: average,
	})}}
}

// prompts are those that leave room for a response in every network's context.
func (w *ppoWiring) prompts(n ppoNetworks) ([][]int32, error) {
	p := w.plan
	read, err := training.ReadPrompts(p.Data.Prompts)
	if err != nil {
		return nil, err
	}
	room, err := rewardedRoom(n.policy, n.reward, p.Tokens)
	if err != nil {
		return nil, place.At(p.Path, p.Line("tokens"), err)
	}
	prompts, err := training.EncodePrompts(n.tokenizer, read, room, p.Tokens, p.Data.Long, &w.notes)
	if err == nil && len(prompts) == 0 {
		err = place.Errorf(p.Path, p.Line("prompts"), "no prompts to learn from; %d were read", len(read))
	}
	w.sizes.data = fmt.Sprintf("%d prompts", len(prompts))
	return prompts, err
}

// rewardedRoom is how long a prompt may be for a response of so many tokens to fit behind
// it: in the policy's context, and in the reward model's with the end behind it.
func rewardedRoom(policy, reward *gpt.Model, response int) (int, error) {
	context := min(policy.Config().Context, reward.Config().Context-1)
	if response >= context {
		return 0, fmt.Errorf("responses of %d tokens leave no room for a prompt within %d; write fewer", response, context)
	}
	return context - response, nil
}

// sameTokenizer wants one tokenizer of a policy and the reward model that scores it.
func sameTokenizer(policy string, a *bpe.Tokenizer, reward string, b *bpe.Tokenizer) error {
	if err := bpe.Difference(policy, a, reward, b); err != nil {
		return fmt.Errorf("policy and reward model have different tokenizers: %w; train the reward model from this policy's own model (init), or name the policy that it was trained from", err)
	}
	return nil
}

// gold is what the small world says that responses to its prompts are worth.
func (w *ppoWiring) gold(t *bpe.Tokenizer, prompts [][]int32) (func([]*ppo.Episode) error, error) {
	type known struct {
		world  *world.World
		prompt *world.Prompt
	}
	all := map[string]known{}
	for _, path := range w.plan.Data.Prompts {
		read, err := catalog.ReadWorldPrompts(path)
		if err != nil {
			return nil, err
		}
		for i := range read.Prompts {
			p := &read.Prompts[i]
			all[fmt.Sprint(t.AppendEncode(slices.Clone(t.Prefix()), p.Text))] = known{read.World, p}
		}
	}
	for _, p := range prompts {
		if _, ok := all[fmt.Sprint(p)]; !ok {
			return nil, place.At(w.path, w.plan.Line("prompts"), errors.New("gold: world knows prompts as they are written, and some were cut; write long: drop under data"))
		}
	}
	return func(episodes []*ppo.Episode) error {
		for _, e := range episodes {
			at := all[fmt.Sprint(e.Prompt)]
			text, err := training.ResponseText(t, e.Response)
			if err != nil {
				return err
			}
			facts := at.world.Judge(at.prompt, world.Response{Text: text, Ended: e.Ended})
			utility := facts.Utility(world.GoldWeights())
			e.Gold = &utility
		}
		return nil
	}, nil
}
