package infer_test

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"assay/harness/leaf/approx"
	"assay/metrics"
	"assay/metrics/infer"
)

// TestDecidesWhereLittleDiffers: with few or no pairs that differ, the n of a gate's line
// is the one at which its own interval is narrow enough. A t test's n would be less than
// half of it.
func TestDecidesWhereLittleDiffers(t *testing.T) {
	// Without a discordant pair Tango's bound is z^2/(n+z^2) (R, PropCIs::scoreci.mp has the
	// same limit): below .05 from z^2*.95/.05 = 51.4 on, z = 1.6448536.
	needed := func(margin float64, p infer.Paired) int {
		n, err := strconv.Atoi(infer.Decide([]infer.Gate{gate(margin, p)})[0].Needed)
		if err != nil {
			t.Error(err)
		}
		return n
	}
	agree := func(n int) infer.Paired { return infer.Compare(counts(n, n), counts(n, n), options()) }
	if n := needed(.05, agree(200)); n != 52 {
		t.Errorf("400 pairs that agree: decided at %d, want 52", n)
	}
	for n, want := range map[int]metrics.Verdict{25: metrics.Inconclusive, 26: metrics.Pass} {
		if r := infer.Decide([]infer.Gate{gate(.05, agree(n))})[0]; r.Verdict != want {
			t.Errorf("%d pairs that agree: %s, want %s", 2*n, r.Verdict, want)
		}
	}
	// Equal scores: 1-.05^(1/n) < .02 from log(.05)/log(.98) = 148.3 on.
	same := make([]float64, 400)
	for i := range same {
		same[i] = float64(i%4) / 4
	}
	if n := needed(.02, infer.Compare(of(mean(), same...), of(mean(), same...), options())); n != 149 {
		t.Errorf("equal scores: decided at %d, want 149", n)
	}
	// Every preference for the model: the bound .05^(1/n) is above .45 from 3.8 on. Every
	// one against it: 1-.05^(1/n) is below .45 from 5.01 on.
	wins := func(n int, x float64) infer.Paired {
		s := infer.NewColumn(winRate())
		for i := range uint32(n) {
			s.Add(i, 0, []float64{x})
		}
		return infer.CompareEven(s, infer.SecondAgainstFirst, options())
	}
	if n, m := needed(.05, wins(30, 1)), needed(.05, wins(30, 0)); n != 4 || m != 6 {
		t.Errorf("30 wins, 30 losses: decided at %d and %d, want 4 and 6", n, m)
	}
}

// TestDecidesInEightyPercent: if the truth is what was observed, a gate passes in about 80%
// of studies at the n that its line reports. Where differences are rare, the share that
// passes changes in steps.
func TestDecidesInEightyPercent(t *testing.T) {
	// A study of n examples draws uniform numbers from u.
	verdicts := func(share float64, draws int) func(u func() float64, n int) infer.Paired {
		return func(u func() float64, n int) infer.Paired {
			a, b := infer.NewColumn(proportion()), infer.NewColumn(proportion())
			for i := range uint32(n) {
				for range draws {
					x, y := 1., 1.
					switch v := u(); { // a share differs, evenly
					case v < share/2:
						x = 0
					case v < share:
						y = 0
					}
					a.Add(i, 0, []float64{x})
					b.Add(i, 0, []float64{y})
				}
			}
			return infer.Compare(a, b, options())
		}
	}
	wins := func(rate float64) func(u func() float64, n int) infer.Paired {
		return func(u func() float64, n int) infer.Paired {
			s := infer.NewColumn(winRate())
			for i := range uint32(n) {
				x := 0.
				if u() < rate {
					x = 1
				}
				s.Add(i, 0, []float64{x})
			}
			return infer.CompareEven(s, infer.SecondAgainstFirst, options())
		}
	}
	for _, c := range []struct {
		name         string
		margin, slip float64
		study        func(u func() float64, n int) infer.Paired
	}{
		{"1% differ", .05, .07, verdicts(.01, 1)},
		{"5% differ", .05, .05, verdicts(.05, 1)},
		{"20% differ", .05, .04, verdicts(.2, 1)},
		{"5% of draws differ", .03, .05, verdicts(.05, 4)},
		{"a tenth wins", .45, .05, wins(.1)},
		{"97% win", .3, .2, wins(.97)},
		{"half wins", .1, .04, wins(.5)},
	} {
		// A pilot with the population's shares: multiples of the golden ratio.
		at := 0.
		golden := func() float64 { at += math.Phi - 1; return at - math.Floor(at) }
		n, err := strconv.Atoi(infer.Decide([]infer.Gate{gate(c.margin, c.study(golden, 4181))})[0].Needed)
		if err != nil {
			t.Fatal(c.name, err)
		}
		const trials = 700
		r, passes := rand.New(rand.NewPCG(5, uint64(len(c.name)))), 0
		for range trials {
			if infer.Decide([]infer.Gate{gate(c.margin, c.study(r.Float64, n))})[0].Verdict == metrics.Pass {
				passes++
			}
		}
		rate := float64(passes) / trials
		t.Logf("%s: at n %d it passes in %.3f", c.name, n, rate)
		if !approx.Equal(rate, .8, c.slip) {
			t.Errorf("%s: at n %d it passes in %.3f, want .80", c.name, n, rate)
		}
	}
}
