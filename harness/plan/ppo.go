package plan

import (
	"fmt"
	"math"

	"github.com/go-json-experiment/json"
)

// PPO is a plan of a training by reinforcement learning. Its JSON leaves out what cannot
// change the weights.
//
// A file with every field, its numbers those of the preset small:
//
//	preset: small          # or paper; what is not written is the preset's
//	seed: 1
//	init: sft/model        # the policy's beginning, and what the penalty holds it to
//	reward: rm/model       # the reward model, and the value function's beginning
//	data: {prompts: [prompts.jsonl], text: [pretraining.txt]}   # {"prompt": "..."}; text for pretraining:
//	iterations: 150
//	batch: 128             # episodes of an iteration
//	minibatch: 64          # episodes of an update
//	epochs: 1              # over an iteration's episodes
//	tokens: 24             # of a response at most
//	without_end: {penalise: 1}                          # or {replace: -1}: the score of a response that was cut
//	kl: {beta: 0.15, target: 0, horizon: 0}             # with a horizon beta moves towards the target
//	advantages: {gamma: 1, lambda: 0.95, whiten_rewards: false}
//	clip: {ratio: 0.2, value: 0.2}
//	pretraining: {gamma: 0, rows: 6, context: 80, parts: 1}   # gamma of equation (2), on the mean over tokens
//	optimizer: {learning_rate: 2e-4, value_learning_rate: 2e-4, warmup: 10, beta1: 0.9, beta2: 0.95, epsilon: 1e-5, decay: 0, clip: 1, ema: 0.992}
//	show: 2                # episodes of an iteration that are kept as texts
//	gold: none             # or world: prompts of 'assay world', whose gold utility is recorded and never learnt from
//	save_every: 10
//
// data's long says what becomes of prompts that leave no room for a response: error, which
// is the default, drop, or truncate, which takes their beginnings away ([Long]).
//
// The preset small suits the small world; paper is Ouyang et al. 2022, appendix C.4.
type PPO struct {
	Path        string       `json:"-"`
	Seed        uint64       `json:"seed"`
	Init        string       `json:"init"`
	Reward      string       `json:"reward"`
	Data        PPOData      `json:"data"`
	Iterations  int          `json:"iterations"`
	Batch       int          `json:"batch"`
	Minibatch   int          `json:"minibatch"`
	Epochs      int          `json:"epochs"`
	Tokens      int          `json:"tokens"`
	WithoutEnd  WithoutEnd   `json:"without_end,omitzero"`
	KL          KL           `json:"kl"`
	Advantages  Advantages   `json:"advantages"`
	Clip        Clip         `json:"clip"`
	Pretraining Pretraining  `json:"pretraining"`
	Optimizer   PPOOptimizer `json:"optimizer"`
	Gold        Gold         `json:"gold,omitempty"`
	Show        int          `json:"show"`
	SaveEvery   int          `json:"-"` // iterations; 0 is a twentieth of all

	lines map[string]int // where its fields stand
}

// Line is where a field stands in the plan: init, reward, prompts or text. It is 1 for
// one that isn't there.
func (p *PPO) Line(field string) int { return max(p.lines[field], 1) }

// PPOData names files, beside the plan or below the data folder.
type PPOData struct {
	Prompts []string `json:"prompts"`
	Text    []string `json:"text,omitempty"`
	Long    Long     `json:"long,omitempty"` // of prompts
}

// WithoutEnd says what becomes of the score of a response without an end: at most one
// of the two.
type WithoutEnd struct {
	Penalise *float64 `json:"penalise,omitempty"` // is subtracted from it
	Replace  *float64 `json:"replace,omitempty"`  // takes its place
}

// KL is the penalty. Without a Horizon Beta is fixed.
type KL struct {
	Beta    float64 `json:"beta"`
	Target  float64 `json:"target,omitzero"`
	Horizon float64 `json:"horizon,omitzero"`
}

// Advantages are their estimation's settings.
type Advantages struct {
	Gamma         float64 `json:"gamma"`
	Lambda        float64 `json:"lambda"`
	WhitenRewards bool    `json:"whiten_rewards,omitzero"`
}

// Clip are the bounds of an update.
type Clip struct {
	Ratio float64 `json:"ratio"`
	Value float64 `json:"value"`
}

// Pretraining is what is mixed in of its gradient.
type Pretraining struct {
	Gamma   float64 `json:"gamma"`
	Rows    int     `json:"rows"`
	Context int     `json:"context"`
	Parts   int     `json:"parts"`
}

