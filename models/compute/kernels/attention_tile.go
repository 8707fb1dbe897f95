package kernels

// softmaxGeneric sets x to e^(scale*x - newTop), where newTop is the largest of top and scale*x, and returns
// newTop and the sum of the result.
func softmaxGeneric(x []float32, scale, top float32) (newTop, sum float32) {
	for i, v := range x {
		x[i] = v * scale
		top = max(top, x[i])
	}
	for i, v := range x {
		x[i] = exp32(v - top)
		sum += x[i]
	}
	return top, sum
}

// softmaxBackwardGeneric turns a row of raw scores x and of the derivatives dx
// by the weights into the weights, p = e^(scale*x - lse), and the derivatives
// by the raw scores, p*(dx - along)*scale.
func softmaxBackwardGeneric(x, dx []float32, scale, lse, along float32) {
	for i, v := range x {
		x[i] = exp32(v*scale - lse)
		dx[i] = x[i] * (dx[i] - along) * scale
	}
}

// smallProduct is a product of matrices in place, [m, k] times [k, n]. Each element is one chain over k in
// ascending order, whatever m and n are.
type smallProduct struct {
	to          []float32 // [m, n], rows toRow apart
	toRow       int
	a           []float32 // element (i, p) is at i*aRow + p*aStep
	aRow, aStep int
	b           []float32 // [k, n], rows bRow apart
	bRow        int
	m, n, k     int
	climbs      bool // the chain of row i is longer by i: queries on the diagonal
	add         bool // to the present values
}

// chain is the length of a row's chain.
func (s *smallProduct) chain(row int) int {
	if s.climbs {
		return s.k + row
	}
	return s.k
}

// on computes it, in registers if the path has any. Columns that don't fill a register, in heads whose size
// is not a multiple of 8, go through a padded copy.
func (s *smallProduct) on(p Path) {
	if p == Generic {
		s.generic()
		return
	}
	done := s.registers(p)
	if done == s.n {
		return
	}
	const wide = 16
	var columns, result [attendTile * wide]float32
	for i := range s.chain(s.m - 1) {
		copy(columns[i*wide:], s.b[i*s.bRow+done:i*s.bRow+s.n])
	}
	for i := 0; i < s.m && s.add; i++ {
		copy(result[i*wide:], s.to[i*s.toRow+done:i*s.toRow+s.n])
	}
	edge := *s
	edge.to, edge.toRow, edge.b, edge.bRow, edge.n = result[:], wide, columns[:], wide, wide
	edge.registers(p)
	for i := range s.m {
		copy(s.to[i*s.toRow+done:i*s.toRow+s.n], result[i*wide:])
	}
}

func (s *smallProduct) generic() {
	for i := range s.m {
		row := s.to[i*s.toRow:][:s.n]
		if !s.add {
			clear(row)
		}
		for p := range s.chain(i) {
			by, values := s.a[i*s.aRow+p*s.aStep], s.b[p*s.bRow:][:len(row)]
			for j := range row {
				row[j] += float32(by * values[j])
			}
		}
	}
}
