package lengthcontrol_test

import (
	"math"
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

func TestRefused(t *testing.T) {
	rows, gamed := madeUp()
	equal, broken := append([]lengthcontrol.Row(nil), rows...), append([]lengthcontrol.Row(nil), rows...)
	for i := range equal {
		equal[i].Longer = 12
	}
	broken[5].Difficulty = math.NaN()
	for name, d := range map[string]lengthcontrol.Data{
		"few":       {Rows: rows[4:9]}, // one has no preference
		"equal":     {Rows: equal},
		"broken":    {Rows: broken, Difficulties: true},
		"bare":      {Rows: rows, Gamed: gamed},
		"undefined": {},
	} {
		if f, err := lengthcontrol.New(&d); err == nil {
			t.Errorf("%s: %v", name, f.WinRate)
		}
	}
	if _, err := lengthcontrol.New(&lengthcontrol.Data{Rows: broken}); err != nil {
		t.Errorf("a difficulty that is not used: %v", err)
	}
}
