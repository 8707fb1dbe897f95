//go:build unix

package runstore_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"assay/harness/runstore"
)

// Whoever may write the folder's files may lock it too.
func TestLockFollowsUmask(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o002))
	dir := runstore.Dir(t.TempDir())
	lock, err := dir.Lock("me")
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Unlock()
	info, err := os.Stat(filepath.Join(string(dir), runstore.LockFile))
	if err != nil || info.Mode().Perm() != 0o664 {
		t.Errorf("the lock has mode %v, error %v; want 0664", info.Mode(), err)
	}
}
