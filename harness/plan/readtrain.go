package plan

import (
	"fmt"
	"math"
)

var (
	trainFields     = []string{"seed", "init", "model", "tokenizer", "data", "dropout", "batch", "context", "accumulate", "steps", "epochs", "pretraining", "optimizer", "evaluate", "save_every"}
	shapeFields     = []string{"layers", "heads", "width", "context", "bias", "deviation"}
	tokenizerFields = []string{"folder", "kind", "size"}
	dataFields      = []string{"text", "comparisons", "demonstrations", "validation", "validation_share", "long"}
	optimizerFields = []string{"learning_rate", "final", "warmup", "beta1", "beta2", "epsilon", "decay", "clip", "ema"}
	evaluateFields  = []string{"every", "tokens", "best", "reward", "response"}
)

// ReadTrain reads a training's plan and checks it by itself; that its files exist
// is for the caller to see.
func ReadTrain(path string, kind TrainKind) (*Train, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, fmt.Errorf("the plan can't be read: %w", err)
	}
	return parseTrain(path, data, kind)
}

func parseTrain(path string, data []byte, kind TrainKind) (*Train, error) {
	root, err := parseDocument(path, data, "write data:, model: (or init:), batch:, steps: and optimizer:")
	if err != nil {
		return nil, err
	}
	r := &reader{path: path}
	t := r.train(root, kind)
	if r.err != nil {
		return nil, r.err
	}
	t.Path = path
	return t, nil
}

func (r *reader) train(root value, kind TrainKind) *Train {
	top := r.section(root, "a training", trainFields)
	t := &Train{
		Seed: 1, Init: top.word("init"),
		Batch:      top.count("batch", 0, 1_000_000),
		Context:    int(top.whole("context", 1, 1<<20)),
		Accumulate: top.count("accumulate", 1, 1_000_000),
		SaveEvery:  int(top.whole("save_every", 1, 1e9)),
		Dropout:    top.share("dropout", 0),
	}
	if top.has("seed") {
		t.Seed = top.whole("seed", 0, math.MaxUint64)
	}
	t.lines = map[string]int{}
	for _, name := range []string{"init", "data", "context", "batch", "model"} {
		t.lines[name] = top.line(name)
	}
	r.trained(&top, t, kind)
	r.length(&top, t, kind)
	if kind == SFT {
		t.Pretraining = top.pretraining(Pretraining{})
	} else {
		top.refuse([]string{"pretraining"}, "is for fine-tuning and PPO")
	}
	if v, ok := top.field("data"); ok {
		t.Data = r.trainData(v, kind, t.lines)
	} else {
		r.fail(top.line("data"), "no data; write data: and its files")
	}
	if v, ok := top.field("optimizer"); ok {
		t.Optimizer = r.optimizer(v)
	} else {
		r.fail(top.line("optimizer"), "no optimizer; write optimizer: {learning_rate: 1e-3}")
	}
	if t.Pretraining.Gamma > 0 && len(t.Data.Text) == 0 {
		r.fail(t.Line("data"), "pretraining has a gamma, and there is no text; write text: [FILE]")
	}
	t.Evaluate.Best = ValidationLoss
	if v, ok := top.field("evaluate"); ok {
		t.Evaluate = r.evaluate(v, kind, t.lines)
	}
	if t.Evaluate.Reward != "" && len(t.Data.Validation) == 0 && t.Data.ValidationShare == 0 {
		r.fail(t.Line("data"), "a reward model scores responses to the validation's prompts, and there are none; write validation: [FILE], or validation_share: 0.1")
	}
	return t
}

// trained reads the model: its shape and tokenizer, or where it is.
func (r *reader) trained(top *section, t *Train, kind TrainKind) {
	if t.Init != "" {
		top.refuse([]string{"model", "tokenizer"}, "is for a new model, and init names one")
		return
	}
	if kind == SFT {
		r.fail(top.at, "no init; name the folder of the model to fine-tune")
		return
	}
	v, ok := top.field("model")
	if !ok {
		r.fail(top.line("model"), "no model; write model: {layers: 4, heads: 4, width: 128, context: 64}, or init: and a folder")
		return
	}
	s := r.section(v, "a model", shapeFields)
	t.Model = Shape{
		Layers: s.count("layers", 0, 1000), Heads: s.count("heads", 0, 1000),
		Width: s.count("width", 0, 1<<20), Context: s.count("context", 0, 1<<20), Bias: s.flag("bias", true),
		Deviation: s.positive("deviation", 0.02),
	}
	if t.Model.Heads > 0 && t.Model.Width%t.Model.Heads != 0 {
		r.fail(s.line("heads"), "width %d is no multiple of %d heads; choose another", t.Model.Width, t.Model.Heads)
	}
	if v, ok = top.field("tokenizer"); !ok {
		r.fail(top.line("tokenizer"), "no tokenizer; write tokenizer: {kind: bpe, size: 4096}, or tokenizer: {folder: DIR}")
		return
	}
	t.Tokenizer = r.tokenizer(v)
	t.lines["folder"] = v.line
}

