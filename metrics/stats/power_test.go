package stats

import (
	"math"
	"testing"
)

func TestDetectable(t *testing.T) {
	for _, test := range []struct{ se, alpha, power, want float64 }{
		// scipy 1.17: (norm.isf(alpha) + norm.ppf(power)) * se
		{1, 0.025, 0.8, 2.801585218112969},
		{0.02, 0.05, 0.9, 0.058528103849921465},
		{0.5, 0.025, 0.5, 0.9799819922700272},
		// statsmodels 0.15: normal_power(0.14007926090564843, nobs=400, alpha=0.025,
		// alternative="larger") is 0.8 to 16 digits (of one sample; sd 1)
		{1. / 20, 0.025, 0.8, 0.14007926090564843},
		{0, 0.025, 0.8, 0},
		{1, 0.3, 0.2, 0}, // detected by chance more often than requested
	} {
		if got := Detectable(test.se, test.alpha, test.power); !near(got, test.want, 1e-13) {
			t.Errorf("Detectable(%v, %v, %v) = %v, want %v", test.se, test.alpha, test.power, got, test.want)
		}
	}
}

func TestNeededN(t *testing.T) {
	// statsmodels 0.15, rounded up: NormalIndPower().solve_power(effect_size=effect/sd,
	// nobs1=None, alpha=alpha, power=power, ratio=0, alternative="larger")
	for _, test := range []struct {
		sd, effect, alpha, power float64
		want                     int
	}{
		{1, 0.2, 0.025, 0.8, 197},      // 196.22199336122426
		{1, -0.2, 0.025, 0.8, 197},     // the sign is irrelevant
		{0.7, 0.05, 0.025, 0.8, 1539},  // 1538.3804279581727
		{0.45, 0.01, 0.05, 0.9, 17342}, // 17341.79088510266
		{12, 3, 0.025, 0.95, 208},      // 207.91536019948506
		{0, 0.1, 0.025, 0.8, 2},        // no spread: still two pairs
	} {
		got, err := NeededN(test.sd, test.effect, test.alpha, test.power)
		if got != test.want || err != nil {
			t.Errorf("NeededN(%v, %v, %v, %v) = %v, %v; want %v", test.sd, test.effect, test.alpha, test.power, got, err, test.want)
		}
		if test.sd == 0 {
			continue
		}
		effect := math.Abs(test.effect)
		if d := Detectable(test.sd/math.Sqrt(float64(got)), test.alpha, test.power); d > effect {
			t.Errorf("%d pairs detect %v, not %v", got, d, effect)
		}
		if d := Detectable(test.sd/math.Sqrt(float64(got-1)), test.alpha, test.power); d <= effect {
			t.Errorf("%d pairs already detect %v", got-1, d)
		}
	}
	for _, bad := range [][4]float64{
		{1, 0, 0.025, 0.8}, {-1, 1, 0.025, 0.8}, {math.NaN(), 1, 0.025, 0.8}, {1, math.NaN(), 0.025, 0.8},
		{math.Inf(1), 1, 0.025, 0.8}, {1, 1e-12, 0.025, 0.8}, {1, 1, 0.3, 0.2},
	} {
		if n, err := NeededN(bad[0], bad[1], bad[2], bad[3]); err == nil {
			t.Errorf("NeededN(%v) = %d without an error", bad, n)
		}
	}
}
