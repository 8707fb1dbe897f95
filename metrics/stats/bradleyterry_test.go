package stats

import (
	"errors"
	"math"
	"slices"
	"testing"
)

// season returns sixty matches of four players in twelve clusters.
func season() []Match {
	points := []float64{1, 0, 0.5, 1, 1, 0, 1}
	var matches []Match
	for i := range 60 {
		first := i % 4
		matches = append(matches, Match{
			First: first, Second: (first + 1 + (i/4)%3) % 4,
			Score: points[(i*i+3*i+first)%7], Cluster: uint32(i / 5),
		})
	}
	return matches
}

func TestBradleyTerry(t *testing.T) {
	fit, err := BradleyTerry(4, season())
	if err != nil {
		t.Fatal(err)
	}
	// choix 0.4: ilsr_pairwise(4, wins, tol=1e-13) minus its mean, with each win
	// entered twice and each draw as one win for either side. statsmodels 0.15 agrees
	// to 1e-13: GLM(score, X, family=Binomial()).fit(cov_type="cluster",
	// cov_kwds={"groups": cluster}), X the matches' +-1 without player 0's column, and
	// P @ cov_params() @ P with P = I - 1/4 for the covariance.
	compareTo(t, "strength", fit.Strength, []float64{0.20374147552684263, -0.3572009951034263, 0.0006962188963553356, 0.1527633006802283})
	compareTo(t, "se", fit.SE, []float64{0.19698757541376777, 0.2525855979902867, 0.22132436442101067, 0.23637947064649997})
	compareTo(t, "cov row 0", fit.Cov[0], []float64{0.03880410486739484, -0.02002423758533482, -0.013504570552081794, -0.005275296729978226})
	compareTo(t, "cov row 3", fit.Cov[3], []float64{-0.0052752967299782225, -0.02944765020281733, -0.021152307210323983, 0.055875254143119536})
	if fit.Matches != 60 || fit.Clusters != 12 {
		t.Errorf("%d matches in %d clusters, want 60 in 12", fit.Matches, fit.Clusters)
	}
	const quantile = 2.200985160091639 // scipy 1.17: t.ppf(0.975, 11)
	for i := range fit.Lo {
		if !near(fit.Lo[i], fit.Strength[i]-quantile*fit.SE[i], 1e-12) || !near(fit.Hi[i], fit.Strength[i]+quantile*fit.SE[i], 1e-12) {
			t.Errorf("player %d: interval %v, %v", i, fit.Lo[i], fit.Hi[i])
		}
	}
}

func compareTo(t *testing.T, name string, got, want []float64) {
	t.Helper()
	for i := range want {
		if !near(got[i], want[i], 1e-11) {
			t.Errorf("%s = %v, want %v", name, got, want)
			return
		}
	}
}

// difference returns Strength[i] - Strength[j] with its standard error, which takes the
// covariance of the two into account.
func difference(f *BTFit, i, j int) (d, se float64) {
	v := f.Cov[i][i] + f.Cov[j][j] - 2*f.Cov[i][j]
	return f.Strength[i] - f.Strength[j], math.Sqrt(max(v, 0))
}

// Two players: the log-odds of the share of points, by hand.
func TestBradleyTerryOfTwo(t *testing.T) {
	scores := []float64{1, 1, 0, 1, 0.5}
	var matches []Match
	for i, s := range scores {
		matches = append(matches, Match{First: 0, Second: 1, Score: s, Cluster: uint32(i)})
	}
	fit, err := BradleyTerry(2, matches)
	if err != nil {
		t.Fatal(err)
	}
	d, se := difference(&fit, 0, 1)
	if want := math.Log(3.5 / 1.5); !near(d, want, 1e-13) {
		t.Errorf("difference = %v, want log(0.7/0.3) = %v", d, want)
	}
	// statsmodels 0.15: Logit(score, ones).fit(cov_type="cluster") gives half of it, a
	// player's own 0.4761904761904761.
	if !near(se, 2*0.4761904761904761, 1e-12) {
		t.Errorf("se = %v, want %v", se, 2*0.4761904761904761)
	}
	// Swapping the sides changes the sign.
	for i, m := range matches {
		matches[i] = Match{First: m.Second, Second: m.First, Score: 1 - m.Score, Cluster: m.Cluster}
	}
	if swapped, _ := BradleyTerry(2, matches); !near(swapped.Strength[0], fit.Strength[0], 1e-13) {
		t.Errorf("swapped sides give %v, want %v", swapped.Strength, fit.Strength)
	}
}

// Strengths far apart: Newton's full steps from 0 would overshoot.
func TestBradleyTerryExtreme(t *testing.T) {
	var matches []Match
	for i := range 5 {
		for n := range 20000 {
			m := Match{First: i, Second: i + 1, Score: 1, Cluster: uint32(n)}
			if n == 0 {
				m.Score = 0
			}
			matches = append(matches, m)
		}
	}
	fit, err := BradleyTerry(6, matches)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		if d, _ := difference(&fit, i, i+1); !near(d, math.Log(19999), 1e-9) {
			t.Errorf("players %d and %d differ by %v, want log(19999) = %v", i, i+1, d, math.Log(19999))
		}
	}
}

func TestBradleyTerrySeparated(t *testing.T) {
	win := func(i, j int) Match { return Match{First: i, Second: j, Score: 1, Cluster: uint32(i)} }
	draw := func(i, j int) Match { return Match{First: i, Second: j, Score: 0.5, Cluster: uint32(i)} }
	for _, test := range []struct {
		name         string
		players      int
		matches      []Match
		above, below []int
		met          bool
	}{
		{"unbeaten", 3, []Match{win(2, 0), win(2, 1), win(0, 1), win(1, 0)}, []int{2}, []int{0, 1}, true},
		{"winless", 3, []Match{win(0, 2), win(1, 2), draw(0, 1)}, []int{0, 1}, []int{2}, true},
		{"two leagues", 4, []Match{draw(0, 2), draw(1, 3)}, []int{1, 3}, []int{0, 2}, false},
		{"no match", 3, []Match{draw(0, 1), draw(0, 1)}, []int{2}, []int{0, 1}, false},
	} {
		_, err := BradleyTerry(test.players, test.matches)
		var separated *SeparatedError
		if !errors.As(err, &separated) {
			t.Errorf("%s: error %v", test.name, err)
			continue
		}
		if !slices.Equal(separated.Above, test.above) || !slices.Equal(separated.Below, test.below) || separated.Met != test.met {
			t.Errorf("%s: %+v", test.name, *separated)
		}
	}
	// A cycle, and a chain of draws, are connected.
	if err := separated([][]float64{{0, 1, 0}, {0, 0, 1}, {1, 0, 0}}); err != nil {
		t.Errorf("a cycle: %v", err)
	}
	if err := separated([][]float64{{0, .5, 0}, {.5, 0, .5}, {0, .5, 0}}); err != nil {
		t.Errorf("a chain of draws: %v", err)
	}
}

func TestBradleyTerryBadData(t *testing.T) {
	good := Match{First: 0, Second: 1, Score: 0.5}
	for name, matches := range map[string][]Match{
		"score above 1": {good, {First: 0, Second: 1, Score: 1.5}},
		"score NaN":     {good, {First: 0, Second: 1, Score: math.NaN()}},
		"itself":        {good, {First: 1, Second: 1, Score: 1}},
		"one cluster":   {good, good, good},
		"one match":     {good},
	} {
		if _, err := BradleyTerry(2, matches); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
