package cli

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"assay/harness"
	"assay/harness/plan"
	"assay/harness/runstore"
	"assay/harness/training"
	"assay/models"
	"assay/models/bpe"
	"assay/models/compute"
	"assay/models/compute/kernels"
	"assay/models/gpt"
	"assay/models/train"
	"assay/models/train/corpus"
	"assay/models/train/sft"
)

type trainFlags struct {
	out  string
	data string
}

func newTrain(c console) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "train",
		Short: "Train a language model: pretraining and supervised fine-tuning",
		Long: `Train a GPT on this machine's CPU. The model lies in DIR/model, in Hugging Face's
layout; 'assay report DIR' draws the curves. A training that was interrupted or
killed goes on with the same command, and ends with the same weights.`,
		Example: `  assay train pretrain shakespeare.yaml -o gpt
  assay train sft demonstrations.yaml -o sft`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		newTrainKind(c, plan.Pretrain, "Learn to predict text", `  seed: 1
  model: {layers: 4, heads: 4, width: 128, context: 64}
  tokenizer: {kind: bpe, size: 4096}   # or bytes, characters, words; or folder: DIR
  data: {text: [input.txt], validation_share: 0.1}
  batch: 12
  steps: 2000
  optimizer: {learning_rate: 1e-3, warmup: 100, decay: 0.1}
  evaluate: {every: 250}`),
		newTrainKind(c, plan.SFT, "Learn from demonstrations", `  init: gpt/model
  data: {demonstrations: [train.jsonl], validation: [valid.jsonl]}   # {"prompt": "...", "completion": "..."}
  batch: 32
  epochs: 16
  dropout: 0.2
  optimizer: {learning_rate: 1e-4, warmup: 10}
  evaluate: {every: 100}`))
	return cmd
}

func newTrainKind(c console, kind plan.TrainKind, short, example string) *cobra.Command {
	var f trainFlags
	cmd := &cobra.Command{
		Use:     string(kind) + " CONFIG.yaml -o DIR",
		Short:   short,
		Long:    short + ". A configuration:\n\n" + example + "\n\nEvery field: go doc ./harness/plan Train.",
		Example: fmt.Sprintf("  assay train %s config.yaml -o model\n  ASSAY_CPU=avx2 assay train %s config.yaml -o model", kind, kind),
		Args:    exactly(1, "train "+string(kind)+" needs one configuration"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runTrain(cmd.Context(), c, kind, args[0], f)
		},
	}
	cmd.Flags().StringVarP(&f.out, "out", "o", "", "the training's folder (required)")
	cmd.Flags().StringVar(&f.data, "data", os.Getenv("ASSAY_DATA"), "folder of data sets (default: $ASSAY_DATA)")
	return cmd
}

func runTrain(ctx context.Context, c console, kind plan.TrainKind, path string, f trainFlags) error {
	if f.out == "" {
		return fmt.Errorf("train %s needs -o DIR, the folder to write; see 'assay train %s --help'", kind, kind)
	}
	p, err := plan.ReadTrain(path, kind)
	if err != nil {
		return err
	}
	cpuPath, err := kernels.Choose(os.Getenv("ASSAY_CPU"))
	if err != nil {
		return err
	}
	w := &trainWiring{plan: p, kind: kind, data: f.data, out: f.out}
	if err := w.resolve(); err != nil {
		return err
	}
	cpu := kernels.New(cpuPath, 0)
	defer cpu.Close()
	made, err := openRunFolder(f.out)
	if err != nil {
		return err
	}
	result, err := w.run(ctx, c, cpu)
	if err != nil {
		if made && result == nil {
			_ = os.Remove(f.out) // only if nothing is in it
		}
		return err
	}
	return concludeTrain(c, f.out, result)
}

// trainWiring turns a training's plan into values.
type trainWiring struct {
	plan    *plan.Train
	kind    plan.TrainKind
	data    string
	out     string
	sources []harness.Source
	closers []func() error
}

