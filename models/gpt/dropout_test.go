package gpt

import (
	"math"
	"path/filepath"
	"testing"

	"assay/harness/leaf/approx"
	"assay/models/compute"
	"assay/models/compute/kernels"
	"assay/models/compute/kernels/kernelstest"
)

// Residual dropout alone has the loss and the gradients of PyTorch: python -P fixtures/peers/dropout.py fixtures/gpt2/lm.
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
			if !approx.Equal(got, want, 1e-5*scale) {
				t.Errorf("%s is %.7g, want %.7g", what, got, want)
			}
		}
		near("the loss in evaluation", must[float64](t)(m.Evaluate(b))/n, evaluation, 1)
		near("the loss in training", must[float64](t)(m.Accumulate(b, 1/n, 9))/n, training, 1)
		if got, want := len(residualGradients), len(m.Params().All()); got != want {
			t.Errorf("%d gradients to compare with, and %d parameters", got, want)
		}
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
}{
	{"transformer.wte.weight", 1.274628, -1.677153},
	{"transformer.wpe.weight", 0.6326876, 0.9095608},
	{"transformer.h.0.ln_1.weight", 0.08787425, -0.03289644},
	{"transformer.h.0.ln_1.bias", 0.1837777, -0.01286789},
	{"transformer.h.0.attn.c_attn.weight", 0.8683734, -0.4052213},
	{"transformer.h.0.attn.c_attn.bias", 0.266078, -0.311237},
	{"transformer.h.0.attn.c_proj.weight", 0.679924, -0.0762684},
	{"transformer.h.0.attn.c_proj.bias", 0.2962992, -0.1623645},
	{"transformer.h.0.ln_2.weight", 0.09232702, -0.06837477},
	{"transformer.h.0.ln_2.bias", 0.1216641, -0.07017276},
	{"transformer.h.0.mlp.c_fc.weight", 0.8015284, -0.08806028},
	{"transformer.h.0.mlp.c_fc.bias", 0.1345975, -0.03896858},
	{"transformer.h.0.mlp.c_proj.weight", 0.9242066, -0.08675017},
	{"transformer.h.0.mlp.c_proj.bias", 0.1586492, 0.03675996},
	{"transformer.h.1.ln_1.weight", 0.07034851, 0.0008149641},
	{"transformer.h.1.ln_1.bias", 0.08795301, 0.05284265},
	{"transformer.h.1.attn.c_attn.weight", 0.4853881, 0.03798056},
	{"transformer.h.1.attn.c_attn.bias", 0.1075047, -0.004479503},
	{"transformer.h.1.attn.c_proj.weight", 0.507799, 0.04552385},
	{"transformer.h.1.attn.c_proj.bias", 0.1262693, -0.02354799},
	{"transformer.h.1.ln_2.weight", 0.07902247, -0.0675776},
	{"transformer.h.1.ln_2.bias", 0.08979773, -0.02486406},
	{"transformer.h.1.mlp.c_fc.weight", 0.5262741, 0.0580687},
	{"transformer.h.1.mlp.c_fc.bias", 0.1079381, 0.01383556},
	{"transformer.h.1.mlp.c_proj.weight", 0.5447477, 0.1713976},
	{"transformer.h.1.mlp.c_proj.bias", 0.1146684, 0.01785807},
	{"transformer.ln_f.weight", 0.2761152, 0.2308396},
	{"transformer.ln_f.bias", 0.251314, 0.02486168},
}
