package agreement

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"assay/harness/leaf/approx"
)

// krippendorff 0.9.0: krippendorff.alpha(reliability_data=A.T, level_of_measurement=...).
func TestAlpha(t *testing.T) {
	for _, of := range []struct {
		name   string
		rows   []string
		values []float64
		want   [4]float64
	}{
		{"incomplete", incomplete, nil, [4]float64{0.23435764531654957, 0.5787486199723079, 0.5744370498678093, 0.40790504471873124}},
		{"uneven", incomplete, uneven, [4]float64{0.23435764531654957, 0.5787486199723079, 0.5110585966992702, 0.381495227043415}},
		{"complete", complete, nil, [4]float64{0.2933606984623405, 0.6105495110205341, 0.5983346501407338, 0.48033568592711884}},
	} {
		for i, want := range of.want {
			r := table(t, of.rows, of.values, 1).Alpha(Scale(i))
			near(t, of.name+" "+Scale(i).String(), r.Point, want)
		}
	}
}

// irrCAC 0.4.4: CAC(pd.DataFrame(A), weights=w, digits=15).fleiss() and .gwet(). For complete ratings
// statsmodels 0.15.0 fleiss_kappa(aggregate_raters(A)[0]) is 0.28980974719833197 too.
func TestFleissAndAC(t *testing.T) {
	for _, of := range []struct {
		name       string
		rows       []string
		values     []float64
		fleiss, ac [3]float64
	}{
		{"incomplete", incomplete, nil, [3]float64{0.231827274771842, 0.406603986181165, 0.568627638982617}, [3]float64{0.265813834435906, 0.440282765905582, 0.602953129736049}},
		{"uneven", incomplete, uneven, [3]float64{0.231827274771842, 0.371862690627249, 0.503116738670424}, [3]float64{0.265813834435906, 0.459321527077692, 0.59480720975302}},
		{"complete", complete, nil, [3]float64{0.289809747198332, 0.45127719962157, 0.596316231297218}, [3]float64{0.325620243766627, 0.487572152196961, 0.635776342169747}},
	} {
		for i := range of.fleiss {
			w, all := Weights(i), table(t, of.rows, of.values, 1)
			fleiss, ac := all.Fleiss(w), all.AC(w)
			near(t, of.name+" Fleiss "+w.String(), fleiss.Point, of.fleiss[i])
			near(t, of.name+" AC "+w.String(), ac.Point, of.ac[i])
		}
	}
}

// scikit-learn: cohen_kappa_score(a, b, labels=range(5), weights=w) over the 25 items that both rated;
// statsmodels' cohens_kappa has the same weighted ones. Between sets: a plain numpy script, which
// averages over the items the weights of all pairs of one rating of each set.
func TestBetween(t *testing.T) {
	all := table(t, incomplete, nil, 1)
	for i, want := range []float64{0.3473895582329318, 0.5126705653021442, 0.6585735963581183} {
		r := all.KappaBetween([]string{"rater 1"}, []string{"rater 3"}, Weights(i))
		near(t, "Cohen "+Weights(i).String(), r.Point, want)
		if r.Items != 25 || r.Raters != 2 || r.Ratings != 50 {
			t.Errorf("Cohen of %d items, %d raters, %d ratings, want 25, 2, 50", r.Items, r.Raters, r.Ratings)
		}
	}
	a, b := []string{"rater 0", "rater 2"}, []string{"rater 4", "rater 1", "rater 3"}
	for i, want := range []float64{0.24449473409348074, 0.4296593514575826, 0.5914905537053752} {
		r := all.KappaBetween(a, b, Weights(i))
		near(t, "between sets "+Weights(i).String(), r.Point, want)
		if r.Items != 35 {
			t.Errorf("between sets has %d items, want 35", r.Items)
		}
	}
	raw := all.RawBetween(a, b)
	near(t, "raw between sets", raw.Point, 58.0/145)
}

func TestRaw(t *testing.T) {
	raw := table(t, incomplete, nil, 1).Raw()
	near(t, "raw", raw.Point, 95.0/236)
	if raw.Items != 36 || raw.Clusters != 36 {
		t.Errorf("%d items in %d clusters have two ratings, want 36", raw.Items, raw.Clusters)
	}
}

