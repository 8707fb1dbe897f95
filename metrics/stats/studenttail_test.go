package stats

import "testing"

func TestStudentTail(t *testing.T) {
	// scipy 1.17: t.sf(estimate/se, df)
	for _, test := range []struct{ estimate, se, df, want float64 }{
		{0.3, 0.1, 4, 0.019970984035859413},
		{-0.3, 0.1, 4, 0.9800290159641406},
		{0.02, 0.5, 9, 0.48448320110616416},
		{2, 0.1, 1, 0.015902251256176374},
		{5, 0.1, 9, 1.2844764554373988e-12},
		{0.1, 0, 9, 0}, // without spread
		{0, 0, 9, 1},
		{-0.1, 0, 9, 1},
	} {
		if got := StudentTail(test.estimate, test.se, test.df); !near(got, test.want, 1e-12) || test.want > 0 && !near(got/test.want, 1, 1e-9) {
			t.Errorf("StudentTail(%v, %v, %v) = %v, want %v", test.estimate, test.se, test.df, got, test.want)
		}
	}
}
