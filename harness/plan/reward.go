package plan

import (
	"fmt"
	"math"

	"github.com/go-json-experiment/json"
)

// Reward is a plan of a reward model's training. Its JSON leaves out what cannot change
// the weights.
//
// A file with every field:
//
//	seed: 1
//	init: sft/model        # the language model to begin with
//	data: {comparisons: [train.jsonl.gz], validation_share: 0.1, demonstrations: [demos.jsonl]}   # or validation: [valid.jsonl]
//	batch: 64              # prompts; all pairs of a prompt go together
//	context: 512           # tokens of a prompt and a response at most; the model's, where it isn't written
//	accumulate: 1          # batches to a step
//	epochs: 1
//	dropout: 0
//	folds: 5               # cross-validation over so many groups of labelers; 0, the default, does none
//	optimizer: {learning_rate: 9e-6, final: 9e-7, warmup: 0, beta1: 0.9, beta2: 0.95, epsilon: 1e-8, decay: 0, clip: 1, ema: 0}
//	evaluate: {every: 50, best: ""}   # "" keeps the last; or validation loss, validation accuracy
//	save_every: 50
//
// The numbers are those of Ouyang et al. 2022 (appendix C.2) where it has them; a small
// model wants a learning rate of about 1e-3. A line of comparisons is
// {"prompt": "...", "responses": ["...", "..."], "ranks": [1, 2], "labeler": "..."},
// {"prompt": "...", "chosen": "...", "rejected": "..."}, or one of hh-rlhf. A validation
// share is of prompts. Demonstrations, each a prompt and a completion, get rewards of
// mean 0. data's long says what becomes of rows beyond the context: truncate, drop or
// error ([Long]).
type Reward struct {
	Path       string     `json:"-"`
	Seed       uint64     `json:"seed"`
	Init       string     `json:"init"`
	Data       RewardData `json:"data"`
	Batch      int        `json:"batch"`
	Context    int        `json:"context"`
	Accumulate int        `json:"accumulate"`
	Epochs     int        `json:"epochs"`
	Dropout    float64    `json:"dropout"`
	Folds      int        `json:"folds,omitempty"`
	Fold       int        `json:"fold,omitempty"` // of a cross-validation's own training, from 1; not in the file
	Optimizer  Optimizer  `json:"optimizer"`
	Evaluate   Evaluate   `json:"evaluate"`
	SaveEvery  int        `json:"-"`

	lines map[string]int // where its fields stand
}

// Line is where a field stands in the plan: init, context, batch, folds, evaluate, or one
// of data's. It is 1 for one that isn't there.
func (p *Reward) Line(field string) int { return max(p.lines[field], 1) }

// RewardData names files, beside the plan or below the data folder.
type RewardData struct {
	Comparisons     []string `json:"comparisons"`
	Demonstrations  []string `json:"demonstrations,omitempty"`
	Validation      []string `json:"validation,omitempty"`
	ValidationShare float64  `json:"validation_share,omitempty"` // of prompts, in place of Validation
	Long            Long     `json:"long,omitempty"`
}

var (
	rewardFields     = []string{"seed", "init", "data", "batch", "context", "accumulate", "epochs", "dropout", "folds", "optimizer", "evaluate", "save_every"}
	rewardDataFields = []string{"comparisons", "demonstrations", "validation", "validation_share", "long"}
)

// Canonical is the plan as JSON for the manifest.
func (p *Reward) Canonical() ([]byte, error) {
	c := *p
	c.Init = baseName(p.Init)
	for _, files := range []*[]string{&c.Data.Comparisons, &c.Data.Demonstrations, &c.Data.Validation} {
		var names []string
		for _, f := range *files {
			names = append(names, baseName(f))
		}
		*files = names
	}
	return json.Marshal(&c, json.Deterministic(true))
}

// ReadReward reads a plan and checks it by itself; that its files exist is for the caller
// to see.
func ReadReward(path string) (*Reward, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, fmt.Errorf("the plan can't be read: %w", err)
	}
	return parseReward(path, data)
}

func parseReward(path string, data []byte) (*Reward, error) {
	root, err := parseDocument(path, data, "write init:, data:, batch: and optimizer:")
	if err != nil {
		return nil, err
	}
	r := &reader{path: path}
	p := r.reward(root)
	if r.err != nil {
		return nil, r.err
	}
	p.Path = path
	return p, nil
}

func (r *reader) reward(root value) *Reward {
	top := r.section(root, "a training", rewardFields)
	p := &Reward{
		Seed: 1, Init: top.word("init"), Batch: top.count("batch", 64, 1e6), Context: int(top.whole("context", 2, 1<<20)),
		Accumulate: top.count("accumulate", 1, 1e6), Epochs: top.count("epochs", 1, 1e6), Dropout: top.share("dropout", 0),
		Folds: int(top.whole("folds", 2, 1000)), SaveEvery: int(top.whole("save_every", 1, 1e9)),
	}
	if top.has("seed") {
		p.Seed = top.whole("seed", 0, math.MaxUint64)
	}
	p.lines = map[string]int{}
	for _, name := range []string{"init", "context", "batch", "folds", "evaluate"} {
		p.lines[name] = top.line(name)
	}
	if p.Init == "" {
		r.fail(top.at, "no init; name the folder of the language model to begin with")
	}
	if v, ok := top.field("data"); ok {
		p.Data = r.rewardData(v, p.lines)
	} else {
		r.fail(top.line("data"), "no data; write data: {comparisons: [FILE.jsonl]}")
	}
	if v, ok := top.field("optimizer"); ok {
		p.Optimizer = r.optimizer(v)
	} else {
		r.fail(top.line("optimizer"), "no optimizer; write optimizer: {learning_rate: 1e-3}")
	}
	v, ok := top.field("evaluate")
	if !ok {
		return p
	}
	s := r.section(v, "evaluate", []string{"every", "best"})
	p.Evaluate.Every = int(s.whole("every", 1, 1e9))
	if s.has("best") {
		p.Evaluate.Best = oneOf(&s, "best", ValidationLoss, ValidationAccuracy)
		if len(p.Data.Validation) == 0 && p.Data.ValidationShare == 0 {
			s.fail(s.line("best"), "best is by what is held out, and nothing is; write validation_share: under data")
		}
	}
	return p
}

func (r *reader) rewardData(v value, lines map[string]int) RewardData {
	s := r.section(v, "data", rewardDataFields)
	for _, name := range rewardDataFields {
		lines[name] = s.line(name)
	}
	d := RewardData{Long: s.long(), Comparisons: s.words("comparisons"), Demonstrations: s.words("demonstrations"), Validation: s.words("validation")}
	if len(d.Comparisons) == 0 {
		r.fail(v.line, "no comparisons; write comparisons: [FILE.jsonl]")
	}
	if s.has("validation_share") {
		d.ValidationShare, _ = s.number("validation_share", 0, 0.9, true)
		s.refuse([]string{"validation"}, "beside validation_share says it twice")
	}
	return d
}
