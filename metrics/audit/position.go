package audit

// Position says how verdicts depend on the order of presentation. orders has, for each pair, the
// score of one answer shown first, and of the same answer shown second: see
// [metrics.Judgement.Orders]. flips is the share of pairs whose two verdicts differ. first is the
// mean score of the answer that is shown first, whichever it is: 0.5 if neither place is preferred.
func Position(orders [][]float64, clusters []uint32) (flips, first Measure, err error) {
	var changed, ahead []float64
	for _, o := range orders {
		c := 0.0
		if o[0] != o[1] {
			c = 1
		}
		changed, ahead = append(changed, c), append(ahead, (o[0]+1-o[1])/2)
	}
	if flips, err = Share(changed, clusters); err == nil {
		first, err = Share(ahead, clusters)
	}
	return flips, first, err
}
