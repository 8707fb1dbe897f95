//go:build !amd64

package kernels

// measurePeak is unknown where there is no assembly.
func measurePeak(*CPU) float64 { return 0 }
