package infer

import (
	"slices"

	"assay/metrics"
)

// This file computes what the pairs without a value could do to a comparison. A pair
// is an example that both sides have a judgement of, scored or not. An example that
// only one side has is not a pair and is left out.

// leftOut counts what a comparison left out because it has no value.
type leftOut struct {
	pairs int    // examples that both sides have, unscored on at least one side
	more  int    // unscored judgements among these, the second side's minus the first's
	alone [2]int // examples that only the first side has, and only the second
}

func (p *Paired) leftOut() (out leftOut) {
	if p.first == nil {
		return out
	}
	first, second, both := p.first.examples(), p.second.examples(), map[uint32]bool{}
	for c := range second {
		if first[c] {
			both[c] = true
		}
	}
	open := map[uint32]bool{}
	for _, c := range p.first.missing {
		if both[c] {
			open[c] = true
			out.more--
		}
	}
	for _, c := range p.second.missing {
		if both[c] {
			open[c] = true
			out.more++
		}
	}
	out.pairs = len(open)
	out.alone = [2]int{len(first) - len(both), len(second) - len(both)}
	return out
}

// examples returns the set of examples with a judgement, scored or not.
func (col *Column) examples() map[uint32]bool {
	out := make(map[uint32]bool, len(col.clusters))
	for _, list := range [][]uint32{col.clusters, col.missing} {
		for _, c := range list {
			out[c] = true
		}
	}
	return out
}

// worstCase is the turned difference with every missing judgement at the end of the
// range that hurts the second side.
type worstCase struct {
	bound      float64 // one-sided at [Alpha]: the lower one of worst, the upper one of best
	difference float64
	se         float64
	n          int   // pairs
	clusters   int   // clusters of these pairs
	sized      sized // nil: Student's
}

// worst puts the second side's missing judgements at the bad end of the range, the
// first side's at the good one, and compares again. For a function of sums a judgement
// can't be put at an end of the range. There each pair counts as if it moved the
// difference by the whole range, in proportion to the number of pairs. The metric must
// be bounded.
func (p *Paired) worst() worstCase { return p.extreme(false) }

// best is worst for the other end: it helps the second side. Its bound is the upper one.
func (p *Paired) best() worstCase { return p.extreme(true) }

// extreme is worst or, turned, best.
func (p *Paired) extreme(turned bool) worstCase {
	m := p.metric
	if m.Kind == metrics.FunctionOfSums {
		k, n := float64(p.leftOut().pairs), float64(p.N)
		toward := -p.width()
		bound, upper := p.turned(Alpha)
		if turned {
			toward, bound = -toward, upper
		}
		shift := func(x float64) float64 { return (n*x + k*toward) / (n + k) }
		return worstCase{bound: shift(bound), difference: shift(m.Turn(p.Point)), se: p.SE * n / (n + k), n: p.N + int(k), clusters: p.Clusters}
	}
	good, bad := m.Hi, m.Lo
	if (m.Direction == metrics.LowerIsBetter) != turned {
		good, bad = bad, good
	}
	filled := Compare(p.first.filled(good), p.second.filled(bad), p.opt)
	bound, upper := filled.turned(Alpha)
	if turned {
		bound = upper
	}
	return worstCase{bound, m.Turn(filled.Point), filled.SE, filled.N, filled.Clusters, filled.sized}
}

// filled is a copy of the column in which each missing judgement has the statistic value. An example that the
// other side doesn't have stays unpaired. If several people judged, each missing judgement counts as another
// person's, since nobody knows whose it was.
func (col *Column) filled(value float64) *Column {
	out := *col
	out.missing = nil
	out.clusters, out.stats, out.labelers = slices.Clone(col.clusters), slices.Clone(col.stats), slices.Clone(col.labelers)
	next, several := col.labeler(), col.severalLabelers()
	if several {
		next = slices.Max(col.labelers)
	}
	for _, c := range col.missing {
		out.clusters = append(out.clusters, c)
		out.stats = append(out.stats, value)
		if several {
			next++
		}
		if out.labelers != nil {
			out.labelers = append(out.labelers, next)
		}
	}
	return &out
}
