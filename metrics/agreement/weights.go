package agreement

import "math"

// Weights say how much two values agree, from 1 for equal values to 0.
type Weights int

const (
	// Unweighted: values agree if they are equal.
	Unweighted Weights = iota
	// Linear: 1 minus the distance of the values, as a part of the distance from the lowest to
	// the highest.
	Linear
	// Quadratic: 1 minus the square of that.
	Quadratic
)

// String is the name in tables.
func (w Weights) String() string { return [...]string{"unweighted", "linear", "quadratic"}[w] }

// matrix has the weights of all pairs of categories. Distances are of the values themselves, not
// of their positions. For values such as 1 to 7, some of which nobody chose, that is the same
// as positions in the complete scale.
func (w Weights) matrix(values []float64) [][]float64 {
	out := make([][]float64, len(values))
	for i, x := range values {
		out[i] = make([]float64, len(values))
		for k, y := range values {
			switch {
			case i == k:
				out[i][k] = 1
			case w == Unweighted:
			default:
				d := math.Abs(x-y) / (values[len(values)-1] - values[0])
				if w == Quadratic {
					d *= d
				}
				out[i][k] = 1 - d
			}
		}
	}
	return out
}

// form is the sum of w[k][l]*a[k]*b[l].
func form(w [][]float64, a, b []float64) (sum float64) {
	for k, x := range a {
		if x == 0 {
			continue
		}
		for l, y := range b {
			sum += w[k][l] * x * y
		}
	}
	return sum
}

// onlyOne is why chance-corrected coefficients are undefined for a constant.
const onlyOne = "all ratings are equal, so agreement by chance is complete too"
