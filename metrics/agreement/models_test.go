package agreement

import (
	"math"
	"strings"
	"testing"

	"assay/harness/leaf/approx"
)

// people leaves the judge out, who is the last rater of judged.
var people = []string{"rater 0", "rater 1", "rater 2", "rater 3"}

// The winning rate and the advantage are those of the authors' code (github.com/nitaytech/AltTest, commit
// 18428b1f): alt_test(llm, humans, "accuracy" or "neg_rmse", epsilon=epsilon). The p-values are of its t-test,
// scipy 1.17's ttest_1samp(d, epsilon, alternative="less").
func TestAltTest(t *testing.T) {
	all := table(t, judged, nil, 1)
	for _, of := range []struct {
		o               AltOptions
		p               []float64
		wins, advantage float64
	}{
		{AltOptions{}, []float64{4.206537625670253e-06, 4.791865183420147e-06, 4.816277763715311e-05, 9.172652408919714e-09}, 1, 0.9681515047879617},
		{AltOptions{Epsilon: 0.05}, []float64{0.035013441360582466, 0.007697048984114572, 0.04945614042250529, 2.1332742810404273e-05}, 0.5, 0.9681515047879617},
		{AltOptions{Epsilon: 0.02}, nil, 0.25, 0.9681515047879617},
		{AltOptions{Epsilon: 0.03, Likeness: Near}, nil, 0.25, 0.9629431714546284},
		{AltOptions{Epsilon: 0.1, Likeness: Near}, []float64{0.0028502677736846906, 0.0036889639432911535, 0.004171435995700279, 9.109912605799592e-07}, 1, 0.9629431714546284},
	} {
		got, err := all.AltTest("rater 4", people, of.o)
		if err != nil {
			t.Fatal(err)
		}
		if got.Wins != of.wins || got.Passed != (of.wins >= 0.5) || !approx.Equal(got.Advantage, of.advantage, 1e-12) {
			t.Errorf("%+v: wins %v, advantage %v, want %v, %v", of.o, got.Wins, got.Advantage, of.wins, of.advantage)
		}
		for i, p := range of.p {
			if !approx.Equal(math.Log(got.People[i].P), math.Log(p), 1e-7) {
				t.Errorf("%+v: p of %s is %v, want %v", of.o, got.People[i].Person, got.People[i].P, p)
			}
		}
		for i, items := range []int{51, 48, 43, 45} {
			if got.People[i].Items != items {
				t.Errorf("%s has %d items, want %d", got.People[i].Person, got.People[i].Items, items)
			}
		}
	}
}

// A judge who copies the worst person fails; people with few items are left out and named.
func TestAltTestRefuses(t *testing.T) {
	if _, err := table(t, judged[:33], nil, 1).AltTest("rater 4", people, AltOptions{}); err == nil || !strings.Contains(err.Error(), "3 people with 30 items") {
		t.Errorf("33 items: %v", err)
	}
	got, err := table(t, judged[:38], nil, 1).AltTest("rater 4", people, AltOptions{})
	if err == nil || len(got.Left) == 0 {
		t.Errorf("38 items: left out %v, %v", got.Left, err)
	}
	worse := make([]string, len(judged))
	for i, row := range judged {
		worse[i] = row[:4] + string("210"[i%3])
	}
	got, err = table(t, worse, nil, 1).AltTest("rater 4", people, AltOptions{})
	if err != nil || got.Passed || got.Wins != 0 {
		t.Errorf("a judge by chance: %+v, %v", got, err)
	}
}

