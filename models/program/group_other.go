//go:build !unix

package program

import "os/exec"

// ownGroup does nothing: this system has no groups of processes.
func ownGroup(*exec.Cmd) {}

// killGroup kills the process alone.
func killGroup(cmd *exec.Cmd) { _ = cmd.Process.Kill() }
