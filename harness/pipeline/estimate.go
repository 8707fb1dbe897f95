package pipeline

import (
	"context"
	"encoding/binary"
	"strings"

	"assay/harness/leaf/seed"
	"assay/harness/runstore"
	"assay/metrics"
	"assay/metrics/infer"
	"assay/suites"
)

// Options of inference over a run.
type Options struct {
	Bootstrap bool
	Resamples int // 0 is the default
	// Context ends a long inference; nil never does. [Estimate] and [Pairs] then return results that are
	// not to be used: see Stopped.
	Context context.Context
	// Step is called after each of all estimates, if it is not nil.
	Step func(done, all int)
}

// Stopped is the error of the context, nil if there is none.
func (o Options) Stopped() error {
	if o.Context == nil {
		return nil
	}
	return o.Context.Err()
}

// infer returns one cell's options. The seed depends only on the run's seed and the
// cell's name, so that a result doesn't depend on what else is computed.
func (o Options) infer(run uint64, names ...string) infer.Options {
	text := binary.LittleEndian.AppendUint64(nil, run)
	opt := infer.Defaults(seed.Text(append(text, strings.Join(names, "\x00")...)))
	opt.Bootstrap = o.Bootstrap
	if o.Resamples > 0 {
		opt.Resamples = o.Resamples
	}
	if o.Context != nil {
		opt.Stop = o.Context.Done()
	}
	return opt
}

// Estimate computes every cell's estimate, in report order.
func Estimate(j *Judged, opt Options) []metrics.Estimate {
	var out []metrics.Estimate
	for i, c := range j.cells {
		if opt.Stopped() != nil {
			return nil
		}
		e := infer.Estimate(j.columns[c], opt.infer(j.Seed, c.Suite, c.Metric, c.Model, c.Condition))
		e.Suite, e.Model, e.Condition, e.Baseline = c.Suite, c.Model, c.Condition, j.opponent[c]
		e.Method, e.Warnings = named(e.Method, e.Warnings, j.clustersOf(c.Suite), e.Baseline, e.Model)
		out = append(out, e)
		if opt.Step != nil {
			opt.Step(i+1, len(j.cells))
		}
	}
	return out
}

// KeptEstimates reads a run's estimates. If they are missing or can't be read, it computes
// and keeps them. It also returns what was judged.
func KeptEstimates(src Source, catalog []suites.Suite, o Options) ([]metrics.Estimate, *Judged, error) {
	runs, err := Open([]Source{src}, catalog)
	if err != nil {
		return nil, nil, err
	}
	judged, err := runs.Collect()
	if err != nil {
		return nil, nil, err
	}
	var estimates []metrics.Estimate
	for e, err := range runstore.Estimates().Read(src.Store) {
		if err != nil {
			estimates = nil
			break
		}
		estimates = append(estimates, *e)
	}
	if estimates == nil {
		estimates = Estimate(judged, o)
		if err := o.Stopped(); err != nil {
			return nil, nil, err
		}
		err = runstore.Estimates().WriteAll(src.Store, estimates)
	}
	return estimates, judged, err
}
