package stats

import (
	"math"
	"testing"
)

func TestPairedScore(t *testing.T) {
	// An independent computation with scipy 1.17: brentq on the derivative maximises
	// the restricted likelihood, a second brentq inverts the statistic
	//
	//   Z(d) = (b - c - n*d) / sqrt(n*(2*q(d) + d*(1-d))), Z(lower) = norm.isf(alpha),
	//
	// without the quadratic formula that the code uses.
	for _, test := range []struct {
		first, second, n int
		alpha            float64
		lower, upper     float64
	}{
		{0, 0, 10, 0.025, -0.2775327998628893, 0.2775327998628893},
		{0, 0, 100, 0.025, -0.03699349820698569, 0.0369934982069857},
		{0, 0, 1000, 0.05, -0.002698243239760524, 0.0026982432397605243},
		{3, 9, 50, 0.025, -0.01779841592607657, 0.26272550274714296},
		{9, 3, 50, 0.025, -0.26272550274714296, 0.017798415926076578},
		{12, 14, 44, 0.025, -0.180538405668122, 0.2663563536044298},
		{14, 0, 30, 0.025, -0.638577003801267, -0.30018035667817905},
		{1, 0, 5, 0.025, -0.6244653702374747, 0.32137895773980996},
		{10, 0, 10, 0.025, -1, -0.44493440027422143},
		{0, 10, 10, 0.025, 0.4449344002742215, 1},
		{5, 5, 10, 0.025, -0.526813818974872, 0.526813818974872},
		{53, 16, 228, 0.025, -0.23170590958209453, -0.09393061469100714},
		{53, 16, 228, 0.05, -0.2203461185850128, -0.10504450643850334},
		{43, 0, 44, 0.025, -0.9959767479399472, -0.8185064198411859},
		{120, 180, 1000, 0.001, 0.006552687539186482, 0.11361150942123664},
		{1200, 1500, 100000, 0.025, 0.0019830226915794292, 0.00402089526344043},
	} {
		lower, upper := PairedScore(test.first, test.second, test.n, test.alpha)
		if !near(lower, test.lower, 1e-11) || !near(upper, test.upper, 1e-11) {
			t.Errorf("PairedScore(%d, %d, %d, %v) = %v, %v; want %v, %v",
				test.first, test.second, test.n, test.alpha, lower, upper, test.lower, test.upper)
		}
	}
}

// R contingencytables, Tango_asymptotic_score_CI_paired_2x2(rbind(c(59, 6), c(16, 80))):
// "estimate = -0.0621 (95% CI -0.1240 to -0.0054)" (Fagerland, Lydersen and Laake
// 2017, Statistical Analysis of Contingency Tables, ch. 8).
func TestPairedScoreAgainstPublishedExample(t *testing.T) {
	lower, upper := PairedScore(16, 6, 59+6+16+80, 0.025)
	if math.Round(lower*1e4) != -1240 || math.Round(upper*1e4) != -54 {
		t.Errorf("got %.4f to %.4f, want -0.1240 to -0.0054", lower, upper)
	}
}

// Every table up to n = 25: the bounds are in [-1, 1] and around the difference,
// are mirrored when the two models are swapped, and rise with alpha across one
// half.
func TestPairedScoreProperties(t *testing.T) {
	alphas := []float64{1e-12, 0.001, 0.025, 0.3, 0.5, 0.7, 0.975, 1 - 1e-12}
	for n := 1; n <= 25; n++ {
		for first := 0; first <= n; first++ {
			for second := 0; first+second <= n; second++ {
				observed := float64(second-first) / float64(n)
				previous := -1.0
				for _, alpha := range alphas {
					lower, upper := PairedScore(first, second, n, alpha)
					mirroredLower, mirroredUpper := PairedScore(second, first, n, alpha)
					if !near(lower, -mirroredUpper, 1e-12) || !near(upper, -mirroredLower, 1e-12) {
						t.Fatalf("(%d, %d, %d, %v): %v, %v; swapped %v, %v", first, second, n, alpha, lower, upper, mirroredLower, mirroredUpper)
					}
					if lower < previous || lower > 1 || alpha < 0.5 && (lower > observed || upper < observed) {
						t.Fatalf("(%d, %d, %d, %v): %v, %v after %v", first, second, n, alpha, lower, upper, previous)
					}
					if lower == upper && alpha < 0.5 {
						t.Fatalf("(%d, %d, %d, %v): the interval collapsed to %v", first, second, n, alpha, lower)
					}
					previous = lower
				}
			}
		}
	}
}

// The score test at a difference of 0 is McNemar's (b-c)/sqrt(b+c), so the p-value
// dual to the bounds is its normal tail.
func TestPairedScoreIsDualToMcNemar(t *testing.T) {
	p := OneSidedP(func(alpha float64) float64 {
		lower, _ := PairedScore(41, 59, 500, alpha)
		return lower
	}, 0)
	const want = 0.03593031911292579 // scipy 1.17: norm.sf((59-41)/sqrt(59+41))
	if !near(p, want, 1e-10) {
		t.Errorf("p = %v, want %v", p, want)
	}
}

// The exact coverage, summed over all tables.
func TestPairedScoreCoverage(t *testing.T) {
	// scipy 1.17: the brentq solver above and multinomial.pmf over all tables.
	for _, test := range []struct {
		first, second float64 // probabilities of the discordant pairs
		n             int
		want          float64
	}{
		{0.1, 0.1, 30, 0.9520816156966321},
		{0.05, 0.2, 30, 0.941115131226614},
		{0.02, 0.02, 50, 0.9861382760609443}, // few discordant pairs: conservative
		{0.1, 0.3, 20, 0.9474551717558591},
	} {
		var covered, wald float64
		truth := test.second - test.first
		for first := 0; first <= test.n; first++ {
			for second := 0; first+second <= test.n; second++ {
				p := trinomial(first, second, test.n, test.first, test.second)
				if lower, upper := PairedScore(first, second, test.n, 0.025); lower <= truth && truth <= upper {
					covered += p
				}
				d := float64(second-first) / float64(test.n)
				se := math.Sqrt((float64(first+second)/float64(test.n) - d*d) / float64(test.n))
				if math.Abs(d-truth) <= 1.96*se {
					wald += p
				}
			}
		}
		if !near(covered, test.want, 1e-9) {
			t.Errorf("coverage at %v, %v, n %d is %v, want %v", test.first, test.second, test.n, covered, test.want)
		}
		if covered < 0.94 || wald > covered {
			t.Errorf("coverage at %v, %v, n %d is %v, of the Wald interval %v", test.first, test.second, test.n, covered, wald)
		}
	}
}

func trinomial(i, j, n int, p, q float64) float64 {
	logFactorial := func(k int) float64 { v, _ := math.Lgamma(float64(k) + 1); return v }
	return math.Exp(logFactorial(n) - logFactorial(i) - logFactorial(j) - logFactorial(n-i-j) +
		float64(i)*math.Log(p) + float64(j)*math.Log(q) + float64(n-i-j)*math.Log(1-p-q))
}
