package interop

import (
	"math"

	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/plural"
	"assay/metrics"
	"assay/metrics/statistic"
)

type cellKey struct{ suite, model, condition, metric, baseline string }

type total struct {
	sums []float64
	n    int
}

// printed is an aggregate in the tool's own files.
type printed struct {
	cellKey
	value  float64
	within float64 // how far it may be off, as it is rounded; 0 for rounding errors only
	path   string
}

// sum adds a judgement to what its cell's aggregate is computed from.
func (b *book) sum(j *metrics.Judgement, m *scoreMetric) error {
	key := cellKey{j.Suite, j.Model, j.Condition, j.Metric, j.Baseline}
	t := b.totals[key]
	if t == nil {
		t = new(total)
		b.totals[key] = t
	}
	if !j.Scored() {
		return nil
	}
	of, err := m.of()
	if err != nil {
		return err
	}
	one := make([]float64, of.Size)
	of.Add(one, j.Value)
	if t.sums == nil {
		t.sums = make([]float64, of.Size)
	}
	for i, x := range one {
		t.sums[i] += x
	}
	t.n++
	return nil
}

// print notes an aggregate that the tool printed. One without a number says nothing.
func (b *book) print(key cellKey, raw jsontext.Value, path string) {
	if x, missing, err := valueOf(raw); err == nil && missing == "" {
		b.printed = append(b.printed, printed{cellKey: key, value: x, path: path})
	}
}

// compare says where the tool's aggregates differ from those of its scores.
func (b *book) compare() {
	agree, differ := 0, 0
	for _, p := range b.printed {
		t := b.totals[p.cellKey]
		if t == nil { // no score of it was read
			differ++
			b.differs(differ, "%s: %s %s of %s is %v in the file, but no score of it was read", p.path, p.suite, p.metric, p.model, p.value)
			continue
		}
		point, ok := b.point(p.cellKey, t)
		if ok && math.Abs(point-p.value) <= p.within+1e-9*max(1, math.Abs(p.value)) {
			agree++
			continue
		}
		differ++
		if !ok {
			b.differs(differ, "%s: %s %s of %s is %v in the file, but no answer has a score of it", p.path, p.suite, p.metric, p.model, p.value)
			continue
		}
		b.differs(differ, "%s: %s %s of %s is %v in the file, but %v by the %s that %s read", p.path, p.suite, p.metric, p.model, p.value, point, plural.Of(t.n, "score"), plural.Word(t.n, "was", "were"))
	}
	if differ > mostDiffer {
		b.out.Notice("%s in the files %s from the scores that were read", plural.Of(differ-mostDiffer, "more aggregate"), plural.Word(differ-mostDiffer, "differs", "differ"))
	}
	if agree > 0 {
		b.out.Notice("%s in the files %s with the scores that were read", plural.Of(agree, "aggregate"), plural.Word(agree, "agrees", "agree"))
	}
}

// mostDiffer is how many aggregates are listed that differ.
const mostDiffer = 20

func (b *book) differs(n int, format string, args ...any) {
	if n <= mostDiffer {
		b.out.Notice(format, args...)
	}
}

// point is a cell's aggregate; false without a score.
func (b *book) point(key cellKey, t *total) (float64, bool) {
	if t.n == 0 {
		return 0, false
	}
	for _, m := range b.named[key.suite].metrics {
		if m.name == key.metric {
			of, err := m.of()
			return of.Point(t.sums, float64(t.n)), err == nil
		}
	}
	return 0, false
}

// of is the metric's statistic.
func (m *scoreMetric) of() (statistic.Sums, error) {
	if !m.known {
		kind := metrics.Mean
		if m.usual != nil {
			kind = *m.usual
		}
		metric := metrics.Metric{Name: m.name, Kind: kind, Width: m.width, Statistic: m.statistic}
		var err error
		if m.sums, err = statistic.Of(&metric); err != nil {
			return m.sums, err
		}
		m.known = true
	}
	return m.sums, nil
}
