package plan

import (
	"assay/harness/yamlstruct"
	"assay/models"
)

// Train is a plan of a training, for pretraining or supervised fine-tuning. Its
// JSON leaves out what cannot change the weights.
type Train struct {
	Path             string `json:"-"`
	yamlstruct.Place `json:"-"`

	// Seed for the initial weights, the order of the data, and dropout.
	Seed uint64 `json:"seed" default:"1" doc-sft:"Seed for the order of the data, and dropout."`
	// Folder of the model to start from; without it, weights are random.
	Init string `json:"init,omitempty" text:"path" doc-sft:"Folder of the model to fine-tune; required."`
	// Shape of a new model, instead of init.
	Model Shape `json:"model,omitzero" for:"pretrain" what:"a model" without:"init"`
	// Tokenizer of a new model.
	Tokenizer Tokenizer `json:"tokenizer,omitzero" for:"pretrain" what:"a tokenizer" without:"init"`
	// Training files.
	Data TrainData `json:"data" need:"write data: and its files"`
	DropoutRates
	// Rows per forward and backward pass; an optimizer step uses batch_size times gradient_accumulation_steps rows.
	BatchSize int `json:"batch_size" need:"write batch_size: and a whole number" range:"[1,1e6]" was:"batch"`
	// Tokens per row; by default, the model's context length.
	MaxLength int `json:"max_length" range:"[1,1048576]" was:"context"`
	// Batches per optimizer step; their gradients are accumulated.
	GradientAccumulationSteps int `json:"gradient_accumulation_steps" default:"1" range:"[1,1e6]" was:"accumulate"`
	// Number of optimizer steps.
	MaxSteps int `json:"max_steps" range:"[1,1e9]" was:"steps"`
	// Passes over the demonstrations, instead of max_steps.
	NumTrainEpochs int `json:"num_train_epochs,omitempty" for:"sft" range:"[1,1e6]" without:"max_steps" was:"epochs"`
	// Pretraining gradients mixed into fine-tuning.
	Pretraining Pretraining `json:"pretraining,omitzero" for:"sft"`
	// AdamW's settings.
	Optimizer Optimizer `json:"optimizer" need:"write optimizer: {learning_rate: 1e-3}" what:"an optimizer"`
	// When the model is evaluated, and by which score.
	Evaluate Evaluate `json:"evaluate"`
	// Steps between saved states; by default, a twentieth of all steps.
	SaveSteps int `json:"-" yaml:"save_steps" range:"[1,1e9]" was:"save_every"`
}

// Shape is the shape of a new model.
type Shape struct {
	// Number of transformer blocks.
	NumHiddenLayers int `json:"num_hidden_layers" need:"write num_hidden_layers: and a whole number" range:"[1,1000]" was:"layers"`
	// Attention heads per block; must divide hidden_size.
	NumAttentionHeads int `json:"num_attention_heads" need:"write num_attention_heads: and a whole number" range:"[1,1000]" was:"heads"`
	// Length of each token's vector.
	HiddenSize int `json:"hidden_size" need:"write hidden_size: and a whole number" range:"[1,1048576]" was:"width"`
	// Context length: the maximum number of tokens that the model sees at once.
	MaxPositionEmbeddings int `json:"max_position_embeddings" need:"write max_position_embeddings: and a whole number" range:"[1,1048576]" was:"context"`
	// Whether linear layers and norms have biases.
	Bias bool `json:"bias" default:"true"`
	// Standard deviation of the initial weights.
	InitializerRange float64 `json:"initializer_range" default:"0.02" range:"(0,1e9]" was:"deviation"`
}

// TokenizerKind is a way to make a vocabulary from text.
type TokenizerKind string

const (
	Bytes      TokenizerKind = "bytes"      // the 256 bytes
	Characters TokenizerKind = "characters" // those of the text
	Words      TokenizerKind = "words"      // those of the text, between spaces and line ends
	BPE        TokenizerKind = "bpe"        // byte pairs, merged until there are Size tokens
)

