package bootstrap

import (
	"encoding/binary"
	"math"
)

// grouped resamples rows of which few are distinct. How often each distinct row is
// drawn is multinomial with the rows' multiplicities as weights. That is the same
// bootstrap without drawing n indices.
type grouped struct {
	n, dim int
	rows   []float64 // the k distinct rows in order of first appearance, row-major
	sizes  []int     // number of the n rows that equal each distinct row
	counts *multinomial
}

// newGrouped groups rows of equal bit patterns. It returns nil as soon as there
// are more than limit distinct ones.
func newGrouped(rows []float64, dim, limit int) *grouped {
	s := &grouped{n: len(rows) / dim, dim: dim}
	seen := make(map[string]int)
	key := make([]byte, 8*dim)
	for i := 0; i < len(rows); i += dim {
		row := rows[i : i+dim]
		for j, v := range row {
			binary.LittleEndian.PutUint64(key[8*j:], math.Float64bits(v))
		}
		if g, ok := seen[string(key)]; ok {
			s.sizes[g]++
			continue
		}
		if len(s.sizes) >= limit {
			return nil
		}
		seen[string(key)] = len(s.sizes)
		s.sizes = append(s.sizes, 1)
		s.rows = append(s.rows, row...)
	}
	s.counts = newMultinomial(s.sizes, splitEven)
	return s
}

func (s *grouped) scratch() *scratch { return &scratch{counts: make([]int, len(s.sizes))} }

func (s *grouped) distinct() ([]float64, []int) { return s.rows, s.sizes }

// total adds up all rows.
func (s *grouped) total(dst []float64) { s.weigh(s.sizes, dst) }

// resample adds up n drawn rows.
func (s *grouped) resample(r *stream, w *scratch, dst []float64) {
	s.counts.draw(r, s.n, w.counts)
	s.weigh(w.counts, dst)
}

// weigh adds up the distinct rows, each counts[g] times. Converting the product
// prevents a fused multiply-add, which would round differently on the processors
// that have one.
func (s *grouped) weigh(counts []int, dst []float64) {
	clear(dst)
	for g, count := range counts {
		if count == 0 {
			continue // also avoids 0*Inf
		}
		weight := float64(count)
		for j, v := range s.rows[g*s.dim : (g+1)*s.dim] {
			dst[j] += float64(weight * v)
		}
	}
}
