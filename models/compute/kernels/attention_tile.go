package kernels

// softmaxGeneric sets x to e^(scale*x - newTop), where newTop is the largest
// of top and scale*x, and gives newTop and the sum of the result.
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

// smallProduct is stripsGeneric, in registers where there are any. Columns that
// fill none, in heads whose size is no multiple of 16, go through a copy with room
// for them.
func smallProduct(p Path, to []float32, toRow int, a []float32, aRow, aStep int, b []float32, bRow, m, n, k int, add bool) {
	if p == Generic {
		stripsGeneric(to, toRow, a, aRow, aStep, b, bRow, m, n, k, add)
		return
	}
	done := stripsOn(p, to, toRow, a, aRow, aStep, b, bRow, m, n, k, add)
	if done == n {
		return
	}
	const wide = 16
	var columns, result [attendTile * wide]float32
	for i := range k {
		copy(columns[i*wide:], b[i*bRow+done:i*bRow+n])
	}
	for i := 0; i < m && add; i++ {
		copy(result[i*wide:], to[i*toRow+done:i*toRow+n])
	}
	stripsOn(AVX2, result[:], wide, a, aRow, aStep, columns[:], wide, m, wide, k, add)
	for i := range m {
		copy(to[i*toRow+done:i*toRow+n], result[i*wide:])
	}
}

// stripsGeneric sets to [m, n] to a [m, k] times b [k, n], or adds it (add).
// Element (i, p) of a lies at i*aRow + p*aStep. Each element is one chain
// over k in ascending order, whatever m and n are.
func stripsGeneric(to []float32, toRow int, a []float32, aRow, aStep int, b []float32, bRow, m, n, k int, add bool) {
	for i := range m {
		row := to[i*toRow:][:n]
		if !add {
			clear(row)
		}
		for p := range k {
			by, values := a[i*aRow+p*aStep], b[p*bRow:][:len(row)]
			for j := range row {
				row[j] += float32(by * values[j])
			}
		}
	}
}