// Tokenizer says how text is cut into tokens: one of a folder, or a new one.
type Tokenizer struct {
	// Folder of a model whose tokenizer to use.
	Path string `json:"path,omitempty" text:"path" was:"folder"`
	// Type of a new tokenizer: the 256 bytes, the text's characters, its words, or byte-pair encoding.
	Type TokenizerKind `json:"type,omitempty" oneof:"bytes|characters|words|bpe" without:"path" was:"kind"`
	// Number of tokens in a bpe vocabulary.
	VocabSize int `json:"vocab_size,omitempty" range:"[1,1048576]" without:"path" was:"size"`
}

// TrainData names files, beside the plan or below the data folder.
type TrainData struct {
	// Text files to pretrain on.
	Text []string `json:"text,omitempty" text:"path" doc-sft:"Text files for the pretraining mix."`
	// Files of preferences; their preferred responses become text to train on.
	Preferences []string `json:"preferences,omitempty" text:"path" for:"pretrain" was:"comparisons"`
	// Files of demonstrations, one per line: {"prompt": "...", "completion": "..."}.
	Demonstrations []string `json:"demonstrations,omitempty" text:"path" for:"sft"`
	// Files of held-out data of the same kind.
	Validation []string `json:"validation,omitempty" text:"path"`
	// Share of the data to hold out, instead of validation files. Of texts, the end of each is held out; of preferences, whole prompts.
	ValidationSplit float64 `json:"validation_split,omitempty" range:"(0,0.9]" without:"validation" was:"validation_share" doc-sft:"Share of the prompts to hold out with all their demonstrations, instead of validation files."`
	// What to do with demonstrations longer than max_length; by default, cut the completion, and refuse prompts that leave no room for one.
	Overlong Long `json:"overlong,omitempty" for:"sft" oneof:"truncate|drop|error" was:"long"`
}

// Optimizer is AdamW's settings and the learning rate's.
type Optimizer struct {
	// Peak learning rate.
	LearningRate float64 `json:"learning_rate" need:"write one, such as learning_rate: 1e-3" range:"(0,1e9]"`
	// Final learning rate; by default, a tenth of the peak.
	MinLR float64 `json:"min_lr" range:"[0,1e9]" was:"final"`
	// Steps over which the rate rises to its peak.
	WarmupSteps int `json:"warmup_steps" range:"[0,1e9]" was:"warmup"`
	// Decay rate of Adam's mean of gradients.
	AdamBeta1 float64 `json:"adam_beta1" default:"0.9" range:"[0,1)" was:"beta1"`
	// Decay rate of Adam's mean of squared gradients.
	AdamBeta2 float64 `json:"adam_beta2" default:"0.95" range:"[0,1)" was:"beta2"`
	// Added to Adam's denominator.
	AdamEpsilon float64 `json:"adam_epsilon" default:"1e-8" range:"(0,1e9]" was:"epsilon"`
	// Weight decay, applied to weight matrices only.
	WeightDecay float64 `json:"weight_decay" range:"[0,10]" was:"decay"`
	// Gradients are clipped to this global norm; 0 turns clipping off.
	MaxGradNorm float64 `json:"max_grad_norm" default:"1" range:"[0,1e9]" was:"clip"`
	// Decay of the exponential moving average (EMA) of the weights, which is evaluated and saved; 0 turns averaging off.
	EMADecay float64 `json:"ema_decay" range:"[0,1)" was:"ema"`
}

// Evaluate says when and by what a training is scored.
type Evaluate struct {
	// When the model is evaluated: every eval_steps steps, or at the end of each epoch.
	EvalStrategy EvalStrategy `json:"eval_strategy,omitempty" for:"sft|reward" oneof:"steps|epoch"`
	// Steps between evaluations; without it, and without eval_strategy: epoch, only the final model is evaluated.
	EvalSteps int `json:"eval_steps" range:"[1,1e9]" was:"every" doc-pretrain:"Steps between evaluations; without it, only the final model is evaluated."`
	// Maximum number of held-out tokens to evaluate; by default, all.
	MaxEvalTokens int `json:"max_eval_tokens" range:"[1,1e12]" for:"pretrain|sft" was:"tokens"`
	// The score by which the best checkpoint is chosen.
	MetricForBestModel string `json:"metric_for_best_model" oneof:"@scores" was:"best"`
	// Folder of a reward model that scores the model's responses to held-out prompts, sampled at temperature 1.
	RewardModel string `json:"reward_model,omitempty" text:"path" for:"sft" was:"reward"`
	// Files of the prompts to respond to, one per line: {"prompt": "..."}; by default, the prompts of the held-out demonstrations.
	Prompts []string `json:"prompts,omitempty" text:"path" for:"sft" with:"reward_model"`
	// Whether to record the small world's gold utility of these responses; it never decides which checkpoint is kept.
	Gold Gold `json:"gold,omitempty" for:"sft" oneof:"none|world" with:"prompts"`
	// Maximum number of tokens per response; by default, 32.
	ResponseLength int `json:"response_length,omitzero" range:"[1,1048576]" for:"sft" with:"reward_model" was:"response"`
}

