package infer_test

import "os"

// trialsOf is how many studies a test simulates: few, or with ASSAY_SIMULATE set, as make simulate
// does, as many as a figure needs.
func trialsOf(few, whole int) int {
	if os.Getenv("ASSAY_SIMULATE") != "" {
		return whole
	}
	return few
}
