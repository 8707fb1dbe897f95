package infer

import (
	"fmt"
	"slices"

	"assay/metrics"
	"assay/metrics/lengthcontrol"
	"assay/metrics/statistic"
)

// Column is the judgements of one metric of one model under one condition, as
// columns of numbers. Judgements are paired by example. Errors are clustered by
// example, or by what [Column.Group] sets above it. A labeler is a person who
// judged.
type Column struct {
	metric   *metrics.Metric
	sums     statistic.Sums // of the metric
	dim      int
	groups   []uint32  // cluster of each example, by its number; nil: each example is its own
	clusters []uint32  // example of each judgement
	stats    []float64 // dim numbers for each judgement
	labelers []uint32  // labeler of each judgement; nil while all are labeler 0
	samples  []uint32  // sample of each judgement; nil while all are 0
	drawn    []float64 // probability of each judgement's answer to be drawn; nil while none is known
	learned  []bool    // whether the judge was trained on the answer of each judgement; nil while it was on none
	missing  []uint32  // example of each judgement without a value
	answers  answers
	judge    *Column             // of a joined column; see [Column.With]
	control  *lengthcontrol.Data // of a length-controlled column; see [Column.Controlled]
	numbers  []uint32            // of each cluster in control, its number in all columns
	without  int                 // judgements that are not in control
}

// NewColumn starts an empty column. It panics for a metric whose statistic is unknown or
// doesn't fit: see [statistic.Of].
func NewColumn(m *metrics.Metric) *Column {
	sums, err := statistic.Of(m)
	if err != nil {
		panic("infer: " + err.Error())
	}
	return &Column{metric: m, sums: sums, dim: sums.Size}
}

// Add adds a judgement. value has the metric's width. Labeler 0 means not
// recorded.
func (col *Column) Add(cluster, labeler uint32, value []float64) {
	if len(value) != col.metric.ValueWidth() {
		panic(fmt.Sprintf("infer: value of %d numbers for %s, want %d", len(value), col.metric.Name, col.metric.ValueWidth()))
	}
	col.clusters = append(col.clusters, cluster)
	at := len(col.stats)
	col.stats = append(col.stats, make([]float64, col.dim)...)
	col.sums.Add(col.stats[at:], value)
	if labeler != 0 && col.labelers == nil {
		col.labelers = make([]uint32, len(col.clusters)-1)
	}
	if col.labelers != nil {
		col.labelers = append(col.labelers, labeler)
	}
}

// Of says which sample of its example the judgement that was added last is of, and with what
// probability the answer was drawn to be judged; 0 means not recorded. Only [Join] uses
// them.
func (col *Column) Of(sample int, probability float64) {
	n := len(col.clusters)
	if sample != 0 && col.samples == nil {
		col.samples = make([]uint32, n-1, n)
	}
	if col.samples != nil {
		col.samples = grown(col.samples, n)
		col.samples[n-1] = uint32(sample)
	}
	if probability != 0 && col.drawn == nil {
		col.drawn = make([]float64, n-1, n)
	}
	if col.drawn != nil {
		col.drawn = grown(col.drawn, n)
		col.drawn[n-1] = probability
	}
}

// Learned says that the judge was trained on the answer of the judgement that was added last. Only
// [Join] uses it.
func (col *Column) Learned() {
	col.learned = grown(col.learned, len(col.clusters))
	col.learned[len(col.clusters)-1] = true
}

// grown is a slice with zeros up to length n.
func grown[T any](xs []T, n int) []T { return append(xs, make([]T, n-len(xs))...) }

// AddMissing adds a judgement that was attempted and has no value.
func (col *Column) AddMissing(cluster uint32) { col.missing = append(col.missing, cluster) }

// Group says which examples share their errors, as questions on one passage do:
// example c, numbered as after Renumber, belongs to cluster to[c]. Pairing stays
// by example; errors, the bootstrap's draws and degrees of freedom are by cluster.
// nil, the default, makes every example its own cluster. Columns that are compared
// must have the same grouping.
func (col *Column) Group(to []uint32) { col.groups = to }

// clusterOf lists the cluster of each judgement's example.
func clusterOf(examples, groups []uint32) []uint32 {
	if groups == nil {
		return examples
	}
	out := make([]uint32, len(examples))
	for i, c := range examples {
		out[i] = groups[c]
	}
	return out
}

// Renumber gives example c the number to[c] and sorts the judgements by the new
// numbers. The bootstrap draws clusters by position, so if the numbers depend only
// on the examples, the results do too.
func (col *Column) Renumber(to []uint32) {
	for i, c := range col.clusters {
		col.clusters[i] = to[c]
	}
	for i, c := range col.missing {
		col.missing[i] = to[c]
	}
	order := col.order()
	col.clusters = permuted(col.clusters, order, 1)
	col.stats = permuted(col.stats, order, col.dim)
	if col.labelers != nil {
		col.labelers = permuted(col.labelers, order, 1)
	}
	if col.samples != nil {
		col.samples = permuted(grown(col.samples, len(order)), order, 1)
	}
	if col.learned != nil {
		col.learned = permuted(grown(col.learned, len(order)), order, 1)
	}
	if col.drawn != nil {
		col.drawn = permuted(grown(col.drawn, len(order)), order, 1)
	}
}

