package infer_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"assay/harness/leaf/approx"
	"assay/metrics"
	"assay/metrics/infer"
)

// passages are 14 questions on 5 passages of unequal length, with scores of two
// models. Questions of one passage are not neighbours.
func passages() (first, second *infer.Column, to []uint32) {
	to = []uint32{3, 0, 1, 0, 2, 1, 4, 0, 3, 2, 1, 0, 4, 3}
	first, second = infer.NewColumn(wide()), infer.NewColumn(wide())
	for i := range to {
		first.Add(uint32(i), 0, []float64{float64((7*i)%11)/11 + float64(to[i])/5})
		second.Add(uint32(i), 0, []float64{float64((5*i+4)%11)/11 + float64(to[i])/4})
	}
	return first, second, to
}

// TestGroupReference: pairing is by example, errors are by cluster.
//
//	statsmodels 0.15, i = arange(14), to as above:
//	x = (7*i % 11)/11 + to/5; y = ((5*i + 4) % 11)/11 + to/4
//	r = OLS(v, ones(14)).fit(cov_type="cluster", cov_kwds={"groups": to}, use_t=True)
//	r.params, r.bse, r.conf_int()     of v = x, and of v = y - x
func TestGroupReference(t *testing.T) {
	first, second, to := passages()
	first.Group(to)
	second.Group(to)
	e := infer.Estimate(first, options())
	near(t, "point", e.Point, 0.7649350649350649, 1e-12)
	near(t, "se", e.SE, 0.16993493555405223, 1e-12)
	near(t, "lo", e.Lo, 0.29312004491391414, 1e-11)
	near(t, "hi", e.Hi, 1.2367500849562156, 1e-11)
	if e.N != 14 || e.Clusters != 5 || e.Method != "t, clustered by cluster key" {
		t.Errorf("n %d, clusters %d by %q; want 14 judgements in 5 clusters", e.N, e.Clusters, e.Method)
	}
	p := infer.Compare(first, second, options())
	near(t, "difference", p.Point, 0.12467532467532469, 1e-12)
	near(t, "se of difference", p.SE, 0.09284866880128771, 1e-12)
	near(t, "lo of difference", p.Lo, -0.13311390734214165, 1e-11)
	near(t, "hi of difference", p.Hi, 0.382464556692791, 1e-11)
	if p.N != 14 || p.Clusters != 5 || !strings.Contains(p.Method, "clustered by cluster key") {
		t.Errorf("n %d, clusters %d by %q; want 14 pairs in 5 clusters", p.N, p.Clusters, p.Method)
	}
}

// TestGroupOfSingles: clusters of one example each change nothing, not even the
// method; no grouping gives the same.
func TestGroupOfSingles(t *testing.T) {
	a, b := pairs(3, 14, 50, 33)
	c, d := pairs(3, 14, 50, 33)
	own := make([]uint32, 100)
	for i := range own {
		own[i] = uint32(i)
	}
	c.Group(own)
	d.Group(own)
	if x, y := infer.Estimate(a, options()), infer.Estimate(c, options()); !reflect.DeepEqual(x, y) {
		t.Errorf("estimates differ: %+v and %+v", x, y)
	}
	if x, y := infer.Compare(a, b, options()), infer.Compare(c, d, options()); !reflect.DeepEqual(x.Comparison, y.Comparison) {
		t.Errorf("comparisons differ: %+v and %+v", x.Comparison, y.Comparison)
	}
}

// passageStudy is passages of ten questions each that two models answer. The
// intraclass correlation of an answer within its passage is icc for each model,
// and the second model is right in rate+difference. Numbers are by question.
func passageStudy(r *rand.Rand, passages int, rate, difference, icc float64) (first, second *infer.Column) {
	first, second = infer.NewColumn(proportion()), infer.NewColumn(proportion())
	to := make([]uint32, 10*passages)
	for i := range passages {
		// With chance icc^(1/2) an answer copies its passage's, so two do with chance icc.
		own, other := below(r, rate), below(r, rate+difference)
		for k := range 10 {
			id := uint32(10*i + k)
			to[id] = uint32(i)
			x, y := own, other
			if r.Float64() >= math.Sqrt(icc) {
				x = below(r, rate)
			}
			if r.Float64() >= math.Sqrt(icc) {
				y = below(r, rate+difference)
			}
			first.Add(id, 0, []float64{x})
			second.Add(id, 0, []float64{y})
		}
	}
	first.Group(to)
	second.Group(to)
	return first, second
}

// TestGroupCoverage: 60 passages of 10 questions. Treated as 600 independent
// questions they would cover .90, .85 and .76.
func TestGroupCoverage(t *testing.T) {
	const trials = 700
	for _, icc := range []float64{0.05, 0.1, 0.2} {
		for _, rate := range []float64{0.5, 0.8} {
			r := rand.New(rand.NewPCG(17, uint64(1000*icc+100*rate)))
			one, paired := 0, 0
			for range trials {
				a, b := passageStudy(r, 60, rate, 0.05, icc)
				if e := infer.Estimate(a, options()); e.Lo <= rate && rate <= e.Hi {
					one++
				}
				if p := infer.Compare(a, b, options()); p.Lo <= 0.05 && 0.05 <= p.Hi {
					paired++
				}
			}
			for what, covered := range map[string]int{"estimates": one, "differences": paired} {
				got := float64(covered) / trials
				t.Logf("%s at icc %v, rate %v: %.3f", what, icc, rate, got)
				if !approx.Equal(got, 0.95, 0.033) { // four standard errors
					t.Errorf("%s at icc %v, rate %v cover %.3f, want .95", what, icc, rate, got)
				}
			}
		}
	}
}

