package kernels

// Each of these runs one kernel on a path; xGeneric is the definition in Go of what x computes.

func expOn(p Path, y, x []float32) {
	switch {
	case p == Generic || len(x) == 0:
		expGeneric(y, x)
	case p == AVX512:
		expAVX512(&y[0], &x[0], len(x))
	default:
		expAVX2(&y[0], &x[0], len(x))
	}
}

func tanhOn(p Path, y, x []float32) {
	switch {
	case p == Generic || len(x) == 0:
		tanhGeneric(y, x)
	case p == AVX512:
		tanhAVX512(&y[0], &x[0], len(x))
	default:
		tanhAVX2(&y[0], &x[0], len(x))
	}
}

func geluOn(p Path, y, x []float32) {
	switch {
	case p == Generic || len(x) == 0:
		geluGeneric(y, x)
	case p == AVX512:
		geluAVX512(&y[0], &x[0], len(x))
	default:
		geluAVX2(&y[0], &x[0], len(x))
	}
}

func geluBackwardOn(p Path, dx, dy, x []float32) {
	switch {
	case p == Generic || len(x) == 0:
		geluBackwardGeneric(dx, dy, x)
	case p == AVX512:
		geluBackwardAVX512(&dx[0], &dy[0], &x[0], len(x))
	default:
		geluBackwardAVX2(&dx[0], &dy[0], &x[0], len(x))
	}
}

func addOn(p Path, y, a, b []float32) {
	switch {
	case p == Generic || len(y) == 0:
		addGeneric(y, a, b)
	case p == AVX512:
		addAVX512(&y[0], &a[0], &b[0], len(y))
	default:
		addAVX2(&y[0], &a[0], &b[0], len(y))
	}
}

func scaleOn(p Path, x []float32, by float32) {
	switch {
	case p == Generic || len(x) == 0:
		scaleGeneric(x, by)
	case p == AVX512:
		scaleAVX512(&x[0], len(x), by)
	default:
		scaleAVX2(&x[0], len(x), by)
	}
}

func emaOn(p Path, average, w []float32, decay, rest float32) {
	switch {
	case p == Generic || len(w) == 0:
		emaGeneric(average, w, decay, rest)
	case p == AVX512:
		emaAVX512(&average[0], &w[0], len(w), decay, rest)
	default:
		emaAVX2(&average[0], &w[0], len(w), decay, rest)
	}
}

func adamOn(p Path, k *adamFactors, w, m, v, g []float32) {
	switch {
	case p == Generic || len(w) == 0:
		adamGeneric(k, w, m, v, g)
	case p == AVX512:
		adamAVX512(&k.scale, &w[0], &m[0], &v[0], &g[0], len(w))
	default:
		adamAVX2(&k.scale, &w[0], &m[0], &v[0], &g[0], len(w))
	}
}

func dropoutOn(p Path, y, x []float32, state uint64, drop uint32, keep float32) {
	switch {
	case p == Generic || len(x) == 0:
		dropoutGeneric(y, x, state, drop, keep)
	case p == AVX512:
		dropoutAVX512(&y[0], &x[0], len(x), state, drop, keep)
	default:
		dropoutAVX2(&y[0], &x[0], len(x), state, drop, keep)
	}
}

func squaresOn(p Path, x []float32) float64 {
	whole := len(x) &^ 15 // full registers
	switch {
	case p == Generic || whole == 0:
		return squaresGeneric(x)
	case p == AVX512:
		return squaresAVX512(&x[0], whole) + squaresGeneric(x[whole:])
	}
	return squaresAVX2(&x[0], whole) + squaresGeneric(x[whole:])
}

func dotOn(p Path, a, b []float32) float32 {
	switch {
	case p == Generic || len(a) == 0:
		return dotGeneric(a, b)
	case p == AVX512:
		return dotAVX512(&a[0], &b[0], len(a))
	}
	return dotAVX2(&a[0], &b[0], len(a))
}

