package plan

import "assay/harness/yamlstruct"

// TrainedJudge is a plan of a judge's training: a linear model over n-grams, or a checkpoint with a
// scalar head, that gives the probability that something holds of a text. Its JSON leaves out what
// cannot change the weights.
type TrainedJudge struct {
	Path             string `json:"-"`
	yamlstruct.Place `json:"-"`

	// What the judge decides: whether a text is toxic, whether an answer is true or informative, whether a text is supported by its context.
	Kind JudgeTask `json:"kind" need:"write kind: and one of toxicity, truth, informative and support" oneof:"toxicity|truth|informative|support"`
	// Training files.
	Data JudgeData `json:"data" need:"write data: {files: [FILE]}"`
	// Longest n-gram of characters; 0 for none.
	Characters int `json:"characters" default:"5" range:"[0,8]" without:"base"`
	// Longest n-gram of words; 0 for none.
	Words int `json:"words" default:"2" range:"[0,4]" without:"base"`
	// The table of weights has 2 to the power of this many entries.
	Bits int `json:"bits" default:"18" range:"[8,24]" without:"base"`
	// Strength of the penalty on weights, relative to the mean loss.
	L2 float64 `json:"l2" default:"1e-5" range:"(0,1e3]" without:"base"`
	// Folder of a language model to start from: the judge is this model with a scalar head, trained end to end. Without it, the judge is a linear model over n-grams.
	Base string `json:"base,omitempty" text:"path"`
	JudgeHead
	// Other files to measure the judge on; they change no weights.
	Evaluate JudgeEvaluate `json:"-" yaml:"evaluate"`
}

// JudgeHead says how a language model with a scalar head is trained. All of it is zero for a linear model.
type JudgeHead struct {
	// Seed for the scalar head's initial weights, the order of the texts, and dropout.
	Seed uint64 `json:"seed,omitzero" default:"1" with:"base"`
	// Texts per forward and backward pass; an optimizer step uses batch_size times gradient_accumulation_steps texts.
	BatchSize int `json:"batch_size,omitzero" default:"32" range:"[1,1e6]" with:"base"`
	// Batches per optimizer step; their gradients are accumulated.
	GradientAccumulationSteps int `json:"gradient_accumulation_steps,omitzero" default:"1" range:"[1,1e6]" with:"base"`
	// Maximum number of tokens of a text with its context; by default, the model's context length.
	MaxLength int `json:"max_length,omitzero" range:"[2,1048576]" with:"base"`
	// Passes over the texts. After each, the model is evaluated on the texts that calibrate; the one with the least loss is kept.
	NumTrainEpochs int `json:"num_train_epochs,omitzero" default:"2" range:"[1,1e6]" with:"base"`
	// Dropout rate during training: the share of activations set to zero, in the embeddings and in what each block adds to the residual stream.
	Dropout float64 `json:"dropout,omitzero" range:"[0,1)" with:"base"`
	// AdamW's settings, required with base; a small model needs a learning rate of about 1e-3.
	Optimizer Optimizer `json:"optimizer,omitzero" what:"an optimizer" with:"base"`
	// Steps between saved states; by default, a twentieth of all steps.
	SaveSteps int `json:"-" yaml:"save_steps" range:"[1,1e9]" with:"base"`
}

// JudgeTask is what a trained judge decides.
type JudgeTask string

const (
	TaskToxicity    JudgeTask = "toxicity"
	TaskTruth       JudgeTask = "truth"
	TaskInformative JudgeTask = "informative"
	TaskSupport     JudgeTask = "support"
)

// JudgeData names files, beside the plan or below the data folder.
type JudgeData struct {
	// Files of labelled texts: JSON lines, JSON, CSV, TSV or Parquet with the members text, label (0 to 1), and optionally group, context, for, against and category; or a known data set.
	Files []string `json:"files" text:"path" need:"write files: [FILE]"`
	// Files of TruthfulQA's questions, whose correct and incorrect answers the judge compares an answer with.
	References []string `json:"references,omitempty" text:"path"`
	// Share of the groups that calibrate probabilities and are not learned.
	ValidationSplit float64 `json:"validation_split" default:"0.1" range:"(0,0.4]"`
	// Share of the groups that the judge is tested on. Texts of one group (a question, a source) are never divided.
	TestSplit float64 `json:"test_split" default:"0.2" range:"(0,0.5]"`
}

// JudgeEvaluate names files that a judge is measured on after its training.
type JudgeEvaluate struct {
	// Files of labelled texts, in the same forms as those of data.
	Files []string `json:"files" text:"path"`
	// File of words for groups of people, one per line, or a table with a column named term or subgroup; the judge is also measured on the texts that have each word.
	Terms string `json:"terms" text:"path" with:"files"`
}

// Canonical is the plan as JSON for the manifest.
func (p *TrainedJudge) Canonical() ([]byte, error) {
	c := *p
	return canonical(&c)
}

// ReadTrainedJudge reads a plan and checks it on its own; the caller checks that its files exist.
func ReadTrainedJudge(path string) (*TrainedJudge, error) {
	return readFile(path, judgeRemedy, readTrainedJudge)
}

const judgeRemedy = "write kind: and data: {files: [FILE]}"

// newTrainedJudge is a plan with its defaults.
func newTrainedJudge() *TrainedJudge {
	p := &TrainedJudge{}
	yamlstruct.Defaults(p)
	return p
}

func readTrainedJudge(f *yamlstruct.File) (*TrainedJudge, error) {
	p := newTrainedJudge()
	f.Decode(p, trainOptions(JudgeKind))
	switch {
	case p.Base != "":
		p.Characters, p.Words, p.Bits, p.L2 = 0, 0, 0, 0
		if !p.Has("optimizer") {
			f.Fail(p.Line("base"), "a training from base needs an optimizer; write optimizer: {learning_rate: 1e-3}")
		}
		p.Optimizer.check(f, &p.Place)
	case p.Characters == 0 && p.Words == 0:
		f.Fail(p.Line("characters"), "characters and words are both 0, so the judge would see nothing; write characters: 5 or words: 2")
	}
	if p.Base == "" {
		p.JudgeHead = JudgeHead{}
	}
	if len(p.Data.References) > 0 && p.Kind != TaskTruth && p.Kind != TaskInformative {
		f.Fail(p.Line("data.references"), "references are for kind: truth and kind: informative; remove them")
	}
	p.Path = f.Path
	return p, f.Err()
}
