package cli

import (
	"fmt"

	"assay/harness/leaf/place"
	"assay/harness/plan"
	"assay/harness/training"
	"assay/models/bpe"
	"assay/models/train"
	"assay/models/train/corpus"
	"assay/models/train/sft"
)

// covering goes through all that is held out.
type covering func(yield func(*train.Batch) error) error

// learnt is what the training learns from, and what covers the held-out part; nil where
// nothing is held out.
func (w *trainWiring) learnt(t *bpe.Tokenizer, texts []string) (train.Batches, covering, error) {
	if w.kind == plan.SFT {
		return w.demonstrations(t)
	}
	return w.windows(t, texts)
}

// preferred are the texts of the comparisons that a pretraining learns from, and of those
// that it holds out.
func (w *trainWiring) preferred() (kept, held []string, err error) {
	all, err := training.ReadComparisons(w.plan.Data.Comparisons, nil)
	learnt, out := training.SplitComparisons(all, w.plan.Data.ValidationShare)
	return training.Preferred(learnt), training.Preferred(out), err
}

// windows is the data of pretraining.
func (w *trainWiring) windows(t *bpe.Tokenizer, texts []string) (train.Batches, covering, error) {
	p := w.plan
	held, err := training.ReadTexts(p.Data.Validation)
	if err != nil {
		return nil, nil, err
	}
	if p.Data.ValidationShare > 0 {
		texts, held = training.SplitText(texts, p.Data.ValidationShare)
	}
	compared, comparedHeld, err := w.preferred()
	if err != nil {
		return nil, nil, err
	}
	texts, held = append(texts, compared...), append(held, comparedHeld...)
	tokens, err := w.tokens(trainTokens, t, texts)
	if err != nil {
		return nil, nil, err
	}
	windows := &corpus.Windows{Tokens: tokens, Rows: p.Batch, Time: p.Context, Seed: p.Seed}
	if err := windows.Check(); err != nil {
		return nil, nil, place.At(p.Path, p.Line("data"), err)
	}
	w.sizes.data = count(tokens.Len()) + " tokens of text"
	w.sizes.time, w.sizes.counted = p.Context, p.Batch*p.Context
	if len(p.Data.Validation) == 0 && p.Data.ValidationShare == 0 {
		return windows.Batch, nil, nil
	}
	validation, err := w.tokens(validationTokens, t, held)
	if err != nil {
		return nil, nil, err
	}
	if n := validation.Len(); n < 2 {
		return nil, nil, w.nothingHeld(fmt.Sprintf("%d tokens, of which none has another before it", n))
	}
	w.sizes.data += fmt.Sprintf(", %s held out", count(validation.Len()))
	w.sizes.evaluated, w.sizes.heldTime, w.sizes.heldCount = validation.Len()-1, p.Context, p.Batch*p.Context
	if p.Evaluate.Tokens > 0 {
		w.sizes.evaluated = min(w.sizes.evaluated, p.Evaluate.Tokens)
	}
	return windows.Batch, func(yield func(*train.Batch) error) error {
		return corpus.Cover(validation, p.Batch, p.Context, p.Evaluate.Tokens, yield)
	}, nil
}

// nothingHeld is the error of a held-out part that has come out empty.
func (w *trainWiring) nothingHeld(what string) error {
	p, field, remedy := w.plan, "validation", "name files with more in them, or leave validation out"
	if p.Data.ValidationShare > 0 {
		field, remedy = "validation_share", "write a larger share, or leave validation_share out"
	}
	return place.Errorf(p.Path, p.Line(field), "what is held out is %s; %s", what, remedy)
}

// demonstrations is the data of fine-tuning.
func (w *trainWiring) demonstrations(t *bpe.Tokenizer) (train.Batches, covering, error) {
	p := w.plan
	all, err := training.ReadDemonstrations(p.Data.Demonstrations, &w.notes)
	if err != nil {
		return nil, nil, err
	}
	if p.Data.ValidationShare > 0 {
		if all, w.held = training.SplitDemonstrations(all, p.Data.ValidationShare); len(w.held) == 0 {
			return nil, nil, w.nothingHeld(fmt.Sprintf("no prompt of those of %d demonstrations", len(all)))
		}
	} else if w.held, err = training.ReadDemonstrations(p.Data.Validation, &w.notes); err != nil {
		return nil, nil, err
	}
	learnt, err := w.set(t, all)
	if err != nil {
		return nil, nil, err
	}
	if len(learnt.All) == 0 {
		return nil, nil, place.Errorf(p.Path, p.Line("demonstrations"), "no demonstrations to learn from; %d were read", len(all))
	}
	if p.Epochs > 0 {
		p.Steps = learnt.Steps(p.Epochs)
	}
	w.sizes.data = fmt.Sprintf("%d demonstrations", len(learnt.All))
	w.sizes.time, w.sizes.counted = learnt.Largest(p.Steps)
	if len(p.Data.Validation) == 0 && p.Data.ValidationShare == 0 {
		return learnt.Batch, nil, nil
	}
	held, err := w.set(t, w.held)
	if err != nil {
		return nil, nil, err
	}
	if len(held.All) == 0 {
		return nil, nil, w.nothingHeld("no demonstration")
	}
	w.sizes.data += fmt.Sprintf(", %d held out", len(held.All))
	w.sizes.evaluated = len(held.All)
	w.sizes.heldTime, w.sizes.heldCount = held.LargestCovered()
	return learnt.Batch, held.Cover, nil
}

// set is demonstrations to be drawn.
func (w *trainWiring) set(t *bpe.Tokenizer, all []training.Demonstration) (*sft.Set, error) {
	p := w.plan
	encoded, err := training.EncodeDemonstrations(t, all, p.Context, p.Data.Long, &w.notes)
	return &sft.Set{All: encoded, Rows: p.Batch, Time: p.Context, Parts: p.Accumulate, Seed: p.Seed}, err
}
