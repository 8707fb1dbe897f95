package compute_test

import (
	"fmt"

	"assay/models/compute"
	"assay/models/compute/kernels"
)

// A bigram model learns which token follows which.
func Example() {
	cpu := kernels.New(kernels.Generic, 1)
	defer cpu.Close()
	engine := compute.NewEngine(cpu)

	params := compute.NewParams([]compute.Spec{
		{Name: "tokens", Shape: []int{3, 8}}, {Name: "positions", Shape: []int{4, 8}}, {Name: "head", Shape: []int{3, 8}},
	})
	for i := range 3 {
		params.Get("tokens").Value[9*i] = 1
		params.Get("head").Value[9*i] = 0.1
	}
	optimiser := compute.NewAdamW(engine, params, compute.AdamWOptions{Beta1: 0.9, Beta2: 0.99, Epsilon: 1e-8})
	graph, err := engine.Build(1, 4, true, func(b *compute.Builder) {
		x := b.Embed(params.Get("tokens"), params.Get("positions"), 0)
		b.Minimise(b.LogProbs(x, params.Get("head")))
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	batch := compute.Inputs{Tokens: []int32{0, 1, 2, 0}, Targets: []int32{1, 2, 0, 1}, Loss: compute.NextToken(1.0 / 4)}
	for step := range 101 {
		loss, err := graph.Run(batch)
		if err != nil {
			fmt.Println(err)
			return
		}
		if step%50 == 0 {
			fmt.Printf("step %d: loss %.2f\n", step, loss/4)
		}
		if _, err := optimiser.Update(0.1); err != nil {
			fmt.Println(err)
			return
		}
	}
	// Output:
	// step 0: loss 1.13
	// step 50: loss 0.00
	// step 100: loss 0.00
}
