package plan_test

import (
	"fmt"
	"os"
	"path/filepath"

	"assay/harness/plan"
	"assay/suites/catalog"
)

func ExampleReadGates() {
	dir, err := os.MkdirTemp("", "gates")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "gates.yaml")
	os.WriteFile(path, []byte("gates:\n  - {suite: drop, metric: f1, margin: 0.02}\n"), 0o644)

	gates, err := plan.ReadGates(path, catalog.All())
	fmt.Printf("%+v %v\n", gates, err)
	// Output: [{Suite:drop Metric:f1 Condition: Margin:0.02 Unscored:}] <nil>
}
