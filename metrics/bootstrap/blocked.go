package bootstrap

import "math"

const (
	indexBits     = 12             // of a row within a block
	blockRows     = 1 << indexBits // 4096 values of 8 bytes: one column of a block fits a first-level cache of 32 KiB
	drawsPerWord  = 64 / indexBits // 5; the top 4 bits of a word are not used
	wordsPerBatch = 1024           // random words made at a time
)

// blocked resamples rows when many are distinct. The rows are in blocks whose
// lengths are powers of two (4096, 4096, ..., 512, 32, 1), so the low bits of a
// 12-bit field address a row of a block uniformly, without a modulus. The number
// of draws that fall into each block is multinomial; within a block the draws are
// independent. Together they are n independent draws from n rows.
type blocked struct {
	n, dim  int
	rows    []float64 // the caller's rows, row-major
	columns []float64 // block after block; within a block, column after column
	sizes   []int     // rows of each block
	counts  *multinomial
	drawn   []int     // columns that must be added up
	same    [][2]int  // columns that equal a drawn one, and the drawn one
	fixed   []float64 // sums of columns that hold one whole number
	isFixed []bool    // whether a column is fixed
}

func newBlocked(rows []float64, dim int) *blocked {
	n := len(rows) / dim
	s := &blocked{n: n, dim: dim, rows: rows, columns: make([]float64, len(rows))}
	s.spare()
	for start, size := 0, blockRows; start < n; {
		if size > n-start {
			size /= 2
			continue
		}
		block := s.columns[start*dim : (start+size)*dim]
		for i := range size {
			for j := range dim {
				block[j*size+i] = rows[(start+i)*dim+j]
			}
		}
		s.sizes = append(s.sizes, size)
		start += size
	}
	s.counts = newMultinomial(s.sizes, splitDyadic)
	return s
}

// spare finds the columns that need no drawing, such as counts of 1 and a reference
// that both models share. Their sums have the same bits without it.
func (s *blocked) spare() {
	s.fixed, s.isFixed = make([]float64, s.dim), make([]bool, s.dim)
	equal := func(j int, value func(i int) float64) bool {
		for i := range s.n {
			if s.rows[i*s.dim+j] != value(i) {
				return false
			}
		}
		return true
	}
columns:
	for j := range s.dim {
		first := s.rows[j]
		if sum := first * float64(s.n); first == math.Trunc(first) && math.Abs(sum) < 1<<53 && equal(j, func(int) float64 { return first }) {
			s.fixed[j], s.isFixed[j] = sum, true
			continue
		}
		for _, k := range s.drawn {
			if equal(j, func(i int) float64 { return s.rows[i*s.dim+k] }) {
				s.same = append(s.same, [2]int{j, k})
				continue columns
			}
		}
		s.drawn = append(s.drawn, j)
	}
}

func (s *blocked) scratch() *scratch {
	return &scratch{counts: make([]int, len(s.sizes)), words: make([]uint64, wordsPerBatch)}
}

func (s *blocked) distinct() ([]float64, []int) { return s.rows, nil }

// total adds up all rows, in the order of blocks.
func (s *blocked) total(dst []float64) {
	clear(dst)
	start := 0
	for _, size := range s.sizes {
		for j := range dst {
			for _, v := range s.columns[start+j*size:][:size] {
				dst[j] += v
			}
		}
		start += size * s.dim
	}
}

// resample adds up n drawn rows. The order of summation depends only on the stream
// and on n.
func (s *blocked) resample(r *stream, w *scratch, dst []float64) {
	clear(dst)
	s.counts.draw(r, s.n, w.counts)
	start := 0
	for i, size := range s.sizes {
		block := s.columns[start : start+size*s.dim]
		start += size * s.dim
		for left := w.counts[i]; left > 0; {
			draws := min(left, drawsPerWord*wordsPerBatch)
			left -= draws
			words := w.words[:(draws+drawsPerWord-1)/drawsPerWord]
			r.fill(words)
			for _, j := range s.drawn {
				dst[j] += gather(block[j*size:(j+1)*size], words, draws)
			}
		}
	}
	for _, pair := range s.same {
		dst[pair[0]] = dst[pair[1]]
	}
	for j, fixed := range s.isFixed {
		if fixed {
			dst[j] = s.fixed[j]
		}
	}
}

// gather adds the entries of column that the first draws 12-bit fields of words
// select. len(column) is a power of two of at most 4096. Five sums run side by
// side, one for each field of a word, and are added at the end.
func gather(column []float64, words []uint64, draws int) float64 {
	if len(column) == blockRows {
		return gatherFull((*[blockRows]float64)(column), words, draws)
	}
	mask := uint64(len(column) - 1)
	var a, b, c, d, e float64
	full := draws / drawsPerWord
	for _, w := range words[:full] {
		a += column[w&mask]
		b += column[w>>indexBits&mask]
		c += column[w>>(2*indexBits)&mask]
		d += column[w>>(3*indexBits)&mask]
		e += column[w>>(4*indexBits)&mask]
	}
	sum := ((a + b) + (c + d)) + e
	for i := range draws % drawsPerWord {
		sum += column[words[full]>>(i*indexBits)&mask]
	}
	return sum
}

// gatherFull is gather over a full block. The constant mask removes the bounds
// checks.
func gatherFull(column *[blockRows]float64, words []uint64, draws int) float64 {
	const mask = blockRows - 1
	var a, b, c, d, e float64
	full := draws / drawsPerWord
	for _, w := range words[:full] {
		a += column[w&mask]
		b += column[w>>indexBits&mask]
		c += column[w>>(2*indexBits)&mask]
		d += column[w>>(3*indexBits)&mask]
		e += column[w>>(4*indexBits)&mask]
	}
	sum := ((a + b) + (c + d)) + e
	for i := range draws % drawsPerWord {
		sum += column[words[full]>>(i*indexBits)&mask]
	}
	return sum
}
