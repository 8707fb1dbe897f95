package text

import "math"

// assign pairs rows with columns one to one so that the sum of the pairs' scores
// is largest, with as many pairs as the smaller side has. It returns the column of
// each row, or -1. scores is a matrix, rows x columns. The time is cubic.
//
// It is the Hungarian algorithm with potentials, one shortest augmenting path a
// row: Jonker and Volgenant 1987, "A shortest augmenting path algorithm for dense
// and sparse linear assignment problems".
func assign(scores [][]float64) []int {
	rows := len(scores)
	if rows == 0 {
		return nil
	}
	columns := len(scores[0])
	if rows > columns {
		return assignTransposed(scores, columns)
	}
	// Index 0 of each slice below is a column without a score, where paths begin.
	u := make([]float64, rows+1)
	v := make([]float64, columns+1)
	rowOf := make([]int, columns+1) // column -> its row, 0 where free
	from := make([]int, columns+1)  // column -> the column before it on the path
	for row := 1; row <= rows; row++ {
		rowOf[0] = row
		end := augment(scores, u, v, rowOf, from)
		for end != 0 {
			rowOf[end] = rowOf[from[end]]
			end = from[end]
		}
	}
	columnOf := make([]int, rows)
	for column := 1; column <= columns; column++ {
		if rowOf[column] > 0 {
			columnOf[rowOf[column]-1] = column - 1
		}
	}
	return columnOf
}

// augment finds the cheapest path from column 0 to a free column, where a cost is
// a negated score, and updates the potentials u of rows and v of columns. It
// returns the free column.
func augment(scores [][]float64, u, v []float64, rowOf, from []int) int {
	least := make([]float64, len(v))
	done := make([]bool, len(v))
	for i := range least {
		least[i] = math.Inf(1)
	}
	at := 0
	for rowOf[at] != 0 {
		done[at] = true
		row, delta, next := rowOf[at], math.Inf(1), 0
		for column := 1; column < len(v); column++ {
			if done[column] {
				continue
			}
			if cost := -scores[row-1][column-1] - u[row] - v[column]; cost < least[column] {
				least[column], from[column] = cost, at
			}
			if least[column] < delta {
				delta, next = least[column], column
			}
		}
		for column := range v {
			if done[column] {
				u[rowOf[column]] += delta
				v[column] -= delta
			} else {
				least[column] -= delta
			}
		}
		at = next
	}
	return at
}

// assignTransposed handles matrices with more rows than columns.
func assignTransposed(scores [][]float64, columns int) []int {
	columnOf := make([]int, len(scores))
	for i := range columnOf {
		columnOf[i] = -1
	}
	if columns == 0 {
		return columnOf
	}
	turned := make([][]float64, columns)
	for j := range turned {
		turned[j] = make([]float64, len(scores))
		for i := range scores {
			turned[j][i] = scores[i][j]
		}
	}
	for j, i := range assign(turned) {
		columnOf[i] = j
	}
	return columnOf
}

// pairwiseSum adds in numpy's order, so that a mean on the edge between two
// roundings falls on the same side: eight interleaved partial sums up to 128
// terms, halves beyond (numpy's pairwise summation).
func pairwiseSum(x []float64) float64 {
	n := len(x)
	if n > 128 {
		half := n/2 - n/2%8
		return pairwiseSum(x[:half]) + pairwiseSum(x[half:])
	}
	sum, whole := 0.0, 0
	if n >= 8 {
		var r [8]float64
		for whole = 0; whole+8 <= n; whole += 8 {
			for k := range r {
				r[k] += x[whole+k]
			}
		}
		sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]))
	}
	for _, v := range x[whole:] {
		sum += v
	}
	return sum
}
