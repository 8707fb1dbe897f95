package gpt_test

import (
	"math/rand/v2"
	"testing"

	"assay/harness/leaf/approx"
	"assay/models/compute"
	"assay/models/compute/kernels"
	"assay/models/gpt"
)

// The weights of a fresh scalar head have standard deviation 1/sqrt(width+1) (Stiennon et al.), a third at
// width 8; a shift adds its number to every scalar.
func TestScalarHeadBegins(t *testing.T) {
	cpu := kernels.New(kernels.Generic, 1)
	defer cpu.Close()
	e := compute.NewEngine(cpu)
	c := gpt.GPT2(11, 6, 8, 1, 2)
	c.Bias, c.InitializerRange = false, 0.3
	base, err := gpt.New(e, c, rand.NewPCG(1, 2))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := base.Save(dir); err != nil {
		t.Fatal(err)
	}
	m, err := gpt.LoadScalar(e, dir, rand.NewPCG(3, 4))
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(3, 4))
	for i, w := range m.Weights().Head.Value {
		if want := float32(random.NormFloat64() / 3); !approx.Equal(float64(w-want), 0, 1e-7) {
			t.Errorf("weight %d is %v, want %v", i, w, want)
		}
	}
	// 11*8 and 6*8 embeddings; the layer's 12*8*8 weights and 2*8 gains; the last norm's 8; the head's 8; and
	// biases: 2*8 in the layer's norms, 24+8+32+8 in its maps, 8 in the last norm.
	if n := m.Params().Count(); n != 11*8+6*8+12*64+2*8+8+8+2*8+24+8+32+8+8 {
		t.Errorf("%d parameters", n)
	}
	b := gpt.Batch{Tokens: []int32{1, 2, 3, 4, 5, 6}, Rows: 2, Time: 3}
	before, err := m.Scalars(b)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.ShiftScalars(1.5); err != nil {
		t.Fatal(err)
	}
	after, err := m.Scalars(b)
	if err != nil {
		t.Fatal(err)
	}
	for i := range after {
		if !approx.Equal(float64(after[i]-before[i]), 1.5, 1e-5) {
			t.Errorf("scalar %d went from %v to %v, want 1.5 more", i, before[i], after[i])
		}
	}
}
