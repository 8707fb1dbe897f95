package audit

import (
	"strings"
	"testing"

	"assay/harness/leaf/approx"
)

func numbered(n, each int) (clusters []uint32) {
	for i := range n {
		clusters = append(clusters, uint32(i/each))
	}
	return clusters
}

// Of six pairs, three have two verdicts that differ, two of them for the first answer.
func TestPosition(t *testing.T) {
	orders := [][]float64{{1, 1}, {1, 0}, {0, 0}, {0.5, 0.5}, {1, 0.5}, {0, 1}}
	flips, first, err := Position(orders, numbered(6, 1))
	if err != nil || flips.Point != 0.5 || !approx.Equal(first.Point, (0.5+1+0.5+0.5+0.75+0)/6, 1e-12) || flips.N != 6 || first.N != 6 {
		t.Errorf("flips %+v, first %+v, %v", flips, first, err)
	}
	// statsmodels 0.15.0: proportion_confint(3, 6, method="wilson") is 0.18761, 0.81239.
	if !approx.Equal(flips.Lo, 0.187616, 1e-5) || !approx.Equal(flips.Hi, 0.812384, 1e-5) {
		t.Errorf("flips %+v", flips)
	}
	_, turned, err := Position([][]float64{{0, 1}, {0, 1}, {0, 0}, {1, 1}}, numbered(4, 2))
	if err != nil || turned.Point != 0.25 || turned.Clusters != 2 {
		t.Errorf("for the second answer: %+v, %v", turned, err)
	}
	if _, _, err := Position(nil, nil); err == nil {
		t.Error("no pairs were measured")
	}
}

// statsmodels 0.15.0: OLS(more, X).fit(cov_type="cluster", cov_kwds={"groups": prompt,
// "use_correction": False}), where X is a constant and whether the answer is the judge's own, has
// params[1] and bse[1] * sqrt(40/39). numpy's mean and std(ddof=1) / sqrt(40) of its own answers are
// those without comparison. scipy's t.ppf(0.975, 39) is 2.0226909200367604.
func TestOwn(t *testing.T) {
	var all []Excess
	for i := range 120 {
		e := Excess{Own: i%3 == 0, Cluster: uint32(i / 3), More: float64((i*7)%11)/10 - 0.5}
		if e.Own {
			e.More += 0.2
		}
		all = append(all, e)
	}
	got, err := Own(all, true)
	if err != nil {
		t.Fatal(err)
	}
	want := Measure{0.23625000000000004, 0.23625000000000004 - 2.0226909200367604*0.0695910098636753, 0.23625000000000004 + 2.0226909200367604*0.0695910098636753, 40, 40, MethodExcess}
	if !approx.Equal(got.Point, want.Point, 1e-9) || !approx.Equal(got.Lo, want.Lo, 1e-9) || !approx.Equal(got.Hi, want.Hi, 1e-9) || got.N != 40 || got.Clusters != 40 {
		t.Errorf("%+v, want %+v", got, want)
	}
	alone, err := Own(all, false)
	if err != nil || !approx.Equal(alone.Point, 0.225, 1e-9) || !approx.Equal(alone.Hi, 0.225+2.0226909200367604*0.05110948529558371, 1e-9) {
		t.Errorf("%+v, %v", alone, err)
	}
	for _, few := range [][]Excess{nil, all[:60], {all[0]}} {
		if _, err := Own(few, true); err == nil || !strings.Contains(err.Error(), "it needs 30 prompts") {
			t.Errorf("%d values: %v", len(few), err)
		}
	}
	others := all[:0:0]
	for _, e := range all {
		if !e.Own {
			others = append(others, e)
		}
	}
	if _, err := Own(others, false); err == nil {
		t.Error("nothing of its own was measured")
	}
}
