package cli

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"assay/harness/leaf/place"
	"assay/harness/plan"
	"assay/harness/training"
	"assay/models/bpe"
	"assay/models/checkpoint"
	"assay/models/compute"
	"assay/models/gpt"
	"assay/models/sample"
)

// model opens or makes model, tokenizer and optimiser; texts are what it is to be
// pretrained on.
func (w *trainWiring) model(e *compute.Engine) (*training.LM, []string, error) {
	p := w.plan
	texts, err := training.ReadTexts(p.Data.Text)
	if err != nil {
		return nil, nil, err
	}
	compared, _, err := w.preferred()
	if err != nil {
		return nil, nil, err
	}
	lm := &training.LM{}
	if p.Init != "" {
		if lm.Tokenizer, err = bpe.Load(p.Init); err != nil {
			return nil, nil, err
		}
		config, err := configOf(p.Init)
		if err != nil {
			return nil, nil, err
		}
		if err := weightsFit(p.Path, p.Line("init"), config.Parameters(), copiesOf(p.Optimizer)); err != nil {
			return nil, nil, err
		}
		if lm.Net, err = gpt.Load(e, p.Init); err != nil {
			return nil, nil, err
		}
		w.tellTokenizer(p.Init, lm.Tokenizer)
		if err := sample.Fits(lm.Tokenizer, lm.Net.Config()); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", p.Init, err)
		}
		lm.Net.SetDropout(p.Dropout)
	} else {
		if lm.Tokenizer, err = w.tokenizer(training.Documents(slices.Concat(texts, compared))); err != nil {
			return nil, nil, err
		}
		s := p.Model
		config := gpt.GPT2(lm.Tokenizer.Size(), s.Context, s.Width, s.Layers, s.Heads)
		config.Bias, config.InitializerRange = s.Bias, s.Deviation
		config.Dropout.Residual, config.Dropout.Embedding = p.Dropout, p.Dropout
		end := int(lm.Tokenizer.End())
		config.Special.Begin, config.Special.End = &end, []int{end}
		if err := weightsFit(p.Path, p.Line("model"), config.Parameters(), copiesOf(p.Optimizer)); err != nil {
			return nil, nil, err
		}
		if lm.Net, err = gpt.New(e, config, rand.NewPCG(p.Seed, 0x67707400)); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", p.Path, err)
		}
	}
	o := p.Optimizer
	lm.Optimiser = compute.NewAdamW(e, lm.Net.Params(), compute.AdamWOptions{
		Beta1: o.Beta1, Beta2: o.Beta2, Epsilon: o.Epsilon, Decay: o.Decay, Clip: o.Clip, Average: o.EMA,
	})
	return lm, texts, nil
}

// configOf is a checkpoint's architecture.
func configOf(dir string) (gpt.Config, error) {
	c, err := checkpoint.Load(dir)
	if err != nil {
		return gpt.Config{}, err
	}
	return c.Config, c.Close()
}

// copiesOf is how often a training holds a model's weights: them, their gradients, both
// moments, and their average.
func copiesOf(o plan.Optimizer) int {
	if o.EMA > 0 {
		return 5
	}
	return 4
}

func (w *trainWiring) tokenizer(texts []string) (*bpe.Tokenizer, error) {
	t := w.plan.Tokenizer
	switch t.Kind {
	case plan.Bytes:
		return bpe.NewBytes(), nil
	case plan.Characters:
		return bpe.TrainCharacters(slices.Values(texts))
	case plan.Words:
		return bpe.TrainWords(slices.Values(texts))
	case plan.BPE:
		made, err := bpe.TrainPairs(slices.Values(texts), t.Size)
		if err != nil {
			return nil, place.At(w.plan.Path, w.plan.Line("folder"), err)
		}
		return made, nil
	}
	return bpe.Load(t.Folder)
}
