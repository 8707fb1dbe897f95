package audit

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"assay/harness/leaf/approx"
	"assay/metrics/text"
)

// drawn makes preferences of a judge and of people between three models and a fourth, 0, on 90
// prompts. A linear congruential generator draws them, so that another language can too.
func drawn() (judge, people []Pair) {
	s := 20250117
	r := func() float64 {
		s = (1103515245*s + 12345) % (1 << 31)
		return float64(s) / (1 << 31)
	}
	logistic := func(z float64) float64 { return 1 / (1 + math.Exp(-z)) }
	for prompt := range 90 {
		for m := 1; m <= 3; m++ {
			p := Pair{A: m, Cluster: uint32(prompt)}
			for side := range p.Style {
				p.Style[side] = text.Style{Characters: 50 + int(400*r())}
				p.Style[side].Lists, p.Style[side].Headings, p.Style[side].Bold = int(4*r()), int(3*r()), int(3*r())
			}
			a, b := &p.Style[0], &p.Style[1]
			longer := math.Tanh(float64(a.Characters-b.Characters) / 160)
			better := 0.3*float64(m) - 0.5
			wins, u := logistic(better+0.9*longer+0.3*float64(a.Lists-b.Lists)/max(1, float64(a.Lists+b.Lists))), r()
			switch {
			case u < wins-.05:
				p.Score = 1
			case u < wins+.05:
				p.Score = 0.5
			}
			q := p
			q.Score = 0
			if r() < logistic(better+0.2*longer) {
				q.Score = 1
			}
			if prompt%2 == 1 {
				p, q = turned(p), turned(q)
			}
			judge, people = append(judge, p), append(people, q)
		}
	}
	return judge, people
}

// turned is the same preference from the other side.
func turned(p Pair) Pair {
	p.A, p.B, p.Score = p.B, p.A, 1-p.Score
	p.Style[0], p.Style[1] = p.Style[1], p.Style[0]
	return p
}

// statsmodels 0.15.0 on the same draws: GLM(y, X, family=families.Binomial()).fit(cov_type="cluster",
// cov_kwds={"groups": prompt}, tol=1e-14), where X has the terms, and 1 and -1 for the two models
// beside model 0; bounds with scipy's t.ppf(0.975, 89). LengthBeyond is the difference of the two
// terms of numpy.block([[X, 0], [0, X]]).
func TestTaste(t *testing.T) {
	judge, people := drawn()
	check := func(what string, got Measure, point, lo float64) {
		t.Helper()
		if !approx.Equal(got.Point, point, 1e-8) || !approx.Equal(got.Lo, lo, 1e-8) || !approx.Equal(got.Hi, 2*point-lo, 1e-8) || got.N != 270 || got.Clusters != 90 {
			t.Errorf("%s: %+v, want %v from %v", what, got, point, lo)
		}
	}
	l, err := Length(judge)
	if err != nil {
		t.Fatal(err)
	}
	check("length", l.Terms[0].Measure, 1.1385177169633374, 0.762073111681145)
	if !approx.Equal(l.Unit, 165.68600378985502, 1e-12) || l.Decided != 0 {
		t.Errorf("unit %v, %d decided", l.Unit, l.Decided)
	}
	if l, err = LengthBeyond(judge, people); err != nil {
		t.Fatal(err)
	}
	check("beyond people", l.Terms[0].Measure, 0.8565150316120389, 0.31865739168906715)
	m, err := Markup(judge)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][2]float64{"lists": {0.41691549313278253, 0.18699354967897253}, "headings": {0.060645368441785384, -0.19755721289584796}, "bold": {-0.004186270762055183, -0.22500334071427067}}
	for _, term := range m.Terms {
		check(term.Name, term.Measure, want[term.Name][0], want[term.Name][1])
		delete(want, term.Name)
	}
	if len(want) > 0 || strings.Join(m.Same, " ") != "code" {
		t.Errorf("no terms %v; the same in all pairs: %q, want code", want, m.Same)
	}
	// The side that a pair is written from doesn't matter.
	other := append([]Pair(nil), judge...)
	for i := range other {
		if i%3 == 0 {
			other[i] = turned(other[i])
		}
	}
	again, err := Length(other)
	if first, _ := Length(judge); err != nil || !approx.Equal(again.Terms[0].Lo, first.Terms[0].Lo, 1e-9) {
		t.Errorf("turned: %+v, want %+v, %v", again, first, err)
	}
}

