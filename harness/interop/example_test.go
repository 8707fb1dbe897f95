package interop_test

import (
	"fmt"
	"strings"

	"assay/harness/interop"
)

func ExampleFind() {
	im, err := interop.Find("instructgpt-samples")
	fmt.Println(im.Name, im.Baseline, err)
	_, err = interop.Find("alpaca-evil")
	told, _, _ := strings.Cut(err.Error(), " Otherwise")
	fmt.Println(told)
	// Output:
	// instructgpt-samples sft-175b <nil>
	// unknown import format "alpaca-evil"; did you mean alpaca-eval?
}