// resolve finds the plan's files and notes what they hold.
func (w *trainWiring) resolve() error {
	d := &w.plan.Data
	for _, files := range []*[]string{&d.Text, &d.Demonstrations, &d.Validation} {
		for i, name := range *files {
			found, err := w.find(name)
			if err != nil {
				return err
			}
			(*files)[i] = found
			src, err := hashFile(found)
			if err != nil {
				return err
			}
			w.sources = append(w.sources, src)
		}
	}
	for _, folder := range []*string{&w.plan.Init, &w.plan.Tokenizer.Folder} {
		if *folder == "" {
			continue
		}
		found, err := w.find(*folder)
		if err != nil {
			return err
		}
		*folder = found
		for _, name := range []string{"model.safetensors", "tokenizer.json"} {
			if src, err := hashFile(filepath.Join(found, name)); err == nil {
				w.sources = append(w.sources, src)
			}
		}
	}
	return nil
}

// find looks for a file or a folder beside the plan and below the data folder.
func (w *trainWiring) find(name string) (string, error) {
	places := []string{name}
	if !filepath.IsAbs(name) {
		places = []string{filepath.Join(filepath.Dir(w.plan.Path), name)}
		if w.data != "" {
			places = append(places, filepath.Join(w.data, name))
		}
	}
	for _, place := range places {
		if _, err := os.Stat(place); err == nil {
			return place, nil
		}
	}
	return "", fmt.Errorf("%s: no %s; looked for %q", w.plan.Path, name, places)
}

func (w *trainWiring) run(ctx context.Context, c console, cpu *kernels.CPU) (result *training.Result, err error) {
	dir := runstore.Dir(w.out)
	host, err := os.Hostname()
	if err != nil {
		host = "this machine"
	}
	lock, err := dir.Lock(fmt.Sprintf("process %d on %s, since %s", os.Getpid(), host, time.Now().Format(time.DateTime)))
	if err != nil {
		return nil, err
	}
	defer func() {
		for _, end := range w.closers {
			err = errors.Join(err, end())
		}
		err = errors.Join(err, lock.Unlock())
	}()
	if err := dir.Sweep(); err != nil {
		return nil, err
	}
	job, err := w.job(cpu)
	if err != nil {
		return nil, err
	}
	return training.Run(ctx, dir, job, &trainWatch{console: c, kind: string(w.kind), counted: w.plan.Batch * w.plan.Accumulate * w.plan.Context})
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
		return nil, fmt.Errorf("%s: context %d; the model's is %d", p.Path, p.Context, config.Context)
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
	job := &training.Job{
		Plan: harness.Plan{Train: canonical, Sources: w.sources}, Seed: p.Seed, Versions: versionsOn(cpu),
		Info: trainedInfo(w.out, canonical, w.sources, config.Parameters()), Model: lm,
		Stage: o.Stage, Steps: o.Steps, Best: o.Best, SaveEvery: cmp.Or(p.SaveEvery, max(1, p.Steps/20)),
	}
	job.Fit = func(ctx context.Context, from train.Progress, report func(models.TrainStep) error) (train.Progress, error) {
		o.Report = report
		return train.Fit(ctx, lm, data, o, from)
	}
	return job, nil
}

