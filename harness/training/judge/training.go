package judge

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"runtime"

	"assay/harness"
	"assay/harness/leaf/outfile"
	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
	"assay/harness/plan"
	"assay/harness/training"
	"assay/harness/training/data"
	"assay/models"
	"assay/models/bpe"
	"assay/models/learned"
	"assay/models/linear"
	"assay/models/train"
)

// Training is the training of a judge, its data read and divided.
type Training struct {
	plan     *plan.TrainedJudge
	files    *Files
	folder   *training.Folder
	notes    data.Notes
	sources  []source // in the order of the plan
	others   []source // to measure by
	terms    []string
	measured *Evaluation // by the fit of a linear model

	// Of a training from a language model:
	tokenizer *bpe.Tokenizer
	context   int // of a row, in tokens
}

// source is a file's rows. Only test has rows in a file to measure by.
type source struct {
	name string
	parts
}

// New reads a plan's files, divides them by group, and checks them. Errors name file and line.
func New(p *plan.TrainedJudge, files *Files, folder *training.Folder) (*Training, error) {
	t := &Training{plan: p, files: files, folder: folder}
	if err := t.read(); err != nil {
		return nil, err
	}
	return t, t.check()
}

func (t *Training) read() error {
	known, err := readReferences(t.files.References)
	if err != nil {
		return err
	}
	if t.plan.Base != "" {
		if err := t.readBase(); err != nil {
			return err
		}
	}
	open := func(path string) (rows []Row, name string, err error) {
		if rows, err = Read(path, t.plan.Kind); err != nil {
			return nil, "", err
		}
		name = filepath.Base(path)
		if len(t.files.References) > 0 {
			if without := give(rows, known); without > 0 {
				t.notes.Say(fmt.Sprintf("%s: %s without references, because their questions are in no file of references", name, plural.Of(without, "row")))
			}
		}
		return rows, name, nil
	}
	for _, path := range t.files.Data {
		rows, name, err := open(path)
		if err != nil {
			return err
		}
		t.sources = append(t.sources, source{name, divide(rows, t.plan.Data.ValidationSplit, t.plan.Data.TestSplit)})
	}
	for _, path := range t.files.Evaluate {
		rows, name, err := open(path)
		if err != nil {
			return err
		}
		t.others = append(t.others, source{name, parts{test: rows}})
	}
	t.separate()
	if t.files.Terms != "" {
		t.terms, err = readTerms(t.files.Terms)
	}
	return err
}

// separate drops what training has from what the judge is calibrated on, and both from the tests.
func (t *Training) separate() {
	known := map[string]bool{}
	for _, s := range t.sources {
		addInputs(known, s.learn)
	}
	for i := range t.sources {
		s := &t.sources[i]
		s.calibrate, _ = unlearned(s.calibrate, known)
	}
	for _, s := range t.sources {
		addInputs(known, s.calibrate)
	}
	for _, list := range [][]source{t.sources, t.others} {
		for i := range list {
			kept, dropped := unlearned(list[i].test, known)
			if list[i].test = kept; dropped > 0 {
				t.notes.Say(droppedNote(list[i].name, dropped))
			}
		}
	}
}

// check refuses data from which nothing can be learned, calibrated or measured.
func (t *Training) check() error {
	for _, s := range t.sources {
		for part, rows := range map[string][]Row{"to learn from": s.learn, "to calibrate on": s.calibrate, "to test on": s.test} {
			if !bothLabels(rows) {
				return place.Errorf(t.plan.Path, t.plan.Line("data.files"), "%s: the rows %s don't have both labels (below 0.5, and 0.5 and above); add rows, or change validation_split or test_split", s.name, part)
			}
		}
	}
	for _, s := range t.others {
		if len(s.test) == 0 {
			return place.Errorf(t.plan.Path, t.plan.Line("evaluate.files"), "%s: training has all of its texts, so it measures nothing; remove it from evaluate or from data", s.name)
		}
	}
	return nil
}

func bothLabels(rows []Row) bool {
	positive := 0
	for i := range rows {
		if rows[i].Positive() {
			positive++
		}
	}
	return 0 < positive && positive < len(rows)
}

// Notes says what was done to the data.
func (t *Training) Notes() []string { return t.notes.Lines() }

// Rows counts the rows of each part.
func (t *Training) Rows() (learn, calibrate, test int) {
	for _, s := range t.sources {
		learn, calibrate, test = learn+len(s.learn), calibrate+len(s.calibrate), test+len(s.test)
	}
	return learn, calibrate, test
}

