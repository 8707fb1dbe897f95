package plan

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"assay/harness/yamlstruct"
)

const leastPPO = "init: sft/model\nreward_model: rm/model\ndata: {prompts: [p.jsonl]}\n" // three lines

func TestReadPPO(t *testing.T) {
	got, err := parsePPO("c.yaml", []byte(leastPPO))
	if err != nil {
		t.Fatal(err)
	}
	want := preset(Small)
	want.Path, want.Init, want.RewardModel, want.Data.Prompts = "c.yaml", "sft/model", "rm/model", []string{"p.jsonl"}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreTypes(yamlstruct.Place{})); diff != "" {
		t.Errorf("the least (-want +got):\n%s", diff)
	}
	got, err = parsePPO("c.yaml", []byte(`preset: paper
seed: 3
init: sft
reward_model: rm
data: {prompts: [a, b], text: [t.txt]}
iterations: 20
batch_size: 64
mini_batch_size: 32
num_ppo_epochs: 2
response_length: 9
missing_eos_reward: -1
kl: {kl_coef: 0.1, target: 6, horizon: 1e4}
advantages: {gamma: 0.9, lam: 1, whiten_rewards: true}
clip: {cliprange: 0.1, cliprange_value: 0.3}
pretraining: {ptx_coef: 2, batch_size: 3, max_length: 40, gradient_accumulation_steps: 2}
optimizer: {learning_rate: 1e-4, value_learning_rate: 2e-4, warmup_steps: 0, adam_beta1: 0.8, adam_beta2: 0.9, adam_epsilon: 1e-6, weight_decay: 0.1, max_grad_norm: 2, ema_decay: 0}
gold: world
num_sample_generations: 0
save_steps: 5
`))
	if err != nil {
		t.Fatal(err)
	}
	replaced := -1.0
	want = &PPO{
		Path: "c.yaml", Preset: Paper, Seed: 3, Init: "sft", RewardModel: "rm", Data: PPOData{Prompts: []string{"a", "b"}, Text: []string{"t.txt"}, Overlong: Drop},
		Iterations: 20, BatchSize: 64, MiniBatchSize: 32, NumPPOEpochs: 2, ResponseLength: 9, MissingEOSReward: &replaced,
		KL: KL{0.1, 6, 1e4}, Advantages: Advantages{0.9, 1, true}, Clip: Clip{0.1, 0.3}, Pretraining: Pretraining{2, PerText, 3, 40, 2},
		Optimizer: PPOOptimizer{1e-4, 2e-4, 0, 0.8, 0.9, 1e-6, 0.1, 2, 0}, Gold: WorldGold, SaveSteps: 5,
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreTypes(yamlstruct.Place{})); diff != "" {
		t.Errorf("every field (-want +got):\n%s", diff)
	}
	if got, err = parsePPO("c.yaml", []byte("preset: paper\n"+leastPPO+"pretraining: {ptx_coef: 0}\n")); err != nil || got.KL.KLCoef != 0.02 || got.Data.Overlong != Drop || got.BatchSize != 512 || got.Optimizer.EMADecay != 0.992 {
		t.Errorf("the paper's: %+v, %v", got, err)
	}
}

func TestPPODefects(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"empty", "", "1: "},
		{"no init", strings.Replace(leastPPO, "init", "#", 1), "no init"},
		{"no reward", strings.Replace(leastPPO, "reward", "#", 1), "no reward"},
		{"no data", "init: a\nreward_model: b\n", "no data"},
		{"no prompts", "init: a\nreward_model: b\ndata: {text: [t]}\n", "3: no prompts"},
		{"a typing error", leastPPO + "itrations: 3\n", `4: unknown field "itrations"`},
		{"minibatch", leastPPO + "mini_batch_size: 48\n", "4: batch_size 128 is not a multiple of mini_batch_size 48"},
		{"no text", leastPPO + "pretraining: {ptx_coef: 1}\n", "3: ptx_coef needs text, but there is none"},
		{"two ways", leastPPO + "missing_eos_penalty: 1\nmissing_eos_reward: 2\n", "5: both missing_eos_reward and missing_eos_penalty"},
		{"half a controller", leastPPO + "kl: {target: 6}\n", "4: target and horizon"},
		{"a preset", leastPPO + "preset: big\n", `4: unknown preset "big"`},
		{"a rate of 0", leastPPO + "optimizer: {learning_rate: 0}\n", "4: learning_rate is 0"},
		{"an unknown part", leastPPO + "clip: {ratios: 1}\n", `4: unknown field "ratios"`},
		{"an earlier section", leastPPO + "without_end: {penalise: 1}\n", "4: without_end is now called missing_eos_penalty or missing_eos_reward"},
		{"an evaluation without prompts", leastPPO + "evaluate: {reward_model: rm2, eval_steps: 5}\n", "4: reward_model needs prompts"},
		{"an evaluation without a reward model", leastPPO + "evaluate: {prompts: [h]}\n", "4: prompts needs reward_model"},
		{"the best of one evaluation", leastPPO + "evaluate: {prompts: [h], reward_model: rm2, load_best_model_at_end: true}\n", "4: load_best_model_at_end needs eval_steps"},
		{"patience without the best", leastPPO + "evaluate: {prompts: [h], reward_model: rm2, eval_steps: 5, early_stopping_patience: 3}\n", "4: early_stopping_patience needs load_best_model_at_end"},
		{"patience for the last", leastPPO + "evaluate: {prompts: [h], reward_model: rm2, eval_steps: 5, load_best_model_at_end: false, early_stopping_patience: 3}\n", "4: early_stopping_patience keeps the best policy"},
		{"lambda", leastPPO + "advantages: {lam: 2}\n", "4: lam is 2"},
	} {
		_, err := parsePPO("c.yaml", []byte(tt.text))
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want one line with %q", tt.name, err, tt.want)
		}
	}
}
