package plan

import "assay/harness/yamlstruct"

// PPO is a plan of a training by reinforcement learning. Its JSON leaves out what cannot
// change the weights. What the file doesn't have is the preset's.
type PPO struct {
	Path             string `json:"-"`
	yamlstruct.Place `json:"-"`

	// Default settings: small suits the small world; paper is Ouyang et al. 2022, appendix C.4.
	Preset Preset `json:"-" yaml:"preset" default:"small" oneof:"small|paper"`
	// Seed for all sampling.
	Seed uint64 `json:"seed" default:"1"`
	// Folder of the fine-tuned (SFT) model that the policy starts from.
	Init string `json:"init" text:"path" need:"name the folder of the model that was fine-tuned"`
	// Folder of the reward model; its size may differ from the policy's.
	RewardModel string `json:"reward_model" text:"path" need:"name the folder of the reward model" was:"reward"`
	// Folder of the model that the KL penalty keeps the policy close to; by default, init.
	Reference string `json:"reference,omitempty" text:"path"`
	// Folder of the model that the value function starts from; by default, the reward model.
	ValueModel string `json:"value_model,omitempty" text:"path"`
	// Files of prompts, and of text for the pretraining mix.
	Data PPOData `json:"data" need:"write data: {prompts: [FILE.jsonl]}"`
	// Number of iterations; each samples responses and updates the policy.
	Iterations int `json:"iterations" default:"150" range:"[1,1e9]"`
	// Episodes per iteration.
	BatchSize int `json:"batch_size" default:"128" range:"[1,1e6]" was:"batch"`
	// Episodes per update; must divide batch_size.
	MiniBatchSize int `json:"mini_batch_size" default:"64" range:"[1,1e6]" was:"minibatch"`
	// Passes over each iteration's episodes.
	NumPPOEpochs int `json:"num_ppo_epochs" default:"1" range:"[1,1000]" was:"epochs"`
	// Maximum number of tokens per response.
	ResponseLength int `json:"response_length" default:"24" range:"[1,1048576]" was:"tokens"`
	// Subtracted from the score of a response that was cut off at response_length.
	MissingEOSPenalty *float64 `json:"missing_eos_penalty,omitempty" range:"[-1e6,1e6]" was:"without_end"`
	// Replaces the score of a response that was cut off, instead of missing_eos_penalty.
	MissingEOSReward *float64 `json:"missing_eos_reward,omitempty" range:"[-1e6,1e6]" was:"without_end" without:"missing_eos_penalty"`
	// The KL penalty.
	KL KL `json:"kl"`
	// Settings for estimating advantages.
	Advantages Advantages `json:"advantages"`
	// Clipping of updates.
	Clip Clip `json:"clip"`
	// Pretraining gradients mixed into the updates (PPO-ptx).
	Pretraining Pretraining `json:"pretraining"`
	// AdamW's settings.
	Optimizer PPOOptimizer `json:"optimizer"`
	// Evaluation on held-out prompts, which can stop the training early.
	Evaluate PPOEvaluate `json:"evaluate,omitzero"`
	// Whether to record the small world's gold utility of responses; training never uses it.
	Gold Gold `json:"gold,omitempty" oneof:"none|world"`
	// Episodes per iteration whose texts are recorded.
	NumSampleGenerations int `json:"num_sample_generations" default:"2" range:"[0,1000]" was:"show"`
	// Iterations between saved states; by default, a twentieth of all iterations.
	SaveSteps int `json:"-" yaml:"save_steps" range:"[1,1e9]" was:"save_every"`
}

// PPOData names files, beside the plan or below the data folder.
type PPOData struct {
	// Files of prompts, one per line: {"prompt": "..."}.
	Prompts []string `json:"prompts" text:"path" need:"write prompts: [FILE.jsonl]"`
	// Text files for the pretraining mix.
	Text []string `json:"text,omitempty" text:"path"`
	// What to do with prompts that leave no room for a response; by default, error.
	Overlong Long `json:"overlong,omitempty" oneof:"truncate|drop|error" was:"long"`
}