// Preview writes what the training of the plan at path takes, or for a linear judge learns from.
func (t *Training) Preview(ctx context.Context, w io.Writer, path string) error {
	if t.plan.Base != "" {
		job, err := t.Job()
		if err != nil {
			return err
		}
		return training.Preview(ctx, w, path, t.folder, job)
	}
	learn, calibrate, test := t.Rows()
	_, err := fmt.Fprintf(w, "%s: checked; nothing was trained\n  %s to learn from, %d to calibrate on, %d held out\n", path, plural.Of(learn, "text"), calibrate, test)
	return err
}

// Run trains the judge in the folder and measures it, unless that is done already.
func (t *Training) Run(ctx context.Context, watch training.Watch) (*training.Result, *Evaluation, error) {
	if t.plan.Base != "" {
		return t.runHead(ctx, watch)
	}
	job, err := t.job()
	if err != nil {
		return nil, nil, err
	}
	dir := t.folder.Dir
	result, err := training.Run(ctx, dir, job, watch)
	if err != nil {
		return nil, nil, err
	}
	old, err := ReadEvaluation(dir)
	if err != nil || old != nil && !t.stale(old) {
		return result, old, err
	}
	m, err := linear.Open(dir.Path(training.ModelFolder))
	if err != nil {
		return nil, nil, err
	}
	e := t.measured
	if e == nil {
		if e, err = t.measureAll(ctx, linearJudging(m), nil); err != nil {
			return nil, nil, err
		}
		if old != nil {
			e.ValidationAUC = old.ValidationAUC
		}
	}
	return result, e, WriteEvaluation(dir, e)
}

// runHead trains a language model with a scalar head.
func (t *Training) runHead(ctx context.Context, watch training.Watch) (*training.Result, *Evaluation, error) {
	job, err := t.Job()
	if err != nil {
		return nil, nil, err
	}
	result, err := training.Run(ctx, t.folder.Dir, job, watch)
	if err != nil {
		return nil, nil, err
	}
	job = nil
	runtime.GC() // frees gradients and moments
	e, err := t.concludeHead(ctx, watch)
	return result, e, err
}

// learnedFrom are the files on which the weights depend.
func (t *Training) learnedFrom() []harness.Source {
	n := len(t.files.Sources) - t.files.measuring // the others come last
	return t.files.Sources[:n]
}

// job is the training of a linear model: one step, which fits, calibrates and measures.
func (t *Training) job() (*training.Job, error) {
	canonical, err := t.plan.Canonical()
	if err != nil {
		return nil, err
	}
	job := training.NewJob(t.folder.Dir, t.folder.CPU, harness.Plan{Train: canonical, Sources: t.learnedFrom()}, t.features().Size())
	model := &saved{texts: t.learned()}
	job.Model, job.Stage, job.Steps = model, string(plan.JudgeKind), 1
	job.Notes, job.Counted = t.notes.Lines(), t.notes.Counted()
	job.Fit = func(ctx context.Context, from train.Progress, report func(models.TrainStep) error) (train.Progress, error) {
		m, step, err := t.fit(ctx)
		if err != nil {
			return from, err
		}
		model.Model = m
		return train.Progress{Step: 1, Tokens: step.Tokens}, report(step)
	}
	return job, nil
}

// learned is the record of the texts that the judge learns or is calibrated on.
func (t *Training) learned() *learned.Texts {
	var hashes []uint64
	for _, s := range t.sources {
		for _, rows := range [][]Row{s.learn, s.calibrate} {
			for i := range rows {
				hashes = append(hashes, learned.Hash(rows[i].Context, rows[i].Text.Text))
			}
		}
	}
	return learned.New(hashes)
}

// saved is the model that a training saves. It has no state, since its only step is its last.
type saved struct {
	*linear.Model
	texts *learned.Texts
}

// Save writes the record of learned texts, and the model last.
func (s *saved) Save(dir string) error {
	if _, err := outfile.MkdirAll(dir); err != nil {
		return err
	}
	if err := s.texts.Write(dir); err != nil {
		return err
	}
	return s.Model.Save(dir)
}

func (*saved) SaveState(string, map[string]string) error { return nil }

func (*saved) LoadState(path string) (map[string]string, error) {
	return nil, fmt.Errorf("%s: a judge's training has no state; remove the file", path)
}

func (t *Training) features() linear.Features {
	return linear.Features{Characters: t.plan.Characters, Words: t.plan.Words, Bits: t.plan.Bits}
}
