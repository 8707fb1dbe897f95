package cli

import (
	"errors"
	"fmt"

	"assay/harness/leaf/place"
	"assay/harness/plan"
	"assay/harness/training"
	"assay/models/bpe"
	"assay/models/compute"
	"assay/models/compute/kernels"
	"assay/models/gpt"
	"assay/models/train"
)

// rewarded is the score that a reward model gives to the model's own responses.
func (w *trainWiring) rewarded(cpu *kernels.CPU, lm *training.LM) (score train.Score, err error) {
	p := w.plan
	at := func(err error) error { return place.At(p.Path, p.Line("reward"), err) }
	reward, err := gpt.Load(compute.NewEngine(cpu), p.Evaluate.Reward)
	switch {
	case err != nil:
		return score, at(err)
	case !reward.Config().ScalarHead:
		return score, at(fmt.Errorf("reward is %s, which is no reward model; 'assay train reward' makes one", p.Evaluate.Reward))
	}
	its, err := bpe.Load(p.Evaluate.Reward)
	if err != nil {
		return score, at(err)
	}
	if err := sameTokenizer(p.Init, lm.Tokenizer, p.Evaluate.Reward, its); err != nil {
		return score, at(err)
	}
	var asked []training.Prompt
	for _, d := range w.held {
		asked = append(asked, training.Prompt{Text: d.Prompt, Place: d.Place})
	}
	room, err := rewardedRoom(lm.Net, reward, p.Evaluate.Response)
	if err != nil {
		return score, at(err)
	}
	prompts, err := training.EncodePrompts(lm.Tokenizer, asked, room, p.Evaluate.Response, p.Data.Long, &w.notes)
	if err != nil {
		return score, err
	}
	if len(prompts) == 0 {
		return score, at(errors.New("no prompt is left that the model could be asked; write shorter ones, or a smaller response"))
	}
	sampler, err := training.NewSampler(cpu, lm.Net, p.Evaluate.Response, lm.Tokenizer)
	if err != nil {
		return score, err
	}
	w.drawing = training.SamplingBytes(lm.Net.Config(), prompts, p.Evaluate.Response)
	scored, err := training.ScoringBytes(reward, prompts, p.Evaluate.Response, min(64, len(prompts)))
	if err != nil {
		return score, err
	}
	w.drawing += scored
	return lm.RewardScore(plan.RewardScore, sampler, reward, prompts, p.Seed), nil
}
