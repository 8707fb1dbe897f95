//go:build unix

// Package cputime measures the CPU time of this process, for tests of work that must end. On a busy
// machine a test's time by the clock may be many times its own work, and a limit on it fails.
package cputime

import (
	"syscall"
	"time"
)

// Used is the CPU time that this process has used, on all threads.
func Used() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic("cputime: " + err.Error()) // it fails only for an unknown kind of usage
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
