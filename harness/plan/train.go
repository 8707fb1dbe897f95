package plan

import "github.com/go-json-experiment/json"

// Train is a plan of a training, for pretraining or supervised fine-tuning. Its
// JSON leaves out what cannot change the weights.
//
// A file for pretraining, with every field but init:
//
//	seed: 1
//	model: {layers: 4, heads: 4, width: 128, context: 64, bias: false, deviation: 0.02}
//	tokenizer: {kind: characters}    # bytes, characters, words, bpe with size: N; or folder: DIR of a model
//	data: {text: [input.txt], validation_share: 0.1}   # or validation: [valid.txt]
//	dropout: 0
//	batch: 12                        # rows
//	accumulate: 1                    # batches to a step
//	steps: 2000
//	optimizer: {learning_rate: 1e-3, final: 1e-4, warmup: 100, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, decay: 0.1, clip: 1, ema: 0}
//	evaluate: {every: 250, tokens: 0, best: validation loss}
//	save_every: 500
//
// Comparisons under data are files of them (see [Reward]), whose preferred responses
// are texts too; those that a reward model's training with the same validation_share
// holds out are held out here.
//
// For supervised fine-tuning there are init (a folder with the model to begin
// with), epochs in place of steps, and data: {demonstrations: [FILE.jsonl],
// validation: [FILE.jsonl]}, each line a prompt and a completion; or validation_share in
// place of validation, a share of the prompts. data's long says what becomes of rows
// beyond the context: truncate, drop or error ([Long]). With
//
//	pretraining: {gamma: 0.1, rows: 12, context: 80}
//
// and data's text, the gradient of pretraining is mixed in: of the mean loss times gamma. With
//
//	evaluate: {every: 50, reward: reward/model, response: 32}
//
// the checkpoint is chosen by a reward model's mean score of its responses to the
// validation's prompts, at temperature 1, as the paper's was (appendix C.1).
type Train struct {
	Path       string    `json:"-"`
	Seed       uint64    `json:"seed"`
	Init       string    `json:"init,omitempty"` // folder of the model to begin with; "" begins with random weights
	Model      Shape     `json:"model,omitzero"` // without Init
	Tokenizer  Tokenizer `json:"tokenizer,omitzero"`
	Data       TrainData `json:"data"`
	Dropout    float64   `json:"dropout"`
	Batch      int       `json:"batch"`
	Context    int       `json:"context"` // tokens a row; 0 is the model's
	Accumulate int       `json:"accumulate"`
	Steps      int       `json:"steps"`
	Epochs     int       `json:"epochs,omitempty"` // of demonstrations, in place of Steps
	// Pretraining is what is mixed in of its gradient, in fine-tuning.
	Pretraining Pretraining `json:"pretraining,omitzero"`
	Optimizer   Optimizer   `json:"optimizer"`
	Evaluate    Evaluate    `json:"evaluate"`
	SaveEvery   int         `json:"-"` // steps; 0 is a twentieth of all

	lines map[string]int // where its fields stand
}

// Line is where a field stands in the plan: init, data, context, folder of the
// tokenizer, or one of data's lists of files. It is 1 for one that isn't there.
func (t *Train) Line(field string) int { return max(t.lines[field], 1) }

// Shape is the shape of a new model.
type Shape struct {
	Layers  int  `json:"layers"`
	Heads   int  `json:"heads"`
	Width   int  `json:"width"`
	Context int  `json:"context"`
	Bias    bool `json:"bias"`
	// Deviation is the standard deviation of the initial weights.
	Deviation float64 `json:"deviation"`
}

// TokenizerKind is a way to make a vocabulary from text.
type TokenizerKind string

const (
	Bytes      TokenizerKind = "bytes"      // the 256 bytes
	Characters TokenizerKind = "characters" // those of the text
	Words      TokenizerKind = "words"      // those of the text, between spaces and line ends
	BPE        TokenizerKind = "bpe"        // byte pairs, merged until there are Size tokens
)

// Tokenizer says how text is cut into tokens. Folder, or Kind with Size.
type Tokenizer struct {
	Folder string        `json:"folder,omitempty"`
	Kind   TokenizerKind `json:"kind,omitempty"`
	Size   int           `json:"size,omitempty"`
}

// TrainData names files, beside the plan or below the data folder.
type TrainData struct {
	Text            []string `json:"text,omitempty"`           // for pretraining
	Comparisons     []string `json:"comparisons,omitempty"`    // for pretraining: the preferred responses, each a text
	Demonstrations  []string `json:"demonstrations,omitempty"` // for fine-tuning
	Validation      []string `json:"validation,omitempty"`
	ValidationShare float64  `json:"validation_share,omitempty"` // the end of each text, and those comparisons or demonstrations of so many prompts, in place of Validation
	Long            Long     `json:"long,omitempty"`             // of demonstrations
}

// Optimizer is AdamW's settings and the learning rate's.
type Optimizer struct {
	LearningRate float64 `json:"learning_rate"`
	Final        float64 `json:"final"`
	Warmup       int     `json:"warmup"`
	Beta1        float64 `json:"beta1"`
	Beta2        float64 `json:"beta2"`
	Epsilon      float64 `json:"epsilon"`
	Decay        float64 `json:"decay"`
	Clip         float64 `json:"clip"` // greatest global norm of the gradients; 0 is no limit
	EMA          float64 `json:"ema"`  // decay of the average of weights that is evaluated and saved; 0 is none
}

// Evaluate says when and by what a training is scored.
type Evaluate struct {
	Every  int    `json:"every"`  // steps; 0 scores the end alone
	Tokens int    `json:"tokens"` // of held-out text; 0 is all
	Best   string `json:"best"`   // the score that chooses the checkpoint
	// Reward is a reward model's folder, in fine-tuning: its mean score of responses that
	// are drawn to the validation's prompts, of Response tokens at most, is a score too.
	Reward   string `json:"reward,omitempty"`
	Response int    `json:"response,omitzero"`
}

// RewardScore is the name of the score that a reward model gives.
const RewardScore = "reward"

// ValidationLoss is the name of the score that every training has; a reward model's has
// the share of pairs beside it.
const (
	ValidationLoss     = "validation loss"
	ValidationAccuracy = "validation accuracy"
)

// TrainKind is what kind of training a plan is for.
type TrainKind string

const (
	Pretrain TrainKind = "pretrain"
	SFT      TrainKind = "sft"
	PPOKind  TrainKind = "ppo" // see [PPO]
	// RewardModel has a plan of its own too, [Reward].
	RewardModel TrainKind = "reward"
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

// long reads what becomes of long rows.
func (s *section) long() Long {
	if !s.has("long") {
		return LongDefault
	}
	return oneOf(s, "long", Truncate, Drop, Refuse)
}

// Canonical is the plan as JSON for the manifest.
func (t *Train) Canonical() ([]byte, error) {
	c := *t
	c.Init, c.Tokenizer.Folder, c.Evaluate.Reward = baseName(t.Init), baseName(t.Tokenizer.Folder), baseName(t.Evaluate.Reward)
	for _, files := range []*[]string{&c.Data.Text, &c.Data.Comparisons, &c.Data.Demonstrations, &c.Data.Validation} {
		var names []string
		for _, f := range *files {
			names = append(names, baseName(f))
		}
		*files = names
	}
	return json.Marshal(&c, json.Deterministic(true))
}
