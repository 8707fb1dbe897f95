package plan

import "assay/harness/yamlstruct"

// ReadTrain reads the plan of a pretraining or a fine-tuning and checks it on its own; the
// caller checks that its files exist.
func ReadTrain(path string, kind TrainKind) (*Train, error) {
	return readFile(path, "plan", trainRemedy, func(f *yamlstruct.File) (*Train, error) { return readTrain(f, kind) })
}

const trainRemedy = "write data:, model: (or init:), batch_size:, max_steps: and optimizer:"

// newTrain is a plan with its defaults.
func newTrain() *Train {
	t := &Train{}
	yamlstruct.Defaults(t)
	return t
}

// trainOptions are how a training's plan of a kind is decoded.
func trainOptions(kind TrainKind) yamlstruct.Options {
	scores := map[TrainKind][]string{
		Pretrain: {ValidationLoss}, SFT: {ValidationLoss, RewardScore}, RewardModel: {ValidationLoss, ValidationAccuracy},
	}
	return yamlstruct.Options{What: "a training", Variant: string(kind), Lists: map[string][]string{"scores": scores[kind]}}
}

func readTrain(f *yamlstruct.File, kind TrainKind) (*Train, error) {
	t := newTrain()
	f.Decode(t, trainOptions(kind))
	if f.Err() == nil {
		t.check(f, kind)
	}
	t.Path = f.Path
	return t, f.Err()
}

// check finds faults across fields, and sets what depends on other fields.
func (t *Train) check(f *yamlstruct.File, kind TrainKind) {
	if kind == Pretrain {
		t.checkNew(f)
	} else if t.Init == "" {
		f.Fail(t.Line(""), "no init; name the folder of the model to fine-tune")
	}
	if !t.Has("model") {
		t.Model = Shape{}
	}
	if !t.Has("pretraining") {
		t.Pretraining = Pretraining{}
	}
	if t.MaxSteps == 0 && t.NumTrainEpochs == 0 {
		f.Fail(t.Line(""), "no max_steps; write max_steps: and a whole number")
	}
	files, name := t.Data.Text, "text"
	if kind == SFT {
		files, name = t.Data.Demonstrations, "demonstrations"
	}
	if len(files) == 0 && len(t.Data.Preferences) == 0 {
		f.Fail(t.Line("data"), "no %s; write %s: [FILE]", name, name)
	}
	checkMix(f, &t.Place, &t.Pretraining, t.Data.Text)
	t.Optimizer.check(f, &t.Place)
	t.checkScores(f)
}

// checkNew checks the shape and the tokenizer of a new model.
func (t *Train) checkNew(f *yamlstruct.File) {
	switch {
	case t.Init != "": // the tags refuse model and tokenizer beside it
		return
	case !t.Has("model"):
		f.Fail(t.Line(""), "no model; write model: {num_hidden_layers: 4, num_attention_heads: 4, hidden_size: 128, max_position_embeddings: 64}, or init: and a folder")
	case t.Model.HiddenSize%max(t.Model.NumAttentionHeads, 1) != 0:
		f.Fail(t.Line("model.num_attention_heads"), "hidden_size %d is not a multiple of num_attention_heads %d; change one of them", t.Model.HiddenSize, t.Model.NumAttentionHeads)
	case !t.Has("tokenizer"):
		f.Fail(t.Line(""), "no tokenizer; write tokenizer: {type: bpe, vocab_size: 4096}, or tokenizer: {path: DIR}")
	}
	k := &t.Tokenizer
	switch at := t.Line("tokenizer"); {
	case k.Path != "":
	case k.Type == "":
		f.Fail(at, "no type; write type: and one of bytes, characters, words and bpe, or path:")
	case k.Type == BPE && k.VocabSize == 0:
		f.Fail(at, "no vocab_size; write vocab_size: and the number of tokens")
	case k.Type != BPE && k.VocabSize != 0:
		f.Fail(t.Line("tokenizer.vocab_size"), "vocab_size is only for type: bpe; remove it")
	}
}

// checkMix checks that there is text where pretraining is mixed in.
func checkMix(f *yamlstruct.File, at *yamlstruct.Place, p *Pretraining, text []string) {
	if p.PTXCoef > 0 && len(text) == 0 {
		f.Fail(at.Line("data"), "ptx_coef needs text, but there is none; write text: [FILE]")
	}
}

// check sets the last learning rate, and checks that it is none above the first.
func (o *Optimizer) check(f *yamlstruct.File, at *yamlstruct.Place) {
	if !at.Has("optimizer.min_lr") {
		o.MinLR = o.LearningRate / 10
	}
	if o.MinLR > o.LearningRate {
		f.Fail(at.Line("optimizer.min_lr"), "min_lr is %v; it must be from 0 to %v, the learning rate", o.MinLR, o.LearningRate)
	}
}

// checkScores sets and checks what chooses the checkpoint.
func (t *Train) checkScores(f *yamlstruct.File) {
	e := &t.Evaluate
	if e.MetricForBestModel == "" {
		e.MetricForBestModel = ValidationLoss
		if e.RewardModel != "" {
			e.MetricForBestModel = RewardScore
		}
	}
	switch {
	case e.RewardModel == "" && e.MetricForBestModel == RewardScore:
		f.Fail(t.Line("evaluate.metric_for_best_model"), "metric_for_best_model: reward needs a reward model; write reward_model: and its folder, or metric_for_best_model: %s", ValidationLoss)
	case e.RewardModel != "" && len(t.Data.Validation) == 0 && t.Data.ValidationSplit == 0:
		f.Fail(t.Line("data"), "reward_model needs validation prompts, but there are none; write validation: [FILE], or validation_split: 0.1")
	case e.RewardModel != "" && e.ResponseLength == 0:
		e.ResponseLength = 32
	}
}
