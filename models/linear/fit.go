package linear

import (
	"cmp"
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/optimize"

	"assay/harness/leaf/plural"
)

// Example is a row with its label.
type Example struct {
	Row
	Label  float64 // 0 to 1: a share of labelers, a probability
	Weight float64 // above 0
	Source int     // the number of its source, from 0
}

// Weights are a fitted linear model: the score of a row is its product with Table, plus the
// intercept of its source.
type Weights struct {
	Table      []float64
	Intercepts []float64 // by source
	Loss       float64   // mean, with the penalty
	Iterations int
}

// Fitting says how weights are fitted.
type Fitting struct {
	Size    int     // of the table
	Sources int     // each has an intercept of its own, without a penalty
	L2      float64 // the penalty is L2/2 times the sum of the squares of Table
	// Steepest is how large an element of the gradient may be at the end; 0 is 1e-5.
	Steepest float64
}

// Bounds of the search.
const (
	steepest   = 1e-5
	iterations = 1000
)

// Fit minimises the mean logistic loss of the examples, weighted, plus the penalty, by L-BFGS. The
// sources have intercepts of their own, so that a source with more positive labels than another
// does not make its own words look positive.
func Fit(ctx context.Context, examples []Example, f Fitting) (*Weights, error) {
	o, err := newObjective(ctx, examples, f)
	if err != nil {
		return nil, err
	}
	f.Steepest = cmp.Or(f.Steepest, steepest)
	result, err := optimize.Minimize(
		optimize.Problem{Func: o.value, Grad: o.gradient, Status: o.status},
		make([]float64, f.Size+f.Sources),
		&optimize.Settings{GradientThreshold: f.Steepest, MajorIterations: iterations, Converger: optimize.NeverTerminate{}},
		&optimize.LBFGS{},
	)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if result == nil || math.IsNaN(result.F) || math.IsInf(result.F, 0) {
		return nil, fmt.Errorf("the fit found no finite weights: %v", err)
	}
	if err != nil && o.steepness(result.X) > 10*f.Steepest {
		return nil, fmt.Errorf("the fit did not converge: %w; raise l2", err)
	}
	if err == nil && result.Status != optimize.GradientThreshold {
		return nil, fmt.Errorf("the fit did not converge in %s (%v); raise l2", plural.Of(result.MajorIterations, "iteration"), result.Status)
	}
	return &Weights{Table: result.X[:f.Size], Intercepts: result.X[f.Size:], Loss: result.F, Iterations: result.MajorIterations}, nil
}

// Product is the score of a row without an intercept.
func (w *Weights) Product(r Row) float64 { return dot(w.Table, r) }

func dot(table []float64, r Row) float64 {
	sum := 0.0
	for i, at := range r.Index {
		sum += table[at] * float64(r.Value[i])
	}
	return sum
}

// Calibrate fits what turns scores into probabilities on examples that were not learned: the
// probability is the logistic function of scale*score + shift (Platt 1999).
func Calibrate(ctx context.Context, scores, labels []float64) (scale, shift float64, err error) {
	var examples []Example
	for i, s := range scores {
		examples = append(examples, Example{Row: Row{[]uint32{0}, []float32{float32(s)}}, Label: labels[i], Weight: 1})
	}
	w, err := Fit(ctx, examples, Fitting{Size: 1, Sources: 1, L2: calibrationL2, Steepest: 1e-9})
	if err != nil {
		return 0, 0, fmt.Errorf("calibration: %w", err)
	}
	return w.Table[0], w.Intercepts[0], nil
}

// calibrationL2 keeps the scale finite where scores separate the labels.
const calibrationL2 = 1e-6
