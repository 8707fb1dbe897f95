package reward

import (
	"context"
	"io"
	"runtime"

	"assay/harness/leaf/place"
	"assay/harness/plan"
	"assay/harness/runstore"
	"assay/harness/training"
	"assay/harness/training/data"
	"assay/models/bpe"
	"assay/models/compute"
	"assay/models/gpt"
	"assay/models/train/reward"
)

// Training is the training of a reward model, its data read and checked.
type Training struct {
	plan      *plan.Reward
	files     *Files
	folder    *training.Folder
	notes     data.Notes
	tokenizer *bpe.Tokenizer
	context   int // of a row, in tokens
	learnt    []*reward.Preference
	held      []*reward.Preference
	learned   []uint64   // hashes of the answers that a model is fitted to or chosen by
	heldFiles []heldFile // what held is made of
	texts     [][]int32  // demonstrations
}

// heldFile is a file of preferences that are held out: a part of held.
type heldFile struct {
	name     string
	from, to int
}

// New reads a plan's files, and checks everything that is learnt from and evaluated by.
// Errors name file and line.
func New(p *plan.Reward, files *Files, folder *training.Folder) (*Training, error) {
	t := &Training{plan: p, files: files, folder: folder}
	if err := t.read(); err != nil {
		return nil, err
	}
	return t, t.check()
}

// Notes says what was done to the data.
func (t *Training) Notes() []string { return t.notes.Lines() }

// Preview writes what the training of the plan at path takes.
func (t *Training) Preview(ctx context.Context, w io.Writer, path string) error {
	job, err := t.Job()
	if err != nil {
		return err
	}
	return training.Preview(ctx, w, path, t.folder, job)
}

// Run trains in the folder, trains once for each fold of a cross-validation, and evaluates
// the model, all unless it is done already.
func (t *Training) Run(ctx context.Context, watch training.Watch) (*training.Result, *Evaluation, error) {
	dir := t.folder.Dir
	trained, err := t.train(ctx, dir, t.all(), watch)
	if err != nil {
		return nil, nil, err
	}
	e, err := ReadEvaluation(dir)
	if err != nil || e != nil {
		return trained.result, e, err
	}
	judged := Judged{Model: t.folder.Name(), Seed: t.plan.Seed}
	if judged.Training, err = t.judge(nil, t.learnt); err != nil {
		return nil, nil, err
	}
	if judged.HeldOut, err = t.judge(trained.net, t.held); err != nil {
		return nil, nil, err
	}
	for _, file := range t.heldFiles {
		pairs, err := t.judge(trained.net, t.held[file.from:file.to])
		if err != nil {
			return nil, nil, err
		}
		judged.Files = append(judged.Files, JudgedFile{Name: file.name, Pairs: pairs})
	}
	if err := t.crossValidate(ctx, &judged, watch); err != nil {
		return nil, nil, err
	}
	e = judged.Evaluate()
	return trained.result, e, WriteEvaluation(dir, e)
}

// trained is a model that a training has kept.
type trained struct {
	net    *gpt.Model
	result *training.Result
}

// train trains a model on a fold in a folder, unless it is there, and opens what was kept.
func (t *Training) train(ctx context.Context, dir runstore.Dir, f fold, watch training.Watch) (*trained, error) {
	e := compute.NewEngine(t.folder.CPU)
	job, err := t.job(e, dir, f)
	if err != nil {
		return nil, err
	}
	result, err := training.Run(ctx, dir, job, watch)
	if err != nil {
		return nil, err
	}
	runtime.GC() // frees gradients and moments
	net, err := gpt.Load(e, dir.Path(training.ModelFolder))
	return &trained{net, result}, err
}

// judge gives the pairs of preferences by a network's rewards; without one by lengths.
func (t *Training) judge(by *gpt.Model, preferences []*reward.Preference) ([]reward.Pair, error) {
	if len(preferences) == 0 {
		return nil, nil
	}
	set, err := t.set(preferences)
	if err != nil {
		return nil, err
	}
	if by == nil {
		return reward.Judge(set, nil)
	}
	return reward.Judge(set, func(b *reward.Batch) ([]float32, error) { return Rewards(by, b) })
}

// at is an error at a field of the plan.
func (t *Training) at(field, format string, args ...any) error {
	return place.Errorf(t.plan.Path, t.plan.Line(field), format, args...)
}
