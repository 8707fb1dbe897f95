package checkpoint_test

import (
	"fmt"
	"log"
	"os"

	"assay/models/checkpoint"
)

func Example() {
	dir, err := os.MkdirTemp("", "checkpoint")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)

	config := checkpoint.Config{
		VocabSize: 3, MaxPositionEmbeddings: 2, HiddenSize: 2, NumHiddenLayers: 1, NumAttentionHeads: 1, IntermediateSize: 8,
		Activation: checkpoint.GELUTanh, LayerNormEpsilon: 1e-5, TieWordEmbeddings: true, Bias: true,
	}
	tensors := map[string][]float32{}
	for _, spec := range checkpoint.Names(config) {
		tensors[spec.Name] = make([]float32, spec.Elements())
	}
	copy(tensors[checkpoint.TokenEmbedding], []float32{1, 2, 3, 4, 5, 6})
	if err := checkpoint.Save(dir, config, tensors); err != nil {
		log.Fatal(err)
	}

	c, err := checkpoint.Load(dir)
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	values, err := c.Float32s(checkpoint.TokenEmbedding)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(c.Config.NumHiddenLayers, len(checkpoint.Names(c.Config)), values)
	// Output: 1 16 [1 2 3 4 5 6]
}
