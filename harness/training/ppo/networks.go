package ppo

import (
	"cmp"
	"fmt"

	"assay/harness/leaf/plural"
	"assay/harness/training"
	"assay/harness/training/network"
	"assay/models/bpe"
	"assay/models/compute"
	"assay/models/gpt"
)

// networks are those of a training: the policy and the reference, the reward model and the
// value function. By default the first two begin as one model, and so do the last two. The
// first two are on one engine and the last two on another, so that each side can train beside
// the other.
type networks struct {
	tokenizer                        *bpe.Tokenizer
	policy, reference, reward, value *gpt.Model
	policyEngine, valueEngine        *compute.Engine
}

// role is a network's part in the training, and the folder that it begins as.
type role struct {
	field, dir string // of the plan
	scalar     bool   // has a scalar head
	copies     int    // of its weights in memory
	to         **gpt.Model
	engine     *compute.Engine
}

// open loads the tokenizer and the networks.
func (s *setup) open() (err error) {
	f := s.files
	if s.tokenizer, err = bpe.Load(f.Init); err != nil {
		return err
	}
	s.notes.Tokenizer(f.Init, s.tokenizer)
	s.policyEngine, s.valueEngine = compute.NewEngine(s.folder.CPU), compute.NewEngine(s.folder.CPU.Second())
	roles := []role{
		{"init", f.Init, false, 5, &s.policy, s.policyEngine},
		{"reference", cmp.Or(f.Reference, f.Init), false, 1, &s.reference, s.policyEngine},
		{"reward_model", f.Reward, true, 1, &s.reward, s.valueEngine},
		{"value_model", cmp.Or(f.Value, f.Reward), true, 5, &s.value, s.valueEngine},
	}
	for _, r := range roles {
		if err := s.fits(r); err != nil {
			return err
		}
	}
	for _, r := range roles {
		if err := s.load(r); err != nil {
			return err
		}
	}
	return nil
}

// fits checks, before any network is loaded, that a network has the policy's tokenizer and that
// memory has room for its weights.
func (s *setup) fits(r role) error {
	its, err := bpe.Load(r.dir)
	if err != nil {
		return err
	}
	if err := network.SameTokenizer(s.files.Init, s.tokenizer, r.dir, its); err != nil {
		return s.at(r.field, err)
	}
	config, err := network.Config(r.dir)
	if err != nil {
		return err
	}
	return training.CheckWeights(s.plan.Path, s.plan.Line(r.field), config.Parameters(), r.copies)
}

// load opens a network, and checks that it has a scalar head, or none, and one vocabulary
// with the others.
func (s *setup) load(r role) error {
	net, err := gpt.Load(r.engine, r.dir)
	if err != nil {
		return err
	}
	switch c := net.Config(); {
	case c.ScalarHead && !r.scalar:
		return s.at(r.field, fmt.Errorf("%s is %s, a reward model; it must be a language model", r.field, r.dir))
	case !c.ScalarHead && r.scalar:
		return s.at(r.field, fmt.Errorf("%s is %s, which is not a reward model; 'assay train reward' makes one", r.field, r.dir))
	case s.tokenizer.Size() > c.VocabSize:
		return fmt.Errorf("%s: init's tokenizer has %s, and the model in %s %d; both must have one vocabulary", s.plan.Path, plural.Of(s.tokenizer.Size(), "token"), r.dir, c.VocabSize)
	}
	net.SetDropout(0, 0)
	*r.to = net
	return nil
}

// learner pairs a network with its optimiser, which keeps an average of the weights if
// average is above 0.
func (s *setup) learner(e *compute.Engine, net *gpt.Model, average float64) *network.Learner {
	o := s.plan.Optimizer
	return &network.Learner{Network: network.Network{Net: net, Optimiser: compute.NewAdamW(e, net.Params(), compute.AdamWOptions{
		Beta1: o.AdamBeta1, Beta2: o.AdamBeta2, Epsilon: o.AdamEpsilon, EpsilonHat: true, WeightDecay: o.WeightDecay, MaxGradNorm: o.MaxGradNorm, EMADecay: average,
	})}}
}