// A plain numpy script: krippendorff.alpha without each pair of items in turn, the jackknife's
// standard error, and scipy.stats.t.ppf(.975, 18).
func TestJackknifeOverClusters(t *testing.T) {
	r := table(t, incomplete, nil, 2).Alpha(Ordinal)
	near(t, "se", r.SE, 0.05256528214750593)
	if r.Items != 36 || r.Clusters != 19 {
		t.Errorf("%d items in %d clusters, want 36 in 19", r.Items, r.Clusters)
	}
	if alone := table(t, incomplete, nil, 1).Alpha(Ordinal); approx.Equal(alone.SE, r.SE, 1e-3) {
		t.Error("clusters make no difference: this test could not fail")
	}
}

// The bounds are those of the square root of 1 - coefficient, by scipy 1.17:
//
//	root, t = (1 - point)**.5, scipy.stats.t.ppf(.975, 18)
//	1 - (root + t*se/(2*root))**2, 1 - max(root - t*se/(2*root), 0)**2
//
// with the point and the standard error of TestJackknifeOverClusters.
func TestBounds(t *testing.T) {
	r := table(t, incomplete, nil, 2).Alpha(Ordinal)
	near(t, "lower bound", r.Lo, 0.4610750940340864)
	near(t, "upper bound", r.Hi, 0.6819462136644538)
	if !r.Defined() || !r.Bounded() {
		t.Errorf("%+v", r)
	}
	// Of three pairs one differs: root is 0.577, se 1/3 and t 4.30, so both bounds are beyond the ends.
	few := table(t, []string{"00", "01", "11"}, nil, 1).Raw()
	if few.Lo != 0 || few.Hi != 1 || !few.Bounded() {
		t.Errorf("three pairs have the bounds %v to %v, want the whole range of a share", few.Lo, few.Hi)
	}
	if (&Result{Undefined: "why"}).Bounded() || (&Result{Unbounded: "why"}).Bounded() {
		t.Error("a coefficient without a number or an interval is bounded")
	}
}

// coefficients are all of a table's.
func coefficients(all *Table) map[string]Result {
	a, b := []string{"rater 0", "rater 2"}, []string{"rater 4", "rater 1", "rater 3"}
	return map[string]Result{
		"raw": all.Raw(), "Fleiss": all.Fleiss(Linear), "AC": all.AC(Quadratic), "nominal": all.Alpha(Nominal), "ordinal": all.Alpha(Ordinal),
		"interval": all.Alpha(Interval), "ratio": all.Alpha(Ratio), "kappa between": all.KappaBetween(a, b, Linear), "raw between": all.RawBetween(a, b),
	}
}

// Each standard error is the jackknife's: its values are the coefficients of tables without one of the
// clusters. Items of several clusters are mixed in the table.
func TestJackknifeIsOfTablesWithoutACluster(t *testing.T) {
	all := ratings(incomplete, nil, 1)
	for i := range all {
		var item int
		fmt.Sscanf(all[i].Item, "item %d", &item)
		all[i].Cluster = fmt.Sprint("cluster ", item*7%11)
	}
	of := func(left string) map[string]Result {
		var rest []Rating
		for _, r := range all {
			if r.Cluster != left {
				rest = append(rest, r)
			}
		}
		made, err := New(rest, []float64{0, 1, 2, 3, 4})
		if err != nil {
			t.Fatal(err)
		}
		return coefficients(made)
	}
	without := map[string][]float64{}
	for c := range 11 {
		for name, r := range of(fmt.Sprint("cluster ", c)) {
			without[name] = append(without[name], r.Point)
		}
	}
	for name, r := range of("") {
		mean, squares := 0.0, 0.0
		for _, x := range without[name] {
			mean += x / 11
		}
		for _, x := range without[name] {
			squares += (x - mean) * (x - mean)
		}
		near(t, name+" se", r.SE, math.Sqrt(squares*10/11))
		if r.Clusters != 11 {
			t.Errorf("%s has %d clusters", name, r.Clusters)
		}
	}
}

// Values that are all moved by a constant agree as much as before, except on the ratio scale.
func TestMovedValues(t *testing.T) {
	moved := make([]float64, len(uneven))
	for i, v := range uneven {
		moved[i] = v + 1e8
	}
	before, after := coefficients(table(t, incomplete, uneven, 2)), coefficients(table(t, incomplete, moved, 2))
	for name, r := range after {
		if name == "ratio" {
			continue
		}
		near(t, name, r.Point, before[name].Point)
		near(t, name+" se", r.SE, before[name].SE)
	}
	if r := table(t, incomplete, []float64{-1, 0, 1, 2, 3}, 1).Alpha(Ratio); r.Defined() || !strings.Contains(r.Undefined, "below 0") {
		t.Errorf("the ratio scale with a value below 0: %+v", r)
	}
	if r := table(t, incomplete, []float64{-1, 0, 1, 2, 3}, 1).Alpha(Interval); !r.Defined() {
		t.Errorf("the interval scale with a value below 0: %+v", r)
	}
}

