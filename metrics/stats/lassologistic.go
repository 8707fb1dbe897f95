package stats

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"assay/harness/leaf/logistic"
)

// LassoLogistic fits a logistic regression without an intercept, with the L1 penalty. It
// returns the coefficients w that minimise
//
//	sum |w| + c * sum weights[i] * loss(targets[i], x[i] w)
//
// x holds one row of features for each target, row-major. A target is a probability from 0
// to 1, and its loss is the cross-entropy. The method is Newton's, with coordinate descent
// on the penalised quadratic and step halving (Friedman, Hastie and Tibshirani 2010,
// J. Statistical Software 33:1). start is where it begins; nil is 0. The minimum doesn't
// depend on start, except for a feature that repeats others.
//
// It panics if the lengths don't fit.
func LassoLogistic(x, targets, weights []float64, c float64, start []float64) ([]float64, error) {
	n := len(targets)
	if n == 0 || len(weights) != n || len(x) == 0 || len(x)%n != 0 || start != nil && len(start) != len(x)/n {
		panic(fmt.Sprintf("stats: LassoLogistic of %d values, %d targets and %d weights", len(x), n, len(weights)))
	}
	f := lasso{x: x, targets: targets, weights: weights, c: c, dim: len(x) / n}
	w := make([]float64, f.dim)
	copy(w, start)
	value := f.objective(w)
	for range lassoSteps {
		gradient, hessian := f.derivatives(w)
		step := penalisedStep(w, gradient, hessian)
		size := 0.0
		for j := range step {
			size = max(size, math.Abs(step[j]))
		}
		if !(size < math.Inf(1)) {
			break
		}
		if size <= 1e-11*(1+math.Abs(slices.MaxFunc(w, byMagnitude))) {
			return w, nil
		}
		next, nextValue := f.halved(w, step, value)
		if next == nil { // rounding hides any further descent: the step is better than nothing
			for j := range w {
				w[j] += step[j]
			}
			return w, nil
		}
		w, value = next, nextValue
	}
	return nil, errors.New("the penalised logistic regression didn't converge")
}

const lassoSteps = 200

func byMagnitude(a, b float64) int {
	if math.Abs(a) < math.Abs(b) {
		return -1
	}
	return 1
}

// lasso is the data of a fit.
type lasso struct {
	x, targets, weights []float64
	c                   float64
	dim                 int
}

func (f *lasso) row(i int) []float64 { return f.x[i*f.dim : (i+1)*f.dim] }

func dot(a, b []float64) (sum float64) {
	for j := range a {
		sum += float64(a[j] * b[j])
	}
	return sum
}

func (f *lasso) objective(w []float64) float64 {
	loss, size := 0.0, 0.0
	for i, y := range f.targets {
		z := dot(f.row(i), w)
		loss -= float64(f.weights[i] * (float64(y*z) + logistic.Log(-z)))
	}
	for _, v := range w {
		size += math.Abs(v)
	}
	return size + float64(f.c*loss)
}

// derivatives are those of the loss, without the penalty.
func (f *lasso) derivatives(w []float64) ([]float64, *mat.SymDense) {
	gradient, hessian := make([]float64, f.dim), make([]float64, f.dim*f.dim)
	for i, y := range f.targets {
		if f.weights[i] == 0 {
			continue
		}
		row := f.row(i)
		p := logistic.Of(dot(row, w))
		slope, curve := f.c*f.weights[i]*(p-y), f.c*f.weights[i]*p*(1-p)
		for j, a := range row {
			gradient[j] += float64(slope * a)
			for k := range j + 1 {
				hessian[j*f.dim+k] += float64(curve * a * row[k])
			}
		}
	}
	out := mat.NewSymDense(f.dim, nil)
	for j := range f.dim {
		for k := range j + 1 {
			out.SetSym(j, k, hessian[j*f.dim+k])
		}
		out.SetSym(j, j, out.At(j, j)+1e-12) // a feature that is always 0 has no curvature
	}
	return gradient, out
}

// penalisedStep minimises gradient·d + d'Hd/2 + sum |w+d| by coordinate descent.
func penalisedStep(w, gradient []float64, hessian mat.Symmetric) []float64 {
	d := make([]float64, len(w))
	for range 10_000 {
		moved, size := 0.0, 0.0
		for j := range d {
			slope := gradient[j]
			for k := range d {
				slope += float64(hessian.At(j, k) * d[k])
			}
			curve := hessian.At(j, j)
			to := softThreshold(w[j]+d[j]-slope/curve, 1/curve) - w[j]
			moved, size = max(moved, math.Abs(to-d[j])), max(size, math.Abs(to))
			d[j] = to
		}
		if moved <= 1e-13*(size+1e-3) {
			break
		}
	}
	return d
}

// softThreshold moves x towards 0 by at most t.
func softThreshold(x, t float64) float64 {
	return math.Copysign(max(math.Abs(x)-t, 0), x)
}

// halved takes the largest of the step's halvings that lowers the objective; nil if none does.
func (f *lasso) halved(w, step []float64, value float64) ([]float64, float64) {
	next := make([]float64, len(w))
	for share := 1.0; share > 1e-9; share /= 2 {
		for j := range w {
			next[j] = w[j] + float64(share*step[j])
		}
		if v := f.objective(next); v < value {
			return next, v
		}
	}
	return nil, value
}