// The same script on less, or with other clusters (statsmodels 0.15: OLS(d, ones).fit(cov_type="cluster",
// cov_kwds={"groups": g}).bse, and scipy.stats.t.cdf with the clusters less one).
func TestAltTestOfFew(t *testing.T) {
	// Of these the adjusted p are 0.062, 0.021, 0.072 and 0.0001: two are above the default q of 0.05.
	got, err := table(t, judged, nil, 1).AltTest("rater 4", people, AltOptions{Epsilon: 0.06})
	if err != nil || got.Wins != 0.5 || !got.Passed || got.People[0].Wins || !got.People[1].Wins {
		t.Errorf("epsilon 0.06: %+v, %v", got, err)
	}
	got, err = table(t, judged, nil, 1).AltTest("rater 4", people, AltOptions{Epsilon: 0.06, Q: 0.065})
	if err != nil || got.Wins != 0.75 {
		t.Errorf("epsilon 0.06, q 0.065: %+v, %v", got, err)
	}
	// Three people are enough, and so are 30 items of the third. The judge is no person, though named.
	got, err = table(t, judged[:40], nil, 1).AltTest("rater 4", append(people[:4:4], "rater 4", "nobody"), AltOptions{})
	if err != nil || len(got.People) != 3 || len(got.Left) != 1 || got.Left[0] != "rater 2" || got.People[2].Items != 30 || !got.Passed {
		t.Errorf("40 items: %+v, %v", got, err)
	}
	for i, p := range []float64{0.0005975308711846749, 0.00046954150331214665, 1.9069824333543669e-06} {
		if !approx.Equal(math.Log(got.People[i].P), math.Log(p), 1e-7) {
			t.Errorf("40 items: p of %s is %v, want %v", got.People[i].Person, got.People[i].P, p)
		}
	}
	got, err = table(t, judged, nil, 3).AltTest("rater 4", people, AltOptions{Epsilon: 0.1})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []AltWin{
		{Clusters: 20, P: 0.0047075563118724375, Judge: 0.9607843137254902, Human: 0.9215686274509803},
		{Clusters: 20, P: 0.00042158868689678997, Judge: 0.9583333333333334, Human: 0.8541666666666666},
		{Clusters: 20, P: 0.010868163909834852, Judge: 0.9534883720930233, Human: 0.9069767441860465},
		{Clusters: 19, P: 3.295584926965217e-05, Judge: 1, Human: 0.7555555555555555},
	} {
		p := got.People[i]
		if p.Clusters != want.Clusters || !approx.Equal(math.Log(p.P), math.Log(want.P), 1e-7) || !approx.Equal(p.Judge, want.Judge, 1e-12) || !approx.Equal(p.Human, want.Human, 1e-12) {
			t.Errorf("by threes: %+v, want %+v", p, want)
		}
	}
	if _, err := table(t, judged, nil, 1).AltTest("rater 9", people, AltOptions{}); err == nil || !strings.Contains(err.Error(), "rater 9 rated nothing") {
		t.Errorf("a judge who rated nothing: %v", err)
	}
	if _, err := table(t, judged, nil, 60).AltTest("rater 4", people, AltOptions{}); err == nil {
		t.Error("one cluster was enough")
	}
	if got, err := table(t, judged, nil, 30).AltTest("rater 4", people, AltOptions{}); err != nil || got.People[0].Clusters != 2 {
		t.Errorf("two clusters: %+v, %v", got, err)
	}
}

