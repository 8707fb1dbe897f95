package stats

import (
	"testing"
)

func TestNormalQuantile(t *testing.T) {
	// scipy 1.17: scipy.stats.norm.ppf(p)
	for p, want := range map[float64]float64{
		1e-300: -37.0470962993612, 1e-12: -7.034483825301131, 1e-6: -4.753424308822899,
		0.025: -1.9599639845400545, 0.3: -0.5244005127080409, 0.5: 0, 0.975: 1.959963984540054,
	} {
		if got := NormalQuantile(p); !near(got, want, 1e-14) {
			t.Errorf("NormalQuantile(%v) = %v, want %v", p, got, want)
		}
	}
}
