package ppo

import (
	"fmt"

	"assay/harness/training"
	"assay/harness/training/network"
	"assay/models/bpe"
	"assay/models/compute"
	"assay/models/gpt"
)

// networks are those of a training: the policy and the reference, which begin as one model;
// the reward model, and the value function that begins as it. The first two are on one
// engine and the last two on another, so that each side can train beside the other.
type networks struct {
	tokenizer                        *bpe.Tokenizer
	policy, reference, reward, value *gpt.Model
	policyEngine, valueEngine        *compute.Engine
}

// open loads the tokenizer and the networks.
func (s *setup) open() (err error) {
	init, reward := s.files.Init, s.files.Reward
	if s.tokenizer, err = bpe.Load(init); err != nil {
		return err
	}
	s.notes.Tokenizer(init, s.tokenizer)
	its, err := bpe.Load(reward)
	if err != nil {
		return err
	}
	if err := network.SameTokenizer(init, s.tokenizer, reward, its); err != nil {
		return s.at("reward_model", err)
	}
	for _, of := range []struct{ field, dir string }{{"init", init}, {"reward_model", reward}} {
		config, err := network.Config(of.dir)
		if err != nil {
			return err
		}
		if err := training.CheckWeights(s.plan.Path, s.plan.Line(of.field), config.Parameters(), 5); err != nil {
			return err
		}
	}
	s.policyEngine, s.valueEngine = compute.NewEngine(s.folder.CPU), compute.NewEngine(s.folder.CPU.Second())
	for _, load := range []struct {
		to     **gpt.Model
		engine *compute.Engine
		dir    string
		scalar bool
	}{
		{&s.policy, s.policyEngine, init, false}, {&s.reference, s.policyEngine, init, false},
		{&s.reward, s.valueEngine, reward, true}, {&s.value, s.valueEngine, reward, true},
	} {
		if *load.to, err = s.load(load.engine, load.dir, load.scalar); err != nil {
			return err
		}
	}
	return nil
}

// load opens a network, and checks that it has a scalar head, or none, and one vocabulary
// with the others.
func (s *setup) load(e *compute.Engine, dir string, scalar bool) (*gpt.Model, error) {
	net, err := gpt.Load(e, dir)
	if err != nil {
		return nil, err
	}
	switch c := net.Config(); {
	case c.ScalarHead && !scalar:
		return nil, s.at("init", fmt.Errorf("init is %s, a reward model; it must be a language model", dir))
	case !c.ScalarHead && scalar:
		return nil, s.at("reward_model", fmt.Errorf("reward_model is %s, which is not a reward model; 'assay train reward' makes one", dir))
	case s.tokenizer.Size() > c.VocabSize:
		return nil, fmt.Errorf("%s: init's tokenizer has %d tokens, and the model in %s %d; both must have one vocabulary", s.plan.Path, s.tokenizer.Size(), dir, c.VocabSize)
	}
	net.SetDropout(0, 0)
	return net, nil
}

// learner pairs a network with its optimiser, which keeps an average of the weights if
// average is above 0.
func (s *setup) learner(e *compute.Engine, net *gpt.Model, average float64) *network.Learner {
	o := s.plan.Optimizer
	return &network.Learner{Network: network.Network{Net: net, Optimiser: compute.NewAdamW(e, net.Params(), compute.AdamWOptions{
		Beta1: o.AdamBeta1, Beta2: o.AdamBeta2, Epsilon: o.AdamEpsilon, EpsilonHat: true, WeightDecay: o.WeightDecay, MaxGradNorm: o.MaxGradNorm, EMADecay: average,
	})}}
}