// A model that won everything has no bounded strength: its pairs are left out, which is the limit of
// the regression with them.
func TestTasteLeavesDecidedPairsOut(t *testing.T) {
	judge, _ := drawn()
	want, err := Length(judge)
	if err != nil {
		t.Fatal(err)
	}
	with := append([]Pair(nil), judge...)
	for i := range 50 {
		p := judge[3*i]
		p.A, p.B, p.Score = 4, 0, 1
		with = append(with, p)
	}
	unit := want.Unit
	got, err := Length(with)
	if err != nil || got.Decided != 50 || got.Terms[0].N != 270 {
		t.Fatalf("%+v, %v", got, err)
	}
	if approx.Equal(got.Unit, unit, 1e-6) || !approx.Equal(got.Terms[0].Point, want.Terms[0].Point, 0.05) {
		t.Errorf("%+v, want about %+v", got, want)
	}
}

func TestTasteRefuses(t *testing.T) {
	judge, people := drawn()
	same := append([]Pair(nil), judge...)
	for i := range same {
		same[i].Style[1] = same[i].Style[0]
	}
	won := append([]Pair(nil), judge...)
	for i := range won {
		won[i].Score = float64(won[i].A) / 3
		if won[i].A != 0 {
			won[i].Score = 1
		} else {
			won[i].Score = 0
		}
	}
	byLength := append([]Pair(nil), judge...)
	for i := range byLength {
		byLength[i].Score = 0
		if byLength[i].Style[0].Characters > byLength[i].Style[1].Characters {
			byLength[i].Score = 1
		}
	}
	for _, tt := range []struct {
		name  string
		pairs []Pair
		want  string
	}{
		{"few prompts", judge[:60], "it needs 40 prompts with pairs of models that both won sometimes, for 4 terms; there are 20"},
		{"equal lengths", same, "it needs pairs of answers of different length"},
		{"one won all", won, "there are 0"},
		{"length decides all", byLength, "the terms predict every outcome"},
	} {
		if _, err := Length(tt.pairs); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
	if _, err := Markup(same); err == nil || !strings.Contains(err.Error(), "it needs answers with lists, headings, bold or code") {
		t.Errorf("no mark-up: %v", err)
	}
	if _, err := LengthBeyond(judge[:180], people[:180]); err == nil || !strings.Contains(err.Error(), "it needs 80 prompts") {
		t.Errorf("60 prompts for 8 terms: %v", err)
	}
}

// Intervals of the length term with two models and the fewest prompts that are taken, and with
// models of unequal strength. 300 samples a cell: a coverage of .95 has a standard error of .013.
func TestTasteCoverage(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 18))
	for _, cell := range []struct {
		prompts, models  int
		strength, length float64
	}{{30, 1, 0, 0}, {30, 1, 1, 1}, {40, 3, 0.5, 1}, {150, 3, 1, 0.5}} {
		covered, made := 0, 0
		for range 300 {
			var pairs []Pair
			for prompt := range cell.prompts {
				taste := 0.6 * rng.NormFloat64() // what the answers to one prompt share
				for m := 1; m <= cell.models; m++ {
					p := Pair{A: m, Cluster: uint32(prompt)}
					p.Style[0].Characters, p.Style[1].Characters = 100+rng.IntN(900), 100+rng.IntN(900)
					// The unit of the term is the root mean square, about 367 characters.
					z := cell.strength + taste + cell.length*math.Tanh(float64(p.Style[0].Characters-p.Style[1].Characters)/367.4)
					if rng.Float64() < 1/(1+math.Exp(-z)) {
						p.Score = 1
					}
					pairs = append(pairs, p)
				}
			}
			l, err := Length(pairs)
			if err != nil {
				continue
			}
			made++
			// What the prompts share makes the marginal log-odds smaller, by about this factor.
			truth := cell.length / math.Sqrt(1+0.346*0.36)
			if l.Terms[0].Lo <= truth && truth <= l.Terms[0].Hi {
				covered++
			}
		}
		if share := float64(covered) / float64(made); share < 0.92 || made < 285 {
			t.Errorf("%+v: coverage %.3f of %d", cell, share, made)
		} else {
			t.Logf("%+v: coverage %.3f of %d", cell, share, made)
		}
	}
}
