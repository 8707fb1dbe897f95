package stats

import "testing"

func TestMcNemarExact(t *testing.T) {
	// statsmodels 0.15: mcnemar([[0, b], [c, 0]], exact=True).pvalue
	for _, test := range []struct {
		b, c int
		want float64
	}{
		{0, 0, 1},
		{0, 1, 1},
		{1, 0, 1},
		{5, 5, 1},
		{300, 301, 1},
		{0, 6, 0.03125},
		{2, 10, 0.03857421875},
		{10, 2, 0.03857421875},
		{59, 41, 0.08862608011406758},
		{121, 59, 4.4344492637551645e-06},
		{1, 40, 3.8198777474462986e-11},
		{100, 900, 1.3403435580012363e-161},
		{500000, 501000, 0.3180365408403385},
		{1000000, 1000000, 1},
		{1000000, 1003000, 0.034088365079432},
		{990000, 1000000, 1.3594824638540268e-12},
		{0, 5000, 0}, // 2^-4999 underflows
	} {
		if got := McNemarExact(test.b, test.c); !relative(got, test.want, 1e-11) {
			t.Errorf("McNemarExact(%d, %d) = %v, want %v", test.b, test.c, got, test.want)
		}
	}
}

// The reference is the definition: the sum over every outcome no likelier than the
// observed one.
func TestMcNemarExactAgainstEnumeration(t *testing.T) {
	for n := 1; n <= 50; n++ {
		row := []float64{1} // Pascal's triangle, halved at each row
		for range n {
			next := make([]float64, len(row)+1)
			for k, p := range row {
				next[k] += p / 2
				next[k+1] += p / 2
			}
			row = next
		}
		for b := 0; b <= n; b++ {
			var want float64
			for k, p := range row {
				if min(k, n-k) <= min(b, n-b) {
					want += p
				}
			}
			if got := McNemarExact(b, n-b); !relative(got, want, 1e-13) {
				t.Fatalf("McNemarExact(%d, %d) = %v, want %v", b, n-b, got, want)
			}
		}
	}
}
