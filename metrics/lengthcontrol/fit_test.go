package lengthcontrol_test

import (
	"math"
	"strings"
	"testing"

	"assay/harness/leaf/approx"
	"assay/metrics/lengthcontrol"
)

// draws are numbers from 0 to 1 of a linear congruential generator.
func draws(seed, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		seed = (seed*1103515245 + 12345) % (1 << 31)
		out[i] = float64(seed) / (1 << 31)
	}
	return out
}

func rounded(x float64) float64 { return math.RoundToEven(x*1000) / 1000 }

// madeUp are 60 preferences, one of which is missing, and a gamed row for each.
func madeUp() (rows []lengthcontrol.Row, gamed []lengthcontrol.Gamed) {
	u, v, w, e := draws(1, 60), draws(2, 60), draws(3, 60), draws(4, 60)
	a, c := draws(5, 60), draws(7, 60)
	for i := range 60 {
		first, second := 20+math.Trunc(200*u[i]), 10+math.Trunc(300*u[i]*v[i]+60*v[i])
		difficulty := 2*w[i] - 1
		z := -0.9*math.Tanh((first-second)/80) + 0.8*difficulty - 0.3 + 2*(e[i]-.5)
		rows = append(rows, lengthcontrol.Row{Longer: first - second, Difficulty: difficulty, Preference: rounded(1 / (1 + math.Exp(-2*z))), Unscored: i == 7, Cluster: i})
		gamed = append(gamed, lengthcontrol.Gamed{Longer: rounded(4*a[i] - 2), Difficulty: difficulty, Preference: rounded(c[i])})
	}
	return rows, gamed
}

// The values are those of alpaca_eval 0.6.6 with scikit-learn 1.9.1, on a frame of these rows, with
// df_gamed.csv replaced by these gamed rows:
//
//	get_length_controlled_winrate(df, glm_name=NAME, save_weights_dir=None)
//
// with tol=1e-12 and max_iter=100000 given to LogisticRegressionCV. As it comes, with tol=1e-4, the
// tool's solver stops up to 0.0009 points from them: 34.9918, 34.7037 and 34.4688.
func TestAsTheTool(t *testing.T) {
	rows, gamed := madeUp()
	for _, tt := range []struct {
		name    string
		data    lengthcontrol.Data
		points  float64
		penalty float64
		weights []float64
	}{
		{"length_controlled_v1", lengthcontrol.Data{Rows: rows, Difficulties: true, Gamed: gamed},
			34.991437582107984, 21.5443469, []float64{-1.2759205485283895, 1.6997870194746694, -0.6468777262227938}},
		{"length_controlled_noreg", lengthcontrol.Data{Rows: rows, Difficulties: true},
			34.702873661315735, 21.5443469, []float64{-1.6089984598141869, 1.9885079362734268, -0.6917177085329856}},
		{"length_controlled_minimal", lengthcontrol.Data{Rows: rows},
			34.468634773314406, 21.5443469, []float64{-1.477654121503437, -0.6424791129315411}},
	} {
		f, err := lengthcontrol.New(&tt.data)
		if err != nil {
			t.Fatal(err)
		}
		if !approx.Equal(100*f.WinRate, tt.points, 1e-7) || !approx.Equal(f.Penalty, tt.penalty, 1e-8) || len(f.Weights) != len(tt.weights) {
			t.Errorf("%s: %.9f points with %v and penalty %v, want %v with %v and %v", tt.name, 100*f.WinRate, f.Weights, f.Penalty, tt.points, tt.weights, tt.penalty)
		}
		for j, want := range tt.weights {
			if !approx.Equal(f.Weights[j], want, 1e-6) {
				t.Errorf("%s: weight %d is %v, want %v", tt.name, j, f.Weights[j], want)
			}
		}
	}
}

