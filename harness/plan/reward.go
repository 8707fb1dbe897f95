package plan

import "assay/harness/yamlstruct"

// Reward is a plan of a reward model's training. Its JSON leaves out what cannot change
// the weights. The defaults are those of Ouyang et al. 2022 (appendix C.2) where it has
// them.
type Reward struct {
	Path             string `json:"-"`
	yamlstruct.Place `json:"-"`

	// Seed for the scalar head's initial weights, the order of the data, and dropout.
	Seed uint64 `json:"seed" default:"1"`
	// Folder of the language model to start from.
	Init string `json:"init" text:"path" need:"name the folder of the language model to begin with"`
	// Training files.
	Data RewardData `json:"data" need:"write data: {preferences: [FILE.jsonl]}"`
	// Prompts per forward and backward pass, each with all of its pairs; an optimizer step uses batch_size times gradient_accumulation_steps prompts.
	BatchSize int `json:"batch_size" default:"64" range:"[1,1e6]" was:"batch"`
	// Maximum number of tokens of a prompt with a response; by default, the model's context length.
	MaxLength int `json:"max_length" range:"[2,1048576]" was:"context"`
	// Batches per optimizer step; their gradients are accumulated.
	GradientAccumulationSteps int `json:"gradient_accumulation_steps" default:"1" range:"[1,1e6]" was:"accumulate"`
	// Passes over the preferences.
	NumTrainEpochs int `json:"num_train_epochs" default:"1" range:"[1,1e6]" was:"epochs"`
	DropoutRates
	// Number of groups of labelers for cross-validation; without it, there is no cross-validation.
	Folds int `json:"folds,omitempty" range:"[2,1000]"`
	// Fold is the number of a cross-validation's own training, from 1; not in the file.
	Fold int `json:"fold,omitempty" yaml:"-"`
	// AdamW's settings; a small model needs a learning rate of about 1e-3.
	Optimizer Optimizer `json:"optimizer" need:"write optimizer: {learning_rate: 1e-3}" what:"an optimizer"`
	// When the model is evaluated, and which checkpoint is kept; without metric_for_best_model, the last one.
	Evaluate Evaluate `json:"evaluate"`
	// Steps between saved states; by default, a twentieth of all steps.
	SaveSteps int `json:"-" yaml:"save_steps" range:"[1,1e9]" was:"save_every"`
}

// RewardData names files, beside the plan or below the data folder.
type RewardData struct {
	// Files of preferences: ranked responses, or a chosen and a rejected response.
	Preferences []string `json:"preferences" text:"path" need:"write preferences: [FILE.jsonl]" was:"comparisons"`
	// Files of demonstrations; after training, rewards are shifted so that demonstrations have a mean reward of 0.
	Demonstrations []string `json:"demonstrations,omitempty" text:"path"`
	// Files of held-out preferences.
	Validation []string `json:"validation,omitempty" text:"path"`
	// Share of prompts to hold out, instead of validation files.
	ValidationSplit float64 `json:"validation_split,omitempty" range:"(0,0.9]" without:"validation" was:"validation_share"`
	// Number of prompts to learn from, with all of their preferences; by default, all that are not held out. They are drawn by hash, so a larger number adds to the prompts of a smaller one.
	Limit int `json:"limit,omitzero" range:"[1,1e9]"`
	// What to do with rows longer than max_length; by default, truncate.
	Overlong Long `json:"overlong,omitempty" oneof:"truncate|drop|error" was:"long"`
}

// Canonical is the plan as JSON for the manifest.
func (p *Reward) Canonical() ([]byte, error) {
	c := *p
	return canonical(&c)
}

// ReadReward reads a plan and checks it on its own; the caller checks that its files exist.
func ReadReward(path string) (*Reward, error) {
	return readFile(path, rewardRemedy, readReward)
}

const rewardRemedy = "write init:, data: and optimizer:"

// newReward is a plan with its defaults.
func newReward() *Reward {
	p := &Reward{}
	yamlstruct.Defaults(p)
	return p
}

func readReward(f *yamlstruct.File) (*Reward, error) {
	p := newReward()
	f.Decode(p, trainOptions(RewardModel))
	p.Optimizer.check(f, &p.Place)
	p.Evaluate.check(f, &p.Place)
	if p.Evaluate.MetricForBestModel != "" && len(p.Data.Validation) == 0 && p.Data.ValidationSplit == 0 {
		f.Fail(p.Line("evaluate.metric_for_best_model"), "metric_for_best_model needs held-out data, but there is none; write validation_split: under data")
	}
	p.Path = f.Path
	return p, f.Err()
}
