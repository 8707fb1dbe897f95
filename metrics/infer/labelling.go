package infer

import (
	"math"

	"assay/metrics/stats"
)

// Labelling is a study that is planned from a joined pilot: labels of some prompts, and a judge's
// values of all. With n labelled and N judged prompts, a difference has the variance
//
//	SD^2 ((1 - Correlation^2)/n (n-1)/(n-2) + Correlation^2/N)
//
// The second factor of the first term is that of a slope that is estimated too.
type Labelling struct {
	// SD is that of one prompt's labelled difference, on the metric's scale. What clusters and
	// labelers have in common is part of it.
	SD          float64
	Correlation float64 // of labels and judge
	Labelled    int     // in the pilot
	Judged      int     // in the pilot
	Margin      float64 // of the gate, above 0
	True        float64 // the true difference that is assumed, up is better
	Equivalent  bool    // the gate asks for equivalence
	Power       float64
}

// Labelling has the pilot's numbers; false for a comparison that is not joined or has no interval.
func (p *Paired) Labelling() (Labelling, bool) { return p.labelling, p.labelling.Labelled > 0 }

// PowerAt is the probability that the gate passes with so many labelled and judged prompts; judged 0
// stands for labels without a judge.
func (s *Labelling) PowerAt(labels, judged int) float64 {
	n, df, r := float64(labels), float64(labels-1), 0.0
	variance := s.SD * s.SD / n
	if judged > 0 {
		df, r = float64(labels-2), s.Correlation*s.Correlation
		variance = s.SD * s.SD * ((1-r)/n*(n-1)/(n-2) + r/float64(judged))
	}
	if df < 1 {
		return 0
	}
	se := math.Sqrt(variance)
	one := func(effect float64) float64 { return min(1, stats.PowerT(df, 2*Alpha, effect/se)) }
	switch {
	case se == 0 && (s.True > -s.Margin && (!s.Equivalent || s.True < s.Margin)):
		return 1
	case se == 0:
		return 0
	case !s.Equivalent:
		return one(s.Margin + s.True)
	}
	return max(0, one(s.Margin+s.True)+one(s.Margin-s.True)-1)
}

// Labels is the smallest number of labelled prompts at which the gate passes with the wanted power if
// so many are judged, all labelled ones among them; judged 0 stands for labels without a judge. ok is
// false if no number is enough.
func (s *Labelling) Labels(judged int) (n int, ok bool) {
	most := judged
	if judged == 0 {
		most = stats.MostN
	}
	return smallest(2, most, func(n int) bool { return s.PowerAt(n, judged) >= s.Power })
}

// Cheapest are the numbers of labelled and judged prompts that give the wanted power at the lowest
// price, given the prices of labelling and of judging one prompt. judged is 0 if labels alone are
// cheapest. ok is false if no number is enough.
func (s *Labelling) Cheapest(label, judge float64) (labels, judged int, ok bool) {
	alone, ok := s.Labels(0)
	if !ok {
		return 0, 0, false
	}
	least, helps := s.Labels(stats.MostN)
	if !helps || least > alone {
		return alone, 0, true
	}
	at := func(labels int) (judged int, price float64) {
		judged, ok := smallest(labels, stats.MostN, func(n int) bool { return s.PowerAt(labels, n) >= s.Power })
		if !ok {
			return 0, math.Inf(1)
		}
		return judged, float64(labels)*label + float64(judged)*judge
	}
	low, high := least, alone
	for high-low > 2 { // the price falls and then rises
		a, b := low+(high-low)/3, high-(high-low)/3
		_, first := at(a)
		if _, second := at(b); first <= second {
			high = b
		} else {
			low = a
		}
	}
	price := float64(alone) * label
	labels = alone
	for n := low; n <= high; n++ {
		if k, of := at(n); of < price {
			labels, judged, price = n, k, of
		}
	}
	return labels, judged, true
}

// smallest is the smallest n from few to many that is enough; false if none is.
func smallest(few, many int, enough func(n int) bool) (int, bool) {
	if many < few || !enough(many) {
		return 0, false
	}
	for few < many {
		if middle := few + (many-few)/2; enough(middle) {
			many = middle
		} else {
			few = middle + 1
		}
	}
	return many, true
}
