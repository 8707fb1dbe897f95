package infer_test

import (
	"fmt"

	"assay/metrics"
	"assay/metrics/infer"
)

// Two models answer the same 20 questions; each answer is right or wrong.
func Example() {
	accuracy := metrics.Metric{Name: "accuracy", Kind: metrics.Proportion, Hi: 1}
	baseline, candidate := infer.NewColumn(&accuracy), infer.NewColumn(&accuracy)
	for question := range uint32(20) {
		right := func(yes bool) []float64 {
			if yes {
				return []float64{1}
			}
			return []float64{0}
		}
		baseline.Add(question, 0, right(question%2 == 0))
		candidate.Add(question, 0, right(question%4 != 1))
	}
	opt := infer.Defaults(1)
	e := infer.Estimate(candidate, opt)
	fmt.Printf("%.2f [%.2f, %.2f] by %s, n = %d\n", e.Point, e.Lo, e.Hi, e.Method, e.N)

	family := []infer.Paired{infer.Compare(baseline, candidate, opt)}
	infer.Adjust(family, infer.Holm)
	d := family[0]
	fmt.Printf("%+.2f [%.2f, %.2f] by %s, p = %.3f (%s): %s\n", d.Point, d.Lo, d.Hi, d.Method, d.P, d.Test, d.Verdict)

	gates := infer.Decide([]infer.Gate{{Gate: metrics.Gate{Metric: "accuracy", Margin: 0.05}, Paired: d}})
	fmt.Printf("gate at 0.05: %s\n", gates[0].Verdict)
	// Output:
	// 0.75 [0.53, 0.89] by Wilson, n = 20
	// +0.25 [0.05, 0.47] by paired score, p = 0.062 (McNemar, exact): undecided
	// gate at 0.05: pass
}