// A row that counts twice is a row that is there twice.
func TestRefitCountsRows(t *testing.T) {
	rows, gamed := madeUp()
	f, err := lengthcontrol.New(&lengthcontrol.Data{Rows: rows, Difficulties: true, Gamed: gamed})
	if err != nil {
		t.Fatal(err)
	}
	counts := make([]float64, 60)
	var repeated []lengthcontrol.Row
	for i := range counts {
		counts[i] = float64(i * 7 % 5 % 3)
		for range i * 7 % 5 % 3 {
			repeated = append(repeated, rows[i])
		}
	}
	again, err := lengthcontrol.New(&lengthcontrol.Data{Rows: repeated, Difficulties: true, Gamed: gamed})
	if err != nil {
		t.Fatal(err)
	}
	ones := make([]float64, len(counts))
	for i := range ones {
		ones[i] = 1
	}
	if again.Penalty != f.Penalty {
		t.Fatalf("the penalties are %v and %v: the test compares nothing", again.Penalty, f.Penalty)
	}
	if got, want := f.Refit(counts), again.WinRate; !approx.Equal(got, want, 1e-9) || approx.Equal(got, f.WinRate, 1e-3) {
		t.Errorf("%v, want %v, which differs from %v", got, want, f.WinRate)
	}
	if got := f.Refit(ones); !approx.Equal(got, f.WinRate, 1e-9) {
		t.Errorf("%v, want %v", got, f.WinRate)
	}
	clear(counts)
	counts[3] = 60
	if got := f.Refit(counts); !math.IsNaN(got) {
		t.Errorf("a resample without a spread of lengths gives %v", got)
	}
}

// Rows of several clusters that are equal are fitted as one; what has no part in the fit makes no difference.
func TestRefitOfEqualRows(t *testing.T) {
	rows, _ := madeUp()
	for _, difficulties := range []bool{false, true} {
		var equal, apart []lengthcontrol.Row
		counts := make([]float64, 60)
		for i := range counts {
			r := rows[i%13] // 7 has no preference
			r.Cluster, counts[i] = i, float64(i*7%5%3)
			if !difficulties {
				r.Difficulty = float64(i)
			}
			if r.Unscored {
				r.Preference = float64(i%2) / 2
			}
			equal = append(equal, r)
			r.Longer += 1e-9 * float64(i) // no two are equal
			apart = append(apart, r)
		}
		f, err := lengthcontrol.New(&lengthcontrol.Data{Rows: equal, Difficulties: difficulties})
		if err != nil {
			t.Fatal(err)
		}
		g, err := lengthcontrol.New(&lengthcontrol.Data{Rows: apart, Difficulties: difficulties})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := f.Refit(counts), g.Refit(counts); !approx.Equal(got, want, 1e-7) || approx.Equal(got, f.WinRate, 1e-4) {
			t.Errorf("difficulties %v: %v, want %v, which differs from %v", difficulties, got, want, f.WinRate)
		}
	}
}

// Of rows without a preference there is no fit, however many gamed rows there are. A bootstrap
// draws such a resample if few of the rows have one.
func TestRefitWithoutPreferences(t *testing.T) {
	rows, gamed := madeUp()
	for i := range rows {
		rows[i].Unscored = i%10 != 4
	}
	for name, d := range map[string]lengthcontrol.Data{
		"minimal": {Rows: rows},
		"v1":      {Rows: rows, Difficulties: true, Gamed: gamed},
	} {
		f, err := lengthcontrol.New(&d)
		if err != nil {
			t.Fatal(err)
		}
		counts := make([]float64, len(rows))
		counts[0], counts[1], counts[25] = 20, 19, 21
		if got := f.Refit(counts); !math.IsNaN(got) {
			t.Errorf("%s: %v without a preference", name, got)
		}
		counts[14] = 1
		if got := f.Refit(counts); math.IsNaN(got) {
			t.Errorf("%s: no fit with a preference", name)
		}
	}
}

// Preferences that are all 0.5 leave no weight under any penalty. All have the same loss, and of equal
// ones the strongest is chosen.
func TestEven(t *testing.T) {
	rows, _ := madeUp()
	f, err := lengthcontrol.New(&lengthcontrol.Data{Rows: rows, Difficulties: true})
	if err != nil {
		t.Fatal(err)
	}
	if f.Even() {
		t.Errorf("even with the weights %v", f.Weights)
	}
	for i := range rows {
		rows[i].Preference = 0.5
	}
	f, err = lengthcontrol.New(&lengthcontrol.Data{Rows: rows, Difficulties: true})
	if err != nil {
		t.Fatal(err)
	}
	if !f.Even() || f.WinRate != 0.5 || !approx.Equal(f.Penalty, 1e-4, 1e-15) {
		t.Errorf("win rate %v, penalty %v, weights %v", f.WinRate, f.Penalty, f.Weights)
	}
}

