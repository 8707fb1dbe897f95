package rl_test

import (
	"fmt"

	"assay/models/train/rl"
)

// Three responses to a prompt: the first is better than the other two, which are tied.
func ExampleRanking() {
	gradient := make([]float32, 3)
	r := rl.Ranking([]float32{2, 1, 3}, []int{1, 2, 2}, 1, gradient)
	fmt.Printf("loss %.4f, %v of %d pairs right, gradient %.3f\n", r.Loss, r.Right, r.Pairs, gradient)
	// Output: loss 0.5422, 1 of 2 pairs right, gradient [-0.333 0.090 0.244]
}
