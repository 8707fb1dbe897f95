package ppo

import (
	"errors"
	"fmt"

	"assay/models/train/rl"
)

// Options are the settings of a training.
type Options struct {
	Iterations int // batches of episodes
	Batch      int // episodes of an iteration
	Minibatch  int // episodes of an update; divides Batch
	Epochs     int // passes over an iteration's episodes
	Seed       uint64

	// Rate is the learning rate of the policy, and ValueRate that of the value function.
	// They rise from a tenth over the first Warmup iterations, then stay.
	Rate, ValueRate float64
	Warmup          int

	KL               rl.KLControl // the penalty's coefficient, beta
	Gamma, Lambda    float64      // of the advantages
	Clip, ValueClip  float64      // of ratios, and of values
	WhitenRewards    bool
	Unended          rl.Unended // how a response without an end is scored
	Ptx              float64    // gamma, the coefficient of pretraining: see Trainer.textScale; 0 mixes nothing in
	PtxPerText       bool       // gamma is that of equation (2), per text; otherwise it multiplies the mean loss per token
	ShowEpisodes     int        // episodes of each iteration that are recorded in full
	RecordGradients  bool       // record the ratio of both gradients' norms; takes one pass over the parameters an iteration
	PretrainingParts int        // batches of pretraining text for each update; 0 is 1
}

// Check returns an error if a setting is invalid.
func (o *Options) Check() error {
	switch {
	case o.Iterations < 1 || o.Batch < 1 || o.Minibatch < 1 || o.Epochs < 1:
		return errors.New("iterations, batch, minibatch and epochs must be at least 1")
	case o.Batch%o.Minibatch != 0:
		return fmt.Errorf("minibatch %d doesn't divide batch %d", o.Minibatch, o.Batch)
	case !(o.Rate > 0) || !(o.ValueRate > 0):
		return errors.New("learning rates must be above 0")
	case !(o.Clip > 0) || !(o.ValueClip > 0):
		return errors.New("clip and value clip must be above 0")
	case !(o.Gamma >= 0 && o.Gamma <= 1) || !(o.Lambda >= 0 && o.Lambda <= 1):
		return errors.New("gamma and lambda must be from 0 to 1")
	case o.KL.Beta < 0 || o.Ptx < 0:
		return errors.New("the coefficients of the KL penalty and of pretraining must be at least 0")
	}
	return nil
}

// warmed is the share of a learning rate that an iteration has, counted from 1.
func (o *Options) warmed(iteration int) float64 {
	if iteration > o.Warmup {
		return 1
	}
	return 0.1 + 0.9*float64(iteration-1)/float64(o.Warmup)
}
