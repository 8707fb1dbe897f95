package stats

import "math"

// FisherExact is the two-sided p-value of Fisher's exact test for the table
//
//	a b
//	c d
//
// of counts: with the margins fixed, the probability of all tables that are no more
// likely than this one (Fisher 1935). R's fisher.test and scipy's fisher_exact count the
// same way.
func FisherExact(a, b, c, d int) float64 {
	row, column, n := a+b, a+c, a+b+c+d
	lo, hi := max(0, row+column-n), min(row, column)
	logP := func(x int) float64 {
		return logChoose(column, x) + logChoose(n-column, row-x) - logChoose(n, row)
	}
	const slack = 1e-7 // a relative difference this small is rounding error
	most := logP(a) + math.Log1p(slack)
	sum := 0.0
	for x := lo; x <= hi; x++ {
		if p := logP(x); p <= most {
			sum += math.Exp(p)
		}
	}
	return min(1, sum)
}

// logChoose is the logarithm of the binomial coefficient n over k.
func logChoose(n, k int) float64 {
	lg := func(x int) float64 { v, _ := math.Lgamma(float64(x) + 1); return v }
	return lg(n) - lg(k) - lg(n-k)
}
