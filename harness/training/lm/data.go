package lm

import (
	"fmt"

	"assay/harness/leaf/plural"
	"assay/harness/plan"
	"assay/harness/training"
	"assay/harness/training/data"
	"assay/models/train"
	"assay/models/train/corpus"
	"assay/models/train/sft"
)

// sizes are how much there is to learn from, and how large its batches are.
type sizes struct {
	data         string     // in words
	learnt, held train.Size // of the largest batch; held is zero if nothing is held out
	evaluated    int        // held-out tokens or demonstrations that are measured
}

// covering goes through everything that is held out.
type covering func(yield func(*train.Batch) error) error

// learnt returns what the training learns from, and what covers the held-out part, which is
// nil if nothing is held out.
func (s *setup) learnt() (train.Batches, covering, error) {
	if s.kind == plan.SFT {
		return s.demonstrations()
	}
	return s.windows()
}

// holdsOut reports whether the plan holds anything out.
func (s *setup) holdsOut() bool {
	return len(s.plan.Data.Validation) > 0 || s.plan.Data.ValidationSplit > 0
}

// full is the size of a batch without padding.
func (s *setup) full() train.Size {
	n := s.plan.BatchSize * s.context
	return train.Size{Rows: s.plan.BatchSize, Time: s.context, Laid: n, Counted: n}
}

// windows is the data of pretraining.
func (s *setup) windows() (train.Batches, covering, error) {
	p, t := s.plan, s.model.Tokenizer
	texts := s.texts
	held, err := data.ReadTexts(s.files.Data.Validation)
	if err != nil {
		return nil, nil, err
	}
	if p.Data.ValidationSplit > 0 {
		texts, held = data.SplitText(texts, p.Data.ValidationSplit)
	}
	texts, held = append(texts, s.preferred...), append(held, s.unpreferred...)
	tokens, err := data.Tokens(s.folder, training.TrainTokens, t, texts)
	if err != nil {
		return nil, nil, err
	}
	windows := &corpus.Windows{Tokens: tokens, Rows: p.BatchSize, Time: s.context, Seed: p.Seed}
	if err := windows.Check(); err != nil {
		return nil, nil, s.at("data", err)
	}
	s.sizes.data = training.Count(tokens.Len()) + " tokens of text"
	s.sizes.learnt = s.full()
	if !s.holdsOut() {
		return windows.Batch, nil, nil
	}
	validation, err := data.Tokens(s.folder, training.ValidationTokens, t, held)
	if err != nil {
		return nil, nil, err
	}
	if n := validation.Len(); n < 2 {
		return nil, nil, s.nothingHeld(fmt.Sprintf("%s, of which none has another before it", plural.Of(n, "token")))
	}
	s.sizes.data += fmt.Sprintf(", %s held out", training.Count(validation.Len()))
	s.sizes.evaluated, s.sizes.held = validation.Len()-1, s.full()
	if p.Evaluate.MaxEvalTokens > 0 {
		s.sizes.evaluated = min(s.sizes.evaluated, p.Evaluate.MaxEvalTokens)
	}
	return windows.Batch, func(yield func(*train.Batch) error) error {
		return corpus.Cover(validation, p.BatchSize, s.context, p.Evaluate.MaxEvalTokens, yield)
	}, nil
}

// nothingHeld is the error of a held-out part that is empty.
func (s *setup) nothingHeld(what string) error {
	field, remedy := "data.validation", "name files with more in them, or leave validation out"
	if s.plan.Data.ValidationSplit > 0 {
		field, remedy = "data.validation_split", "write a larger share, or leave validation_split out"
	}
	return s.at(field, fmt.Errorf("what is held out is %s; %s", what, remedy))
}

// demonstrations is the data of fine-tuning.
func (s *setup) demonstrations() (train.Batches, covering, error) {
	p := s.plan
	all, err := data.ReadDemonstrations(s.files.Data.Demonstrations, &s.notes)
	if err != nil {
		return nil, nil, err
	}
	if p.Data.ValidationSplit > 0 {
		if all, s.held = data.SplitDemonstrations(all, p.Data.ValidationSplit); len(s.held) == 0 {
			return nil, nil, s.nothingHeld("no prompt of those of " + plural.Of(len(all), "demonstration"))
		}
	} else if s.held, err = data.ReadDemonstrations(s.files.Data.Validation, &s.notes); err != nil {
		return nil, nil, err
	}
	learnt, err := s.set(all)
	if err != nil {
		return nil, nil, err
	}
	if len(learnt.All) == 0 {
		return nil, nil, s.at("data.demonstrations", fmt.Errorf("no demonstrations to learn from; %d were read", len(all)))
	}
	if p.NumTrainEpochs > 0 {
		s.steps = learnt.Steps(p.NumTrainEpochs)
	}
	if p.Evaluate.EvalStrategy == plan.EachEpoch {
		s.epochEnds = learnt.EpochEnds(s.steps)
	}
	s.sizes.data = plural.Of(len(learnt.All), "demonstration")
	s.sizes.learnt = learnt.Largest(s.steps)
	if !s.holdsOut() {
		return learnt.Batch, nil, nil
	}
	held, err := s.set(s.held)
	if err != nil {
		return nil, nil, err
	}
	if len(held.All) == 0 {
		return nil, nil, s.nothingHeld("no demonstration")
	}
	s.sizes.data += fmt.Sprintf(", %d held out", len(held.All))
	s.sizes.evaluated = len(held.All)
	s.sizes.held = held.LargestCovered()
	return learnt.Batch, held.Cover, nil
}

// set encodes demonstrations to be drawn in batches.
func (s *setup) set(all []data.Demonstration) (*sft.Set, error) {
	p := s.plan
	encoded, err := data.EncodeDemonstrations(s.model.Tokenizer, all, s.context, p.Data.Overlong, &s.notes)
	pool := train.Pool[sft.Demonstration]{All: encoded, Rows: p.BatchSize, Parts: p.GradientAccumulationSteps, Seed: p.Seed}
	return &sft.Set{Pool: pool, Time: s.context}, err
}
