//go:build linux || darwin

package training

import "golang.org/x/sys/unix"

// addressLimit is the process's limit of addresses in bytes; 0 for none.
func addressLimit() int64 {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_AS, &limit); err != nil || limit.Cur > 1<<60 {
		return 0
	}
	return int64(limit.Cur)
}

// DiskRoom is how many bytes may be written below a folder; ok is false if the system
// doesn't say.
func DiskRoom(dir string) (bytes int64, ok bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, false
	}
	return int64(s.Bavail) * int64(s.Bsize), true
}
