package kernels

// pause tells the CPU that this thread is spinning.
//
//go:noescape
func pause()
