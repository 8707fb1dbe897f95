package infer

import (
	"fmt"
	"math"

	"assay/harness/leaf/plural"
	"assay/metrics"
	"assay/metrics/bootstrap"
	"assay/metrics/stats"
)

// resampled compares by resampling examples, with both models' statistics of each.
// The test is approximate randomisation. Unless the BCa bootstrap is requested, the
// interval is Student's with the bootstrap's standard error: for BLEU it covers .94
// to .96 from 20 pairs on, where BCa covers .88 to .91 at 20 and .92 to .94 at 50.
func (p *Paired) resampled(a, b *clustered, opt Options) {
	dim := a.dim + 1
	rows := make([]float64, 0, 2*dim*len(a.ids))
	firsts, seconds := a.rows(), b.rows()
	for i := 0; i < len(firsts); i += dim {
		rows = append(rows, firsts[i:i+dim]...)
		rows = append(rows, seconds[i:i+dim]...)
	}
	point := p.first.sums.Point
	r := bootstrap.Run(rows, 2*dim, func(s []float64) float64 {
		return point(s[dim:2*dim-1], s[2*dim-1]) - point(s[:dim-1], s[dim-1])
	}, opt.bootstrap())
	p.Interval = &metrics.Interval{Point: r.Point, SE: r.SE}
	p.Test = TestRandomisation
	p.P = bootstrap.Randomise(firsts, seconds, dim, func(s []float64) float64 { return point(s[:dim-1], s[dim-1]) },
		opt.bootstrap())
	p.Warnings = append(p.Warnings, r.SpreadWarnings()...)
	n := len(a.ids)
	switch {
	case !r.Usable():
		p.wholeRange()
		p.P = 1
		return
	case r.Degenerate:
		p.equal(n)
		return
	}
	unbiased := r.SE * math.Sqrt(float64(n)/float64(n-1)) // the bootstrap's variance has divisor n
	p.detectT(unbiased, float64(n-1), leastFlips(n, opt.Resamples))
	if opt.Bootstrap {
		p.byBCa(&r, n)
		return
	}
	p.Method, p.SE = grouped(MethodPairedBootstrapT, p.groups), unbiased
	randomised := p.P
	p.student(n)
	p.P, p.Test = randomised, TestRandomisation
	p.Warnings = append(p.Warnings, fewWarning(n, fewDraws, unitOf(p.groups))...)
}

// byBCa sets the bounds of the paired BCa bootstrap. B resamples give no bound at a
// level below 1/(B+1), and so no p below twice that.
func (p *Paired) byBCa(r *bootstrap.Result, n int) {
	p.Method = grouped("paired "+r.Method, p.groups)
	finest, width := 1/float64(r.Resamples+1), p.width()
	around := r.Around(tail)
	if !around {
		p.Warnings = append(p.Warnings, besideWarning)
	}
	p.bounds = func(alpha float64) (float64, float64) {
		if alpha < finest || !around {
			return -width, width
		}
		return r.Bound(alpha), r.Bound(1 - alpha)
	}
	p.Warnings = append(p.Warnings, r.BoundWarnings()...)
	if n >= bootstrap.FewClusters && n < fewPairs {
		p.Warnings = append(p.Warnings, fmt.Sprintf("bootstrap of %s: the interval is too short with fewer than %d (for BLEU with 50 pairs it covers about 93%%); the test is not affected", plural.Of(n, "pair"), fewPairs))
	}
}

// student sets the bounds and test of Student's t with the degrees of freedom of n
// clusters.
func (p *Paired) student(n int) {
	p.P, p.Test = stats.StudentP(p.Point, p.SE, float64(n-1)), TestT
	p.bounds = func(alpha float64) (float64, float64) {
		lo, hi := stats.StudentBounds(p.Point, p.SE, float64(n-1), alpha)
		width := p.width()
		return min(max(lo, -width), width), min(max(hi, -width), width)
	}
}
