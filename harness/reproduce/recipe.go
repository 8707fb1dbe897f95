package reproduce

import (
	"fmt"
	"strings"
)

// Families of models, as in their names and in findings.
const (
	gpt      = "gpt"
	prompted = "prompted" // GPT with a few shots
	sft0     = "sft0"     // fine-tuned, chosen by validation loss; its responses are the first to be compared
	sft      = "sft"      // the same training, chosen by the first reward model's score
	begin    = "begin"    // fine-tuned with pretraining mixed in: the start of PPO
	flan     = "flan"
	t0       = "t0"
	ppo      = "ppo"
	ptx      = "ppo-ptx"
	// The last reward model, and the labelers, which have no size.
	rewardModel = "rm"
	labelers    = "labelers"
	hacked      = "hacked" // PPO against the first reward model, without a penalty
)

// Settings of the recipe, chosen on seeds below 100. Those that the paper names are in
// [Options.Elements] with the paper's values.
const (
	tokens         = 24 // in a response
	rounds         = 1  // rounds of comparisons with responses of PPO, after those of SFT
	beta           = 0.15
	gamma          = 0.1 // of equation (2), per text
	stiffBeta      = 0.6 // four times beta: the effect of a larger penalty alone on the tax (appendix E.6)
	sampled        = 9   // responses to a prompt, of which a labeler ranks 4 to 9
	explored       = 4   // of these, responses of PPO in a round with PPO's responses
	dropout        = 0.2 // on residuals, in fine-tuning
	beginEpochs    = 8
	beginRows      = 4   // rows of pretraining text to a batch of it
	beginMix       = 0.1 // share of pretraining in the start of PPO
	pretrainBatch  = 12
	tuningBatch    = 32
	rewardBatch    = 32
	rewardEpochs   = 3
	episodes       = 128
	minibatch      = 64
	mixedRows      = 6 // rows of pretraining text to a minibatch of PPO-ptx
	learningRate   = 4e-4
	unpenalised    = 0.5 // times this rate without a penalty, so that the course towards the peak of gold utility shows
	contextTokens  = 80
	labelerFolds   = 5
	stopEvery      = 15 // iterations of PPO between two evaluations on validation prompts
	patience       = 3  // evaluations without a new best, after which PPO stops
	bestOf         = 32 // responses to a prompt for best-of-n
	bestOfPrompts  = 200
	chosenByPrompt = 200 // validation prompts on which few-shot prefixes are chosen
)

// named is the name of a model of a family and a size.
func named(family string, z Size) string { return family + "-" + z.Name }

// recipe writes the plans of one seed's trainings.
type recipe struct {
	seed  uint64
	scale Scale
	one   Size // of the reward model and the value function
}

// demonstrated is the number of demonstrations.
func (s *Scale) demonstrated() int { return s.Prompts / 5 }

// tasks is the number of public-style tasks that FLAN and T0 each learn from, once each.
func (s *Scale) tasks() int { return s.demonstrated() * s.Epochs / 3 }

// ranked is the number of prompts whose responses are ranked for training.
func (s *Scale) ranked() int { return s.First + s.Compared + rounds*s.Added }

// repeated times n lines of prompts have at least n different prompts.
const repeated = 1.5

func (r recipe) pretraining(z Size) string {
	return fmt.Sprintf(`seed: %d
model: {num_hidden_layers: %d, num_attention_heads: 4, hidden_size: %d, max_position_embeddings: %d, initializer_range: 0.06}
tokenizer: {path: world}
data: {text: [world/pretrain.jsonl], validation: [world/pretrain-validation.jsonl]}
batch_size: %d
max_steps: %d
optimizer: {learning_rate: %g, warmup_steps: 100, adam_beta1: 0.9, adam_beta2: 0.98, weight_decay: 0.05, max_grad_norm: 1}
`, r.seed+1, z.Layers, z.Width, contextTokens, pretrainBatch, r.scale.Steps, z.Pretraining)
}

// tuning is supervised fine-tuning (section 3.4): a cosine to a tenth without warm-up, dropout on
// residuals. more are lines of the plan; without evaluate among them, the last checkpoint is kept.
func (r recipe) tuning(z Size, data string, epochs int, more ...string) string {
	return fmt.Sprintf(`seed: %d
init: %s/model
data: {%s, validation: [world/demonstrations-validation.jsonl]}
resid_pdrop: %g
batch_size: %d
num_train_epochs: %d
optimizer: {learning_rate: %g, adam_beta1: 0.9, adam_beta2: 0.95, weight_decay: 0.01, max_grad_norm: 1}
%s`, r.seed+1, named(gpt, z), data, dropout, tuningBatch, epochs, z.Tuning, strings.Join(more, ""))
}

const demonstrations = "demonstrations: [world/demonstrations.jsonl]"

// everyEpoch evaluates after each epoch. The validation loss chooses the checkpoint, or, with a reward
// model, its score.
func everyEpoch(reward string) string {
	if reward == "" {
		return "evaluate: {eval_strategy: epoch}\n"
	}
	return scored("eval_strategy: epoch", reward)
}