// Without any variance the difference itself decides.
func TestAltTestWithoutVariance(t *testing.T) {
	equal, worse, best := make([]string, 40), make([]string, 40), make([]string, 40)
	for i := range equal {
		digit := string("012"[i%3])
		other := string("120"[i%3])
		equal[i] = strings.Repeat(digit, 5)
		worse[i] = strings.Repeat(digit, 4) + other
		best[i] = strings.Repeat(digit, 4) + digit
	}
	for _, c := range []struct {
		rows []string
		p    float64
	}{{equal, 0}, {worse, 1}, {best, 0}} {
		got, err := table(t, c.rows, nil, 1).AltTest("rater 4", people, AltOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range got.People {
			if p.P != c.p || p.Wins != (c.p == 0) {
				t.Errorf("%s: %+v, want the p-value %v", c.rows[0], p, c.p)
			}
		}
	}
	// A judge who is always worse is worse by 1, which is not less than an epsilon of 1.
	got, err := table(t, worse, nil, 1).AltTest("rater 4", people, AltOptions{Epsilon: 1})
	if err != nil || got.People[0].P != 1 {
		t.Errorf("epsilon 1: %+v, %v", got, err)
	}
}

// crowd-kit 1.4.2: DawidSkene(n_iter=5000, tol=1e-15).fit(frame) of the four people, which clips
// probabilities at 1e-10; a plain numpy script without clipping agrees and gives the likelihood.
func TestDawidSkene(t *testing.T) {
	all := table(t, judged, nil, 1).Only(people...)
	c, err := all.DawidSkene(1e-13, 5000)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "log-likelihood", c.LogLikelihood, -143.10560374594965)
	for j, want := range []float64{0.5325418256773459, 0.2655006972291699, 0.2019574770934841} {
		near(t, "share", c.Shares[j], want)
	}
	near(t, "item 0", c.Posterior[0][0], 0.9975648744562156)
	near(t, "item 5", c.Posterior[5][1], 0.0020886524868957705)
	near(t, "rater 0", c.Given[0][1][2], 0.08049535471802934)
	near(t, "rater 1", c.Given[1][2][0], 0.188869947601032)
	near(t, "rater 3", c.Given[3][2][0], 0.31917720993831666)
	if !c.Converged || len(c.Items) != 60 {
		t.Errorf("converged %v after %d, %d items", c.Converged, c.Iterations, len(c.Items))
	}
	// numpy: (shares * numpy.diag(given)).sum() of each rater.
	for r, want := range []float64{0.9325889913284567, 0.8390831932473143, 0.9359707184782102, 0.6496510922001179} {
		near(t, "accuracy", c.Accuracy[r], want)
	}
	if c, _ := all.DawidSkene(1e-13, 5); c.Converged || c.Iterations != 5 {
		t.Errorf("after 5 iterations: converged %v, %d", c.Converged, c.Iterations)
	}
	if _, err := all.Only("rater 2").DawidSkene(1e-9, 10); err == nil {
		t.Error("one rater was fitted")
	}
}

// The least that can be fitted: two raters and two values, some missing, by the plain numpy script.
func TestDawidSkeneOfTwo(t *testing.T) {
	c, err := table(t, []string{"00", "00", "11", "10", "0.", ".1", "11", "01", "00", "1."}, nil, 1).DawidSkene(1e-14, 5000)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "log-likelihood", c.LogLikelihood, -11.095765532849496)
	near(t, "share", c.Shares[0], 0.5040758285050364)
	near(t, "rater 0", c.Given[0][1][0], 0.19291786535483588)
	near(t, "rater 1", c.Given[1][0][1], 0.1940620444840397)
	near(t, "accuracy of rater 1", c.Accuracy[1], 0.8118462412890326)
	// Without an iteration the classes are the shares of votes.
	if c, err := table(t, []string{"00", "00", "11", "10", "0.", ".1", "11", "01", "00", "1.", "00"}, nil, 1).DawidSkene(1e-14, 0); err != nil || c.Converged || !approx.Equal(c.Shares[0], 6./11, 1e-12) || !approx.Equal(c.Posterior[3][1], 0.5, 1e-12) {
		t.Errorf("without an iteration: %+v, %v", c, err)
	}
	if _, err := table(t, []string{"00", "00", "0."}, nil, 1).DawidSkene(1e-9, 10); err == nil {
		t.Error("one value was fitted")
	}
}

// A rater who saw no item of a class gives each value with the same probability there.
func TestDawidSkeneUnseenClass(t *testing.T) {
	c, err := table(t, []string{"000", "000", "000", "11.", "11.", "11.", "22.", "22."}, nil, 1).DawidSkene(1e-12, 100)
	if err != nil {
		t.Fatal(err)
	}
	for class, want := range [][]float64{{1, 0, 0}, {1. / 3, 1. / 3, 1. / 3}, {1. / 3, 1. / 3, 1. / 3}} {
		for value, p := range want {
			near(t, "rater 2", c.Given[2][class][value], p)
		}
	}
	near(t, "accuracy of rater 2", c.Accuracy[2], 3./8+3./8/3+2./8/3)
	near(t, "share of class 1", c.Shares[1], 3./8)
}
