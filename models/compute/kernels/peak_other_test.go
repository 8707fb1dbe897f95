//go:build !amd64

package kernels

// measurePeak is unknown without assembly.
func measurePeak(*CPU) float64 { return 0 }
