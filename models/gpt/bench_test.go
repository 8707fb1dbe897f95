package gpt

import (
	"fmt"
	"testing"

	"assay/models/compute"
)

// A complete training step: forward, backward, clipping by the global norm, AdamW.
//
//	go test -run ^$ -bench Step ./models/gpt
func BenchmarkStep(b *testing.B) {
	for _, s := range []struct {
		name       string
		config     Config
		rows, time int
	}{
		{"0.88M", GPT2(512, 128, 128, 4, 4), 8, 128},
		{"12.3M", GPT2(4096, 256, 384, 6, 6), 4, 256},
		{"124M", GPT2(50257, 1024, 768, 12, 12), 2, 256},
	} {
		for _, threads := range []int{1, 2} {
			b.Run(fmt.Sprintf("model=%s/threads=%d", s.name, threads), func(b *testing.B) {
				m := model(b, s.config, threads)
				o := compute.NewAdamW(m.engine, m.Params(), compute.AdamWOptions{Beta1: 0.9, Beta2: 0.95, Epsilon: 1e-8, WeightDecay: 0.1, MaxGradNorm: 1})
				data := batch(s.config, s.rows, s.time, 3)
				step := func() {
					if _, err := m.Accumulate(data, 1/float64(s.rows*s.time), 0); err != nil {
						b.Fatal(err)
					}
					if _, err := o.Update(1e-4); err != nil {
						b.Fatal(err)
					}
				}
				step() // builds the graph
				for b.Loop() {
					step()
				}
				b.ReportMetric(float64(s.rows*s.time*b.N)/b.Elapsed().Seconds(), "tokens/s")
				b.ReportMetric(float64(m.engine.ArenaBytes())/1e6, "arena-MB")
			})
		}
	}
}