// scored evaluates a model's responses to validation prompts by a reward model's score, which chooses
// the checkpoint. when is the setting that says how often.
func scored(when, reward string) string {
	return fmt.Sprintf("evaluate: {%s, reward_model: %s/model, prompts: [world/prompts/sft-validation.jsonl], response_length: %d, gold: world}\n", when, reward, tokens)
}

// sft0 is chosen by the validation loss.
func (r recipe) sft0(z Size) string {
	return r.tuning(z, demonstrations, r.scale.Epochs, everyEpoch(""))
}

// sft is chosen by the first reward model's score of its responses to validation prompts.
func (r recipe) sft(z Size) string {
	return r.tuning(z, demonstrations, r.scale.Epochs, everyEpoch(rewardName(0)))
}

// begin is the start of PPO, with a tenth of pretraining's gradient (appendix C.3).
func (r recipe) begin(z Size, mix float64) string {
	more, data := "", demonstrations
	if mix > 0 {
		data += ", text: [world/pretrain.jsonl]"
		more = fmt.Sprintf("pretraining: {ptx_coef: %g, batch_size: %d}\n", mix, beginRows)
	}
	return r.tuning(z, data, beginEpochs, more)
}

// tasks tunes on public-style tasks, each seen once. The reward model chooses the checkpoint, as for
// the paper's FLAN and T0 models (appendix C.5).
func (r recipe) tasks(z Size, mixture string) string {
	each := (r.scale.demonstrated() + tuningBatch - 1) / tuningBatch // as often as SFT
	return r.tuning(z, "demonstrations: [world/tasks-"+mixture+".jsonl]", 1, scored(fmt.Sprintf("eval_steps: %d", each), rewardModel))
}

// rewardName is the reward model after a number of rounds; the last is the one that trains
// policies.
func rewardName(round int) string {
	if round > rounds {
		return rewardModel
	}
	return fmt.Sprintf("%s%d", rewardModel, round)
}

const (
	otherReward = "rm-other" // of other comparisons: it stops PPO early
	foldsReward = "rm-folds" // with cross-validation over labelers
)

// reward is a reward model: some epochs over all pairs of each prompt.
// init is the family that it begins as, and limit the number of prompts to learn from, 0 for all.
func (r recipe) reward(init string, z Size, comparisons, held []string, limit int, more string) string {
	validation, limited := "", ""
	if limit > 0 {
		limited = fmt.Sprintf(" limit: %d,", limit)
	}
	if len(held) > 0 {
		validation = fmt.Sprintf(" validation: [%s],", strings.Join(held, ", "))
	}
	return fmt.Sprintf(`seed: %d
init: %s/model
data: {preferences: [%s],%s%s demonstrations: [world/demonstrations-validation.jsonl]}
batch_size: %d
num_train_epochs: %d
optimizer: {learning_rate: %g, weight_decay: 0.01}
%s`, r.seed+1, named(init, z), strings.Join(comparisons, ", "), validation, limited, rewardBatch, rewardEpochs, z.Reward, more)
}

// ppoSettings are the differences between trainings by PPO.
type ppoSettings struct {
	beta, gamma float64
	reward      string  // the reward model; "" is the last
	start       string  // family of the policy at the start; "" is begin
	reference   string  // family that the penalty keeps the policy close to; "" is the start's
	iterations  int     // 0 is the scale's
	longer      float64 // times as many iterations; 0 is 1
	faster      float64 // times the learning rate; 0 is 1
	gold        bool    // record the gold utility
	last        bool    // keep the last policy, without early stopping
}

func orOne(x float64) float64 {
	if x == 0 {
		return 1
	}
	return x
}

func (r recipe) ppo(z Size, s ppoSettings) string {
	more := ""
	if !s.last {
		more = fmt.Sprintf("evaluate: {eval_steps: %d, prompts: [world/prompts/ppo-validation.jsonl], reward_model: %s/model, load_best_model_at_end: true, early_stopping_patience: %d}\n",
			stopEvery, otherReward, patience)
	}
	if s.gold {
		more += "gold: world\n"
	}
	if s.reference != "" {
		more += fmt.Sprintf("reference: %s/model\n", named(s.reference, z))
	}
	if s.start == "" {
		s.start = begin
	}
	if s.reward == "" {
		s.reward = rewardModel
	}
	if s.iterations == 0 {
		s.iterations = r.scale.Iterations
	}
	rate := learningRate * orOne(s.faster)
	return fmt.Sprintf(`seed: %d
init: %s/model
reward_model: %s/model
data: {prompts: [world/prompts/ppo-train.jsonl], text: [world/pretrain.jsonl], overlong: drop}
iterations: %d
batch_size: %d
mini_batch_size: %d
response_length: %d
kl: {kl_coef: %g}
pretraining: {ptx_coef: %g, ptx_per: text, batch_size: %d}
optimizer: {learning_rate: %g, value_learning_rate: %g}
%s`, r.seed+1, named(s.start, z), s.reward, int(float64(s.iterations)*orOne(s.longer)), episodes, minibatch, tokens,
		s.beta, s.gamma, mixedRows, rate, rate, more)
}
