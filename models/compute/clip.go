package compute

import "math"

// gradNorm is the global norm of the gradient: the root of the sum of all its squares.
func (a *AdamW) gradNorm() float64 {
	var squares float64
	for _, p := range a.params.list {
		squares += a.engine.cpu.SumSquares(p.cleared())
	}
	return math.Sqrt(squares)
}

// clip is the factor that clips a gradient of a global norm, as PyTorch's clip_grad_norm_ does; 1 without
// clipping.
func (o *AdamWOptions) clip(norm float64) float64 {
	if o.MaxGradNorm > 0 {
		return min(1, o.MaxGradNorm/(norm+1e-6))
	}
	return 1
}