func TestRefused(t *testing.T) {
	rows, gamed := madeUp()
	for i := range 5 { // cluster 5 is the last of those that are enough
		rows[i].Cluster = 5
	}
	inf, nan := math.Inf(1), math.NaN()
	changed := func(change func(rows []lengthcontrol.Row)) []lengthcontrol.Row {
		out := append([]lengthcontrol.Row(nil), rows...)
		change(out)
		return out
	}
	turned := func(change func(g *lengthcontrol.Gamed)) []lengthcontrol.Gamed {
		out := append([]lengthcontrol.Gamed(nil), gamed...)
		change(&out[9])
		return out
	}
	row := func(change func(r *lengthcontrol.Row)) lengthcontrol.Data {
		return lengthcontrol.Data{Rows: changed(func(all []lengthcontrol.Row) { change(&all[9]) }), Difficulties: true}
	}
	game := func(change func(g *lengthcontrol.Gamed)) lengthcontrol.Data {
		return lengthcontrol.Data{Rows: rows, Difficulties: true, Gamed: turned(change)}
	}
	const finite, few = "is not finite", "on at least 5 examples"
	for name, c := range map[string]struct {
		data lengthcontrol.Data
		want string // of the error; "" for none
	}{
		"four clusters": {lengthcontrol.Data{Rows: rows[:9]}, few}, // of cluster 5 six rows, then 6 and 8; 7 has no preference
		"five clusters": {lengthcontrol.Data{Rows: rows[:11]}, ""}, // 9 and 10 as well
		"nothing":       {lengthcontrol.Data{}, few},               // no row at all
		"gamed alone":   {lengthcontrol.Data{Rows: rows, Gamed: gamed}, "gamed rows need difficulties"},
		"equal": {lengthcontrol.Data{Rows: changed(func(all []lengthcontrol.Row) {
			for i := range all {
				all[i].Longer = 12
			}
		})}, "by the same number of characters"},
		"length NaN":          {row(func(r *lengthcontrol.Row) { r.Longer = nan }), finite},
		"length infinite":     {row(func(r *lengthcontrol.Row) { r.Longer = inf }), finite},
		"difficulty NaN":      {row(func(r *lengthcontrol.Row) { r.Difficulty = nan }), finite},
		"difficulty low":      {row(func(r *lengthcontrol.Row) { r.Difficulty = -inf }), finite},
		"preference NaN":      {row(func(r *lengthcontrol.Row) { r.Preference = nan }), finite},
		"preference low":      {row(func(r *lengthcontrol.Row) { r.Preference = -0.01 }), finite},
		"preference high":     {row(func(r *lengthcontrol.Row) { r.Preference = 1.01 }), finite},
		"no preference":       {row(func(r *lengthcontrol.Row) { r.Preference, r.Unscored = nan, true }), ""},
		"preference 0":        {row(func(r *lengthcontrol.Row) { r.Preference = 0 }), ""},
		"preference 1":        {row(func(r *lengthcontrol.Row) { r.Preference = 1 }), ""},
		"gamed length":        {game(func(g *lengthcontrol.Gamed) { g.Longer = nan }), finite},
		"gamed difficulty":    {game(func(g *lengthcontrol.Gamed) { g.Difficulty = inf }), finite},
		"gamed preference":    {game(func(g *lengthcontrol.Gamed) { g.Preference = nan }), finite},
		"gamed low":           {game(func(g *lengthcontrol.Gamed) { g.Preference = -0.01 }), finite},
		"gamed high":          {game(func(g *lengthcontrol.Gamed) { g.Preference = 1.01 }), finite},
		"gamed 0":             {game(func(g *lengthcontrol.Gamed) { g.Preference = 0 }), ""},
		"gamed 1":             {game(func(g *lengthcontrol.Gamed) { g.Preference = 1 }), ""},
		"difficulty not used": {lengthcontrol.Data{Rows: changed(func(all []lengthcontrol.Row) { all[9].Difficulty = nan })}, ""},
	} {
		_, err := lengthcontrol.New(&c.data)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}
