package kernels

// tileGeneric computes a tile of any number of rows: two by four elements at a time in registers, or, if it
// is wider, a row in the cache.
func tileGeneric(t tiling, to []float32, toRow int, o operand, rows int, add bool) {
	if t.columns != 4 {
		rowsGeneric(t, to, toRow, o, rows, add)
		return
	}
	r := 0
	for ; r+2 <= rows; r += 2 {
		pairGeneric((*[4]float32)(to[r*toRow:]), (*[4]float32)(to[(r+1)*toRow:]), o, r, add)
	}
	if r < rows {
		rowsGeneric(t, to[r*toRow:], toRow, operand{a: o.a[r*o.aRow:], aRow: o.aRow, aStep: o.aStep, b: o.b, bStep: o.bStep, depth: o.depth}, 1, add)
	}
}

// pairGeneric computes rows r and r+1. The conversions keep compilers from fusing the two operations on some
// machines and not on others.
func pairGeneric(to, below *[4]float32, o operand, r int, add bool) {
	var x0, x1, x2, x3, y0, y1, y2, y3 float32
	if add {
		x0, x1, x2, x3 = to[0], to[1], to[2], to[3]
		y0, y1, y2, y3 = below[0], below[1], below[2], below[3]
	}
	a, second := o.a[r*o.aRow:], o.a[(r+1)*o.aRow:]
	for p, ia, ib := 0, 0, 0; p < o.depth; p, ia, ib = p+1, ia+o.aStep, ib+o.bStep {
		b := (*[4]float32)(o.b[ib:])
		x, y := a[ia], second[ia]
		x0 += float32(x * b[0])
		x1 += float32(x * b[1])
		x2 += float32(x * b[2])
		x3 += float32(x * b[3])
		y0 += float32(y * b[0])
		y1 += float32(y * b[1])
		y2 += float32(y * b[2])
		y3 += float32(y * b[3])
	}
	*to, *below = [4]float32{x0, x1, x2, x3}, [4]float32{y0, y1, y2, y3}
}

func rowsGeneric(t tiling, to []float32, toRow int, o operand, rows int, add bool) {
	for r := range rows {
		row := to[r*toRow:][:t.columns]
		if !add {
			clear(row)
		}
		for p := range o.depth {
			by, b := o.a[r*o.aRow+p*o.aStep], o.b[p*o.bStep:][:len(row)]
			for j := range row {
				row[j] += float32(by * b[j])
			}
		}
	}
}

func columnSumsGeneric(sums, x []float32, stride, rows int) {
	for r := range rows {
		for j, v := range x[r*stride:][:len(sums)] {
			sums[j] += v
		}
	}
}
