package runstore_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"assay/harness/runstore"
)

// lockEnv names the directory that the child of TestLock holds.
const lockEnv = "RUNSTORE_LOCK_DIR"

// TestLockChild is the process that TestLock kills: it holds the lock forever.
func TestLockChild(t *testing.T) {
	dir := os.Getenv(lockEnv)
	if dir == "" {
		t.Skip("runs only as the child of TestLock")
	}
	if _, err := runstore.Dir(dir).Lock("the child"); err != nil {
		t.Fatal(err)
	}
	os.Stderr.WriteString("locked\n")
	time.Sleep(time.Hour)
}

// A folder has one writer, in any process. A second one gets the first one's name,
// and a killed one holds nothing.
func TestLock(t *testing.T) {
	path := t.TempDir()
	dir := runstore.Dir(path)
	first, err := dir.Lock("the first")
	if err != nil {
		t.Fatal(err)
	}
	refused(t, dir, "is being written by the first; ")
	if err := first.Unlock(); err != nil {
		t.Fatal(err)
	}

	child, line := startChild(t, "TestLockChild", lockEnv+"="+path)
	if line != "locked\n" {
		t.Errorf("the child said %q", line)
	}
	refused(t, dir, "is being written by the child; ")
	child.Process.Kill()
	child.Wait()

	last, err := dir.Lock("the last")
	if err != nil {
		t.Fatalf("after the holder was killed: %v", err)
	}
	refused(t, dir, "is being written by the last; ")
	if err := last.Unlock(); err != nil {
		t.Error(err)
	}
	if _, err := runstore.Dir(path + "/absent").Lock("x"); err == nil || !strings.Contains(err.Error(), "can't be locked") {
		t.Errorf("a folder that isn't there: %v", err)
	}
}

func refused(t *testing.T, dir runstore.Dir, want string) {
	t.Helper()
	lock, err := dir.Lock("another")
	if err == nil {
		lock.Unlock()
		t.Fatal("a second writer got the lock")
	}
	if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
		t.Errorf("the second writer got the message %q, want %q", err, want)
	}
}
