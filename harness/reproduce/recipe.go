package reproduce

import (
	"fmt"
	"strings"
)

// Families of models, as in their names and in findings.
const (
	gpt      = "gpt"
	prompted = "prompted" // GPT with a few shots
	sft      = "sft"
	begin    = "begin" // fine-tuned with pretraining mixed in: the start of the reward model and PPO
	flan     = "flan"
	t0       = "t0"
	ppo      = "ppo"
	ptx      = "ppo-ptx"
	// The last reward model, and the labelers, which have no size.
	rewardModel = "rm"
	labelers    = "labelers"
	hacked      = "hacked" // PPO against a reward model of one round, with almost no penalty
)

// Settings of the recipe, chosen on seeds 0 to 2: see fixtures/world/pipeline.py and
// ARCHITECTURE.md.
const (
	tokens    = 24 // in a response
	rounds    = 2  // rounds of new comparisons, after the first
	beta      = 0.15
	gamma     = 2.0
	stiffBeta = 0.6 // four times beta: the effect of a larger penalty alone on the tax

	hackedBeta = 0.02
)

// sweptBeta and sweptGamma are the values of one setting in a sweep, with all
// other settings unchanged.
var sweptBeta, sweptGamma = []float64{0.05, 0.3, 1.2}, []float64{0.25, 0.5, 1, 4}

// named is the name of a model of a family and a size.
func named(family string, z Size) string { return family + "-" + z.Name }

// setFamily is the family of models with one setting changed: "beta-0.6".
func setFamily(setting string, value float64) string { return fmt.Sprintf("%s-%g", setting, value) }

// recipe writes the plans of one seed's trainings.
type recipe struct {
	seed  uint64
	scale Scale
}

func (r recipe) pretraining(z Size) string {
	return fmt.Sprintf(`seed: %d
model: {num_hidden_layers: %d, num_attention_heads: 4, hidden_size: %d, max_position_embeddings: 80, initializer_range: 0.06}
tokenizer: {path: world}
data: {text: [world/pretrain.jsonl], validation: [world/pretrain-validation.jsonl]}
batch_size: 12
max_steps: %d
optimizer: {learning_rate: %g, warmup_steps: 100, adam_beta1: 0.9, adam_beta2: 0.98, weight_decay: 0.05, max_grad_norm: 1}
evaluate: {eval_steps: 500}
`, r.seed+1, z.Layers, z.Width, r.scale.Steps, z.Pretraining)
}

// tuning is supervised fine-tuning. evaluate and more are lines of the plan.
func (r recipe) tuning(z Size, data, evaluate string, more ...string) string {
	return fmt.Sprintf(`seed: %d
init: %s/model
data: {%s, validation: [world/demonstrations-validation.jsonl]}
batch_size: 32
num_train_epochs: %d
optimizer: {learning_rate: %g, warmup_steps: 10, adam_beta1: 0.9, adam_beta2: 0.98, weight_decay: 0.01, max_grad_norm: 1}
evaluate: {%s}
%s`, r.seed+1, named(gpt, z), data, r.scale.Epochs, z.Tuning, evaluate, strings.Join(more, ""))
}

const demonstrations = "demonstrations: [world/demonstrations.jsonl]"

func (r recipe) sft(z Size) string { return r.tuning(z, demonstrations, "eval_steps: 50") }

// begin mixes in a tenth of pretraining's gradient, as the starting point of the
// paper's PPO did (appendix C.3).
func (r recipe) begin(z Size) string {
	return r.tuning(z, demonstrations+", text: [world/pretrain.jsonl]", "eval_steps: 50", "pretraining: {ptx_coef: 0.1, batch_size: 12}\n")
}

// tasks tunes on public-style tasks. The reward model chooses the checkpoint, as for the
// paper's FLAN and T0 models (appendix C.5).
func (r recipe) tasks(z Size, mixture string) string {
	return r.tuning(z, "demonstrations: [world/tasks-"+mixture+".jsonl]", fmt.Sprintf("eval_steps: 50, reward_model: %s/model, response_length: %d", r.lastReward(z), tokens))
}

func rewardName(round int, z Size) string { return fmt.Sprintf("reward%d-%s", round, z.Name) }

func (r recipe) lastReward(z Size) string { return rewardName(rounds, z) }

func (r recipe) reward(z Size, comparisons, held []string) string {
	return fmt.Sprintf(`seed: %d
init: %s/model
data: {preferences: [%s], validation: [%s], demonstrations: [world/demonstrations-validation.jsonl]}
batch_size: 16
num_train_epochs: 1
optimizer: {learning_rate: %g, warmup_steps: 10, weight_decay: 0.01}
evaluate: {eval_steps: 500}
`, r.seed+1, named(begin, z), strings.Join(comparisons, ", "), strings.Join(held, ", "), z.Reward)
}

// ppoSettings are the differences between trainings by PPO.
type ppoSettings struct {
	reward      string
	iterations  int
	beta, gamma float64
	gold        bool // record the gold utility
}

func (r recipe) ppo(z Size, s ppoSettings) string {
	gold := ""
	if s.gold {
		gold = "gold: world\n"
	}
	return fmt.Sprintf(`seed: %d
init: %s/model
reward_model: %s/model
data: {prompts: [world/prompts/ppo-train.jsonl], text: [world/pretrain.jsonl]}
iterations: %d
response_length: %d
kl: {kl_coef: %g}
pretraining: {ptx_coef: %g}
optimizer: {learning_rate: 2e-4, value_learning_rate: 2e-4}
%s`, r.seed+1, named(begin, z), s.reward, s.iterations, tokens, s.beta, s.gamma, gold)
}
