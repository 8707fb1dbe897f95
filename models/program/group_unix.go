//go:build unix

package program

import (
	"os/exec"
	"syscall"
)

// ownGroup puts a process into a group of its own, so that it is killed with its children and
// doesn't get the terminal's Ctrl-C.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// killGroup kills a process and its children.
func killGroup(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
