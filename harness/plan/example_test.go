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
	fmt.Println(gates[0].Suite, gates[0].Metric, gates[0].Margin, "on line", gates[0].Line, err)
	// Output: drop f1 0.02 on line 2 <nil>
}