// PPOEvaluate says when the policy is evaluated, and by what. A policy comes to exploit the
// errors of the reward model that trains it (Gao et al., arXiv:2210.10760), so another one,
// trained on other comparisons, scores responses to held-out prompts.
type PPOEvaluate struct {
	// Iterations between evaluations; without it, only the final policy is evaluated.
	EvalSteps int `json:"eval_steps,omitzero" range:"[1,1e9]" with:"reward_model"`
	// Files of held-out prompts, one per line: {"prompt": "..."}.
	Prompts []string `json:"prompts,omitempty" text:"path" with:"reward_model"`
	// Folder of a second reward model, which the policy is not trained against; it scores responses to these prompts, sampled at temperature 1.
	RewardModel string `json:"reward_model,omitempty" text:"path" with:"prompts"`
	// Whether to keep the policy with the highest score, instead of the last.
	LoadBestModelAtEnd bool `json:"load_best_model_at_end,omitzero" with:"eval_steps"`
	// Training stops after this many evaluations in a row without a new highest score.
	EarlyStoppingPatience int `json:"early_stopping_patience,omitzero" range:"[1,1e6]" with:"load_best_model_at_end"`
}

// KL is the penalty.
type KL struct {
	// Coefficient of the KL penalty.
	KLCoef float64 `json:"kl_coef" default:"0.15" range:"[0,1e6]" was:"beta"`
	// KL divergence that the adaptive coefficient aims for.
	Target float64 `json:"target,omitzero" range:"[0,1e6]"`
	// Number of episodes over which the coefficient adapts; without it, the coefficient is fixed.
	Horizon float64 `json:"horizon,omitzero" range:"[0,1e12]"`
}

// Advantages are their estimation's settings.
type Advantages struct {
	// Discount factor.
	Gamma float64 `json:"gamma" default:"1" range:"[0,1]"`
	// Lambda of generalized advantage estimation.
	Lam float64 `json:"lam" default:"0.95" range:"[0,1]" was:"lambda"`
	// Whether to whiten rewards before estimating advantages.
	WhitenRewards bool `json:"whiten_rewards,omitzero"`
}

// Clip are the bounds of an update.
type Clip struct {
	// Maximum distance of the policy's probability ratio from 1.
	Cliprange float64 `json:"cliprange" default:"0.2" range:"(0,1e9]" was:"ratio"`
	// Maximum distance of a value from the old value.
	CliprangeValue float64 `json:"cliprange_value" default:"0.2" range:"(0,1e9]" was:"value"`
}

// Pretraining is what is mixed in of its gradient.
type Pretraining struct {
	// Weight of the pretraining loss (the paper's gamma); 0 mixes nothing in.
	PTXCoef float64 `json:"ptx_coef" range:"[0,1e6]" was:"gamma"`
	// What ptx_coef multiplies. token: the mean loss per token of text. text: the loss summed over each text, where the PPO loss is summed over each response, as in the paper's equation 2.
	PTXPer PTXPer `json:"ptx_per,omitempty" for:"ppo" oneof:"token|text"`
	// Rows of text per forward and backward pass; an update uses batch_size times gradient_accumulation_steps rows.
	BatchSize int `json:"batch_size" default:"1" range:"[1,1e6]" was:"rows"`
	// Tokens per row of text; by default, and at most, the training's max_length.
	MaxLength int `json:"max_length" range:"[1,1048576]" was:"context" doc-ppo:"Tokens per row of text; never more than the policy's context length."`
	// Batches of text per update.
	GradientAccumulationSteps int `json:"gradient_accumulation_steps" for:"ppo" default:"1" range:"[1,1e6]" was:"parts"`
}

// PTXPer says what a coefficient of pretraining is per; package ppo of models/train defines both.
type PTXPer string

const (
	PerToken PTXPer = ""
	PerText  PTXPer = "text"
)

// PPOOptimizer is AdamW's settings and both learning rates.
type PPOOptimizer struct {
	// The policy's learning rate.
	LearningRate float64 `json:"learning_rate" default:"2e-4" range:"(0,1e9]"`
	// The value function's learning rate.
	ValueLearningRate float64 `json:"value_learning_rate" default:"2e-4" range:"(0,1e9]"`
	// Iterations over which the learning rates rise from a tenth of their value to the full value.
	WarmupSteps int `json:"warmup_steps" default:"10" range:"[0,1e9]" was:"warmup"`
	// Decay rate of Adam's mean of gradients.
	AdamBeta1 float64 `json:"adam_beta1" default:"0.9" range:"[0,1)" was:"beta1"`
	// Decay rate of Adam's mean of squared gradients.
	AdamBeta2 float64 `json:"adam_beta2" default:"0.95" range:"[0,1)" was:"beta2"`
	// Added to Adam's denominator.
	AdamEpsilon float64 `json:"adam_epsilon" default:"1e-5" range:"(0,1e9]" was:"epsilon"`
	// Weight decay, applied to weight matrices only.
	WeightDecay float64 `json:"weight_decay" range:"[0,10]" was:"decay"`
	// Gradients are clipped to this global norm; 0 turns clipping off.
	MaxGradNorm float64 `json:"max_grad_norm" default:"1" range:"[0,1e9]" was:"clip"`
	// Decay of the moving average of the weights, which is evaluated and saved; 0 turns averaging off.
	EMADecay float64 `json:"ema_decay" default:"0.992" range:"[0,1)" was:"ema"`
}

