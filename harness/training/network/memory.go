package network

import (
	"assay/harness/plan"
	"assay/models/checkpoint"
	"assay/models/compute"
	"assay/models/gpt"
	"assay/models/train"
)

// New pairs a network with the optimiser that a plan describes.
func New(e *compute.Engine, net *gpt.Model, o plan.Optimizer) Network {
	return Network{Net: net, Optimiser: compute.NewAdamW(e, net.Params(), compute.AdamWOptions{
		Beta1: o.AdamBeta1, Beta2: o.AdamBeta2, Epsilon: o.AdamEpsilon, WeightDecay: o.WeightDecay, MaxGradNorm: o.MaxGradNorm, EMADecay: o.EMADecay,
	})}
}

// Copies is how often a training holds a network's weights: as they are, as gradients, as
// both moments, and as an average if the optimiser keeps one.
func Copies(o plan.Optimizer) int {
	if o.EMADecay > 0 {
		return 5
	}
	return 4
}

// Config reads a checkpoint's architecture, without its weights.
func Config(dir string) (gpt.Config, error) {
	c, err := checkpoint.Load(dir)
	if err != nil {
		return gpt.Config{}, err
	}
	return c.Config, c.Close()
}

// Bytes is the memory of so many copies of a network's weights.
func Bytes(net *gpt.Model, copies int) int64 {
	return 4 * int64(net.Params().Count()) * int64(copies)
}

// Pass is a batch that goes through a network, with gradients if it trains.
type Pass struct {
	Net    *gpt.Model
	Trains bool
	Size   train.Size
}

// PassBytes is the memory in bytes that passes on one engine need besides weights. They share
// the engine's memory, but each writes to its own parts of it.
func PassBytes(passes ...Pass) (int64, error) {
	var all compute.Touched
	for _, p := range passes {
		touched, err := p.Net.Footprint(p.Trains, gpt.Shape(p.Size))
		if err != nil {
			return 0, err
		}
		all = append(all, touched...)
	}
	return all.Bytes(), nil
}

// MixedIn is the size of a batch of pretraining text that is mixed into the training of a
// model with a context.
func MixedIn(p plan.Pretraining, context int) train.Size {
	time := context
	if p.MaxLength > 0 {
		time = min(time, p.MaxLength)
	}
	return train.Size{Rows: p.BatchSize, Time: time, Laid: p.BatchSize * time, Counted: p.BatchSize * time}
}
