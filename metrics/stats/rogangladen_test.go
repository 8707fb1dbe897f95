package stats_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"assay/metrics/stats"
)

// yesNo are 240 units of 80 clusters with a judge's 0 or 1. With labelers, people labelled 96 of them,
// once or twice each.
func yesNo(labelers bool) []stats.Unit {
	units := make([]stats.Unit, 240)
	for i := range units {
		u := &units[i]
		other := func(x float64, of bool) float64 {
			if of {
				return 1 - x
			}
			return x
		}
		y := other(0, (7*i*i+3*i)%11 < 4)
		u.Cluster, u.Judge = uint32(i/3), other(y, (5*i*i+i)%13 < 2)
		if i%5 != 1 && i%5 != 2 {
			continue
		}
		u.Weight = 2 + float64(i%3)/2
		if !labelers {
			u.Labels = []stats.Label{{Value: y, Share: 1}}
			continue
		}
		second := other(y, (3*i*i+2*i)%7 == 0)
		u.Labels = []stats.Label{{Labeler: uint32(i % 6), Value: y / 2, Share: .5}, {Labeler: uint32((i + 1 + i/6%3) % 6), Value: second / 2, Share: .5}}
	}
	return units
}

// TestRoganGladen has the values of numpy 2.4 and scipy 1.17, by searching x instead of a formula. Without
// labelers (with them, w is halved, and V is the largest of the variances by cluster, by labeler, and V + by
// labeler - by pair, each of the last two from d alone):
//
//	i = np.arange(240); C = i//3; W = 2 + (i % 3)/2
//	y = ((7*i*i + 3*i) % 11 < 4)*1.; F = np.where((5*i*i + i) % 13 < 2, 1-y, y); p = F.mean()
//	k = i[(i % 5 == 1) | (i % 5 == 2)]; w = W[k]; f = F[k]; y = y[k]; m = w.mean()
//	Y = (w*y).sum() + 2*m; Z = (w*(1-y)).sum() + 2*m
//	se = ((w*y*f).sum() + m)/Y; sp = ((w*(1-y)*(1-f)).sum() + m)/Z
//	def V(x):
//	    d = -x*w*y*(f-se)/Y + (1-x)*w*(1-y)*(1-f-sp)/Z
//	    e = np.array([-x*m*(1-se)/Y, x*m*se/Y, (1-x)*m*(1-sp)/Z, -(1-x)*m*sp/Z])
//	    s = np.bincount(np.r_[C, C[k]], np.r_[(F-p)/240, d]); G = len(set(C[k]))
//	    return G/(G-1)*(s**2).sum() + (e**2).sum()
//	t = stats.t.ppf(.975, len(set(C[k])) - 2)
//	q = lambda x: (p + sp - 1 - x*(se + sp - 1))**2 - t*t*V(x)
//	r = (p + sp - 1)/(se + sp - 1); optimize.brentq(q, r-2, r), optimize.brentq(q, r, r+2)
func TestRoganGladen(t *testing.T) {
	for _, c := range []struct {
		labelers bool
		want     stats.Corrected
	}{
		{false, stats.Corrected{Share: 0.514921030756442, Sensitivity: 0.8692307692307693, Specificity: 0.8318181818181818, Lo: 0.4117191108710663, Hi: 0.6118858830616039}},
		{true, stats.Corrected{Share: 0.493789203740996, Sensitivity: 0.7897838899803536, Specificity: 0.7250554323725056, Lo: 0.31043881213812935, Hi: 0.7020536159773493}},
	} {
		got, err := stats.RoganGladen(yesNo(c.labelers), .025)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "share", got.Share, c.want.Share)
		near(t, "sensitivity", got.Sensitivity, c.want.Sensitivity)
		near(t, "specificity", got.Specificity, c.want.Specificity)
		near(t, "lower bound", got.Lo, c.want.Lo)
		near(t, "upper bound", got.Hi, c.want.Hi)
	}
}

// If every unit has one weight and a label, the corrected share is that of the labels.
func TestRoganGladenOfAll(t *testing.T) {
	units := yesNo(false)
	want := 0.0
	for i := range units {
		y := 0.0
		if i%7 < 3 {
			y = 1
		}
		want += y / 240
		units[i].Weight, units[i].Labels = 1, []stats.Label{{Value: y, Share: 1}}
		if units[i].Judge = y; i%9 == 4 {
			units[i].Judge = 1 - y
		}
	}
	got, err := stats.RoganGladen(units, .025)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "share", got.Share, want)
}

func TestRoganGladenRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		change func(i int, u *stats.Unit)
		want   string
	}{
		"few":      {func(i int, u *stats.Unit) { u.Cluster = uint32(i / 120) }, "fewer than 3 clusters"},
		"no yes":   {func(_ int, u *stats.Unit) { u.Labels[0].Value = 0 }, "no label is yes"},
		"no no":    {func(_ int, u *stats.Unit) { u.Labels[0].Value = 1 }, "no label is no"},
		"reversed": {func(_ int, u *stats.Unit) { u.Judge = 1 - u.Judge }, "with labels of 64 clusters, sensitivity 0.13 + specificity 0.17 - 1 is not clearly above 0"},
		"by chance": {func(i int, u *stats.Unit) {
			u.Judge = float64(i / 10 % 2)
		}, "is not clearly above 0"},
		"two people": {func(i int, u *stats.Unit) { u.Labels[0].Labeler = uint32(i / 5 % 2) }, "by 2 labelers, sensitivity 0.87 + specificity 0.83 - 1 is not"},
	} {
		units := yesNo(false)
		for i := range units {
			if len(units[i].Labels) > 0 {
				c.change(i, &units[i])
			}
		}
		if got, err := stats.RoganGladen(units, .025); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %+v, error %v", name, got, err)
		}
	}
	units := yesNo(false)
	for i := range units {
		if len(units[i].Labels) == 0 {
			units[i].Judge = 0
		} else {
			units[i].Judge = max(units[i].Labels[0].Value, float64(i%2))
		}
	}
	units = append(units, make([]stats.Unit, 2000)...)
	for i := range units[240:] {
		units[240+i].Cluster = uint32(100 + i)
	}
	if got, err := stats.RoganGladen(units, .025); err == nil || !strings.Contains(err.Error(), "were the labelled answers drawn at random?") {
		t.Errorf("labels that are no draw: %+v, error %v", got, err)
	}
}

// A tenth of the answers has labels. Of two answers to a prompt, the second is half of the time as right and
// as well judged as the first. Of 20 labelers, each errs with a rate of its own from 0 to .2, and two label
// an answer; the share is then that of all their labels.
func TestRoganGladenCoverage(t *testing.T) {
	const trials = 400
	for _, c := range []struct {
		labelled                        int // prompts
		share, sensitivity, specificity float64
		labelers                        int
	}{
		{50, .3, .9, .8, 1}, {50, .5, .7, .7, 1}, {50, .1, 1, .9, 1}, {100, .1, .9, .8, 1}, {250, .5, .7, .7, 1},
		{100, .1, .9, .8, 20}, {50, .5, .9, .8, 20}, {100, .3, .9, .8, 20}, {250, .5, .7, .7, 20},
	} {
		r := rand.New(rand.NewPCG(3, uint64(c.labelled)))
		flip := func(p float64) float64 {
			if r.Float64() < p {
				return 1
			}
			return 0
		}
		truth, answers := c.share, 2
		if c.labelers > 1 {
			truth, answers = .9*c.share+.1*(1-c.share), 1
		}
		held, refused := 0, 0
		for range trials {
			units, rates := make([]stats.Unit, 10*answers*c.labelled), make([]float64, c.labelers)
			for l := range rates {
				rates[l] = .2 * r.Float64()
			}
			y, f := 0.0, 0.0
			for i := range units {
				if i%answers == 0 || r.Float64() < .5 {
					y = flip(c.share)
					f = flip(y*c.sensitivity + (1-y)*(1-c.specificity))
				}
				units[i] = stats.Unit{Cluster: uint32(i / answers), Judge: f}
				switch {
				case i >= answers*c.labelled:
				case c.labelers == 1:
					label(&units[i], 10, y)
				default:
					units[i].Weight = 10
					for k := range 2 {
						l := (i + k*(1+i/20%19)) % 20
						said := math.Abs(y - flip(rates[l]))
						units[i].Labels = append(units[i].Labels, stats.Label{Labeler: uint32(l), Value: said / 2, Share: .5})
					}
				}
			}
			switch got, err := stats.RoganGladen(units, .025); {
			case err != nil:
				refused++
			case got.Lo <= truth && truth <= got.Hi:
				held++
			}
		}
		t.Logf("%+v: refused %d of %d, held %.3f of the others", c, refused, trials, float64(held)/float64(trials-refused))
		if refused > trials/4 || float64(held) < .92*float64(trials-refused) {
			t.Errorf("%+v: refused %d of %d, held %d", c, refused, trials, held)
		}
	}
}
