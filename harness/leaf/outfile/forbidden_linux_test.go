package outfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"assay/harness/leaf/outfile"
)

// A user who may not write a file doesn't replace it.
func TestForbidden(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out")
	write(t, path, "old")
	for p, mode := range map[string]fs.FileMode{path: 0o444, dir: 0o777, filepath.Dir(dir): 0o755} {
		if err := os.Chmod(p, mode); err != nil {
			t.Fatal(err)
		}
	}
	forbidden := func(what, path string) {
		t.Helper()
		var err error
		asUser(t, func() { err = outfile.WriteBytes(path, []byte("new")) })
		if !errors.Is(err, fs.ErrPermission) || err.Error() != "write "+path+": permission denied" {
			t.Errorf("%s: error %v", what, err)
		}
	}
	forbidden("a read-only file", path)
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	forbidden("a read-only folder", filepath.Join(dir, "new"))
	holds(t, path, "old")
	only(t, dir, "out")
	// One may write into a folder that one can't read.
	if err := os.Chmod(dir, 0o333); err != nil {
		t.Fatal(err)
	}
	var err error
	asUser(t, func() { err = outfile.WriteBytes(filepath.Join(dir, "new"), []byte("new")) })
	if err = errors.Join(err, os.Chmod(dir, 0o755)); err != nil {
		t.Errorf("a folder that can't be read: error %v", err)
	}
	holds(t, filepath.Join(dir, "new"), "new")
}

// asUser does something with the rights to files of a user who is not root: on a thread
// of its own, which ends with it.
func asUser(t *testing.T, do func()) {
	t.Helper()
	if os.Getuid() != 0 {
		do()
		return
	}
	const nobody = 65534
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		syscall.RawSyscall(syscall.SYS_SETFSUID, nobody, 0, 0)
		do()
	}()
	<-done
}
