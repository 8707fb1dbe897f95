package sample

import (
	"math/rand/v2"
	"testing"

	"assay/models/checkpoint"
	"assay/models/compute/kernels/kernelstest"
	"assay/models/gpt"
)

// written is a folder with a checkpoint of random weights.
func written(t testing.TB, c gpt.Config, change func(map[string][]float32)) string {
	t.Helper()
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(1, 9))
	tensors := map[string][]float32{}
	for _, s := range checkpoint.Names(c) {
		values := make([]float32, s.Elements())
		for i := range values {
			values[i] = float32(r.NormFloat64()) * 0.02
		}
		tensors[s.Name] = values
	}
	if change != nil {
		change(tensors)
	}
	if err := checkpoint.Save(dir, c, tensors); err != nil {
		t.Fatal(err)
	}
	return dir
}

// The time to open a checkpoint of GPT-2's shape, 124M parameters.
func BenchmarkOpen(b *testing.B) {
	dir := written(b, gpt.GPT2(50257, 1024, 768, 12, 12), nil)
	cpu := kernelstest.CPU(b, 2)
	for b.Loop() {
		c, err := checkpoint.Load(dir)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := NewNetwork(cpu, c.Config, c.Float32s); err != nil {
			b.Fatal(err)
		}
		if err := c.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
