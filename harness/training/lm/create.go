package lm

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"assay/harness/plan"
	"assay/harness/training"
	"assay/harness/training/data"
	"assay/harness/training/network"
	"assay/models/bpe"
	"assay/models/compute"
	"assay/models/gpt"
	"assay/models/sample"
)

// open reads the text to pretrain on, and opens or creates the model with its tokenizer and
// optimiser.
func (s *setup) open() (err error) {
	if s.texts, err = data.ReadTexts(s.files.Data.Text); err != nil {
		return err
	}
	all, err := data.ReadPreferences(s.files.Data.Preferences, nil)
	if err != nil {
		return err
	}
	kept, held := data.SplitPreferences(all, s.plan.Data.ValidationSplit)
	s.preferred, s.unpreferred = data.Preferred(kept), data.Preferred(held)
	s.model = &Model{}
	e := compute.NewEngine(s.folder.CPU)
	var net *gpt.Model
	if s.files.Init != "" {
		net, err = s.load(e)
	} else {
		net, err = s.create(e)
	}
	if err != nil {
		return err
	}
	s.model.Network = network.New(e, net, s.plan.Optimizer)
	return nil
}

// load opens the model that the plan begins with.
func (s *setup) load(e *compute.Engine) (*gpt.Model, error) {
	dir := s.files.Init
	t, err := bpe.Load(dir)
	if err != nil {
		return nil, err
	}
	s.model.Tokenizer = t
	config, err := network.Config(dir)
	if err != nil {
		return nil, err
	}
	if err := training.CheckWeights(s.plan.Path, s.plan.Line("init"), config.Parameters(), network.Copies(s.plan.Optimizer)); err != nil {
		return nil, err
	}
	net, err := gpt.Load(e, dir)
	if err != nil {
		return nil, err
	}
	s.notes.Tokenizer(dir, t)
	if err := sample.Fits(t, net.Config()); err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	net.SetDropout(s.plan.Residual(), s.plan.Dropout)
	return net, nil
}

// create makes a model of the plan's shape, with random weights.
func (s *setup) create(e *compute.Engine) (*gpt.Model, error) {
	t, err := s.tokenizer(data.Documents(slices.Concat(s.texts, s.preferred)))
	if err != nil {
		return nil, err
	}
	s.model.Tokenizer = t
	p := s.plan
	config := gpt.GPT2(t.Size(), p.Model.MaxPositionEmbeddings, p.Model.HiddenSize, p.Model.NumHiddenLayers, p.Model.NumAttentionHeads)
	config.Bias, config.InitializerRange = p.Model.Bias, p.Model.InitializerRange
	config.Dropout.Residual, config.Dropout.Embedding = p.Residual(), p.Dropout
	end := int(t.End())
	config.Special.Begin, config.Special.End = &end, []int{end}
	if err := training.CheckWeights(p.Path, p.Line("model"), config.Parameters(), network.Copies(p.Optimizer)); err != nil {
		return nil, err
	}
	net, err := gpt.New(e, config, rand.NewPCG(p.Seed, 0x67707400))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.Path, err)
	}
	return net, nil
}

// tokenizer makes the plan's tokenizer from texts, or opens it.
func (s *setup) tokenizer(texts []string) (*bpe.Tokenizer, error) {
	t := s.plan.Tokenizer
	switch t.Type {
	case plan.Bytes:
		return bpe.NewBytes(), nil
	case plan.Characters:
		return bpe.TrainCharacters(slices.Values(texts))
	case plan.Words:
		return bpe.TrainWords(slices.Values(texts))
	case plan.BPE:
		made, err := bpe.TrainPairs(slices.Values(texts), t.VocabSize)
		if err != nil {
			return nil, s.at("tokenizer", err)
		}
		return made, nil
	}
	return bpe.Load(s.files.Tokenizer)
}
