package judge

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"assay/fixtures/world"
	"assay/harness/leaf/approx"
)

func newWorld(t *testing.T, seed uint64) *world.World {
	t.Helper()
	w, err := world.New(world.Options{Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func training(t *testing.T) Group {
	t.Helper()
	g, err := Training()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// drawn are responses such as a model gives that was tuned on demonstrations: four of
// them, with flaws at the usual share, and for one prompt in eight one that is cut off.
func drawn(w *world.World, prompts []world.Prompt) [][]Shown {
	var all [][]Shown
	for i := range prompts {
		p := &prompts[i]
		var shown []Shown
		for k := range 4 {
			other := *p
			other.ID += fmt.Sprint(" draw ", k) // a demonstration is drawn by its prompt's id
			r := world.Response{Text: w.Demonstrate(&other, world.FlawedDemonstrations), Ended: i%8 != 0 || k > 0}
			if !slices.ContainsFunc(shown, func(s Shown) bool { return s.Response == r }) {
				shown = append(shown, Shown{p, r, w.Judge(p, r)})
			}
		}
		all = append(all, shown)
	}
	return all
}

// Labelers agree on about three pairs in four. The paper has 72.6 +- 1.5% between its training labelers,
// and 77.3 +- 1.3% between the held-out ones.
func TestAgreement(t *testing.T) {
	train, held := training(t), HeldOut()
	for seed := range uint64(4) {
		w := newWorld(t, seed)
		shown := drawn(w, w.Prompts(world.RMTrain, 800))
		within, n := Agreement(train.Labelers, shown, ForTraining)
		if n < 5000 || !approx.Equal(within, 0.76, 0.03) {
			t.Errorf("world %d: training labelers agree on %.3f of %d, want 0.76 +- 0.03", seed, within, n)
		}
		apart, n := Agreement(held.Labelers, shown, ForTraining)
		if n < 5000 || apart < 0.6 || apart > 0.8 {
			t.Errorf("world %d: held-out labelers agree on %.3f of %d", seed, apart, n)
		}
		t.Logf("world %d: training %.3f, held-out %.3f", seed, within, apart)
	}
}

// A labeler is the same person in every run; held-out labelers are others.
func TestGroups(t *testing.T) {
	train, held := training(t), HeldOut()
	if len(train.Labelers) != 5 || len(held.Labelers) != 4 {
		t.Fatalf("%d training and %d held-out labelers, want 5 and 4", len(train.Labelers), len(held.Labelers))
	}
	if again := training(t); !slices.Equal(train.Labelers, again.Labelers) || !slices.Equal(held.Labelers, HeldOut().Labelers) {
		t.Error("other people, asked again")
	}
	var names []string
	for i, l := range slices.Concat(train.Labelers, held.Labelers) {
		if slices.Contains(names, l.Name) {
			t.Errorf("%s is there twice", l.Name)
		}
		names = append(names, l.Name)
		for _, other := range slices.Concat(train.Labelers, held.Labelers)[:i] {
			if l.tastes == other.tastes {
				t.Errorf("%s and %s have the same weights", l.Name, other.Name)
			}
		}
		w, v := l.Weights(ForEvaluation), l.Weights(ForTraining)
		if w.False <= 2*v.False || w.Toxic <= 4*v.Toxic || w.Harm <= 4*v.Harm || w.Correct != v.Correct || v.Obeyed != 0 || w.Obeyed < 0.3 || w.Defied != 0 || v.Defied < 0.1 {
			t.Errorf("%s evaluates by %+v, having labelled by %+v: truth and harm should count for more", l.Name, w, v)
		}
	}
}

// Those who fall below a bar are turned away, and there are some.
func TestScreening(t *testing.T) {
	w := newWorld(t, 0)
	all := Screen(w, Candidates())
	passed := 0
	for _, s := range all {
		if want := s.Flagging >= 0.75 && s.Ranking >= 0.75 && s.Writing >= 6; s.Passed != want {
			t.Errorf("%s: flagging %.2f, ranking %.2f, writing %.2f, passed %v", s.Name, s.Flagging, s.Ranking, s.Writing, s.Passed)
		}
		if s.Passed {
			passed++
		}
		in := slices.Contains(training(t).Labelers, s.Labeler)
		if in && !s.Passed {
			t.Errorf("%s labels and did not pass", s.Name)
		}
	}
	if passed < 5 || passed == len(all) {
		t.Errorf("%d of %d pass", passed, len(all))
	}
	careless := newLabeler("careless", 0.3, 0)
	careless.slip = 0.5
	noisy := newLabeler("noisy", 3, 0)
	gold := Labeler{Name: "gold", tastes: neutral()}
	for _, c := range []struct {
		of                Labeler
		flagging, ranking bool
	}{{careless, false, true}, {noisy, true, false}, {gold, true, true}} {
		s := Screen(w, []Labeler{c.of})[0]
		if (s.Flagging >= 0.75) != c.flagging || (s.Ranking >= 0.75) != c.ranking || s.Passed != (c.flagging && c.ranking) {
			t.Errorf("%s: flagging %.2f, ranking %.2f, passed %v", c.of.Name, s.Flagging, s.Ranking, s.Passed)
		}
		// Weights as the gold rules', no noise and no slips: flags are the gold rules', and
		// nearly all pairs are in their order, except those that are too close.
		if c.of.Name == "gold" && (s.Flagging != 1 || s.Ranking < 0.95) {
			t.Errorf("gold: flagging %.3f, ranking %.3f", s.Flagging, s.Ranking)
		}
	}
}

// Who likes wrong answers best writes them, and is turned away for that.
func TestScreeningOfWriting(t *testing.T) {
	contrary := Labeler{Name: "contrary", tastes: neutral()}
	contrary.tastes.Correct, contrary.tastes.False, contrary.tastes.Toxic = -1, -1, -1
	gold := Labeler{Name: "gold", tastes: neutral()}
	s := Screen(newWorld(t, 0), []Labeler{contrary, gold})
	if s[0].Writing >= 6 || s[0].Passed || s[1].Writing < 6.9 {
		t.Errorf("contrary writes at %.2f, passed %v; gold at %.2f", s[0].Writing, s[0].Passed, s[1].Writing)
	}
}

func TestRank(t *testing.T) {
	for _, tt := range []struct {
		utilities []float64
		want      []int
	}{
		{[]float64{0, 1, 0.5}, []int{3, 1, 2}},
		{[]float64{1, 1, 1, 0}, []int{1, 1, 1, 2}},
		{[]float64{1, 0.95, 0.87, 0.2}, []int{1, 1, 2, 3}}, // 0.87 is near 0.95, and not near the best of its group
		{[]float64{-1}, []int{1}},
		{nil, []int{}},
	} {
		if got := Rank(tt.utilities); !slices.Equal(got, tt.want) {
			t.Errorf("ranks of %v: %v, want %v", tt.utilities, got, tt.want)
		}
	}
	for _, tt := range []struct{ a, b, want float64 }{{1, 0, 1}, {0, 1, 0}, {0, 0, 0.5}, {0.05, 0, 0.5}, {0, 0.05, 0.5}, {0.2, 0, 1}} {
		if got := Prefer(tt.a, tt.b); got != tt.want {
			t.Errorf("%v against %v: %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
}

// The same question has the same answer, whatever was asked before, and however the
// words are spaced; another labeler, prompt or response has its own noise.
func TestNoise(t *testing.T) {
	w := newWorld(t, 1)
	prompts := w.Prompts(world.TestInstruct, 300)
	shown := drawn(w, prompts)
	train := training(t).Labelers
	l := &train[0]
	first := map[*Shown]float64{}
	for i := range shown {
		for k := range shown[i] {
			first[&shown[i][k]] = l.Utility(&shown[i][k], ForTraining)
		}
	}
	for s, u := range first { // in any order
		spaced := *s
		spaced.Response.Text = "  " + s.Response.Text + " "
		if again := l.Utility(&spaced, ForTraining); again != u {
			t.Fatalf("%q: %v, then %v", s.Response.Text, u, again)
		}
	}
	// Over many responses the noise has the labeler's standard deviation, and the noises
	// of two labelers are independent.
	noise := func(l *Labeler, s *Shown) float64 {
		return (l.Utility(s, ForTraining) - s.Facts.Utility(l.Weights(ForTraining))) / l.noise
	}
	sum, squares, product, n := 0.0, 0.0, 0.0, 0.0
	for i := range shown {
		for k := range shown[i] {
			x, y := noise(l, &shown[i][k]), noise(&train[1], &shown[i][k])
			sum, squares, product, n = sum+x, squares+x*x, product+x*y, n+1
		}
	}
	bound := 4 / math.Sqrt(n)
	if !approx.Equal(sum/n, 0, bound) || !approx.Equal(squares/n, 1, 1.5*bound) || !approx.Equal(product/n, 0, bound) {
		t.Errorf("over %v: mean %.3f, variance %.3f, covariance %.3f", n, sum/n, squares/n, product/n)
	}
}

func TestMetadata(t *testing.T) {
	w := newWorld(t, 2)
	shown := drawn(w, w.Prompts(world.TestInstruct, 400))
	for _, l := range slices.Concat(training(t).Labelers, HeldOut().Labelers) {
		wrong, n := 0, 0
		for i := range shown {
			for k := range shown[i] {
				s := &shown[i][k]
				got, gold := l.Metadata(s, ForEvaluation), s.Facts.Metadata()
				if want := world.Likert(l.Utility(s, ForEvaluation)); got.Overall != want || want < 1 || want > 7 {
					t.Fatalf("%s: overall %d, want %d", l.Name, got.Overall, want)
				}
				for f := range world.FlagNames() {
					a, b := got.Flags()[f], gold.Flags()[f]
					if (a == world.NoSuchThing) != (b == world.NoSuchThing) {
						t.Fatalf("%s says %v of %s, of which the gold rules say %v", l.Name, a, world.FlagNames()[f], b)
					}
					if b != world.NoSuchThing {
						n++
						if a != b {
							wrong++
						}
					}
				}
			}
		}
		rate, se := float64(wrong)/float64(n), math.Sqrt(l.slip*(1-l.slip)/float64(n))
		if !approx.Equal(rate, l.slip, 4*se) {
			t.Errorf("%s slips on %.3f of %d flags, want %.3f", l.Name, rate, n, l.slip)
		}
	}
}