// PPOOptimizer is AdamW's settings and both learning rates.
type PPOOptimizer struct {
	LearningRate      float64 `json:"learning_rate"`
	ValueLearningRate float64 `json:"value_learning_rate"`
	Warmup            int     `json:"warmup"` // iterations, from a tenth
	Beta1             float64 `json:"beta1"`
	Beta2             float64 `json:"beta2"`
	Epsilon           float64 `json:"epsilon"`
	Decay             float64 `json:"decay"`
	Clip              float64 `json:"clip"`
	EMA               float64 `json:"ema"`
}

// Gold says who knows what the responses are worth, for the record.
type Gold string

const (
	NoGold    Gold = "none"
	WorldGold Gold = "world" // the small world that the prompts are of
)

// Preset is a set of settings by name.
type Preset string

const (
	Small Preset = "small"
	Paper Preset = "paper"
)

// preset is a plan with a preset's settings.
func preset(name Preset) *PPO {
	one := 1.0
	p := &PPO{
		Seed: 1, Iterations: 150, Batch: 128, Minibatch: 64, Epochs: 1, Tokens: 24, WithoutEnd: WithoutEnd{Penalise: &one},
		KL: KL{Beta: 0.15}, Advantages: Advantages{Gamma: 1, Lambda: 0.95}, Clip: Clip{0.2, 0.2},
		Pretraining: Pretraining{Rows: 6, Context: 80, Parts: 1},
		Optimizer:   PPOOptimizer{LearningRate: 2e-4, ValueLearningRate: 2e-4, Warmup: 10, Beta1: 0.9, Beta2: 0.95, Epsilon: 1e-5, Clip: 1, EMA: 0.992},
		Show:        2,
	}
	if name == Paper {
		p.Iterations, p.Batch, p.Tokens, p.KL.Beta = 500, 512, 1024, 0.02
		p.WithoutEnd = WithoutEnd{}
		p.Pretraining = Pretraining{Gamma: 27.8, Rows: 512, Context: 2048, Parts: 1}
		p.Optimizer.LearningRate, p.Optimizer.ValueLearningRate, p.Optimizer.Epsilon = 8e-6, 9e-6, 1e-8
	}
	return p
}

var (
	ppoFields = []string{"preset", "seed", "init", "reward", "data", "iterations", "batch", "minibatch", "epochs", "tokens",
		"without_end", "kl", "advantages", "clip", "pretraining", "optimizer", "gold", "show", "save_every"}
	ppoOptimizerFields = []string{"learning_rate", "value_learning_rate", "warmup", "beta1", "beta2", "epsilon", "decay", "clip", "ema"}
)

// Canonical is the plan as JSON for the manifest.
func (p *PPO) Canonical() ([]byte, error) {
	c := *p
	c.Init, c.Reward = baseName(p.Init), baseName(p.Reward)
	for _, files := range []*[]string{&c.Data.Prompts, &c.Data.Text} {
		var names []string
		for _, f := range *files {
			names = append(names, baseName(f))
		}
		*files = names
	}
	return json.Marshal(&c, json.Deterministic(true))
}

// ReadPPO reads a plan and checks it by itself; that its files exist is for the caller
// to see.
func ReadPPO(path string) (*PPO, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, fmt.Errorf("the plan can't be read: %w", err)
	}
	return parsePPO(path, data)
}

func parsePPO(path string, data []byte) (*PPO, error) {
	root, err := parseDocument(path, data, "write init:, reward: and data:")
	if err != nil {
		return nil, err
	}
	r := &reader{path: path}
	p := r.ppo(root)
	if r.err != nil {
		return nil, r.err
	}
	p.Path = path
	return p, nil
}

func (r *reader) ppo(root value) *PPO {
	top := r.section(root, "a training", ppoFields)
	p := preset(oneOf(&top, "preset", Small, Paper))
	if top.has("seed") {
		p.Seed = top.whole("seed", 0, math.MaxUint64)
	}
	p.Init, p.Reward = top.word("init"), top.word("reward")
	p.lines = map[string]int{"init": top.line("init"), "reward": top.line("reward"), "batch": top.line("batch"), "pretraining": top.line("pretraining"), "tokens": top.line("tokens")}
	if p.Init == "" {
		r.fail(top.at, "no init; name the folder of the model that was fine-tuned")
	}
	if p.Reward == "" {
		r.fail(top.at, "no reward; name the folder of the reward model")
	}
	p.Iterations = top.count("iterations", p.Iterations, 1e9)
	p.Batch, p.Minibatch = top.count("batch", p.Batch, 1e6), top.count("minibatch", p.Minibatch, 1e6)
	p.Epochs, p.Tokens = top.count("epochs", p.Epochs, 1000), top.count("tokens", p.Tokens, 1<<20)
	if p.Minibatch > 0 && p.Batch%p.Minibatch != 0 {
		r.fail(top.line("minibatch"), "minibatch %d doesn't divide batch %d; choose another", p.Minibatch, p.Batch)
	}
	if top.has("show") {
		p.Show = int(top.whole("show", 0, 1000))
	}
	if p.Gold = oneOf(&top, "gold", NoGold, WorldGold); p.Gold == NoGold {
		p.Gold = ""
	}
	p.SaveEvery = int(top.whole("save_every", 1, 1e9))
	r.ppoParts(&top, p)
	v, ok := top.field("data")
	if !ok {
		r.fail(top.line("data"), "no data; write data: {prompts: [FILE.jsonl]}")
		return p
	}
	s := r.section(v, "data", []string{"prompts", "text", "long"})
	p.lines["prompts"], p.lines["text"] = s.line("prompts"), s.line("text")
	p.Data = PPOData{Prompts: s.words("prompts"), Text: s.words("text"), Long: s.long()}
	switch {
	case len(p.Data.Prompts) == 0:
		r.fail(v.line, "no prompts; write prompts: [FILE.jsonl]")
	case p.Pretraining.Gamma > 0 && len(p.Data.Text) == 0:
		r.fail(v.line, "pretraining has a gamma, and there is no text; write text: [FILE]")
	}
	return p
}

