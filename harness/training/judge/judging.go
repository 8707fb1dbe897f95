package judge

import (
	"context"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"assay/harness/session"
	"assay/harness/training"
	"assay/models"
	"assay/models/compute/kernels"
	"assay/models/head"
	"assay/models/linear"
	"assay/models/sample"
)

// judging gives probabilities of texts, or scores before calibration.
type judging struct {
	of      func(ctx context.Context, t linear.Text) (float64, error)
	workers int // texts at a time
}

// linearJudging is that of a linear model.
func linearJudging(m *linear.Model) judging {
	of := func(_ context.Context, t linear.Text) (float64, error) { return m.Probability(t), nil }
	return judging{of, runtime.GOMAXPROCS(0)}
}

// headRows is how many texts go through a network together.
const headRows = 64

// all gives the numbers of rows, several at a time. done is called after each, by one goroutine at a
// time; nil is allowed.
func (j judging) all(ctx context.Context, rows []Row, done func()) ([]float64, error) {
	p := make([]float64, len(rows))
	var turn sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	for k := range j.workers {
		group.Go(func() error {
			for i := len(rows) * k / j.workers; i < len(rows)*(k+1)/j.workers; i++ {
				if err := ctx.Err(); err != nil {
					return err
				}
				var err error
				if p[i], err = j.of(ctx, rows[i].Text); err != nil {
					return err
				}
				if done != nil {
					turn.Lock()
					done()
					turn.Unlock()
				}
			}
			return nil
		})
	}
	return p, group.Wait()
}

// concludeHead calibrates the checkpoint that a training has kept, measures it, and writes its
// settings, all unless it is done already. What a plan runs is measured: the saved checkpoint, by the
// code that answers plans.
func (t *Training) concludeHead(ctx context.Context, watch training.Watch) (*Evaluation, error) {
	dir := t.folder.Dir.Path(training.ModelFolder)
	e, err := ReadEvaluation(t.folder.Dir)
	if err != nil || e != nil && !t.stale(e) && head.Is(dir) {
		return e, err
	}
	net, err := openNetwork(t.folder.CPU, dir)
	if err != nil {
		return nil, err
	}
	defer net.Close()
	s := head.Settings{Kind: string(t.plan.Kind), MaxLength: t.context, Contexts: t.contexts(), Scale: 1}
	m, err := head.New(dir, s, net)
	if err != nil {
		return nil, err
	}
	first := t.sources[0].calibrate
	scores, err := judging{m.Score, headRows}.all(ctx, first, nil)
	if err != nil {
		return nil, err
	}
	labels := make([]float64, len(first))
	for i := range first {
		labels[i] = first[i].Label
	}
	if m.Scale, m.Shift, err = linear.Calibrate(ctx, scores, labels); err != nil {
		return nil, err
	}
	watch.Start(session.Stage{Name: "measure", All: t.tested()})
	e, err = t.measureAll(ctx, judging{m.Probability, headRows}, func() { watch.Step(models.TrainStep{}) })
	watch.End()
	if err != nil {
		return nil, err
	}
	m.Known = t.known(e)
	if err := WriteEvaluation(t.folder.Dir, e); err != nil {
		return nil, err
	}
	return e, m.Settings.Save(dir)
}

// tested counts the texts to measure by.
func (t *Training) tested() int {
	n := 0
	for _, s := range slices.Concat(t.sources, t.others) {
		n += len(s.test)
	}
	return n
}

// openNetwork opens a checkpoint to judge texts. The caller closes it.
func openNetwork(cpu *kernels.CPU, dir string) (*sample.Model, error) {
	return sample.Open(cpu, dir, sample.Options{Name: dir})
}

// contexts reports whether texts to learn from have contexts, so that the judge compares.
func (t *Training) contexts() bool {
	for i := range t.sources {
		for k := range t.sources[i].learn {
			if t.sources[i].learn[k].Context != "" {
				return true
			}
		}
	}
	return false
}