// order lists the judgements by ascending example. Those of one example keep the
// order in which they were added.
func (col *Column) order() []uint64 {
	keys := make([]uint64, len(col.clusters))
	for i, c := range col.clusters {
		keys[i] = uint64(c)<<32 | uint64(i)
	}
	slices.Sort(keys)
	for i := range keys {
		keys[i] &= 1<<32 - 1
	}
	return keys
}

func permuted[T any](rows []T, order []uint64, dim int) []T {
	out := make([]T, 0, len(rows))
	for _, i := range order {
		out = append(out, rows[int(i)*dim:(int(i)+1)*dim]...)
	}
	return out
}

// N is the number of judgements scored.
func (col *Column) N() int { return len(col.clusters) }

// Missing is the number of judgements without a value.
func (col *Column) Missing() int { return len(col.missing) }

// severalLabelers reports whether errors may be shared within a labeler.
func (col *Column) severalLabelers() bool {
	for _, l := range col.labelers {
		if l != col.labelers[0] {
			return true
		}
	}
	return false
}

// labeler is the first judgement's labeler, or 0 if there is no judgement.
func (col *Column) labeler() uint32 {
	if len(col.labelers) == 0 {
		return 0
	}
	return col.labelers[0]
}

// clustered is a column summed by example or, after merge, by cluster, in
// ascending order of ids.
type clustered struct {
	ids    []uint32
	sums   []float64 // dim for each cluster
	counts []float64 // judgements in each cluster
	dim    int
}

// single reports whether every cluster has one judgement.
func (c *clustered) single() bool {
	for _, n := range c.counts {
		if n != 1 {
			return false
		}
	}
	return true
}

// binary reports whether every sum is 0 or 1, as in a proportion with one draw.
func (c *clustered) binary() bool {
	return !slices.ContainsFunc(c.sums, func(x float64) bool { return x != 0 && x != 1 })
}

// total sums statistics and counts over all clusters.
func (c *clustered) total() (sums []float64, n float64) {
	sums = make([]float64, c.dim)
	for i, count := range c.counts {
		n += count
		for k := range c.dim {
			sums[k] += c.sums[i*c.dim+k]
		}
	}
	return sums, n
}

func (col *Column) clustered() *clustered {
	c := &clustered{dim: col.dim}
	for _, i := range col.order() {
		last := len(c.ids) - 1
		if last < 0 || c.ids[last] != col.clusters[i] {
			c.ids = append(c.ids, col.clusters[i])
			c.counts = append(c.counts, 0)
			c.sums = append(c.sums, make([]float64, col.dim)...)
			last++
		}
		c.counts[last]++
		for k := range col.dim {
			c.sums[last*col.dim+k] += col.stats[int(i)*col.dim+k]
		}
	}
	return c
}

// merge sums examples by their cluster. Without groups it changes nothing.
func (c *clustered) merge(groups []uint32) *clustered {
	if groups == nil {
		return c
	}
	order := make([]uint64, len(c.ids))
	for i, id := range c.ids {
		order[i] = uint64(groups[id])<<32 | uint64(i)
	}
	slices.Sort(order)
	out := &clustered{dim: c.dim}
	for _, key := range order {
		i, group := int(key&(1<<32-1)), uint32(key>>32)
		last := len(out.ids) - 1
		if last < 0 || out.ids[last] != group {
			out.ids = append(out.ids, group)
			out.counts = append(out.counts, 0)
			out.sums = append(out.sums, make([]float64, c.dim)...)
			last++
		}
		out.counts[last] += c.counts[i]
		for k := range c.dim {
			out.sums[last*c.dim+k] += c.sums[i*c.dim+k]
		}
	}
	return out
}

// rows returns the statistics and the count of each cluster, row-major.
func (c *clustered) rows() []float64 {
	rows := make([]float64, 0, len(c.ids)*(c.dim+1))
	for i, count := range c.counts {
		rows = append(rows, c.sums[i*c.dim:(i+1)*c.dim]...)
		rows = append(rows, count)
	}
	return rows
}

// keep returns the clusters that are also in other, which has the same order.
func (c *clustered) keep(other *clustered) *clustered {
	out := &clustered{dim: c.dim}
	k := 0
	for i, id := range c.ids {
		for k < len(other.ids) && other.ids[k] < id {
			k++
		}
		if k < len(other.ids) && other.ids[k] == id {
			out.ids = append(out.ids, id)
			out.counts = append(out.counts, c.counts[i])
			out.sums = append(out.sums, c.sums[i*c.dim:(i+1)*c.dim]...)
		}
	}
	return out
}
