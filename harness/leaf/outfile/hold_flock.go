//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package outfile

import (
	"os"
	"syscall"
)

// hold locks a temporary file or folder until the file that it returns is closed, or the
// process ends. It is nil where another process holds it, or the file system has no locks.
func hold(path string) *os.File { return lock(path, syscall.LOCK_NB) }

// holdOwn is hold for what its writer has just made. It waits for another process that looks
// whether the writer still runs, and that may remove it.
func holdOwn(path string) *os.File { return lock(path, 0) }

func lock(path string, how int) *os.File {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	for err = syscall.EINTR; err == syscall.EINTR; {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|how)
	}
	if err != nil {
		f.Close()
		return nil
	}
	return f
}