func largestOn(p Path, x []float32) float32 {
	switch {
	case p == Generic || len(x) == 0:
		return largestGeneric(x)
	case p == AVX512:
		return largestAVX512(&x[0], len(x))
	}
	return largestAVX2(&x[0], len(x))
}

func sumExpOn(p Path, x []float32, shift float32) float32 {
	switch {
	case p == Generic || len(x) == 0:
		return sumExpGeneric(x, shift)
	case p == AVX512:
		return sumExpAVX512(&x[0], len(x), shift)
	}
	return sumExpAVX2(&x[0], len(x), shift)
}

func expScaleOn(p Path, y, x []float32, shift, by float32) {
	switch {
	case p == Generic || len(x) == 0:
		expScaleGeneric(y, x, shift, by)
	case p == AVX512:
		expScaleAVX512(&y[0], &x[0], len(x), shift, by)
	default:
		expScaleAVX2(&y[0], &x[0], len(x), shift, by)
	}
}

func softmaxOn(p Path, x []float32, scale, top float32) (newTop, sum float32) {
	switch {
	case p == Generic || len(x) == 0:
		return softmaxGeneric(x, scale, top)
	case p == AVX512:
		return softmaxAVX512(&x[0], len(x), scale, top)
	}
	return softmaxAVX2(&x[0], len(x), scale, top)
}

func softmaxBackwardOn(p Path, x, dx []float32, scale, lse, along float32) {
	switch {
	case p == Generic || len(x) == 0:
		softmaxBackwardGeneric(x, dx, scale, lse, along)
	case p == AVX512:
		softmaxBackwardAVX512(&x[0], &dx[0], len(x), scale, lse, along)
	default:
		softmaxBackwardAVX2(&x[0], &dx[0], len(x), scale, lse, along)
	}
}

// normOn is normGeneric: first the sums along the row, then the row.
func normOn(p Path, y, x, gain, bias []float32, epsilon float32) (mean, rstd float32) {
	n := len(x)
	switch p {
	case Generic:
		return normGeneric(y, x, gain, bias, epsilon)
	case AVX512:
		mean = sumAVX512(&x[0], n) / float32(n)
		rstd = rstdOf(float64(deviationAVX512(&x[0], n, mean)), n, epsilon)
		if bias != nil {
			normaliseBiasedAVX512(&y[0], &x[0], &gain[0], &bias[0], n, mean, rstd)
		} else {
			normaliseAVX512(&y[0], &x[0], &gain[0], n, mean, rstd)
		}
	default:
		mean = sumAVX2(&x[0], n) / float32(n)
		rstd = rstdOf(float64(deviationAVX2(&x[0], n, mean)), n, epsilon)
		if bias != nil {
			normaliseBiasedAVX2(&y[0], &x[0], &gain[0], &bias[0], n, mean, rstd)
		} else {
			normaliseAVX2(&y[0], &x[0], &gain[0], n, mean, rstd)
		}
	}
	return mean, rstd
}

func normBackwardOn(p Path, dx, dy, x, gain []float32, mean, rstd float32) {
	n := len(x)
	switch p {
	case Generic:
		normBackwardGeneric(dx, dy, x, gain, mean, rstd)
	case AVX512:
		sum, along := normSumsAVX512(&dy[0], &x[0], &gain[0], n, mean, rstd)
		normInputAVX512(&dx[0], &dy[0], &x[0], &gain[0], n, mean, rstd, sum/float32(n), along/float32(n))
	default:
		sum, along := normSumsAVX2(&dy[0], &x[0], &gain[0], n, mean, rstd)
		normInputAVX2(&dx[0], &dy[0], &x[0], &gain[0], n, mean, rstd, sum/float32(n), along/float32(n))
	}
}

