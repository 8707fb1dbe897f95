package plan

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"assay/harness/yamlstruct"
)

const leastPPO = "init: sft/model\nreward: rm/model\ndata: {prompts: [p.jsonl]}\n" // three lines

func TestReadPPO(t *testing.T) {
	got, err := parsePPO("c.yaml", []byte(leastPPO))
	if err != nil {
		t.Fatal(err)
	}
	want := preset(Small)
	want.Path, want.Init, want.Reward, want.Data.Prompts = "c.yaml", "sft/model", "rm/model", []string{"p.jsonl"}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreTypes(yamlstruct.Place{})); diff != "" {
		t.Errorf("the least (-want +got):\n%s", diff)
	}
	got, err = parsePPO("c.yaml", []byte(`preset: paper
seed: 3
init: sft
reward: rm
data: {prompts: [a, b], text: [t.txt]}
iterations: 20
batch: 64
minibatch: 32
epochs: 2
tokens: 9
without_end: {replace: -1}
kl: {beta: 0.1, target: 6, horizon: 1e4}
advantages: {gamma: 0.9, lambda: 1, whiten_rewards: true}
clip: {ratio: 0.1, value: 0.3}
pretraining: {gamma: 2, rows: 3, context: 40, parts: 2}
optimizer: {learning_rate: 1e-4, value_learning_rate: 2e-4, warmup: 0, beta1: 0.8, beta2: 0.9, epsilon: 1e-6, decay: 0.1, clip: 2, ema: 0}
gold: world
show: 0
save_every: 5
`))
	if err != nil {
		t.Fatal(err)
	}
	replaced := -1.0
	want = &PPO{
		Path: "c.yaml", Preset: Paper, Seed: 3, Init: "sft", Reward: "rm", Data: PPOData{Prompts: []string{"a", "b"}, Text: []string{"t.txt"}},
		Iterations: 20, Batch: 64, Minibatch: 32, Epochs: 2, Tokens: 9, WithoutEnd: WithoutEnd{Replace: &replaced},
		KL: KL{0.1, 6, 1e4}, Advantages: Advantages{0.9, 1, true}, Clip: Clip{0.1, 0.3}, Pretraining: Pretraining{2, 3, 40, 2},
		Optimizer: PPOOptimizer{1e-4, 2e-4, 0, 0.8, 0.9, 1e-6, 0.1, 2, 0}, Gold: WorldGold, SaveEvery: 5,
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreTypes(yamlstruct.Place{})); diff != "" {
		t.Errorf("every field (-want +got):\n%s", diff)
	}
	if got, err = parsePPO("c.yaml", []byte("preset: paper\n"+leastPPO+"pretraining: {gamma: 0}\n")); err != nil || got.KL.Beta != 0.02 || got.Batch != 512 || got.Optimizer.EMA != 0.992 {
		t.Errorf("the paper's: %+v, %v", got, err)
	}
}

func TestPPODefects(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"empty", "", "1: "},
		{"no init", strings.Replace(leastPPO, "init", "#", 1), "no init"},
		{"no reward", strings.Replace(leastPPO, "reward", "#", 1), "no reward"},
		{"no data", "init: a\nreward: b\n", "no data"},
		{"no prompts", "init: a\nreward: b\ndata: {text: [t]}\n", "3: no prompts"},
		{"a typing error", leastPPO + "itrations: 3\n", `4: unknown field "itrations"`},
		{"minibatch", leastPPO + "minibatch: 48\n", "4: minibatch 48 doesn't divide batch 128"},
		{"no text", leastPPO + "pretraining: {gamma: 1}\n", "3: pretraining has a gamma"},
		{"two ways", leastPPO + "without_end: {penalise: 1, replace: 2}\n", "4: replace beside penalise"},
		{"half a controller", leastPPO + "kl: {target: 6}\n", "4: target and horizon"},
		{"a preset", leastPPO + "preset: big\n", `4: no preset "big"`},
		{"a rate of 0", leastPPO + "optimizer: {learning_rate: 0}\n", "4: learning_rate 0"},
		{"an unknown part", leastPPO + "clip: {ratios: 1}\n", `4: unknown field "ratios"`},
		{"lambda", leastPPO + "advantages: {lambda: 2}\n", "4: lambda 2"},
	} {
		_, err := parsePPO("c.yaml", []byte(tt.text))
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want one line with %q", tt.name, err, tt.want)
		}
	}
}
