package metrics_test

import (
	"fmt"

	"assay/metrics"
)

func ExampleJudgement_Validate() {
	j := metrics.Judgement{Suite: "drop", Example: "e1", Model: "sft", Metric: "f1"}
	fmt.Println(j.Validate())
	j.Missing = "the judge timed out"
	fmt.Println(j.Validate(), j.Scored())
	// Output:
	// judgement with neither a value nor a reason for its absence
	// <nil> false
}
