package pipeline

import (
	"encoding/binary"
	"strings"

	"assay/harness/leaf/seed"
	"assay/metrics"
	"assay/metrics/infer"
)

// Options of inference over a run.
type Options struct {
	Bootstrap bool
	Resamples int // 0 is the default
}

// infer gives one cell's options. Its seed depends on the run's seed and the
// cell's name alone, so that a result doesn't depend on what else is computed.
func (o Options) infer(run uint64, names ...string) infer.Options {
	text := binary.LittleEndian.AppendUint64(nil, run)
	opt := infer.Defaults(seed.Text(append(text, strings.Join(names, "\x00")...)))
	opt.Bootstrap = o.Bootstrap
	if o.Resamples > 0 {
		opt.Resamples = o.Resamples
	}
	return opt
}

// Estimate computes every cell's estimate, in report order.
func Estimate(j *Judged, opt Options) []metrics.Estimate {
	var out []metrics.Estimate
	for _, c := range j.cells {
		e := infer.Estimate(j.columns[c], opt.infer(j.Seed, c.Suite, c.Metric, c.Model, c.Condition))
		e.Suite, e.Model, e.Condition, e.Baseline = c.Suite, c.Model, c.Condition, j.opponent[c]
		e.Method, e.Warnings = named(e.Method, e.Warnings, j.clustersOf(c.Suite))
		out = append(out, e)
	}
	return out
}