// TestGroupedMethods: every method draws and counts clusters.
func TestGroupedMethods(t *testing.T) {
	to := make([]uint32, 120)
	for i := range to {
		to[i] = uint32(i / 3)
	}
	value := func(i, model int) float64 { return float64((7*i+5*model*i/3)%11) / 11 }
	for _, c := range []struct {
		name    string
		metric  *metrics.Metric
		labeler func(i int) uint32
		method  string
	}{
		{"sums", ratio(), func(int) uint32 { return 0 }, "clustered by cluster key"},
		{"labelers", mean(), func(i int) uint32 { return uint32(1 + i%50) }, "clustered by cluster key and labeler"},
		{"mean", mean(), func(int) uint32 { return 0 }, "clustered by cluster key"},
	} {
		var s [2]*infer.Column
		for model := range s {
			s[model] = infer.NewColumn(c.metric)
			for i := range to {
				s[model].Add(uint32(i), c.labeler(i), []float64{value(i, model), 1}[:c.metric.ValueWidth()])
			}
			s[model].Group(to)
		}
		e, p := infer.Estimate(s[0], options()), infer.Compare(s[0], s[1], options())
		resampled := options()
		resampled.Bootstrap = true
		if e, p := infer.Estimate(s[0], resampled), infer.Compare(s[0], s[1], resampled); e.Method != "BCa bootstrap, clustered by cluster key" || p.Method != "paired "+e.Method {
			t.Errorf("%s, bootstrapped: %q, %q", c.name, e.Method, p.Method)
		}
		if e.N != 120 || e.Clusters != 40 || !strings.Contains(e.Method, c.method) {
			t.Errorf("%s: n %d, clusters %d by %q", c.name, e.N, e.Clusters, e.Method)
		}
		if p.N != 120 || p.Clusters != 40 || !strings.Contains(p.Method, c.method) {
			t.Errorf("%s, paired: n %d, clusters %d by %q", c.name, p.N, p.Clusters, p.Method)
		}
	}
}

// TestGroupedLabelers: the cluster is one way of clustering, the labeler the other. If
// each cluster's questions are copies of one, the errors are those of that one.
func TestGroupedLabelers(t *testing.T) {
	to := make([]uint32, 36)
	copies := func(model int) *infer.Column {
		s := infer.NewColumn(wide())
		for i := range 12 {
			for k := range 4 {
				v := 4*(i%5) + 6*k + (7*i+5*k+3*model*i)%11 + 2*model*(k%3)
				for c := range 3 {
					to[3*i+c] = uint32(i)
					s.Add(uint32(3*i+c), uint32(k+1), []float64{float64(v) / 60})
				}
			}
		}
		return s
	}
	one := func(model int) *infer.Column {
		s := infer.NewColumn(wide())
		for i := range 12 {
			for k := range 4 {
				v := 4*(i%5) + 6*k + (7*i+5*k+3*model*i)%11 + 2*model*(k%3)
				s.Add(uint32(i), uint32(k+1), []float64{float64(v) / 60})
			}
		}
		return s
	}
	a, b := copies(0), copies(1)
	a.Group(to)
	b.Group(to)
	near(t, "se", infer.Estimate(a, options()).SE, infer.Estimate(one(0), options()).SE, 1e-12)
	p, q := infer.Compare(a, b, options()), infer.Compare(one(0), one(1), options())
	near(t, "se of difference", p.SE, q.SE, 1e-12)
	near(t, "lo of difference", p.Lo, q.Lo, 1e-12)
}

// TestOneGroup: one passage is one draw of passages, however many questions it
// has.
func TestOneGroup(t *testing.T) {
	first, second := of(mean(), tenScores()...), of(mean(), tenOthers()...)
	first.Group(make([]uint32, 10))
	second.Group(make([]uint32, 10))
	if e := infer.Estimate(first, options()); e.Method != infer.MethodWholeRange || e.Clusters != 1 || e.N != 10 {
		t.Errorf("estimate by %q of %d clusters, %d judgements", e.Method, e.Clusters, e.N)
	}
	if p := infer.Compare(first, second, options()); p.Method != infer.MethodWholeRange || p.Clusters != 1 || p.N != 10 || p.Detectable != 0 {
		t.Errorf("comparison by %q of %d clusters, %d pairs, detectable %v", p.Method, p.Clusters, p.N, p.Detectable)
	}
}

func ExampleColumn_Group() {
	accuracy := metrics.Metric{Name: "accuracy", Kind: metrics.Proportion, Hi: 1}
	s := infer.NewColumn(&accuracy)
	passage := make([]uint32, 200)
	for question := range uint32(200) {
		passage[question] = question / 5
		s.Add(question, 0, []float64{float64(question / 5 % 3 / 2)})
	}
	s.Group(passage)
	e := infer.Estimate(s, infer.Defaults(1))
	fmt.Printf("%d answers in %d clusters\n", e.N, e.Clusters)
	// Output: 200 answers in 40 clusters
}
