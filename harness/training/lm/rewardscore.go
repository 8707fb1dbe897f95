package lm

import (
	"errors"
	"fmt"

	"assay/harness/plan"
	"assay/harness/training/data"
	"assay/harness/training/network"
	"assay/models/bpe"
	"assay/models/compute"
	"assay/models/gpt"
	"assay/models/train"
)

// scoredRows is how many responses a reward model scores at a time.
const scoredRows = 64

// rewardScore is the score that a reward model gives to the model's own responses to the
// held-out prompts.
func (s *setup) rewardScore() (score train.Score, err error) {
	p, dir := s.plan, s.files.Reward
	reward, err := gpt.Load(compute.NewEngine(s.folder.CPU), dir)
	switch {
	case err != nil:
		return score, s.at("evaluate.reward_model", err)
	case !reward.Config().ScalarHead:
		return score, s.at("evaluate.reward_model", fmt.Errorf("reward_model is %s, which is not a reward model; 'assay train reward' makes one", dir))
	}
	its, err := bpe.Load(dir)
	if err != nil {
		return score, s.at("evaluate.reward_model", err)
	}
	if err := network.SameTokenizer(s.files.Init, s.model.Tokenizer, dir, its); err != nil {
		return score, s.at("evaluate.reward_model", err)
	}
	var held []data.Prompt
	for _, d := range s.held {
		held = append(held, data.Prompt{Text: d.Prompt, Place: d.Place})
	}
	response := p.Evaluate.ResponseLength
	room, err := network.RewardedRoom(s.model.Net, reward, response)
	if err != nil {
		return score, s.at("evaluate.reward_model", err)
	}
	prompts, err := data.EncodePrompts(s.model.Tokenizer, held, room, response, p.Data.Overlong, &s.notes)
	if err != nil {
		return score, err
	}
	if len(prompts) == 0 {
		return score, s.at("evaluate.reward_model", errors.New("no held-out prompt leaves room for a response; write shorter prompts, or a smaller response_length"))
	}
	sampler, err := network.NewSampler(s.folder.CPU, s.model.Net, response, s.model.Tokenizer)
	if err != nil {
		return score, err
	}
	scoring, err := network.ScoringBytes(reward, prompts, response, min(scoredRows, len(prompts)))
	if err != nil {
		return score, err
	}
	s.scoring = network.SamplingBytes(s.model.Net.Config(), prompts, response) + scoring
	return s.model.RewardScore(plan.RewardScore, sampler, reward, prompts, p.Seed), nil
}
