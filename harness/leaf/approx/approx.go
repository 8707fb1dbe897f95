// Package approx compares numbers within a tolerance, for tests. math.Abs(got-want) > tolerance is
// false if one of the numbers is NaN, and so a test that fails on it passes on NaN.
package approx

import "math"

// Equal reports whether two numbers differ by at most a tolerance. NaN is near nothing; an infinite
// number is near itself alone.
func Equal(got, want, tolerance float64) bool {
	if math.IsInf(got, 0) || math.IsInf(want, 0) {
		return got == want
	}
	return math.Abs(got-want) <= tolerance
}