// Gold says who knows what the responses are worth, for the record.
type Gold string

const (
	NoGold    Gold = "none"
	WorldGold Gold = "world" // the small world that the prompts are of
)

// Preset is a set of settings by name.
type Preset string

const (
	Small Preset = "small"
	Paper Preset = "paper"
)

// preset is a plan with a preset's settings: the small one's are the defaults.
//
// The paper's settings are here and nowhere else. They are those of Ouyang et al. 2022,
// appendix C.4: 256,000 episodes in batches of 512 and minibatches of 64, one inner epoch,
// beta 0.02, no discount, clipping at 0.2, weights averaged with a decay of 0.992, and 8
// examples of pretraining text an episode, 512 an update. The learning rate, 8e-6, is the
// largest that doesn't diverge without pretraining text; the value function's is 9e-6. Prompts
// that leave no room for a response are left out and counted.
//
// The paper multiplies the gradient of pretraining by a gamma of 27.8. It is the gamma of
// equation (2), so it is per text (ptx_per): texts of 2048 tokens beside responses of L tokens
// have 27.8 * 2048 / L times their mean loss per token. The recorded "gradient ratio", the norm of
// the pretraining gradient over that of PPO's, shows the strength that results.
func preset(name Preset) *PPO {
	p := &PPO{}
	yamlstruct.Defaults(p)
	p.Preset = name
	penalty := 1.0
	p.MissingEOSPenalty = &penalty
	p.Pretraining = Pretraining{BatchSize: 6, MaxLength: 80, GradientAccumulationSteps: 1}
	if name == Paper {
		p.Iterations, p.BatchSize, p.ResponseLength, p.KL.KLCoef = 500, 512, 1024, 0.02
		p.Data.Overlong = Drop
		p.MissingEOSPenalty = nil
		p.Pretraining = Pretraining{PTXCoef: 27.8, PTXPer: PerText, BatchSize: 512, MaxLength: 2048, GradientAccumulationSteps: 1}
		p.Optimizer.LearningRate, p.Optimizer.ValueLearningRate, p.Optimizer.AdamEpsilon = 8e-6, 9e-6, 1e-8
	}
	return p
}

// Canonical is the plan as JSON for the manifest.
func (p *PPO) Canonical() ([]byte, error) {
	c := *p
	return canonical(&c)
}

// ReadPPO reads a plan and checks it on its own; the caller checks that its files exist.
func ReadPPO(path string) (*PPO, error) {
	return readFile(path, ppoRemedy, readPPO)
}

const ppoRemedy = "write init:, reward_model: and data:"

func readPPO(f *yamlstruct.File) (*PPO, error) {
	p := preset(Small)
	f.Decode(p, trainOptions(PPOKind))
	if p.Preset != Small {
		p = preset(p.Preset)
		f.Decode(p, trainOptions(PPOKind))
	}
	p.check(f)
	p.Path = f.Path
	return p, f.Err()
}

// check finds faults across fields, and sets what depends on other fields.
func (p *PPO) check(f *yamlstruct.File) {
	if p.MissingEOSReward != nil {
		p.MissingEOSPenalty = nil // the preset's
	}
	if p.Gold == NoGold {
		p.Gold = ""
	}
	if p.MiniBatchSize > 0 && p.BatchSize%p.MiniBatchSize != 0 {
		f.Fail(p.Line("mini_batch_size"), "batch_size %[2]d is not a multiple of mini_batch_size %[1]d; change one of them", p.MiniBatchSize, p.BatchSize)
	}
	if (p.KL.Target > 0) != (p.KL.Horizon > 0) {
		f.Fail(p.Line("kl"), "target and horizon only work together; write both, or neither for a fixed kl_coef")
	}
	if p.Pretraining.PTXPer != PerText {
		p.Pretraining.PTXPer = PerToken
	}
	if p.Evaluate.EarlyStoppingPatience > 0 && !p.Evaluate.LoadBestModelAtEnd {
		f.Fail(p.Line("evaluate.early_stopping_patience"), "early_stopping_patience keeps the best policy; write load_best_model_at_end: true")
	}
	checkMix(f, &p.Place, &p.Pretraining, p.Data.Text)
}