// EvalStrategy says when a training is evaluated.
type EvalStrategy string

const (
	EachSteps EvalStrategy = "" // every eval_steps steps, and at the end
	EachEpoch EvalStrategy = "epoch"
)

// RewardScore is the name of the score that a reward model gives.
const RewardScore = models.ScoreReward

// ValidationLoss is the name of the score that every training has; a reward model's has
// the share of pairs beside it.
const (
	ValidationLoss     = models.ScoreValidationLoss
	ValidationAccuracy = models.ScoreValidationAccuracy
)

// TrainKind is what kind of training a plan is for.
type TrainKind string

const (
	Pretrain TrainKind = "pretrain"
	SFT      TrainKind = "sft"
	PPOKind  TrainKind = "ppo" // see [PPO]
	// RewardModel has a plan of its own too, [Reward].
	RewardModel TrainKind = "reward"
	JudgeKind   TrainKind = "judge" // see [TrainedJudge]
)

// Long says what becomes of a row that is longer than the context: of a demonstration, a
// comparison or a prompt. What was cut or left out is counted and said.
type Long string

const (
	// LongDefault cuts completions and comparisons, and refuses prompts that leave no room
	// for a response.
	LongDefault Long = ""
	Drop        Long = "drop"     // the row is left out
	Truncate    Long = "truncate" // cut; a prompt that leaves no room loses its beginning
	Refuse      Long = "error"    // the training doesn't begin
)

// Canonical is the plan as JSON for the manifest.
func (t *Train) Canonical() ([]byte, error) {
	c := *t
	return canonical(&c)
}

// ReadTrain reads the plan of a pretraining or a fine-tuning and checks it on its own; the
// caller checks that its files exist.
func ReadTrain(path string, kind TrainKind) (*Train, error) {
	return readFile(path, trainRemedy, func(f *yamlstruct.File) (*Train, error) { return readTrain(f, kind) })
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
	t.Evaluate.check(f, &t.Place)
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

// check checks when a training is evaluated, and leaves out what is the default.
func (e *Evaluate) check(f *yamlstruct.File, at *yamlstruct.Place) {
	switch {
	case e.EvalStrategy == EachEpoch && e.EvalSteps > 0:
		f.Fail(at.Line("evaluate.eval_steps"), "eval_steps goes with eval_strategy: steps, not epoch; remove one of them")
	case e.EvalStrategy != EachEpoch && e.EvalStrategy != EachSteps && e.EvalSteps == 0:
		f.Fail(at.Line("evaluate.eval_strategy"), "eval_strategy: steps needs eval_steps; write eval_steps: and a whole number")
	}
	if e.EvalStrategy != EachEpoch {
		e.EvalStrategy = EachSteps
	}
	if e.Gold == NoGold {
		e.Gold = ""
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
	held := len(t.Data.Validation) > 0 || t.Data.ValidationSplit > 0
	switch {
	case !held && e.MetricForBestModel == ValidationLoss && t.Has("evaluate.metric_for_best_model"):
		f.Fail(t.Line("evaluate.metric_for_best_model"), "metric_for_best_model needs held-out data, but there is none; write validation_split: under data")
	case e.RewardModel == "" && e.MetricForBestModel == RewardScore:
		f.Fail(t.Line("evaluate.metric_for_best_model"), "metric_for_best_model: reward needs a reward model; write reward_model: and its folder, or metric_for_best_model: %s", ValidationLoss)
	case e.RewardModel != "" && !held && len(e.Prompts) == 0:
		f.Fail(t.Line("data"), "reward_model needs validation prompts, but there are none; write validation: [FILE], or validation_split: 0.1, or prompts: [FILE] under evaluate")
	case e.RewardModel != "" && e.ResponseLength == 0:
		e.ResponseLength = 32
	}
}
