package bpe_test

import (
	"fmt"
	"slices"

	"assay/models/bpe"
)

func Example() {
	text := "low lower lowest low low"
	tokenizer, err := bpe.TrainPairs(slices.Values([]string{text}), 260)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, id := range tokenizer.Encode("lower low") {
		fmt.Printf("%q ", tokenizer.Token(id))
	}
	// Output: "low" "e" "r" " low"
}
