package bootstrap_test

import (
	"fmt"

	"assay/metrics/bootstrap"
)

// Two models answered the same eight prompts. A row holds both models' scores on
// one prompt, so that a resample keeps them together.
func ExampleRun_paired() {
	const n = 8
	baseline := [n]float64{0.2, 0.9, 0.4, 0.6, 0.1, 0.8, 0.5, 0.3}
	model := [n]float64{0.4, 0.9, 0.5, 0.7, 0.3, 0.9, 0.4, 0.6}
	var rows []float64
	for i := range n {
		rows = append(rows, baseline[i], model[i])
	}
	difference := func(sums []float64) float64 { return (sums[1] - sums[0]) / n }
	r := bootstrap.Run(rows, 2, difference, bootstrap.Options{Resamples: 10_000, Seed: 1})
	fmt.Printf("model - baseline = %.3f, se %.3f, 95%% %.3f to %.3f, %s of %d clusters\n",
		r.Point, r.SE, r.Bound(0.025), r.Bound(0.975), r.Method, r.Clusters)
	fmt.Println(r.Warnings())
	// Output:
	// model - baseline = 0.112, se 0.041, 95% 0.025 to 0.188, BCa bootstrap of 8 clusters
	// [bootstrap of 8 clusters: intervals are too short with fewer than 30]
}