func (r *reader) tokenizer(v value) Tokenizer {
	s := r.section(v, "a tokenizer", tokenizerFields)
	t := Tokenizer{Folder: s.word("folder")}
	if t.Folder != "" {
		s.refuse([]string{"kind", "size"}, "is for a new tokenizer, and folder names one")
		return t
	}
	if !s.has("kind") {
		r.fail(v.line, "a tokenizer without a kind; write kind: and one of bytes, characters, words and bpe, or folder:")
		return t
	}
	t.Kind = oneOf(&s, "kind", Bytes, Characters, Words, BPE)
	if t.Kind != BPE {
		s.refuse([]string{"size"}, "is for kind: bpe")
		return t
	}
	t.Size = s.count("size", 0, 1<<20)
	return t
}

// length reads how long a training takes.
func (r *reader) length(top *section, t *Train, kind TrainKind) {
	if kind == SFT && top.has("epochs") {
		top.refuse([]string{"steps"}, "beside epochs says the same twice")
		t.Epochs = top.count("epochs", 0, 1_000_000)
		return
	}
	if top.has("epochs") {
		r.fail(top.line("epochs"), "epochs are for fine-tuning; write steps:")
	}
	t.Steps = top.count("steps", 0, 1_000_000_000)
}

func (r *reader) trainData(v value, kind TrainKind, lines map[string]int) TrainData {
	s := r.section(v, "data", dataFields)
	for _, name := range []string{"text", "comparisons", "demonstrations", "validation", "validation_share"} {
		lines[name] = s.line(name)
	}
	d := TrainData{Text: s.words("text"), Comparisons: s.words("comparisons"), Demonstrations: s.words("demonstrations"), Validation: s.words("validation")}
	files, name := d.Text, "text"
	if kind == SFT {
		files, name = d.Demonstrations, "demonstrations"
	}
	if kind == SFT {
		s.refuse([]string{"comparisons"}, "is for pretraining and reward models")
		d.Long = s.long()
	}
	if len(files) == 0 && len(d.Comparisons) == 0 {
		r.fail(v.line, "no %s; write %s: [FILE]", name, name)
	}
	if kind != SFT {
		s.refuse([]string{"demonstrations", "long"}, "is for fine-tuning")
	}
	if s.has("validation_share") {
		x, _ := s.number("validation_share", 0, 0.9, true)
		d.ValidationShare = x
		s.refuse([]string{"validation"}, "beside validation_share says it twice")
	}
	return d
}

func (r *reader) optimizer(v value) Optimizer {
	s := r.section(v, "an optimizer", optimizerFields)
	o := Optimizer{
		Warmup: int(s.whole("warmup", 0, 1e9)), Beta1: s.share("beta1", 0.9), Beta2: s.share("beta2", 0.95),
		Epsilon: s.positive("epsilon", 1e-8), Clip: 1, EMA: s.share("ema", 0),
	}
	if !s.has("learning_rate") {
		r.fail(v.line, "no learning_rate; write one, as in learning_rate: 1e-3")
	}
	o.LearningRate = s.positive("learning_rate", 0)
	o.Final = o.LearningRate / 10
	if s.has("final") {
		o.Final, _ = s.number("final", 0, max(o.LearningRate, 0), false)
	}
	if s.has("decay") {
		o.Decay, _ = s.number("decay", 0, 10, false)
	}
	if s.has("clip") {
		o.Clip, _ = s.number("clip", 0, 1e9, false)
	}
	return o
}

func (r *reader) evaluate(v value, kind TrainKind, lines map[string]int) Evaluate {
	s := r.section(v, "evaluate", evaluateFields)
	e := Evaluate{Every: int(s.whole("every", 1, 1e9)), Tokens: int(s.whole("tokens", 1, 1e12)), Best: ValidationLoss, Reward: s.word("reward")}
	known := ValidationLoss
	lines["reward"] = s.line("reward")
	switch {
	case e.Reward != "" && kind == SFT:
		e.Best, e.Response, known = RewardScore, s.count("response", 32, 1<<20), ValidationLoss+" and "+RewardScore
	default:
		s.refuse([]string{"reward", "response"}, "is for fine-tuning, with a reward model's folder as reward")
	}
	if s.has("best") {
		e.Best = s.word("best")
	}
	if e.Best != ValidationLoss && (e.Best != RewardScore || e.Reward == "") {
		s.fail(s.line("best"), "no score %q; there is %s", e.Best, known)
	}
	return e
}
