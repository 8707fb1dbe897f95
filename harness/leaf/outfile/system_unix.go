//go:build unix

package outfile

import (
	"io/fs"
	"os"
	"strconv"
	"syscall"
)

// duplicate opens a file of this process again, with the position that both share.
func duplicate(descriptor int) (*os.File, error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	n, err := syscall.Dup(descriptor)
	if err != nil {
		return nil, err
	}
	syscall.CloseOnExec(n)
	return os.NewFile(uintptr(n), "/dev/fd/"+strconv.Itoa(descriptor)), nil
}

// giveOwner gives a file the owner and the group of another, where the process may.
func giveOwner(f *os.File, like fs.FileInfo) {
	if s, ok := like.Sys().(*syscall.Stat_t); ok {
		if f.Chown(int(s.Uid), int(s.Gid)) != nil {
			f.Chown(-1, int(s.Gid))
		}
	}
}
