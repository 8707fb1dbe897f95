package agreement

import (
	"fmt"
	"math"

	"assay/metrics"
	"assay/metrics/stats"
)

// Result is a coefficient with its interval, or the reason why there is none.
type Result struct {
	Point float64 `json:"point"`
	SE    float64 `json:"se"`
	Lo    float64 `json:"lo"`
	Hi    float64 `json:"hi"`
	// Undefined says why there is no Point, and Unbounded why there are no SE, Lo and Hi.
	Undefined string `json:"undefined,omitempty"`
	Unbounded string `json:"unbounded,omitempty"`

	Items    int `json:"items"`    // with the two or more ratings that the coefficient compares
	Clusters int `json:"clusters"` // of these items
	Raters   int `json:"raters"`   // whose ratings it uses
	Ratings  int `json:"ratings"`  // that it uses
}

// Defined reports whether there is a point, and Bounded whether there is an interval too.
func (r *Result) Defined() bool { return r.Undefined == "" }
func (r *Result) Bounded() bool { return r.Undefined == "" && r.Unbounded == "" }

// sums is a coefficient as a function of sums over clusters. point returns why it is undefined.
type sums struct {
	dim    int
	rows   []float64 // row-major, a row for each cluster
	lowest float64   // that the coefficient can be
	point  func(s []float64) (value float64, undefined string)
}

// unlimited is the lowest of a coefficient whose lowest depends on the data.
var unlimited = math.Inf(-1)

// Method is how intervals are made: see the package's text.
const Method = "t for the square root of 1 - coefficient, with the jackknife's standard error over clusters of items"

// fewest is how many clusters an interval needs.
const fewest = 3

// FewClusters is the number of clusters below which intervals can be too short: see the
// package's text.
const FewClusters = 50

// result computes a coefficient and its interval.
func (s *sums) result(r Result) Result {
	total, left := make([]float64, s.dim), make([]float64, s.dim)
	for i, x := range s.rows {
		total[i%s.dim] += x
	}
	if r.Items == 0 {
		r.Undefined = "no item has two ratings to compare"
		return r
	}
	if r.Point, r.Undefined = s.point(total); r.Undefined != "" {
		r.Point = 0
		return r
	}
	if r.Clusters < fewest {
		r.Unbounded = fmt.Sprintf("an interval needs at least %d clusters of items", fewest)
		return r
	}
	var values []float64
	for at := 0; at < len(s.rows); at += s.dim {
		for k := range left {
			left[k] = total[k] - s.rows[at+k]
		}
		value, undefined := s.point(left)
		if undefined != "" {
			r.Unbounded = "the coefficient depends on one cluster of items: without it " + undefined
			return r
		}
		values = append(values, value)
	}
	r.SE = jackknifeSE(values)
	if r.SE <= 1e-12 {
		r.SE, r.Unbounded = 0, "the coefficient is the same without any of the items, so nothing shows its error"
		return r
	}
	r.Lo, r.Hi = s.bounds(r)
	return r
}

// jackknifeSE is the standard error from the values without one cluster each (Efron and
// Tibshirani 1993, equation 11.5).
func jackknifeSE(values []float64) float64 {
	n := float64(len(values))
	mean, squares := 0.0, 0.0
	for _, v := range values {
		mean += v / n
	}
	for _, v := range values {
		squares += (v - mean) * (v - mean)
	}
	return math.Sqrt((n - 1) / n * squares)
}

// bounds are Student's for the square root of 1 - coefficient: no coefficient exceeds 1, and the error is
// larger on the side of disagreement. See the package's text for other ways.
func (s *sums) bounds(r Result) (lo, hi float64) {
	root := math.Sqrt(1 - r.Point)
	if !(root > 0) {
		return r.Point, r.Point
	}
	least, most := stats.StudentBounds(root, r.SE/(2*root), float64(r.Clusters-1), (1-metrics.Confidence)/2)
	least = max(least, 0)
	return max(1-most*most, s.lowest), 1 - least*least
}

// gather makes a row of sums for each cluster from the items that the coefficient compares.
// add adds an item to its cluster's row and reports whether it can be compared; ratings are
// the item's that it uses.
func (t *Table) gather(s *sums, add func(it *item, row []float64) (ratings []rating, ok bool)) Result {
	rows, order := map[int][]float64{}, []int(nil)
	var r Result
	raters := map[int]bool{}
	scratch := make([]float64, s.dim)
	for i := range t.items {
		it := &t.items[i]
		clear(scratch)
		used, ok := add(it, scratch)
		if !ok {
			continue
		}
		row := rows[it.cluster]
		if row == nil {
			row = make([]float64, s.dim)
			rows[it.cluster] = row
			order = append(order, it.cluster)
		}
		for k, x := range scratch {
			row[k] += x
		}
		r.Items++
		r.Ratings += len(used)
		for _, one := range used {
			raters[one.rater] = true
		}
	}
	r.Clusters, r.Raters = len(order), len(raters)
	for _, cluster := range order {
		s.rows = append(s.rows, rows[cluster]...)
	}
	return r
}
