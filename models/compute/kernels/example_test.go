package kernels_test

import (
	"fmt"

	"assay/models/compute/kernels"
)

// One step of gradient descent on two logits, of which the first is right.
func Example() {
	path, err := kernels.Choose("")
	if err != nil {
		fmt.Println(err)
		return
	}
	cpu := kernels.New(path, 0)
	defer cpu.Close()

	logits, targets := []float32{0, 0}, []int32{0}
	loss, lse := make([]float32, 1), make([]float32, 1)
	cpu.CrossEntropy(loss, lse, logits, targets, 1, 2)
	fmt.Printf("loss %.4f\n", loss[0])

	gradient := make([]float32, 2)
	cpu.CrossEntropyBackward(gradient, []float32{1}, logits, lse, targets, 1, 2)
	fmt.Printf("gradient %.2f\n", gradient)

	cpu.Scale(gradient, -1)
	cpu.Add(logits, logits, gradient)
	cpu.CrossEntropy(loss, lse, logits, targets, 1, 2)
	fmt.Printf("loss %.4f\n", loss[0])
	// Output:
	// loss 0.6931
	// gradient [-0.50 0.50]
	// loss 0.3133
}
