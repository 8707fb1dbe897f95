// Package kernelstest gives tests a CPU to compute on.
package kernelstest

import (
	"os"
	"testing"

	"assay/models/compute/kernels"
)

// CPU takes the path that ASSAY_CPU names, or the fastest one. It skips the test if this
// machine lacks that path. The CPU is closed when the test ends.
func CPU(t testing.TB, threads int) *kernels.CPU {
	t.Helper()
	path, err := kernels.Choose(os.Getenv("ASSAY_CPU"))
	if err != nil {
		t.Skipf("NOT TESTED: %v", err)
	}
	cpu := kernels.New(path, threads)
	t.Cleanup(cpu.Close)
	return cpu
}

// OnEachPath runs a test on each path that this machine supports, with two threads.
func OnEachPath(t *testing.T, test func(*testing.T, *kernels.CPU)) {
	for _, path := range kernels.Paths() {
		t.Run(path.String(), func(t *testing.T) {
			if !path.Supported() {
				t.Skipf("this CPU has no %s", path)
			}
			cpu := kernels.New(path, 2)
			defer cpu.Close()
			test(t, cpu)
		})
	}
}
