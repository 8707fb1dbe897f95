package agreement

import (
	"math"
	"strings"
	"testing"

	"assay/harness/leaf/approx"
)

// people leaves the judge out, who is the last rater of judged.
var people = []string{"rater 0", "rater 1", "rater 2", "rater 3"}

// A plain script after the paper, with scipy 1.12: ttest_1samp(d, epsilon, alternative="less") and
// false_discovery_control(p, method="by"). Each value is compared by the share of equal values, or by
// -numpy.sqrt(mean of squares).
func TestAltTest(t *testing.T) {
	all := table(t, judged, nil, 1)
	for _, of := range []struct {
		o               AltOptions
		p               []float64
		wins, advantage float64
	}{
		{AltOptions{}, []float64{4.206537625670253e-06, 4.791865183420147e-06, 4.816277763715311e-05, 9.172652408919714e-09}, 1, 0.9681515047879617},
		{AltOptions{Epsilon: 0.05}, []float64{0.035013441360582466, 0.007697048984114572, 0.04945614042250529, 2.1332742810404273e-05}, 0.5, 0.9681515047879617},
		{AltOptions{Epsilon: 0.1, Likeness: Near}, []float64{0.0028502677736846906, 0.0036889639432911535, 0.004171435995700279, 9.109912605799592e-07}, 1, 0.9629431714546284},
	} {
		got, err := all.AltTest("rater 4", people, of.o)
		if err != nil {
			t.Fatal(err)
		}
		if got.Wins != of.wins || !got.Passed || !approx.Equal(got.Advantage, of.advantage, 1e-12) {
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
	if c, _ := all.DawidSkene(1e-13, 5); c.Converged || c.Iterations != 5 {
		t.Errorf("after 5 iterations: converged %v, %d", c.Converged, c.Iterations)
	}
	if _, err := all.Only("rater 2").DawidSkene(1e-9, 10); err == nil {
		t.Error("one rater was fitted")
	}
}