// versionsOn describes the running program and the CPU path of a training.
func versionsOn(cpu *kernels.CPU) harness.Versions {
	v := harness.CurrentVersions()
	v.CPU += " " + cpu.Path().String()
	return v
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
	lm := &training.LM{}
	if p.Init != "" {
		if lm.Tokenizer, err = bpe.Load(p.Init); err != nil {
			return nil, nil, err
		}
		if lm.Net, err = gpt.Load(e, p.Init); err != nil {
			return nil, nil, err
		}
		if n := lm.Net.Config().Vocab; lm.Tokenizer.Size() > n {
			return nil, nil, fmt.Errorf("%s: the tokenizer has %d tokens, the model %d", p.Init, lm.Tokenizer.Size(), n)
		}
		lm.Net.SetDropout(p.Dropout)
	} else {
		if lm.Tokenizer, err = w.tokenizer(texts); err != nil {
			return nil, nil, err
		}
		s := p.Model
		config := gpt.GPT2(lm.Tokenizer.Size(), s.Context, s.Width, s.Layers, s.Heads)
		config.Bias = s.Bias
		config.Dropout.Residual, config.Dropout.Embedding = p.Dropout, p.Dropout
		end := int(lm.Tokenizer.End())
		config.Special.Begin, config.Special.End = &end, &end
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
	tokens, err := w.tokens("train.tokens", t, texts)
	if err != nil {
		return nil, nil, err
	}
	windows := &corpus.Windows{Tokens: tokens, Rows: p.Batch, Time: p.Context, Seed: p.Seed}
	if err := windows.Check(); err != nil {
		return nil, nil, err
	}
	if len(held) == 0 {
		return windows.Batch, nil, nil
	}
	validation, err := w.tokens("validation.tokens", t, held)
	if err != nil {
		return nil, nil, err
	}
	return windows.Batch, func(yield func(*train.Batch) error) error {
		return corpus.Cover(validation, p.Batch, p.Context, p.Evaluate.Tokens, yield)
	}, nil
}

func (w *trainWiring) tokens(name string, t *bpe.Tokenizer, texts []string) (*corpus.Tokens, error) {
	tokens, err := training.WriteTokens(filepath.Join(w.out, name), t, texts)
	if err == nil {
		w.closers = append(w.closers, tokens.Close)
	}
	return tokens, err
}

// demonstrations is the data of fine-tuning.
func (w *trainWiring) demonstrations(t *bpe.Tokenizer) (train.Batches, covering, error) {
	p := w.plan
	set := func(paths []string) (*sft.Set, error) {
		all, err := training.ReadDemonstrations(t, paths)
		if err != nil {
			return nil, err
		}
		s := &sft.Set{All: all, Rows: p.Batch, Time: p.Context, Parts: p.Accumulate, Seed: p.Seed}
		return s, s.Check()
	}
	learnt, err := set(p.Data.Demonstrations)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", p.Path, err)
	}
	if p.Epochs > 0 {
		p.Steps = learnt.Steps(p.Epochs)
	}
	if len(p.Data.Validation) == 0 {
		return learnt.Batch, nil, nil
	}
	held, err := set(p.Data.Validation)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", p.Path, err)
	}
	return learnt.Batch, held.Cover, nil
}

// trainedInfo describes the model of a training's folder; its fingerprint is all that
// makes its weights.
func trainedInfo(out string, canonical []byte, sources []harness.Source, parameters int) models.Info {
	h := sha256.New()
	h.Write(canonical)
	for _, s := range sources {
		h.Write([]byte(s.SHA256))
	}
	return models.Info{
		Name: filepath.Base(filepath.Clean(out)), Parameters: float64(parameters),
		Fingerprint: "trained:" + hex.EncodeToString(h.Sum(nil)[:16]),
	}
}

// trainWatch shows how far a training has come.
type trainWatch struct {
	console
	kind    string
	counted int // tokens a step, about
	bar     *progress
	last    models.TrainStep
	begun   time.Time
	first   int64 // tokens when it began
	started bool
}

func (w *trainWatch) Start(done, all int) {
	if done > 0 {
		w.notice("going on after step %d", done)
	}
	w.bar = newProgress(w.err, w.kind, int64(all-done), false)
	w.bar.note = func() string {
		speed := float64(w.last.Tokens-w.first) / max(time.Since(w.begun).Seconds(), 1e-3)
		text := fmt.Sprintf(", loss %.3f, %.0f tokens/s", w.last.Loss, speed)
		for _, s := range w.last.Scores {
			text += fmt.Sprintf(", %s %.4f", s.Name, s.Value)
		}
		return text
	}
	w.begun = time.Now()
}

func (w *trainWatch) Step(s models.TrainStep) {
	if !w.started {
		w.started, w.first, w.begun = true, s.Tokens, time.Now()
	}
	scores := w.last.Scores
	if w.last = s; s.Scores == nil {
		w.last.Scores = scores
	}
	w.bar.Write(one)
}

func (w *trainWatch) End() { w.bar.finish() }

// concludeTrain says what came of a training.
func concludeTrain(c console, out string, r *training.Result) error {
	if r.Nothing {
		fmt.Fprintf(c.out, "%s: the training is finished\n", out)
		return nil
	}
	var best *models.TrainStep
	steps := 0
	for s, err := range runstore.TrainSteps().Read(runstore.Dir(out)) {
		if err != nil {
			return err
		}
		steps++
		if s.Best {
			best = s
		}
	}
	fmt.Fprintf(c.out, "%s: %d steps over %d tokens, loss %.4f\n", out, steps, r.Last.Tokens, r.Last.Loss)
	if best != nil {
		for _, s := range best.Scores {
			fmt.Fprintf(c.out, "  best %s %.4f after step %d, over %d tokens\n", s.Name, s.Value, best.Step, s.N)
		}
	}
	fmt.Fprintf(c.out, "  the model is in %s\n", filepath.Join(out, training.ModelFolder))
	return nil
}
