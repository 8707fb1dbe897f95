package bootstrap

import (
	"fmt"
	"math"
	"sync/atomic"
)

// Randomise is the two-sided p-value of the approximate randomisation test that two
// systems' statistics are equal (Noreen 1989, Computer-intensive methods for testing
// hypotheses, ch. 2; Riezler and Maxwell 2005, "On some pitfalls in automatic
// evaluation and significance testing for MT"; sacrebleu's --paired-ar). If the
// systems are equal, each cluster's two rows can be swapped. The p-value is how often
// random swaps make the two points at least as far apart as they are.
//
// first and second hold one row of dim statistics a cluster, row-major, as for [Run].
// point computes the statistic from sums of rows, and may be called from several
// goroutines. A resample in which a point is undefined counts as far apart. The
// result is (1+hits)/(1+resamples), which is a valid p-value and never 0 (Phipson and
// Smyth 2010, Stat. Appl. Genet. Mol. Biol. 9:39). Distances within 2^-40 of the
// observed one count as equal to it.
//
// It panics for rows of different lengths, and where Run does.
func Randomise(first, second []float64, dim int, point func(sums []float64) float64, opt Options) float64 {
	if dim < 1 || len(first) == 0 || len(first)%dim != 0 || len(first) != len(second) {
		panic(fmt.Sprintf("bootstrap: Randomise of %d and %d values, rows of %d", len(first), len(second), dim))
	}
	if opt.Resamples == 0 {
		opt.Resamples = DefaultResamples
	}
	if opt.Resamples < 1 {
		panic(fmt.Sprintf("bootstrap: %d resamples", opt.Resamples))
	}
	s := newSwapper(first, second, dim)
	buffer := make([]float64, 2*dim)
	observed := s.distance(s.observed(), buffer, point)
	if !finite(observed) {
		return 1
	}
	least := observed - float64(0x1p-40*observed)
	var hits atomic.Int64
	parallel(opt, func() func(b int) {
		w := s.scratch()
		return func(b int) {
			r := newStream(opt.Seed, b)
			s.swap(&r, w)
			if d := s.distance(w.signed, w.sums, point); !(d < least) {
				hits.Add(1)
			}
		}
	})
	return float64(1+hits.Load()) / float64(1+opt.Resamples)
}

// rowsPerTable is how many clusters' signs are looked up at a time, and tableSize
// is the number of their sign patterns.
const (
	rowsPerTable = 4
	tableSize    = 1 << rowsPerTable
)

// swapper adds up rows after swapping their two sides at random. T is the sum of
// both sides, and D that of the differences, each with its sign. The sums of the
// sides are then (T+D)/2 and (T-D)/2. Columns that never differ have no D.
type swapper struct {
	dim     int
	total   []float64
	columns []int     // columns that differ in some row
	tables  []float64 // for each four rows and each pattern of their signs, the sums of those columns
	words   int       // random words a resample
}

func newSwapper(first, second []float64, dim int) *swapper {
	n := len(first) / dim
	s := &swapper{dim: dim, total: make([]float64, dim), words: (n + 63) / 64}
	for j := range dim {
		differs := false
		for i := j; i < len(first); i += dim {
			s.total[j] += first[i] + second[i]
			differs = differs || first[i] != second[i]
		}
		if differs {
			s.columns = append(s.columns, j)
		}
	}
	k := len(s.columns)
	s.tables = make([]float64, (n+rowsPerTable-1)/rowsPerTable*tableSize*k)
	for start := 0; start < n; start += rowsPerTable {
		table := s.tables[start/rowsPerTable*tableSize*k:][:tableSize*k]
		for row := range min(rowsPerTable, n-start) {
			at := (start + row) * dim
			for pattern := range tableSize {
				for c, j := range s.columns {
					d := first[at+j] - second[at+j]
					if pattern>>row&1 == 1 {
						d = -d
					}
					table[pattern*k+c] += d
				}
			}
		}
	}
	return s
}

// swapScratch is one worker's working memory.
type swapScratch struct {
	words        []uint64
	signed, sums []float64
}

func (s *swapper) scratch() *swapScratch {
	return &swapScratch{words: make([]uint64, s.words), signed: make([]float64, len(s.columns)), sums: make([]float64, 2*s.dim)}
}

// observed is the sum of the differences as they are, with no sign changed.
func (s *swapper) observed() []float64 {
	sum := make([]float64, len(s.columns))
	if k := len(sum); k > 0 {
		for at := 0; at < len(s.tables); at += tableSize * k {
			for c := range sum {
				sum[c] += s.tables[at+c]
			}
		}
	}
	return sum
}

// swap sums the differences under random signs into w.signed.
func (s *swapper) swap(r *stream, w *swapScratch) {
	signed := w.signed
	clear(signed)
	k := len(signed)
	if k == 0 {
		return
	}
	r.fill(w.words)
	tables := s.tables
	for _, word := range w.words {
		for range min(64/rowsPerTable, len(tables)/(tableSize*k)) {
			at := int(word&(tableSize-1)) * k
			for c, v := range tables[at : at+k] {
				signed[c] += v
			}
			word >>= rowsPerTable
			tables = tables[tableSize*k:]
		}
	}
}

// distance is the absolute difference of the two sides' points.
func (s *swapper) distance(signed, sums []float64, point func([]float64) float64) float64 {
	a, b := sums[:s.dim], sums[s.dim:]
	for j, t := range s.total {
		a[j], b[j] = t/2, t/2
	}
	for c, j := range s.columns {
		a[j] = (s.total[j] + signed[c]) / 2
		b[j] = (s.total[j] - signed[c]) / 2
	}
	return math.Abs(point(a) - point(b))
}
