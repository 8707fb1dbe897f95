package ppo

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"

	"assay/harness/plan"
	"assay/harness/training"
	"assay/harness/training/network"
	"assay/models"
	"assay/models/bpe"
	"assay/models/sample"
	"assay/models/train"
	"assay/models/train/ppo"
)

// Model is a training by reinforcement learning: a [training.Model] whose weights are the
// policy's, or their average if its optimiser keeps one.
type Model struct {
	Policy, Value *network.Learner
	Tokenizer     *bpe.Tokenizer
	Trainer       *ppo.Trainer
	Evaluation    *Evaluation // nil for none
}

var _ training.Model = (*Model)(nil)

// errEarly ends the iterations early.
var errEarly = errors.New("stopped early")

// Fit goes through the iterations, each a step of the record. Its tokens are those of
// responses, and its loss is the policy's. The evaluation may end it early.
func (p *Model) Fit(ctx context.Context, from train.Progress, report func(models.TrainStep) error) (train.Progress, error) {
	at := from
	if p.Evaluation.stops() {
		return at, nil
	}
	last, err := p.Trainer.Fit(ctx, from.Step, func(r *ppo.Iteration) error {
		at.Step, at.Tokens = r.Number, at.Tokens+int64(r.Tokens)
		step := models.TrainStep{
			Stage: string(plan.PPOKind), Step: r.Number, Tokens: at.Tokens, Loss: r.Policy.Loss / float64(max(r.Policy.Tokens, 1)),
			LearningRate: r.Rate, GradientNorm: r.GradientNorm(), Values: r.Values(), Samples: p.samples(r.Shown),
		}
		if err := p.Evaluation.add(&step, &at); err != nil {
			return err
		}
		if err := report(step); err != nil {
			return err
		}
		if p.Evaluation.stops() {
			return errEarly
		}
		return nil
	})
	at.Step = last
	if errors.Is(err, errEarly) {
		err = nil
	}
	return at, err
}

// samples returns episodes as texts. A text that can't be decoded is empty.
func (p *Model) samples(episodes []*ppo.Episode) []models.TrainSample {
	var all []models.TrainSample
	for _, e := range episodes {
		prompt, _ := p.Tokenizer.Decode(e.Prompt)
		response, _ := p.Tokenizer.Decode(e.Response)
		all = append(all, models.TrainSample{Prompt: sample.Repaired(prompt), Response: sample.Repaired(response), Reward: e.Score, Gold: e.Gold})
	}
	return all
}

// Save implements [training.Model]: the policy, for decoding.
func (p *Model) Save(dir string) error {
	return p.Policy.Save(dir, p.Tokenizer)
}

// noteBeta is the coefficient of the penalty, which a controller changes, among a state's
// notes.
const noteBeta = "beta"

func (p *Model) networks() map[string]*network.Network {
	return map[string]*network.Network{"policy.": &p.Policy.Network, "value.": &p.Value.Network}
}

// SaveState implements [training.Model].
func (p *Model) SaveState(path string, notes map[string]string) error {
	all := maps.Clone(notes)
	all[noteBeta] = strconv.FormatFloat(p.Trainer.KL.Beta, 'g', -1, 64)
	p.Evaluation.note(all)
	return network.SaveStates(path, all, p.networks())
}

// LoadState implements [training.Model].
func (p *Model) LoadState(path string) (notes map[string]string, err error) {
	if notes, err = network.LoadStates(path, p.networks()); err != nil {
		return nil, err
	}
	if p.Trainer.KL.Beta, err = strconv.ParseFloat(notes[noteBeta], 64); err != nil {
		return nil, fmt.Errorf("%q as the penalty's coefficient; remove the file and train again", notes[noteBeta])
	}
	return notes, p.Evaluation.restore(notes)
}
