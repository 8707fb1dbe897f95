package audit

import (
	"errors"
	"fmt"
	"math"

	"assay/harness/leaf/plural"
	"assay/metrics/stats"
)

// Excess is what a judge gives an answer more than a reference does, such as people.
type Excess struct {
	More    float64
	Own     bool // the answer is of the judge's own model or family
	Cluster uint32
}

// MethodExcess is how intervals of [Own] are made.
const MethodExcess = "t, clustered by prompt"

// Own is how much more the judge gives its own answers than the reference does. With relative, it is
// in comparison with how much more it gives others' answers, since a judge may give everyone more;
// preferences need none, because one side's gain is the other's loss.
func Own(all []Excess, relative bool) (Measure, error) {
	var sum, n [2]float64
	clusters := map[uint32]int{}
	for _, e := range all {
		side := side(e.Own)
		sum[side], n[side] = sum[side]+e.More, n[side]+1
		if _, ok := clusters[e.Cluster]; !ok && (e.Own || relative) {
			clusters[e.Cluster] = len(clusters)
		}
	}
	if n[0] == 0 || relative && n[1] == 0 || len(clusters) < LeastClusters {
		return Measure{}, fmt.Errorf("it needs %s with both; there are %d", plural.Of(LeastClusters, "prompt"), len(clusters))
	}
	mean := [2]float64{sum[0] / n[0], sum[1] / max(1, n[1])}
	sign := [2]float64{1, -1}
	residuals := make([]float64, len(clusters))
	for _, e := range all {
		s := side(e.Own)
		if s == 1 && !relative {
			continue
		}
		residuals[clusters[e.Cluster]] += sign[s] * (e.More - mean[s]) / n[s]
	}
	point, squares := mean[0], 0.0
	if relative {
		point -= mean[1]
	}
	for _, r := range residuals {
		squares += r * r
	}
	groups := float64(len(clusters))
	se := math.Sqrt(groups / (groups - 1) * squares)
	if se == 0 {
		return Measure{}, errors.New("it needs values that differ from prompt to prompt")
	}
	lo, hi := stats.StudentBounds(point, se, groups-1, 0.025)
	return Measure{point, lo, hi, int(n[0]), len(clusters), MethodExcess}, nil
}

func side(own bool) int {
	if own {
		return 0
	}
	return 1
}