// Items with one rating are part of kappa's and AC's agreement by chance. But they say nothing of
// agreement: an interval's clusters are those of the items with two ratings.
func TestItemsWithOneRating(t *testing.T) {
	rows := []string{"00", "11", "01", "22", "10", "00"}
	few := table(t, rows[:2], nil, 1)
	for i := range 60 {
		rows = append(rows, string("012"[i%3])+".")
	}
	all := table(t, rows, nil, 1)
	for name, r := range map[string]Result{"Fleiss": all.Fleiss(Unweighted), "AC": all.AC(Unweighted)} {
		if r.Items != 6 || r.Clusters != 6 || r.Raters != 2 || r.Ratings != 72 {
			t.Errorf("%s of %d items in %d clusters, %d raters, %d ratings; want 6, 6, 2, 72", name, r.Items, r.Clusters, r.Raters, r.Ratings)
		}
		root := math.Sqrt(1 - r.Point)
		const t5 = 2.5705818366147395 // scipy.stats.t.ppf(.975, 5)
		near(t, name+" lower bound", r.Lo, 1-math.Pow(root+t5*r.SE/(2*root), 2))
	}
	two := table(t, append(rows[:2:2], rows[6:]...), nil, 1)
	for name, r := range map[string]Result{"Fleiss": two.Fleiss(Unweighted), "AC": two.AC(Unweighted), "raw": few.Raw()} {
		if !r.Defined() || r.Bounded() || !strings.Contains(r.Unbounded, "at least 3 clusters") {
			t.Errorf("%s of two items with two ratings: %+v", name, r)
		}
	}
}

