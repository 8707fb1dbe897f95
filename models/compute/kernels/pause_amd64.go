package kernels

// pause tells the CPU that this thread spins.
//
//go:noescape
func pause()
