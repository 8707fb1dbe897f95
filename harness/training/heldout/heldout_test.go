package heldout

import (
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"assay/fixtures/world"
	"assay/harness/leaf/approx"
	"assay/harness/leaf/seed"
	"assay/harness/plan"
	"assay/harness/smallworld"
	"assay/harness/training/data"
	"assay/harness/training/network"
	"assay/models"
	"assay/models/bpe"
	"assay/models/compute"
	"assay/models/compute/kernels/kernelstest"
	"assay/models/gpt"
	"assay/models/sample"
	"assay/suites/catalog"
)

const tokens = 8 // of a response at most

// setting is a world's prompts, a random policy whose optimiser keeps an average, and a random reward model.
func setting(t *testing.T) Options {
	t.Helper()
	dir := t.TempDir()
	w, err := world.New(world.Options{Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	sizes := world.Sizes{Words: 3000, HeldOutWords: 1000, SFTTrain: 20, SFTValidation: 20, RMTrain: 60, RMValidation: 30, PPOTrain: 60, PPOValidation: 30, Test: 30, TestGPT: 20, Tasks: 20}
	if _, err := smallworld.Write(t.Context(), dir, w, sizes, func(world.File, int64) {}); err != nil {
		t.Fatal(err)
	}
	tokenizer, err := bpe.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	cpu := kernelstest.CPU(t, 2)
	e := compute.NewEngine(cpu)
	config := gpt.GPT2(tokenizer.Size(), 128, 16, 1, 2)
	config.InitializerRange = 0.3
	net, err := gpt.New(e, config, rand.NewPCG(1, 2))
	if err != nil {
		t.Fatal(err)
	}
	config.ScalarHead = true
	reward, err := gpt.New(e, config, rand.NewPCG(3, 4))
	if err != nil {
		t.Fatal(err)
	}
	scored := filepath.Join(dir, "reward")
	if err := tokenizer.Save(scored); err != nil {
		t.Fatal(err)
	}
	if err := reward.Save(scored); err != nil {
		t.Fatal(err)
	}
	policy := network.New(e, net, plan.Optimizer{AdamBeta1: 0.9, AdamBeta2: 0.95, AdamEpsilon: 1e-8, EMADecay: 0.5})
	// One step takes the weights away from their average.
	for i, g := range net.Params().All() {
		for j := range g.Grad {
			g.Grad[j] = float32(math.Sin(float64(i*31 + j)))
		}
	}
	if _, err := policy.Update(0.5); err != nil {
		t.Fatal(err)
	}
	files := worldPrompts(t, dir)
	prompts, err := data.ReadPrompts(files)
	if err != nil {
		t.Fatal(err)
	}
	return Options{
		CPU: cpu, Policy: &policy, Folder: "policy", Tokenizer: tokenizer, Reward: scored, Prompts: prompts, Response: tokens,
		Notes: &data.Notes{}, GoldFiles: files, Seed: 7, Prefix: "held-out ",
	}
}

// worldPrompts is a file of a world's validation prompts.
func worldPrompts(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "prompts", "*validation.jsonl"))
	if err != nil || len(files) == 0 {
		t.Fatalf("the world has no validation prompts: %v", err)
	}
	return files[:1]
}

// Scores are the mean reward and the mean gold utility of what the average of the weights,
// saved and served, answers to the prompts with the same seeds.
func TestScores(t *testing.T) {
	o := setting(t)
	h, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	got, err := h.Scores(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	served := t.TempDir()
	if err := o.Policy.Save(served, o.Tokenizer); err != nil {
		t.Fatal(err)
	}
	model, err := sample.Open(o.CPU, served, sample.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer model.Close()
	rewarder, err := sample.Open(o.CPU, o.Reward, sample.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer rewarder.Close()
	var reward, utility float64
	prompts, err := catalog.ReadWorldPrompts(o.GoldFiles[0])
	if err != nil {
		t.Fatal(err)
	}
	distinct := map[string]bool{}
	n := 0
	for i := range o.Prompts {
		var p *world.Prompt
		for j := range prompts.Prompts {
			if prompts.Prompts[j].Text == o.Prompts[i].Text {
				p = &prompts.Prompts[j]
			}
		}
		job := sample.Job{Prompt: model.Tokens(p.Text), MaxTokens: tokens, SamplingParams: sample.SamplingParams{Temperature: 1, Seed: seed.At(o.Seed, i)}}
		answer, err := model.Continue(t.Context(), job, nil, func(string) bool { return true })
		if err != nil {
			t.Fatal(err)
		}
		distinct[answer.Text] = true
		value, err := rewarder.Reward(t.Context(), models.Request{Prompt: p.Text, Choices: []string{answer.Text}})
		if err != nil {
			t.Fatal(err)
		}
		reward += value.Scores[0]
		facts := prompts.World.Judge(p, world.Response{Text: answer.Text, Ended: answer.Finish == models.FinishStop})
		utility += facts.Utility(world.TrainingWeights())
		n++
	}
	if len(distinct) < n/2 || n < 20 {
		t.Fatalf("%d distinct responses to %d prompts test little", len(distinct), n)
	}
	want := []models.TrainScore{{Name: "held-out reward", Value: reward / float64(n), N: n}, {Name: "held-out gold utility", Value: utility / float64(n), N: n}}
	for i := range want {
		if len(got) != 2 || got[i].Name != want[i].Name || got[i].N != n || !approx.Equal(got[i].Value, want[i].Value, 1e-5) {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	again, err := h.Scores(t.Context())
	if err != nil || again[0] != got[0] || again[1] != got[1] {
		t.Errorf("the second time %+v, the first %+v: %v", again, got, err)
	}
}

func TestRefusals(t *testing.T) {
	o := setting(t)
	for _, tt := range []struct {
		what string
		edit func(*Options)
		want string
	}{
		{"no reward model", func(o *Options) {
			o.Reward = t.TempDir()
			if err := o.Policy.Save(o.Reward, o.Tokenizer); err != nil {
				t.Fatal(err)
			}
		}, "which is not a reward model"},
		{"a long response", func(o *Options) { o.Response = 128 }, "leave no room for a prompt"},
		{"every prompt too long", func(o *Options) {
			o.Response, o.Overlong = 126, plan.Drop
		}, "no held-out prompt leaves room"},
		{"a cut prompt with gold utility", func(o *Options) { o.Response, o.Overlong = 120, plan.Truncate }, "some were cut"},
		{"another tokenizer", func(o *Options) { o.Tokenizer = bpe.NewBytes() }, "different tokenizers"},
	} {
		changed := o
		tt.edit(&changed)
		if _, err := New(changed); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.what, err, tt.want)
		}
	}
}