// Three clusters are enough for an interval, two are not. Without a name each item is a cluster.
func TestFewestClusters(t *testing.T) {
	rows := []string{"01", "11", "00", "10", "00", "11"}
	for per, want := range map[int]int{1: 6, 2: 3, 3: 2} {
		r := table(t, rows, nil, per).Alpha(Nominal)
		if r.Clusters != want || r.Bounded() != (want >= 3) {
			t.Errorf("%d clusters: %+v", want, r)
		}
	}
	all := ratings(rows, nil, 1)
	for i := range all {
		all[i].Cluster = ""
	}
	made, err := New(all, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r := made.Alpha(Nominal); r.Clusters != 6 {
		t.Errorf("items without a cluster are in %d, want 6", r.Clusters)
	}
}

// A rater of both sets counts in the first alone.
func TestRaterOfBothSets(t *testing.T) {
	all := table(t, incomplete, nil, 1)
	a, b, both := []string{"rater 0", "rater 2"}, []string{"rater 1", "rater 4"}, []string{"rater 2", "rater 1", "rater 4"}
	near(t, "raw", all.RawBetween(a, both).Point, all.RawBetween(a, b).Point)
	near(t, "kappa", all.KappaBetween(a, both, Linear).Point, all.KappaBetween(a, b, Linear).Point)
}

// Only keeps the categories: with two raters of five, AC1 still has five categories. irrCAC:
// CAC(pd.DataFrame(A)[[1, 3]], categories=[0, 1, 2, 3, 4]).
func TestOnly(t *testing.T) {
	all := table(t, incomplete, nil, 1)
	two := all.Only("rater 3", "rater 1")
	if len(two.Raters) != 2 || len(two.Values) != 5 {
		t.Fatalf("%d raters, %d values", len(two.Raters), len(two.Values))
	}
	raw := two.Raw()
	between := all.RawBetween([]string{"rater 1"}, []string{"rater 3"})
	near(t, "raw of two", raw.Point, between.Point)
	// irrCAC's AC1 by hand: of 25 items on which the agreement is p, chance is the sum of share*(1-share)
	// over five categories, divided by 4.
	ac, shares := two.AC(Unweighted), make([]float64, 5)
	for _, row := range incomplete {
		x, y := row[1], row[3]
		n := 0.0
		for _, digit := range []byte{x, y} {
			if digit != '.' {
				n++
			}
		}
		for _, digit := range []byte{x, y} {
			if digit != '.' {
				shares[digit-'0'] += 1 / n
			}
		}
	}
	rated, chance := 0.0, 0.0
	for _, x := range shares {
		rated += x
	}
	for _, x := range shares {
		chance += x / rated * (1 - x/rated) / 4
	}
	near(t, "AC1 of two", ac.Point, (raw.Point-chance)/(1-chance))
}

// A degenerate table has no number, and a reason.
func TestDegenerate(t *testing.T) {
	results := func(rows ...string) map[string]Result {
		all := table(t, rows, nil, 1)
		one, other := []string{"rater 0"}, []string{"rater 1", "rater 2"}
		return map[string]Result{
			"raw": all.Raw(), "fleiss": all.Fleiss(Unweighted), "ac": all.AC(Linear), "nominal": all.Alpha(Nominal), "ordinal": all.Alpha(Ordinal),
			"interval": all.Alpha(Interval), "ratio": all.Alpha(Ratio), "cohen": all.KappaBetween(one, other, Quadratic), "between": all.RawBetween(one, other),
		}
	}
	for name, r := range results("111", "11.", "111", "1.1") {
		switch name {
		case "raw", "between":
			if !r.Defined() || r.Point != 1 || r.Bounded() {
				t.Errorf("%s of a constant: %+v, want 1 without an interval", name, r)
			}
		default:
			if r.Defined() {
				t.Errorf("%s of a constant is %v", name, r.Point)
			}
		}
	}
	for _, rows := range [][]string{{"1", "2", "1", "0"}, {"1..", ".2.", "0..", "..1"}, {}} {
		for name, r := range results(rows...) {
			if r.Defined() || r.Undefined == "" {
				t.Errorf("%s of %q is %v", name, rows, r.Point)
			}
		}
	}
	for name, r := range results("111", "222", "111", "000") {
		if !r.Defined() || r.Point != 1 || r.Bounded() {
			t.Errorf("%s of complete agreement: %+v, want 1 without an interval", name, r)
		}
	}
	for name, r := range results("111", "111", "111", "121") {
		if name != "raw" && name != "between" && name != "ac" && r.Bounded() {
			t.Errorf("%s has the interval %v to %v, but one item has all that varies", name, r.Lo, r.Hi)
		}
	}
}

// Values that binary fractions can't hold leave a remainder where nothing varies: it is no agreement.
func TestNothingVaries(t *testing.T) {
	all := table(t, []string{"000", "000", "00.", "000", "010"}, []float64{0.1, 0.7}, 1)
	for scale := range Scale(4) {
		if r := all.Alpha(scale); !r.Defined() || r.Bounded() || !strings.Contains(r.Unbounded, "without it all ratings are equal") {
			t.Errorf("%s with one item that varies: %+v", scale, r)
		}
	}
}

func TestRefuses(t *testing.T) {
	rating := func(item, cluster, rater string, v float64) Rating { return Rating{item, cluster, rater, v} }
	for want, all := range map[string][]Rating{
		"ann rated item a twice":    {rating("a", "", "bob", 1), rating("a", "", "ann", 1), rating("a", "", "ann", 0)},
		"item b is in two clusters": {rating("a", "x", "bob", 1), rating("b", "x", "bob", 1), rating("b", "y", "ann", 1)},
		"item a has the value 3":    {rating("b", "", "bob", 1), rating("a", "", "ann", 3)},
		"item b has the value NaN":  {rating("a", "", "bob", 1), rating("b", "", "ann", math.NaN())},
	} {
		if _, err := New(all, []float64{0, 1}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if _, err := New([]Rating{rating("b", "", "bob", 1), rating("a", "", "ann", v)}, nil); err == nil || !strings.Contains(err.Error(), "item a has the value") {
			t.Errorf("the value %v without categories: %v", v, err)
		}
	}
}

func TestSameOrder(t *testing.T) {
	x, y := []int{1, 2, 2, 4, 3}, []int{2, 1, 3, 3, 4}
	by := func(ranks []int) func(i, k int) int { return func(i, k int) int { return ranks[i] - ranks[k] } }
	// Of ten pairs, x ties (1, 2) and y ties (2, 3). They differ in (0, 1) and (3, 4).
	if same, pairs := SameOrder(5, by(x), by(y)); same != 6 || pairs != 8 {
		t.Errorf("%d of %d, want 6 of 8", same, pairs)
	}
}
