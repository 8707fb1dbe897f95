//go:build !unix

// Package cputime measures the CPU time of this process, for tests of work that must end. Here the
// system has no such number, and the clock takes its place.
package cputime

import "time"

var began = time.Now()

// Used is the time since the process began.
func Used() time.Duration { return time.Since(began) }
