// Package heldout measures a model in training by its own responses to held-out prompts: a
// reward model scores them, and the small world's gold rules if they are wanted. The paper
// chooses the checkpoint of fine-tuning by such a score (Ouyang et al. 2022, appendix C.1).
package heldout

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"assay/harness/leaf/seed"
	"assay/harness/plan"
	"assay/harness/training/data"
	"assay/harness/training/gold"
	"assay/harness/training/network"
	"assay/models"
	"assay/models/bpe"
	"assay/models/compute"
	"assay/models/compute/kernels"
	"assay/models/gpt"
	"assay/models/train/rl"
)

// Options say which model is measured, and by what.
type Options struct {
	CPU       *kernels.CPU
	Policy    *network.Network // the model; if its optimiser keeps an average, that is measured
	Folder    string           // what the model began as, for messages
	Tokenizer *bpe.Tokenizer

	Reward    string // folder of the reward model
	Prompts   []data.Prompt
	Response  int         // tokens of a response at most
	Overlong  plan.Long   // for prompts that leave no room for a response
	Notes     *data.Notes // counts prompts that were cut or left out
	GoldFiles []string    // of the prompts, from a small world; nil for no gold utility
	Seed      uint64      // of the responses, which are drawn with the same seeds each time
	Prefix    string      // of the scores' names
}

// Prompts are held-out prompts, with what scores responses to them.
type Prompts struct {
	o       Options
	prompts [][]int32
	sampler *network.Sampler
	reward  *gpt.Model
	gold    *gold.Rules // nil without
}

// scoredRows is how many responses the reward model scores at a time.
const scoredRows = 64

// New opens the reward model, which must have the model's tokenizer, and encodes the prompts.
func New(o Options) (*Prompts, error) {
	reward, err := gpt.Load(compute.NewEngine(o.CPU), o.Reward)
	switch {
	case err != nil:
		return nil, err
	case !reward.Config().ScalarHead:
		return nil, fmt.Errorf("reward_model is %s, which is not a reward model; 'assay train reward' makes one", o.Reward)
	}
	its, err := bpe.Load(o.Reward)
	if err != nil {
		return nil, err
	}
	if err := network.SameTokenizer(o.Folder, o.Tokenizer, o.Reward, its); err != nil {
		return nil, err
	}
	h := &Prompts{o: o, reward: reward}
	room, err := network.RewardedRoom(o.Response, reward, o.Policy.Net)
	if err != nil {
		return nil, err
	}
	if h.prompts, err = data.EncodePrompts(o.Tokenizer, o.Prompts, room, o.Response, o.Overlong, o.Notes); err != nil {
		return nil, err
	}
	if len(h.prompts) == 0 {
		return nil, errors.New("no held-out prompt leaves room for a response; write shorter prompts, or a smaller response_length")
	}
	if o.GoldFiles != nil {
		if h.gold, err = gold.Read(o.Tokenizer, o.GoldFiles, h.prompts); err != nil {
			return nil, err
		}
	}
	h.sampler, err = network.NewSampler(o.CPU, o.Policy.Net, o.Response, o.Tokenizer)
	return h, err
}

// Bytes is the memory that [Prompts.Scores] takes beside the weights.
func (h *Prompts) Bytes() (int64, error) {
	scoring, err := network.PassBytes(network.Scoring(h.reward, slices.Chunk(h.prompts, scoredRows), h.o.Response))
	return network.SamplingBytes(h.o.Policy.Net.Config(), h.prompts, h.o.Response) + scoring, err
}

// Scores draws a response to each prompt at temperature 1, and returns their mean reward and
// their mean gold utility.
func (h *Prompts) Scores(ctx context.Context) ([]models.TrainScore, error) {
	seeds := make([]uint64, len(h.prompts))
	for i := range seeds {
		seeds[i] = seed.At(h.o.Seed, i)
	}
	responses := make([][]int32, len(h.prompts))
	var err error
	h.o.Policy.Averaged(func() {
		drawn, failed := h.sampler.Sample(ctx, h.prompts, seeds)
		err = failed
		for i := range drawn {
			responses[i] = drawn[i].Tokens
		}
	})
	if err != nil {
		return nil, err
	}
	rewards, err := network.ScoreResponses(h.reward, h.o.Tokenizer, h.prompts, responses, scoredRows)
	if err != nil {
		return nil, err
	}
	scores := []models.TrainScore{{Name: h.o.Prefix + models.ScoreReward, Value: mean(rewards), N: len(rewards)}}
	if h.gold == nil {
		return scores, nil
	}
	utilities := make([]float64, len(responses))
	for i, response := range responses {
		n, ended := rl.Through(response, h.o.Tokenizer.Ends()...)
		if utilities[i], err = h.gold.Utility(h.prompts[i], response[:n], ended); err != nil {
			return nil, err
		}
	}
	return append(scores, models.TrainScore{Name: h.o.Prefix + models.ScoreGoldUtility, Value: mean(utilities), N: len(utilities)}), nil
}

func mean(of []float64) (mean float64) {
	for _, x := range of {
		mean += x / float64(len(of))
	}
	return mean
}
