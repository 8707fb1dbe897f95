package training_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"assay/harness"
	"assay/harness/leaf/approx"
	"assay/harness/plan"
	"assay/harness/runstore"
	"assay/harness/session"
	"assay/harness/training"
	"assay/models"
	"assay/models/bpe"
	"assay/models/compute"
	"assay/models/compute/kernels/kernelstest"
	"assay/models/gpt"
)

// ppoFolder changes into a folder with two language models, base and other, a larger reward model rm with another
// of its shape, rm2, and prompts, one of which is long.
func ppoFolder(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	tokenizer, err := bpe.TrainCharacters(slices.Values([]string{"abcdefgh \n"}))
	if err != nil {
		t.Fatal(err)
	}
	e := compute.NewEngine(kernelstest.CPU(t, 1))
	for i, m := range []struct {
		dir                    string
		context, width, layers int
		scalar                 bool
	}{{"base", 40, 16, 1, false}, {"other", 40, 16, 2, false}, {"rm", 36, 24, 2, true}, {"rm2", 36, 24, 2, true}} {
		c := gpt.GPT2(tokenizer.Size(), m.context, m.width, m.layers, 2)
		c.ScalarHead, c.InitializerRange = m.scalar, 0.25
		net, err := gpt.New(e, c, rand.NewPCG(uint64(i), 5))
		if err != nil {
			t.Fatal(err)
		}
		if err := tokenizer.Save(m.dir); err != nil {
			t.Fatal(err)
		}
		if err := net.Save(m.dir); err != nil {
			t.Fatal(err)
		}
	}
	var prompts strings.Builder
	for i := range 24 {
		fmt.Fprintf(&prompts, "{\"prompt\": \"%s\\n\"}\n", strings.Repeat(string(rune('a'+i%8)), 1+i%3))
	}
	fmt.Fprintf(&prompts, "{\"prompt\": \"%s\"}\n", strings.Repeat("a", 39))
	write(t, "prompts.jsonl", prompts.String())
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// trainPPO trains by a plan in a folder, and returns its records and manifest.
func trainPPO(t *testing.T, dir, text string) ([]models.TrainStep, *harness.Manifest) {
	t.Helper()
	write(t, "c.yaml", text)
	err := training.Within(dir, func(folder *training.Folder) error {
		j, err := construct(plan.PPOKind, "c.yaml", folder)
		if err != nil {
			return err
		}
		_, err = training.Run(t.Context(), folder.Dir, j, watch{})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var steps []models.TrainStep
	for s, err := range runstore.TrainSteps().Read(runstore.Dir(dir)) {
		if err != nil {
			t.Fatal(err)
		}
		steps = append(steps, *s)
	}
	m, err := runstore.ReadManifest(runstore.Dir(dir))
	if err != nil {
		t.Fatal(err)
	}
	return steps, m
}

const leastPPO = "init: base\nreward_model: rm\ndata: {prompts: [prompts.jsonl], overlong: drop}\niterations: 3\nbatch_size: 24\nmini_batch_size: 12\nresponse_length: 10\nnum_sample_generations: 24\n"

func value(t *testing.T, s models.TrainStep, name string) models.TrainScore {
	t.Helper()
	i := slices.IndexFunc(s.Values, func(v models.TrainScore) bool { return v.Name == name })
	if i < 0 {
		t.Fatalf("step %d has no %s: %+v", s.Step, name, s.Values)
	}
	return s.Values[i]
}

// The KL penalty is against the reference: the first iteration's KL is 0 against the policy's beginning, and
// against another model the mean over responses of the difference of their log-probabilities. Reward model and
// value function are larger than the policy. Prompts without room are left out and counted in the manifest.
func TestReference(t *testing.T) {
	ppoFolder(t)
	steps, m := trainPPO(t, "own", leastPPO)
	if kl := value(t, steps[0], models.ScoreKL); kl.Value != 0 {
		t.Errorf("KL from the policy's own beginning is %v at first", kl.Value)
	}
	want := []harness.Note{{What: "prompts that are empty or longer than 25 tokens, left out", N: 1}} // 36 - 1 - 10
	if !slices.Equal(m.Notes, want) {
		t.Errorf("the manifest's notes are %+v, want %+v", m.Notes, want)
	}
	steps, m = trainPPO(t, "apart", leastPPO+"reference: other\nvalue_model: rm2\n")
	if !strings.Contains(string(m.Plan.Train), `"reference": "other"`) {
		t.Errorf("the manifest's plan is %s", m.Plan.Train)
	}
	e := compute.NewEngine(kernelstest.CPU(t, 1))
	tokenizer, err := bpe.Load("base")
	if err != nil {
		t.Fatal(err)
	}
	sum := map[string]float64{}
	if n := len(steps[0].Samples); n != 24 {
		t.Fatalf("%d samples, want all 24", n)
	}
	for _, dir := range []string{"base", "other"} {
		net, err := gpt.Load(e, dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range steps[0].Samples {
			prompt, all := tokenizer.Encode(s.Prompt), tokenizer.Encode(s.Prompt+s.Response)
			b := gpt.Batch{Rows: 1, Time: len(all) - 1, Tokens: all[:len(all)-1], Targets: slices.Clone(all[1:])}
			for i := range len(prompt) - 1 {
				b.Targets[i] = -1
			}
			numbers, err := net.LogProbs(b)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range numbers {
				sum[dir] += float64(v) / 24
			}
		}
	}
	got := value(t, steps[0], models.ScoreKL)
	if want := sum["base"] - sum["other"]; !approx.Equal(got.Value, want, 1e-4*math.Abs(want)) || want < 0.5 {
		t.Errorf("KL from the reference is %v at first, want %v", got.Value, want)
	}
}

func TestPPORefusesModels(t *testing.T) {
	ppoFolder(t)
	foreign := bpe.NewBytes()
	if err := os.CopyFS("foreign", os.DirFS("other")); err != nil {
		t.Fatal(err)
	}
	if err := foreign.Save("foreign"); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS("copy", os.DirFS("rm")); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"reference: rm\n":      "c.yaml:9: reference is rm, a reward model; it must be a language model",
		"value_model: other\n": "c.yaml:9: value_model is other, which is not a reward model",
		"reference: foreign\n": "c.yaml:9: the policy and another of its models have different tokenizers",
		"evaluate: {reward_model: copy, prompts: [prompts.jsonl]}\n": "c.yaml:9: evaluate's reward_model is copy, whose weights train the policy",
		"reference: nowhere\n":               "c.yaml:9: nowhere: no such file or folder",
		"data: {prompts: [prompts.jsonl]}\n": "prompts.jsonl:25: a prompt of 39 tokens; with responses of 10 tokens it can have at most 25",
	} {
		content := leastPPO + text
		if strings.HasPrefix(text, "data") {
			content = strings.Replace(leastPPO, "data: {prompts: [prompts.jsonl], overlong: drop}\n", text, 1)
		}
		write(t, "c.yaml", content)
		err := training.Within("none", func(folder *training.Folder) error {
			_, err := construct(plan.PPOKind, "c.yaml", folder)
			return err
		})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

const evaluated = leastPPO + "evaluate: {eval_steps: 2, prompts: [held.jsonl], reward_model: rm2, load_best_model_at_end: true, early_stopping_patience: 3}\n" +
	"optimizer: {learning_rate: 3e-2, value_learning_rate: 1e-3, ema_decay: 0.7}\nsave_steps: 3\n"

// Another reward model scores responses to held-out prompts. The policy with the highest score is kept, as the
// average of its weights, and training stops after three evaluations without a higher one.
func TestPPOStopsEarly(t *testing.T) {
	ppoFolder(t)
	write(t, "held.jsonl", heldOut())
	content := strings.Replace(evaluated, "iterations: 3", "iterations: 400", 1)
	steps, m := trainPPO(t, "whole", content)
	best, at, waited := math.Inf(-1), 0, 0
	for i, s := range steps {
		if s.Step%2 == 1 {
			if s.Scores != nil || s.Best {
				t.Errorf("step %d was evaluated: %+v", s.Step, s.Scores)
			}
			continue
		}
		if len(s.Scores) != 1 || s.Scores[0].Name != "validation reward" || s.Scores[0].N != 40 {
			t.Fatalf("step %d has scores %+v", s.Step, s.Scores)
		}
		waited++
		higher := s.Scores[0].Value > best
		if higher {
			best, at, waited = s.Scores[0].Value, s.Step, 0
		}
		if s.Best != higher {
			t.Errorf("step %d with %v is the best %v; %v was before", s.Step, s.Scores[0].Value, s.Best, best)
		}
		if (waited == 3) != (i == len(steps)-1) {
			t.Errorf("after step %d of %d, %d evaluations gave no higher score", s.Step, len(steps), waited)
		}
	}
	t.Logf("the best of %d steps is %d", len(steps), at)
	if at == 2 || len(steps) == 400 {
		t.Fatalf("the best of %d steps is %d: this tests little", len(steps), at)
	}
	want := []harness.Note{{What: "prompts that are empty or longer than 25 tokens, left out", N: 1}, {What: "prompts of the evaluation that training also has", N: 1}}
	if !slices.Equal(m.Notes, want) {
		t.Errorf("the manifest's notes are %+v, want %+v", m.Notes, want)
	}
	// The kept model, evaluated by a training of one iteration that begins with it and moves by nothing, has the score.
	again := strings.NewReplacer("init: base", "init: whole/model", "iterations: 400", "iterations: 1", "eval_steps: 2, ", "", ", load_best_model_at_end: true, early_stopping_patience: 3", "",
		"learning_rate: 3e-2, value_learning_rate: 1e-3, ema_decay: 0.7", "learning_rate: 1e-30, ema_decay: 0").Replace(content)
	kept, _ := trainPPO(t, "kept", again)
	if got := kept[0].Scores[0].Value; got != best || best == steps[len(steps)-1].Scores[0].Value {
		t.Errorf("the kept policy scores %v, want %v", got, best)
	}
	for _, stop := range []int{1, 4, 5, at, len(steps) - 1} {
		dir := fmt.Sprintf("stopped%d", stop)
		write(t, "c.yaml", content)
		first, cancel := context.WithCancel(t.Context())
		defer cancel()
		for _, ctx := range []context.Context{first, t.Context()} {
			err := training.Within(dir, func(folder *training.Folder) error {
				j, err := construct(plan.PPOKind, "c.yaml", folder)
				if err != nil {
					return err
				}
				_, err = training.Run(ctx, folder.Dir, j, cancelling{at: stop, cancel: cancel})
				return err
			})
			var stopped *session.Stopped
			if ctx == first && !errors.As(err, &stopped) || ctx != first && err != nil {
				t.Fatalf("stopped after %d: %v", stop, err)
			}
		}
		for _, name := range []string{"train.jsonl", "model/model.safetensors"} {
			if a, b := read(t, "whole/"+name), read(t, dir+"/"+name); a != b {
				t.Errorf("stopped after %d, %s differs", stop, name)
			}
		}
	}
}

// heldOut are 40 prompts, one of which training has too.
func heldOut() string {
	var prompts strings.Builder
	for i := range 40 {
		text := strings.Repeat(string(rune('a'+i%8)), 4+i%5)
		if i == 0 {
			text = "a"
		}
		fmt.Fprintf(&prompts, "{\"prompt\": \"%s\\n\"}\n", text)
	}
	return prompts.String()
}

func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// cancelling cancels a training after a step.
type cancelling struct {
	watch
	at     int
	cancel func()
}

func (c cancelling) Step(s models.TrainStep) {
	if s.Step == c.at {
		c.cancel()
	}
}