// normColumnsOn runs full groups of registers in assembly, and the remaining columns in Go.
func normColumnsOn(p Path, dgain, dbias, dy, x, mean, rstd []float32, width, lo, hi int) {
	group := 32
	if p == AVX512 {
		group = 64
	}
	var unwanted [64]float32
	for ; p != Generic && lo+group <= hi; lo += group {
		biases := &unwanted[0]
		if dbias != nil {
			biases = &dbias[lo]
		}
		if p == AVX512 {
			normColumnsAVX512(&dgain[lo], biases, &dy[lo], &x[lo], &mean[0], &rstd[0], len(mean), 4*width)
		} else {
			normColumnsAVX2(&dgain[lo], biases, &dy[lo], &x[lo], &mean[0], &rstd[0], len(mean), 4*width)
		}
	}
	normColumnsGeneric(dgain, dbias, dy, x, mean, rstd, width, lo, hi)
}

// registers computes the leading columns that fill registers, and returns how many.
func (s *smallProduct) registers(p Path) int {
	done := 0
	for ; p == AVX512 && s.n-done >= 32; done += 32 {
		s.columns(p, done, 32)
	}
	for ; s.n-done >= 16; done += 16 {
		s.columns(p, done, 16)
	}
	if s.n-done >= 8 {
		s.columns(AVX2, done, 8) // AVX-512 has them too
		done += 8
	}
	return done
}

// columns computes wide columns from one on: strips of rows, and then single rows.
func (s *smallProduct) columns(p Path, from, wide int) {
	rows := 8
	if p != AVX512 {
		rows = 4
	}
	whole := s.m / rows
	if whole > 0 {
		s.strips(p, from, wide, whole)
	}
	whole *= rows
	if !s.climbs && whole < s.m {
		s.rows(p, from, wide, whole, s.m-whole)
		return
	}
	for i := whole; i < s.m; i++ {
		s.rows(p, from, wide, i, 1)
	}
}

// strips computes strips of rows.
func (s *smallProduct) strips(p Path, from, wide, strips int) {
	to, a, b := &s.to[from], &s.a[0], &s.b[from]
	toRow, aRow, aStep, bRow := 4*s.toRow, 4*s.aRow, 4*s.aStep, 4*s.bRow
	switch {
	case p == AVX512 && wide == 32 && s.climbs:
		climbAVX512x8by32(to, toRow, a, aRow, aStep, b, bRow, strips, s.k, s.add)
	case p == AVX512 && wide == 32:
		stripsAVX512x8by32(to, toRow, a, aRow, aStep, b, bRow, strips, s.k, s.add)
	case p == AVX512 && s.climbs:
		climbAVX512x8by16(to, toRow, a, aRow, aStep, b, bRow, strips, s.k, s.add)
	case p == AVX512:
		stripsAVX512x8by16(to, toRow, a, aRow, aStep, b, bRow, strips, s.k, s.add)
	case wide == 8 && s.climbs:
		climbAVX2x4by8(to, toRow, a, aRow, aStep, b, bRow, strips, s.k, s.add)
	case wide == 8:
		stripsAVX2x4by8(to, toRow, a, aRow, aStep, b, bRow, strips, s.k, s.add)
	case s.climbs:
		climbAVX2x4by16(to, toRow, a, aRow, aStep, b, bRow, strips, s.k, s.add)
	default:
		stripsAVX2x4by16(to, toRow, a, aRow, aStep, b, bRow, strips, s.k, s.add)
	}
}

// rows computes n rows from one on, with chains as long as the first row's.
func (s *smallProduct) rows(p Path, from, wide, row, n int) {
	to, a, b, k := &s.to[row*s.toRow+from], &s.a[row*s.aRow], &s.b[from], s.chain(row)
	toRow, aRow, aStep, bRow := 4*s.toRow, 4*s.aRow, 4*s.aStep, 4*s.bRow
	switch {
	case p == AVX512 && wide == 32:
		stripsAVX512x1by32(to, toRow, a, aRow, aStep, b, bRow, n, k, s.add)
	case p == AVX512:
		stripsAVX512x1by16(to, toRow, a, aRow, aStep, b, bRow, n, k, s.add)
	case wide == 8:
		stripsAVX2x1by8(to, toRow, a, aRow, aStep, b, bRow, n, k, s.add)
	default:
		stripsAVX2x1by16(to, toRow, a, aRow, aStep, b, bRow, n, k, s.add)
	}
}