// ppoParts reads the sections that a preset fills in.
func (r *reader) ppoParts(top *section, p *PPO) {
	part := func(name string, fields []string, read func(*section)) {
		if v, ok := top.field(name); ok {
			s := r.section(v, name, fields)
			read(&s)
		}
	}
	part("without_end", []string{"penalise", "replace"}, func(s *section) {
		p.WithoutEnd = WithoutEnd{s.maybe("penalise", -1e6, 1e6), s.maybe("replace", -1e6, 1e6)}
		if p.WithoutEnd.Penalise != nil && p.WithoutEnd.Replace != nil {
			s.fail(s.at, "penalise and replace are two ways to treat a response without an end; write one")
		}
	})
	part("kl", []string{"beta", "target", "horizon"}, func(s *section) {
		s.set("beta", &p.KL.Beta, 0, 1e6)
		s.set("target", &p.KL.Target, 0, 1e6)
		s.set("horizon", &p.KL.Horizon, 0, 1e12)
		if (p.KL.Target > 0) != (p.KL.Horizon > 0) {
			s.fail(s.at, "target and horizon go together; write both, or neither for a fixed beta")
		}
	})
	part("advantages", []string{"gamma", "lambda", "whiten_rewards"}, func(s *section) {
		s.set("gamma", &p.Advantages.Gamma, 0, 1)
		s.set("lambda", &p.Advantages.Lambda, 0, 1)
		p.Advantages.WhitenRewards = s.flag("whiten_rewards", false)
	})
	part("clip", []string{"ratio", "value"}, func(s *section) {
		p.Clip = Clip{s.positive("ratio", p.Clip.Ratio), s.positive("value", p.Clip.Value)}
	})
	p.Pretraining = top.pretraining(p.Pretraining)
	part("optimizer", ppoOptimizerFields, func(s *section) {
		o := &p.Optimizer
		o.LearningRate = s.positive("learning_rate", o.LearningRate)
		o.ValueLearningRate = s.positive("value_learning_rate", o.ValueLearningRate)
		if s.has("warmup") {
			o.Warmup = int(s.whole("warmup", 0, 1e9))
		}
		o.Beta1, o.Beta2, o.EMA = s.share("beta1", o.Beta1), s.share("beta2", o.Beta2), s.share("ema", o.EMA)
		o.Epsilon = s.positive("epsilon", o.Epsilon)
		s.set("decay", &o.Decay, 0, 10)
		s.set("clip", &o.Clip, 0, 1e9)
	})
}

// pretraining reads what is mixed in of pretraining; what isn't written stays as it is.
func (s *section) pretraining(p Pretraining) Pretraining {
	v, ok := s.field("pretraining")
	if !ok {
		return p
	}
	of := s.section(v, "pretraining", []string{"gamma", "rows", "context", "parts"})
	of.set("gamma", &p.Gamma, 0, 1e6)
	p.Rows = of.count("rows", max(p.Rows, 1), 1e6)
	if of.has("context") { // else the model's
		p.Context = of.count("context", 1, 1<<20)
	}
	p.Parts = of.count("parts", max(p.Parts, 1), 1e6)
	return p
}

// set reads a number from lo to hi; absent, it stays as it is.
func (s *section) set(name string, x *float64, lo, hi float64) {
	if s.has(name) {
		*x, _ = s.number(name, lo, hi, false)
	}
}

// maybe reads a number from lo to hi; absent it is nil.
func (s *section) maybe(name string, lo, hi float64) *float64 {
	if !s.has(name) {
		return nil
	}
	x, _ := s.number(name, lo, hi, false)
	return &x
}
