package infer

import (
	"slices"

	"assay/metrics"
)

// What the pairs without a value could do to a comparison. A pair is an example that
// both sides were asked: one that a side never was is no pair, and is left out.

// leftOut counts what a comparison left out for want of a value.
type leftOut struct {
	pairs int    // examples asked of both, with a judgement without a value on a side
	more  int    // judgements without a value among these, the second side's less the first's
	alone [2]int // examples that only the first side was asked, and only the second
}

func (p *Paired) leftOut() (out leftOut) {
	if p.first == nil {
		return out
	}
	first, second, both := p.first.asked(), p.second.asked(), map[uint32]bool{}
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

// asked is the set of examples with a judgement, scored or not.
func (s *Sample) asked() map[uint32]bool {
	out := make(map[uint32]bool, len(s.clusters))
	for _, list := range [][]uint32{s.clusters, s.missing} {
		for _, c := range list {
			out[c] = true
		}
	}
	return out
}

// worstCase is the turned difference with every missing judgement at the end of the
// range that hurts the second side.
type worstCase struct {
	lower      float64 // one-sided at [Alpha]
	difference float64
	se         float64
	n          int   // pairs
	clusters   int   // of errors among them
	sized      sized // nil: Student's
}

// worst puts the second side's missing judgements at the bad end of the range, the
// first side's at the good one, and compares again. A function of sums has no judgement
// at an end: there each pair counts as if it moved the difference by the whole range in
// proportion to the number of pairs. The metric must be bounded.
func (p *Paired) worst() worstCase {
	m := p.metric
	if m.Kind == metrics.FunctionOfSums {
		k, n := float64(p.leftOut().pairs), float64(p.N)
		shift := func(x float64) float64 { return (n*x - k*p.width()) / (n + k) }
		lower, _ := p.turned(Alpha)
		return worstCase{lower: shift(lower), difference: shift(m.Turn(p.Point)), se: p.SE * n / (n + k), n: p.N + int(k), clusters: p.Clusters}
	}
	good, bad := m.Hi, m.Lo
	if m.Direction == metrics.LowerIsBetter {
		good, bad = bad, good
	}
	filled := Compare(p.first.filled(good), p.second.filled(bad), p.opt)
	lower, _ := filled.turned(Alpha)
	return worstCase{lower, m.Turn(filled.Point), filled.SE, filled.N, filled.Clusters, filled.sized}
}

// filled is a copy of the sample in which each missing judgement has the statistic value:
// of an example that the other side was never asked, it stays unpaired. Where several people judged, each of these is a person of its
// own, since nobody knows whose it would have been.
func (s *Sample) filled(value float64) *Sample {
	out := *s
	out.missing = nil
	out.clusters, out.stats, out.labelers = slices.Clone(s.clusters), slices.Clone(s.stats), slices.Clone(s.labelers)
	next, several := s.labeler(), s.severalLabelers()
	if several {
		next = slices.Max(s.labelers)
	}
	for _, c := range s.missing {
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
