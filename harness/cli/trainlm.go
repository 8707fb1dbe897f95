package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"assay/harness"
	"assay/harness/plan"
	"assay/harness/training"
	"assay/models"
	"assay/models/bpe"
	"assay/models/checkpoint"
	"assay/models/compute"
	"assay/models/compute/kernels"
	"assay/models/gpt"
	"assay/models/sample"
	"assay/models/train"
	"assay/models/train/corpus"
	"assay/models/train/sft"
)

// trainWiring turns a plan of pretraining or fine-tuning into values.
type trainWiring struct {
	trainFolder
	plan *plan.Train
	kind plan.TrainKind
	held []training.Demonstration // of fine-tuning

	drawing int64 // bytes that a reward model's score takes
}

// resolve finds the plan's files and notes what they hold.
func (w *trainWiring) resolve() error {
	d := &w.plan.Data
	for _, list := range []struct {
		field string
		files []string
	}{{"text", d.Text}, {"comparisons", d.Comparisons}, {"demonstrations", d.Demonstrations}, {"validation", d.Validation}} {
		if err := w.files(w.plan.Line(list.field), list.files); err != nil {
			return err
		}
	}
	if err := w.checkpoint(w.plan.Line("init"), &w.plan.Init); err != nil {
		return err
	}
	if err := w.checkpoint(w.plan.Line("reward"), &w.plan.Evaluate.Reward); err != nil {
		return err
	}
	return w.checkpoint(w.plan.Line("folder"), &w.plan.Tokenizer.Folder)
}

// job puts the training together.
func (w *trainWiring) job(cpu *kernels.CPU) (*training.Job, error) {
	p := w.plan
	lm, texts, err := w.model(compute.NewEngine(cpu))
	if err != nil {
		return nil, err
	}
	config := lm.Net.Config()
	if p.Context == 0 {
		p.Context = config.Context
	}
	if p.Context > config.Context {
		return nil, harness.ErrorAt(p.Path, p.Line("context"), fmt.Errorf("context %d; the model's is %d", p.Context, config.Context))
	}
	data, cover, err := w.learnt(lm.Tokenizer, texts)
	if err != nil {
		return nil, err
	}
	canonical, err := p.Canonical()
	if err != nil {
		return nil, err
	}
	o := train.Options{
		Stage: string(w.kind), Steps: p.Steps, Accumulate: p.Accumulate, Seed: p.Seed, ScoreEvery: p.Evaluate.Every,
		Schedule: train.Schedule{Peak: p.Optimizer.LearningRate, Final: p.Optimizer.Final, Warmup: p.Optimizer.Warmup, Steps: p.Steps},
	}
	if cover != nil {
		o.Scores, o.Best = []train.Score{training.HeldOutLoss(plan.ValidationLoss, cover)}, p.Evaluate.Best
	}
	if p.Evaluate.Reward != "" {
		score, err := w.rewarded(cpu, lm)
		if err != nil {
			return nil, err
		}
		o.Scores = append(o.Scores, score)
	}
	if p.Pretraining.Gamma > 0 {
		if o.Mix, err = w.text(lm.Tokenizer, texts, p.Pretraining, p.Context, p.Seed); err != nil {
			return nil, harness.ErrorAt(p.Path, p.Line("data"), err)
		}
		o.MixWeight = p.Pretraining.Gamma
	}
	job := &training.Job{
		Plan: harness.Plan{Train: canonical, Sources: w.sources}, Seed: p.Seed, Versions: versionsOn(cpu),
		Info: trainedInfo(w.out, canonical, w.sources, config.Parameters()), Model: lm,
		Stage: o.Stage, Steps: o.Steps, Best: o.Best, SaveEvery: cmp.Or(p.SaveEvery, max(1, p.Steps/20)),
	}
	w.costs(lm, data, o, cover)
	if err := lm.Net.Reserve(true, gpt.Shape{Rows: p.Batch, Time: w.sizes.time, Counted: w.sizes.counted}); err != nil {
		return nil, err
	}
	job.Fit = func(ctx context.Context, from train.Progress, report func(models.TrainStep) error) (train.Progress, error) {
		o.Report = report
		return train.Fit(ctx, lm, data, o, from)
	}
	return job, nil
}

