package stats

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// StudentTail is the one-sided p-value of an estimate that should be above 0: the
// probability that Student's distribution with df degrees of freedom exceeds estimate/se.
// Without any spread (se 0) it is 0 above 0 and 1 elsewhere. It panics unless se >= 0 and
// df > 0.
func StudentTail(estimate, se, df float64) float64 {
	if !(se >= 0) || !(df > 0) || math.IsNaN(estimate) {
		panic(fmt.Sprintf("stats: StudentTail of %v with standard error %v, df %v", estimate, se, df))
	}
	switch {
	case se > 0:
		return distuv.StudentsT{Sigma: 1, Nu: df}.Survival(estimate / se)
	case estimate > 0:
		return 0
	}
	return 1
}
