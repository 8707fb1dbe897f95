//go:build !linux

package compute

func preferHugePages([]float32) {}
