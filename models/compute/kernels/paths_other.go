//go:build !amd64

package kernels

// There is one path except on amd64. paths_amd64.go describes each function.

func expOn(_ Path, y, x []float32)                            { expGeneric(y, x) }
func tanhOn(_ Path, y, x []float32)                           { tanhGeneric(y, x) }
func geluOn(_ Path, y, x []float32)                           { geluGeneric(y, x) }
func geluBackwardOn(_ Path, dx, dy, x []float32)              { geluBackwardGeneric(dx, dy, x) }
func addOn(_ Path, y, a, b []float32)                         { addGeneric(y, a, b) }
func scaleOn(_ Path, x []float32, by float32)                 { scaleGeneric(x, by) }
func squaresOn(_ Path, x []float32) float64                   { return squaresGeneric(x) }
func dotOn(_ Path, a, b []float32) float32                    { return dotGeneric(a, b) }
func adamOn(_ Path, k *adamFactors, w, m, v, g []float32)     { adamGeneric(k, w, m, v, g) }
func emaOn(_ Path, average, w []float32, decay, rest float32) { emaGeneric(average, w, decay, rest) }
func largestOn(_ Path, x []float32) float32                   { return largestGeneric(x) }
func sumExpOn(_ Path, x []float32, shift float32) float32     { return sumExpGeneric(x, shift) }
func expScaleOn(_ Path, y, x []float32, shift, by float32)    { expScaleGeneric(y, x, shift, by) }
func softmaxOn(_ Path, x []float32, scale, top float32) (newTop, sum float32) {
	return softmaxGeneric(x, scale, top)
}
func softmaxBackwardOn(_ Path, x, dx []float32, scale, lse, along float32) {
	softmaxBackwardGeneric(x, dx, scale, lse, along)
}
func normOn(_ Path, y, x, gain, bias []float32, epsilon float32) (mean, rstd float32) {
	return normGeneric(y, x, gain, bias, epsilon)
}
func normBackwardOn(_ Path, dx, dy, x, gain []float32, mean, rstd float32) {
	normBackwardGeneric(dx, dy, x, gain, mean, rstd)
}
func normColumnsOn(_ Path, dgain, dbias, dy, x, mean, rstd []float32, width, lo, hi int) {
	normColumnsGeneric(dgain, dbias, dy, x, mean, rstd, width, lo, hi)
}

func dropoutOn(_ Path, y, x []float32, state uint64, drop uint32, keep float32) {
	dropoutGeneric(y, x, state, drop, keep)
}

func (*smallProduct) registers(Path) int { return 0 }
