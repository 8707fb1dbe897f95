package stats_test

import (
	"fmt"

	"assay/metrics/stats"
)

// Two checkpoints answered the same 400 questions. 30 were right only in the
// baseline, 52 only in the new checkpoint.
func Example() {
	lower, upper := stats.PairedScore(30, 52, 400, 0.025)
	fmt.Printf("difference %+.3f, 95%% interval %+.3f to %+.3f\n", (52.-30)/400, lower, upper)
	fmt.Printf("exact McNemar p = %.3f\n", stats.McNemarExact(30, 52))
	// Output:
	// difference +0.055, 95% interval +0.011 to +0.100
	// exact McNemar p = 0.020
}

func ExampleWilson() {
	lo, hi := stats.Wilson(0, 50, 0.95)
	fmt.Printf("0 of 50: %.3f to %.3f\n", lo, hi)
	// Output: 0 of 50: 0.000 to 0.071
}

func ExampleBradleyTerry() {
	var matches []stats.Match
	for prompt, score := range []float64{1, 1, 0.5, 1, 0, 1, 1, 0} {
		matches = append(matches, stats.Match{First: 0, Second: 1, Score: score, Cluster: uint32(prompt)})
	}
	fit, err := stats.BradleyTerry(2, matches)
	if err != nil {
		fmt.Println(err)
		return
	}
	// The strengths of two players are opposite, so their difference is twice the first.
	fmt.Printf("log-odds %.2f, standard error %.2f\n", 2*fit.Strength[0], 2*fit.SE[0])
	// Output: log-odds 0.79, standard error 0.75
}