// costs are what the training takes.
func (w *trainWiring) costs(lm *training.LM, data train.Batches, o train.Options, cover covering) {
	p, s := w.plan, w.sizes
	w.cost = trainCost{
		parameters: lm.Net.Config().Parameters(), rows: p.Batch, accumulate: p.Accumulate, path: p.Path, line: p.Line("batch"), copies: 3, trainings: 1,
		batch:  fmt.Sprintf("%d rows of up to %d tokens", p.Batch*p.Accumulate, s.time),
		remedy: "write a shorter context, or take a smaller model",
		need: func(parts int) (int64, error) {
			passes := []func() (int64, error){foot(lm.Net, true, gpt.Shape{Rows: p.Batch / parts, Time: s.time, Counted: s.counted / parts})}
			if s.heldTime > 0 {
				passes = append(passes, foot(lm.Net, false, gpt.Shape{Rows: p.Batch / parts, Time: s.heldTime, Counted: s.heldCount / parts}))
			}
			if mix := p.Pretraining; mix.Gamma > 0 {
				time := p.Context
				if mix.Context > 0 {
					time = min(time, mix.Context)
				}
				passes = append(passes, foot(lm.Net, true, gpt.Shape{Rows: mix.Rows, Time: time, Counted: mix.Rows * time}))
			}
			work, err := largest(passes...)
			return weights(lm.Net, 3) + work + w.drawing, err
		},
		scores: 1,
	}
	if p.Evaluate.Every > 0 {
		w.cost.scores = (p.Steps + p.Evaluate.Every - 1) / p.Evaluate.Every
	}
	if p.Optimizer.EMA > 0 {
		w.cost.copies++
	}
	w.cost.try = func(ctx context.Context, report func(models.TrainStep) error) error {
		few := o
		few.Scores, few.Report = nil, report
		_, err := train.Fit(ctx, lm, data, few, train.Progress{})
		return err
	}
	if cover == nil {
		return
	}
	w.cost.score = func() (time.Duration, error) {
		const enough = 3 * time.Second
		begun, done := time.Now(), 0
		err := cover(func(b *train.Batch) error {
			if done += b.Counted(); w.kind == plan.SFT {
				done += b.Rows - b.Counted()
			}
			if _, err := lm.Evaluate(b); err != nil {
				return err
			}
			if time.Since(begun) > enough {
				return errEnough
			}
			return nil
		})
		if errors.Is(err, errEnough) {
			err = nil
		}
		took := time.Duration(float64(time.Since(begun)) * float64(s.evaluated) / float64(max(done, 1)))
		for _, score := range o.Scores[1:] { // a reward model's
			begun = time.Now()
			if _, _, failed := score.Of(lm); failed != nil && err == nil {
				err = failed
			}
			took += time.Since(begun)
		}
		return took, err
	}
}

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
		return bpe.TrainPairs(slices.Values(texts), t.Size)
	}
	return bpe.Load(t.Folder)
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
		return nil, nil, harness.ErrorAt(p.Path, p.Line("data"), err)
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
	return harness.ErrorAt(p.Path, p.Line(field), fmt.Errorf("what is held out is %s; %s", what, remedy))
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
		return nil, nil, harness.ErrorAt(p.Path, p.Line("demonstrations"), fmt.Errorf("no demonstrations to learn from; %d were read", len(all)))
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

// rewarded is the score that a reward model gives to the model's own responses.
func (w *trainWiring) rewarded(cpu *kernels.CPU, lm *training.LM) (score train.Score, err error) {
	p := w.plan
	at := func(err error) error { return harness.ErrorAt(p.Path, p.Line("reward"), err) }
	reward, err := gpt.Load(compute.NewEngine(cpu), p.Evaluate.Reward)
	switch {
	case err != nil:
		return score, at(err)
	case !reward.Config().ScalarHead:
		return score, at(fmt.Errorf("reward is %s, which is no reward model; 'assay train reward' makes one", p.Evaluate.Reward))
	}
	its, err := bpe.Load(p.Evaluate.Reward)
	if err != nil {
		return score, at(err)
	}
	if err := sameTokenizer(p.Init, lm.Tokenizer, p.Evaluate.Reward, its); err != nil {
		return score, at(err)
	}
	var asked []training.Prompt
	for _, d := range w.held {
		asked = append(asked, training.Prompt{Text: d.Prompt, Place: d.Place})
	}
	prompts, err := training.EncodePrompts(lm.Tokenizer, asked, rewardedRoom(lm.Net, reward, p.Evaluate.Response), p.Evaluate.Response, p.Data.Long, &w.notes)
	if err != nil {
		return score, err
	}
	if len(prompts) == 0 {
		return score, at(errors.New("no prompt is left that the model could be asked; write shorter ones, or a smaller response"))
	}
	sampler, err := training.NewSampler(cpu, lm.Net, p.Evaluate.Response, lm.Tokenizer)
	if err != nil {
		return score, err
	}
	w.drawing = training.SamplingBytes(lm.Net.Config(), prompts, p.Evaluate.Response)
	scored, err := training.ScoringBytes(reward, prompts, p.Evaluate.Response, min(64, len(prompts)))
	if err != nil {
		return score, err
	}
	w.drawing += scored
	return lm.RewardScore(plan.RewardScore, sampler, reward, prompts, p.Seed), nil
}
