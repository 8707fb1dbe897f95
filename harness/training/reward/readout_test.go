package reward_test

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"assay/harness/leaf/approx"
	"assay/harness/training/data"
	"assay/harness/training/network"
	rm "assay/harness/training/reward"
	"assay/metrics"
	"assay/models"
	"assay/models/bestof"
	"assay/models/bpe"
	"assay/models/compute"
	"assay/models/compute/kernels"
	"assay/models/compute/kernels/kernelstest"
	"assay/models/gpt"
	"assay/models/sample"
	"assay/models/train/ppo"
	"assay/models/train/reward"
	"assay/suites"
	"assay/suites/judge"
)

// scored are prompts and responses with their rewards from transformers:
//
//	t, m = AutoTokenizer.from_pretrained(dir), GPT2ForSequenceClassification.from_pretrained(dir).eval()
//	ids = t(prompt).input_ids + t(response).input_ids + [t.eos_token_id]
//	m.score(m.transformer(torch.tensor([ids])).last_hidden_state)[0, -1, 0]
//
// After "\n\n" it matters that prompt and response are tokenized separately.
var scored = []struct {
	prompt, response string
	ended            bool
	want             float64
}{
	{"Name a fruit.", " A pear", true, 1.352786},
	{"Name a fruit.", " A pear", false, 1.352786},
	{"Name a fruit.\n\n", "Pears, or", false, 1.905955},
	{"Count:", " 1 2", true, 0.912081},
	{"Count:", "", true, 0.388540},
}

// rewardFolder writes a small reward model and returns its tokenizer.
func rewardFolder(t *testing.T, cpu *kernels.CPU, dir string) *bpe.Tokenizer {
	t.Helper()
	tokenizer, err := bpe.TrainPairs(slices.Values([]string{"Name a fruit.\n\nPears, or a pear.\n\nName a pear.\n\n A fruit.\n\n A pear.\n\n Count: 1 2 3"}), 280)
	if err != nil {
		t.Fatal(err)
	}
	c := gpt.GPT2(tokenizer.Size(), 48, 16, 2, 2)
	c.ScalarHead, c.InitializerRange = true, 0.4
	end := int(tokenizer.End())
	c.Special.Begin, c.Special.End = &end, []int{end}
	net, err := gpt.New(compute.NewEngine(cpu), c, rand.NewPCG(5, 6))
	if err != nil {
		t.Fatal(err)
	}
	if err := tokenizer.Save(dir); err != nil {
		t.Fatal(err)
	}
	if err := net.Save(dir); err != nil {
		t.Fatal(err)
	}
	return tokenizer
}

// says always answers with the same text.
type says string

func (s says) Generate(context.Context, models.Request) (models.Answer, error) {
	return models.Answer{Text: string(s), Finish: "length"}, nil
}

// A response has one score in the reward model's own training, in PPO, in the choice of a
// checkpoint, in best-of-n and by the judge, whether it ended or was cut off.
func TestOneScoreOfAResponse(t *testing.T) {
	cpu := kernelstest.CPU(t, 1)
	dir := t.TempDir()
	tokenizer := rewardFolder(t, cpu, dir)
	net, err := gpt.Load(compute.NewEngine(cpu), dir)
	if err != nil {
		t.Fatal(err)
	}
	asked, err := sample.Open(cpu, dir, sample.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer asked.Close()
	var episodes []*ppo.Episode
	var all []data.Preference
	for _, s := range scored {
		e := &ppo.Episode{Prompt: tokenizer.Encode(s.prompt), Ended: s.ended}
		for _, b := range []byte(s.response) { // a policy may tokenize it in an odd way: into bytes
			e.Response = append(e.Response, tokenizer.Encode(string(b))...)
		}
		if s.ended {
			e.Response = append(e.Response, tokenizer.End())
		}
		episodes = append(episodes, e)
		all = append(all, data.Preference{Prompt: s.prompt, Responses: []string{s.response, "?"}, Ranks: []int{1, 2}})
	}
	if err := network.ScoreEpisodes(net, tokenizer, episodes, 2); err != nil {
		t.Fatal(err)
	}
	var learnt []float64
	encoded, err := (&data.Encoder{Tokenizer: tokenizer, Context: 48}).Encode(all)
	if err != nil {
		t.Fatal(err)
	}
	set, err := reward.NewSet(encoded, 2, 1, 48, tokenizer.End(), 1)
	if err != nil {
		t.Fatal(err)
	}
	err = set.Cover(func(b *reward.Batch) error {
		rewards, err := rm.Rewards(net, b)
		for i := 0; i < len(rewards); i += 2 {
			learnt = append(learnt, float64(rewards[i]))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range scored {
		best, err := bestof.New(1, says(s.response), asked)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := best.Generate(t.Context(), models.Request{Prompt: s.prompt})
		if err != nil {
			t.Fatal(err)
		}
		judged, err := judge.Reward{JudgeName: "r"}.Judge(t.Context(), suites.Item{
			Example: suites.Example{Input: s.prompt}, Completion: models.Completion{Text: s.response},
			Ask: func(ctx context.Context, r models.Request) (models.Answer, error) { return asked.Reward(ctx, r) },
		})
		if err != nil {
			t.Fatal(err)
		}
		for by, got := range map[string]float64{
			"PPO": episodes[i].Score, "training": learnt[i], "best-of-n": answer.Scores[0], "the judge": number(t, judged),
		} {
			if !approx.Equal(got, s.want, 1e-5) {
				t.Errorf("%q %q: %s gives %.6f, transformers %.6f", s.prompt, s.response, by, got, s.want)
			}
		}
	}
}

// A special token within a response, such as padding drawn by a policy, is not text, neither
// in the policy's answers nor for its reward.
func TestSpecialTokensAreNoText(t *testing.T) {
	cpu := kernels.New(kernels.Generic, 1)
	defer cpu.Close()
	dir := t.TempDir()
	rewardFolder(t, cpu, dir)
	config := `{"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|endoftext|>", "pad_token": "e"}`
	if err := os.WriteFile(filepath.Join(dir, "tokenizer_config.json"), []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	tokenizer, err := bpe.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	net, err := gpt.Load(compute.NewEngine(cpu), dir)
	if err != nil {
		t.Fatal(err)
	}
	prompt, plain, pad := tokenizer.Encode("Count:"), tokenizer.Encode(" 1 2"), tokenizer.Encode("e")
	if len(pad) != 1 || !tokenizer.Special(pad[0]) {
		t.Fatalf("%v is no special token", pad)
	}
	padded := slices.Concat(plain[:1], pad, plain[1:], pad)
	scores, err := network.ScoreResponses(net, tokenizer, [][]int32{prompt, prompt}, [][]int32{plain, padded}, 1)
	if err != nil || scores[0] != scores[1] {
		t.Errorf("%v, %v: want one score", scores, err)
	}
}

func number(t *testing.T, judged []metrics.Judgement) float64 {
	t.Helper()
	if len(judged) != 1 || len(judged[0].Value) != 1 {
		t.Fatalf("judged %+v", judged)
	}
	return judged[0].Value[0]
}
